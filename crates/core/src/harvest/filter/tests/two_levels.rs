//! Counts that two levels of loss explain.

use super::*;
use crate::math::ln;

#[test]
fn a_pan_beside_counts_of_two_levels_tells_which_it_was_and_little_of_the_plates() {
    // Plates have counted for ten minutes what was expected; at the drop a loss 11.56 times as high would have given as many.
    let after = |found_kg_s: f64, log_apart: f64, other: f64| {
        let mut filter = new_filter();
        for _ in 0..300 {
            filter.predict(2.0, true);
            filter.fuse_counts(RearPath::Separation, &window(60.0, 60.0)).unwrap();
        }
        let seen = Ambiguity { other, log_apart, variance: 0.0 };
        let ambiguity = PerPath([seen, Ambiguity::default()]);
        let context = filter.pan_context(lost(0.02, 0.0), PerPath([true, false]), ambiguity, PerPath::default());
        let plate = filter.plate(RearPath::Separation);
        // Counting a thousand kernels, patches, what the plates saw, and their own error.
        let view = filter.plate_view(RearPath::Separation, &OperatingPoint::default());
        let variance = 0.001 + ln(1.01) + view.variance + plate.variance;
        let update = filter.fuse_pan(&context, BEHIND, &found(found_kg_s, 0.01, 600.0)).unwrap();
        // Student's t with 4 degrees of freedom, 2.4474 away or not at all.
        let certain = 2.5 * ln(1.0 + 2.4474 * 2.4474 / 4.0 / variance);
        let PerPath([separation, cleaning]) = update.saturated_evidence;
        assert_eq!(cleaning, 0.0);
        (separation / certain, filter.plate(RearPath::Separation).mean - plate.mean)
    };
    let (found_more, moved) = after(0.02 * 11.56, 2.4474, 0.5);
    assert!((found_more - 1.0).abs() < 0.05, "{found_more}");
    assert!(moved.abs() < 0.35, "a pan that is 11.56 times as much says that it was the other level: {moved}");
    let (found_as_seen, _) = after(0.02, 2.4474, 0.5);
    assert!((found_as_seen + 1.0).abs() < 0.05, "{found_as_seen}");
    // The filter was at the level above, and the pan is of the one below.
    let (found_less, _) = after(0.02 / 11.56, -2.4474, 0.5);
    assert!((found_less + 1.0).abs() < 0.05, "{found_less}");
    let (one_level, all) = after(0.02 * 11.56, 0.0, 0.0);
    assert!(one_level == 0.0 && all < -1.0, "with one meaning of the counts the plates would be at fault: {all}");
}

#[test]
fn going_over_moves_what_plates_see_by_as_much_and_the_gain_by_most_of_it() {
    let mut filter = new_filter();
    for _ in 0..100 {
        filter.predict(2.0, true);
        filter.fuse_counts(RearPath::Cleaning, &window(60.0, 60.0)).unwrap();
    }
    let point = OperatingPoint::default();
    let (before, gain) = (filter.plate_view(RearPath::Cleaning, &point), filter.mean[StateIndex::CleaningGain]);
    filter.go_over(RearPath::Cleaning, &point, 2.4474);
    let after = filter.plate_view(RearPath::Cleaning, &point);
    assert!((after.mean - before.mean - 2.4474).abs() < 1e-9 && (after.variance / before.variance - 1.0).abs() < 1e-9);
    let gain = filter.mean[StateIndex::CleaningGain] - gain;
    assert!((2.0..2.4474).contains(&gain), "what is local fades within seconds: {gain}");
}
