use super::*;
use crate::harvest::Stream;
use crate::math::ln;

/// An hour of so much by the law alone, or with plates that see just what the law says.
fn hour(counted: bool) -> GainFilter {
    let mut filter = GainFilter::new();
    for second in 0..3600 {
        filter.wander(1.0, true);
        if counted && second % 2 == 0 {
            filter.counted(Path::Cleaning, &window(100.0, 100.0));
        }
        filter.summed(Stream::Cleaning, 1.0 / f64::from(second + 1), &At::default());
    }
    filter
}

const ALL_CLEANING: [f64; 3] = [0.0, 0.0, 1.0];

#[test]
fn a_constant_error_stays_in_the_sum_and_what_wanders_averages_out() {
    // By the law: the constant's 0.85² = 0.7225, a drift of 0.1² an hour that is a third of it in the mean, 0.0033, and
    // the wander's 0.16 with a memory of 900 s: the mean over T of such a process has 2 (m/T − (m/T)² (1 − e^(−T/m))) of
    // its variance, 0.3773 for a quarter: 0.0604. What is local is gone. In all 0.7862.
    let sd = hour(false).sums_sd(ALL_CLEANING);
    assert!((sd * sd - 0.7862).abs() < 0.01, "{}", sd * sd);
    // With plates: what is known of the level at most, 0.7225 × 0.25 / (0.7225 + 0.25) = 0.1857, and some drift.
    let sd = hour(true).sums_sd(ALL_CLEANING);
    assert!((0.18..0.22).contains(&(sd * sd)), "{}", sd * sd);
}

#[test]
fn a_pan_moves_the_sum_as_far_as_it_tells_of_all_of_it() {
    let mut before = hour(true);
    before.take_sums_moved();
    let mut after = before.clone();
    let drop = after.drop(Lost { separation: Modelled::default(), ..lost(0.0, 0.02) }, [false, true], [0.0; 2]);
    let judged = after.pan(&drop, BEHIND, &found(0.04, 0.13, 0.0)).unwrap();
    let [header, separation, cleaning] = after.take_sums_moved();
    assert_eq!(header, 1.0);
    // The plates' error is known to 0.1857 + drift, the pan to 0.13: six tenths of the residual, in the mean of the hour
    // as now, but for the drift.
    let share = ln(cleaning) / judged.residual;
    assert!((0.5..0.66).contains(&share) && separation < cleaning, "{share} {separation}");
    assert!(after.sums_sd(ALL_CLEANING) < 0.7 * before.sums_sd(ALL_CLEANING));
}

#[test]
fn counts_that_begin_late_move_what_was_summed_before_them() {
    // An hour by the law alone, then ten minutes of plates that see three times the law: what they make of the constant,
    // the sum takes over by its own share of it, and its interval narrows with it, never without it.
    let mut filter = hour(false);
    filter.take_sums_moved();
    let before = filter.sums_sd(ALL_CLEANING);
    for _ in 0..60 {
        filter.wander(10.0, true);
        filter.counted(Path::Cleaning, &window(300.0, 100.0));
    }
    let level = ln(filter.path(Path::Cleaning, &At::default()).0);
    let [_, _, moved] = filter.take_sums_moved();
    assert!(filter.sums_sd(ALL_CLEANING) < 0.8 * before);
    assert!((0.75..1.0).contains(&(ln(moved) / level)), "{} of {level}", ln(moved));
    assert_eq!(filter.take_sums_moved(), [1.0; 3], "once");
}

#[test]
fn a_sum_from_a_filter_that_is_lost_is_not_moved_by_what_the_next_one_learns() {
    let mut filter = GainFilter::new();
    let before = filter.sums_sd(ALL_CLEANING);
    let drop = filter.drop(lost(0.0, 0.02), [false; 2], [0.0; 2]);
    filter.pan(&drop, BEHIND, &found(0.04, 0.13, 0.0)).unwrap();
    filter.counted(Path::Cleaning, &window(300.0, 100.0));
    assert_eq!(filter.take_sums_moved(), [1.0; 3]);
    assert_eq!(filter.sums_sd(ALL_CLEANING), before);
    // The priors' spread of a rate: 0.7225 + 0.16 + 0.09.
    assert!((before * before - 0.9725).abs() < 1e-9);
}

#[test]
fn a_sum_begins_anew_with_a_share_of_all() {
    let mut filter = hour(true);
    filter.summed(Stream::Cleaning, 1.0, &At::default());
    let (_, now) = filter.path(Path::Cleaning, &At::default());
    assert!((filter.sums_sd(ALL_CLEANING) - now).abs() < 1e-9);
}
