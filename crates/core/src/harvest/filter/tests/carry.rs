use proptest::prelude::*;

use super::*;
use crate::harvest::calibration::{CalibrationProblem, Changed};
use crate::params::CalibrationParams;

const PARAMS: CalibrationParams = CalibrationParams::DEFAULT;
const SAME: Changed = Changed { field: false, plates: false, machine: false };

/// A filter that pans and counts have taught.
fn taught(found_kg_s: f64, kernels: f64) -> LossFilter {
    let mut filter = new_filter();
    for path in RearPath::ALL {
        for _ in 0..30 {
            filter.predict(4.0, true);
            filter.fuse_counts(path, &window(kernels, 100.0)).unwrap();
        }
    }
    let context = filter.pan_context(
        ModelLosses { header: modelled(0.02), ..lost(0.02, 0.02) },
        PerPath([true; 2]),
        PerPath::default(),
        PerPath::default(),
    );
    for _ in 0..3 {
        filter.fuse_pan(&context, BEHIND, &found(found_kg_s, 0.05, 600.0)).unwrap();
        filter.fuse_pan(&context, IN_FRONT, &found(0.5 * found_kg_s, 0.05, 600.0)).unwrap();
    }
    filter
}

fn adopted(from: &LossFilter, age_d: f64, changed: Changed) -> LossFilter {
    let mut filter = new_filter();
    assert!(filter.adopt(&from.long_lived(), &PARAMS, age_d, changed));
    filter
}

fn variance(filter: &LossFilter, state: StateIndex) -> f64 {
    filter.covariance[(state as usize, state as usize)]
}

#[test]
fn gains_widen_by_field_and_days_and_keep_their_level() {
    let before = taught(0.08, 100.0);
    let same = adopted(&before, 0.0, SAME);
    let gain = StateIndex::SeparationGain;
    assert!((same.mean[gain] - before.mean[gain]).abs() < 1e-9);
    assert!((variance(&same, gain) - variance(&before, gain)).abs() < 1e-9);
    // Wander, local part and sums are those of a new session.
    assert_eq!(same.mean[StateIndex::SeparationWander], 0.0);
    assert!((variance(&same, StateIndex::SeparationWander) - 0.16).abs() < 1e-12);
    // Another field, four days later: 0.3² + 4 × 0.15² = 0.18 of the prior's 0.85² = 0.7225: ρ² = 1 − 0.2491 = 0.7509.
    let later = adopted(&before, 4.0, Changed { field: true, ..SAME });
    // The mean goes back towards the prior's, −(0.7225 + 0.16 + 0.09) / 2.
    let learned = before.mean[gain] + 0.486_25;
    assert!((later.mean[gain] + 0.486_25 - learned * 0.750_87f64.sqrt()).abs() < 1e-3);
    let expected = 0.750_87 * variance(&before, gain) + 0.18;
    assert!((variance(&later, gain) - expected).abs() < 1e-3, "{} {expected}", variance(&later, gain));
}

#[test]
fn touched_plates_and_a_sister_machine_begin_at_the_data_sheet() {
    let (before, prior) = (taught(0.08, 300.0), new_filter());
    for changed in [Changed { plates: true, ..SAME }, Changed { machine: true, ..SAME }] {
        let after = adopted(&before, 1.0, changed);
        for path in RearPath::ALL {
            let (then, now, never) = (before.plate(path), after.plate(path), prior.plate(path));
            assert!(then.mean.abs() > 0.1, "{then:?}");
            assert!(now.mean.abs() < 1e-9 && (now.variance - never.variance).abs() < 1e-9, "{now:?}");
        }
        // What was learned of the crop stays.
        let (gain, _) = after.path_factor(RearPath::Separation, &OperatingPoint::default());
        assert!(
            (gain > 1.1) == (before.path_factor(RearPath::Separation, &OperatingPoint::default()).0 > 1.1),
            "{gain}"
        );
    }
    let own = adopted(&before, 1.0, Changed { field: true, ..SAME });
    let sister = adopted(&before, 1.0, Changed { field: true, machine: true, ..SAME });
    for state in [StateIndex::SeparationGain, StateIndex::HeaderGain] {
        assert!(variance(&sister, state) > variance(&own, state) + 0.02);
    }
}

#[test]
fn damage_is_told_by_field_and_changes_nothing() {
    let whole = serde_json::to_value(taught(0.05, 100.0).long_lived()).unwrap();
    let set = |path: &str, value: serde_json::Value| {
        let mut damaged = whole.clone();
        *damaged.pointer_mut(path).unwrap() = value;
        serde_json::from_value::<LongLived>(damaged).unwrap()
    };
    for (damaged, field, problem) in [
        (set("/model", 1.into()), "filter.model", CalibrationProblem::OtherModel),
        (set("/states/0/name", "gain".into()), "filter.states", CalibrationProblem::OtherModel),
        (set("/states/2/mean", 11.0.into()), "filter.states.header-gain.mean", CalibrationProblem::OutOfRange),
        (set("/states/5/sd", 0.0.into()), "filter.states.separation-plates.sd", CalibrationProblem::OutOfRange),
        (set("/correlations/3", 1.5.into()), "filter.correlations", CalibrationProblem::OutOfRange),
        // Gains of both paths the same, and each as far as can be from a third that they differ in.
        (
            set("/correlations", [[1.0; 1].as_slice(), &[0.9, -0.9], &[0.0; 102]].concat().into()),
            "filter.correlations",
            CalibrationProblem::Impossible,
        ),
    ] {
        assert_eq!(damaged.problem(), Some((field.to_owned(), problem)));
        let mut filter = new_filter();
        assert!(!filter.adopt(&damaged, &PARAMS, 0.0, SAME));
        assert_eq!((filter.mean, filter.covariance), (new_filter().mean, new_filter().covariance));
    }
    let text = serde_json::to_string(&whole).unwrap();
    let again: LongLived = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), whole);
}

proptest! {
    #[test]
    fn never_surer_than_it_was_never_wider_than_the_prior_and_wider_with_age(
        found in 0.005..0.5f64, kernels in 20.0..500.0f64, age_d in 0.0..60.0f64, more_d in 0.0..300.0f64,
        field: bool, plates: bool, machine: bool,
    ) {
        let (before, prior) = (taught(found, kernels), new_filter());
        let changed = Changed { field, plates, machine };
        let (after, later) = (adopted(&before, age_d, changed), adopted(&before, age_d + more_d, changed));
        for state in StateIndex::ALL.iter().copied() {
            let [then, now, late, never] = [&before, &after, &later, &prior].map(|filter| variance(filter, state));
            let is_sum = matches!(state, StateIndex::HeaderSum | StateIndex::SeparationSum | StateIndex::CleaningSum);
            if !is_sum {
                prop_assert!(now >= then.min(never) - 1e-9, "{state:?} {then} {now}");
                prop_assert!(late >= now - 1e-9, "{state:?} {now} {late}");
                prop_assert!(late <= never + 1e-9, "{state:?} {late} {never}");
            }
        }
        prop_assert!(after.covariance.symmetric_eigenvalues().iter().all(|&e| e > -1e-9));
    }
}
