use crate::math::{exp, ln};
use proptest::prelude::*;

use super::*;
use crate::harvest::Stream;

proptest! {
    #[test]
    fn after_any_measurements_the_filter_is_finite_and_positive(
        events in proptest::collection::vec(
            (0.1..7200.0f64, 0..10u8, -40.0..40.0f64, 1e-6..1e4f64, 0.0..1e5f64, any::<bool>()), 1..200)
    ) {
        let mut filter = new_filter();
        let mut dropped = filter.pan_context(lost(0.01, 0.01), PerPath::default(), PerPath::default(), PerPath::default());
        for (elapsed_s, kind, log, kg_s, many, cleaning) in events {
            filter.predict(elapsed_s, cleaning);
            let path = if cleaning { RearPath::Cleaning } else { RearPath::Separation };
            let losses = ModelLosses { header: ModelLoss { kg_s, point: OperatingPoint::default() }, ..lost(kg_s, if cleaning { 0.0 } else { 0.3 * kg_s }) };
            let point = OperatingPoint { log_load: 0.02 * log, settings: [0.0175 * log; 6], stand_sd: 0.6 };
            let before = Normal { mean: 0.5 * many, variance: 0.04 * many * many };
            let observation = PanObservation { kernels: many, before, elapsed_s, ..PanObservation::of_loss(exp(log), 1.0 / (1.0 + many)) };
            let counts = CountWindow {
                most_log: 6.0,
                kernels: many, seconds: 10.0, plate_s: 4.0, from_loss: kg_s, from_straw: 0.1 * kg_s, point, transit_sd: 0.1, dead_time_s: 0.0025, levels: if cleaning { CountLevels::Two } else { CountLevels::One },
            };
            match kind {
                0 => drop(filter.fuse_counts(path, &counts)),
                1 => drop(filter.fuse_index(path, &point, IndexReading { log_index: log, log_modelled: ln(kg_s) })),
                2 => {
                    let evidence = filter.fuse_pan(&dropped, BEHIND, &observation).map(|update| update.saturated_evidence);
                    prop_assert!(evidence.is_none_or(|PerPath(each)| each.iter().all(|evidence| evidence.is_finite())));
                }
                3 => drop(filter.fuse_pan(&dropped, IN_FRONT, &observation)),
                4 => filter.inflate(path, 0.02 * log.abs()),
                5 => filter.inflate_for_moisture(0.02 * log.abs()),
                6 => filter.add_to_sum(if cleaning { Stream::Cleaning } else { Stream::Header }, 1.0 / (1.0 + kg_s), &point),
                7 => drop(filter.take_sum_corrections()),
                8 => filter.go_over(path, &point, 0.1 * log),
                _ => {
                    let ambiguity = Ambiguity { other: 1.0 / (1.0 + kg_s), log_apart: 0.1 * log, variance: 0.4 };
                    dropped = filter.pan_context(losses, PerPath([cleaning, true]), PerPath([ambiguity; 2]), PerPath([0.02 * log.abs(), 0.0]));
                }
            }
            let p = &filter.covariance;
            let largest = p.diagonal().max();
            prop_assert!((p - p.transpose()).abs().max() <= 1e-9 * largest);
            prop_assert!(p.symmetric_eigenvalues().iter().all(|&e| e > -1e-9 * largest));
            prop_assert!(p.diagonal().iter().all(|&v| v > 0.0 && v.is_finite()));
            prop_assert!(filter.mean.iter().all(|m| m.is_finite()));
        }
    }

    #[test]
    fn more_counts_never_mean_less_loss(few in 0.0..500.0f64, more in 0.0..500.0f64) {
        let level = |kernels: f64| {
            let mut filter = new_filter();
            filter.fuse_counts(RearPath::Separation, &CountWindow { from_straw: 5.0, ..window(kernels.round(), 80.0) }).unwrap();
            filter.path_factor(RearPath::Separation, &OperatingPoint::default()).0
        };
        prop_assert!(level(few + more) >= level(few) * (1.0 - 1e-9));
    }
}
