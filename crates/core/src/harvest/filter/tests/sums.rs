use super::*;
use crate::harvest::Stream;
use crate::math::ln;

/// An hour of so much by the model alone, or with plates that see just what the model says.
fn hour(counted: bool) -> LossFilter {
    let mut filter = new_filter();
    for second in 0..3600 {
        filter.predict(1.0, true);
        if counted && second % 2 == 0 {
            filter.fuse_counts(RearPath::Cleaning, &window(100.0, 100.0)).unwrap();
        }
        filter.add_to_sum(Stream::Cleaning, 1.0 / f64::from(second + 1), &OperatingPoint::default());
    }
    filter
}

const ALL_CLEANING: PerStream<f64> = PerStream([0.0, 0.0, 1.0]);

#[test]
fn a_constant_error_stays_in_the_sum_and_wander_averages_out() {
    // By the model: the constant's 0.85² = 0.7225, a drift of 0.1² an hour that is a third of it in the mean, 0.0033, and
    // the wander's 0.16 with a memory of 900 s: the mean over T of such a process has 2 (m/T − (m/T)² (1 − e^(−T/m))) of
    // its variance, 0.3773 for a quarter: 0.0604. What is local is gone. In all 0.7862.
    let sd = hour(false).sums_log_sd(ALL_CLEANING);
    assert!((sd * sd - 0.7862).abs() < 0.01, "{}", sd * sd);
    // With plates: what is known of the level at most, 0.7225 × 0.25 / (0.7225 + 0.25) = 0.1857, and some drift.
    let sd = hour(true).sums_log_sd(ALL_CLEANING);
    assert!((0.18..0.22).contains(&(sd * sd)), "{}", sd * sd);
}

#[test]
fn a_pan_corrects_the_sum_by_what_both_have_in_common() {
    let mut before = hour(true);
    before.take_sum_corrections();
    let mut after = before.clone();
    let context = after.pan_context(
        ModelLosses { separation: ModelLoss::default(), ..lost(0.0, 0.02) },
        PerPath([false, true]),
        PerPath::default(),
        PerPath::default(),
    );
    let update = after.fuse_pan(&context, BEHIND, &found(0.04, 0.13, 0.0)).unwrap();
    let PerStream([header, separation, cleaning]) = after.take_sum_corrections();
    assert_eq!(header, 1.0);
    // The plates' error is known to 0.1857 + drift, the pan to 0.13: six tenths of the residual, in the mean of the hour
    // as now, but for the drift.
    let share = ln(cleaning) / update.innovation.log_ratio;
    assert!((0.5..0.66).contains(&share) && separation < cleaning, "{share} {separation}");
    assert!(after.sums_log_sd(ALL_CLEANING) < 0.7 * before.sums_log_sd(ALL_CLEANING));
}

#[test]
fn counts_that_begin_late_correct_what_was_summed_before() {
    // An hour by the model alone, then ten minutes of plates that see three times the model: what they make of the constant,
    // the sum takes over by its own share of it, and its interval narrows with it, never without it.
    let mut filter = hour(false);
    filter.take_sum_corrections();
    let before = filter.sums_log_sd(ALL_CLEANING);
    let (model, _) = filter.path_factor(RearPath::Cleaning, &OperatingPoint::default());
    for _ in 0..60 {
        filter.predict(10.0, true);
        filter.fuse_counts(RearPath::Cleaning, &window(300.0, 100.0)).unwrap();
    }
    let level = ln(filter.path_factor(RearPath::Cleaning, &OperatingPoint::default()).0 / model);
    let PerStream([_, _, moved]) = filter.take_sum_corrections();
    assert!(filter.sums_log_sd(ALL_CLEANING) < 0.8 * before);
    assert!((0.75..1.0).contains(&(ln(moved) / level)), "{} of {level}", ln(moved));
    assert_eq!(filter.take_sum_corrections(), PerStream([1.0; 3]), "once");
}

#[test]
fn a_sum_from_before_the_filter_is_not_corrected_by_it() {
    let mut filter = new_filter();
    let before = filter.sums_log_sd(ALL_CLEANING);
    let context = filter.pan_context(lost(0.0, 0.02), PerPath::default(), PerPath::default(), PerPath::default());
    filter.fuse_pan(&context, BEHIND, &found(0.04, 0.13, 0.0)).unwrap();
    filter.fuse_counts(RearPath::Cleaning, &window(300.0, 100.0)).unwrap();
    assert_eq!(filter.take_sum_corrections(), PerStream([1.0; 3]));
    assert_eq!(filter.sums_log_sd(ALL_CLEANING), before);
    // The priors' spread of a rate: 0.7225 + 0.16 + 0.09.
    assert!((before * before - 0.9725).abs() < 1e-9);
}

#[test]
fn a_share_of_one_begins_a_new_sum() {
    let mut filter = hour(true);
    filter.add_to_sum(Stream::Cleaning, 1.0, &OperatingPoint::default());
    let (_, now) = filter.path_factor(RearPath::Cleaning, &OperatingPoint::default());
    assert!((filter.sums_log_sd(ALL_CLEANING) - now).abs() < 1e-9);
}
