use super::*;
use crate::math::{exp, ln};

#[test]
fn an_index_at_rest_teaches_no_exponent_after_a_pan() {
    let mut filter = new_filter();
    let rest = |filter: &mut LossFilter| {
        for _ in 0..360 {
            filter.predict(10.0, true);
            filter
                .fuse_index(
                    RearPath::Cleaning,
                    &OperatingPoint::default(),
                    IndexReading { log_index: -1.0, log_modelled: ln(0.02f64) },
                )
                .unwrap();
        }
    };
    rest(&mut filter);
    let context = filter.pan_context(lost(0.0, 0.02), PerPath::default(), PerPath::default(), PerPath::default());
    for _ in 0..8 {
        filter.fuse_pan(&context, BEHIND, &found(0.06, 0.13, 0.0)).unwrap();
    }
    let level = filter.path_factor(RearPath::Cleaning, &OperatingPoint::default()).0;
    rest(&mut filter);
    let after = filter.path_factor(RearPath::Cleaning, &OperatingPoint::default()).0;
    assert!((level / 0.06 * 0.02 - 1.0).abs() < 0.15 && (after / level - 1.0).abs() < 0.15, "{level} {after}");
    let exponent = StateIndex::CleaningIndexExponent as usize;
    let sd = filter.covariance[(exponent, exponent)].sqrt();
    assert!((0.18..=0.2 + 1e-9).contains(&sd), "{sd}");
}

#[test]
fn an_index_tells_changes_and_not_the_level() {
    // An index that shows 50 times as much as any gain could: the level does not follow, but when it doubles the wander
    // does, against its own small spread.
    let mut filter = new_filter();
    for _ in 0..100 {
        filter.predict(10.0, true);
        filter
            .fuse_index(
                RearPath::Separation,
                &OperatingPoint::default(),
                IndexReading { log_index: ln(50f64), log_modelled: 0.0 },
            )
            .unwrap();
    }
    let (before, sd) = filter.path_factor(RearPath::Separation, &OperatingPoint::default());
    let (prior, _) = new_filter().path_factor(RearPath::Separation, &OperatingPoint::default());
    assert!((before / prior - 1.0).abs() < 0.01, "{before}");
    assert!(sd > 0.75, "{sd}");
    for _ in 0..30 {
        filter.predict(10.0, true);
        filter
            .fuse_index(
                RearPath::Separation,
                &OperatingPoint::default(),
                IndexReading { log_index: ln(100f64), log_modelled: 0.0 },
            )
            .unwrap();
    }
    let (after, _) = filter.path_factor(RearPath::Separation, &OperatingPoint::default());
    assert!(after / before > 1.15, "{before} {after}");
}

#[test]
fn an_index_teaches_the_power_of_the_loss_that_it_shows() {
    // A model that is right, over a range of a factor of e, and an index that goes with the power 1.4 of the loss. Taken for
    // the power 1, an index 0.2 above would be a loss 0.2 above; four hundred windows teach better.
    let mut filter = new_filter();
    for window in 0..400 {
        filter.predict(10.0, true);
        let log_modelled = 0.5 * f64::from(window % 8 - 4) / 4.0;
        filter
            .fuse_index(
                RearPath::Separation,
                &OperatingPoint::default(),
                IndexReading { log_index: 1.4 * log_modelled, log_modelled },
            )
            .unwrap();
    }
    let exponent = exp(filter.mean[StateIndex::SeparationIndexExponent]);
    assert!((1.25..1.45).contains(&exponent), "{exponent}");
    let factor = |filter: &LossFilter| filter.path_factor(RearPath::Separation, &OperatingPoint::default()).0;
    assert!((factor(&filter) / factor(&new_filter()) - 1.0).abs() < 0.05, "{}", factor(&filter));
}
