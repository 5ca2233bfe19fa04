//! Jumps of the loss, and what looks like one for a moment.

use super::super::super::fusion::NotFusedReason;
use super::super::{CountWindow, OperatingPoint, RearPath};
use super::{new_filter, window};
use crate::math::{exp, ln};

#[test]
fn a_jump_of_both_plates_is_a_jump_of_the_loss() {
    // An hour as expected, then five times as much: the loss has moved, and not the plates.
    let mut filter = new_filter();
    for _ in 0..1800 {
        filter.predict(2.0, true);
        filter.fuse_counts(RearPath::Cleaning, &window(60.0, 60.0)).unwrap();
    }
    filter.predict(2.0, true);
    let first = filter.fuse_counts(RearPath::Cleaning, &window(300.0, 60.0));
    assert_eq!(first, Err(NotFusedReason::JumpUnconfirmed));
    for _ in 0..3 {
        filter.predict(2.0, true);
        filter.fuse_counts(RearPath::Cleaning, &window(300.0, 60.0)).unwrap();
    }
    let (factor, plate) =
        (filter.path_factor(RearPath::Cleaning, &OperatingPoint::default()).0, filter.plate(RearPath::Cleaning).mean);
    assert!((3.5..6.0).contains(&factor), "{factor}");
    assert!(plate.abs() < 0.25, "{plate}");
}

#[test]
fn plates_that_are_hidden_or_shaken_for_a_moment_are_no_jump() {
    // Two hours of windows of two seconds; every sixth one is disturbed, now and then two on end: none of them lasts the
    // 8 s that a jump must be seen for. Loss and plates are what they are without them.
    let after = |disturbed: f64| {
        let mut filter = new_filter();
        for nth in 0..3600 {
            filter.predict(2.0, true);
            let kernels = if nth % 6 == 3 || nth % 18 == 4 { disturbed } else { 60.0 };
            let of_two_seconds = CountWindow { seconds: 2.0, ..window(kernels, 60.0) };
            let _ = filter.fuse_counts(RearPath::Cleaning, &of_two_seconds);
        }
        let factor = filter.path_factor(RearPath::Cleaning, &OperatingPoint::default()).0;
        (ln(factor), filter.plate(RearPath::Cleaning).mean)
    };
    let (factor, plate) = after(60.0);
    for disturbed in [15.0, 200.0] {
        let (then, plate_then) = after(disturbed);
        assert!((then - factor).abs() < 0.01 && (plate_then - plate).abs() < 0.01, "{disturbed}: {then} {plate_then}");
    }
}

#[test]
fn a_long_window_that_a_knock_fills_is_no_jump_nor_are_two_with_a_turn_between() {
    // Plates that count little have windows of ten seconds; a knock of two seconds fills the end of one and a short one.
    let windows = |turn: bool, then: f64| {
        let mut filter = new_filter();
        let mut fuse = |seconds: f64, kernels: f64| {
            filter.predict(seconds, true);
            let of_length = CountWindow { seconds, ..window(kernels, 3.0 * seconds) };
            let fused = filter.fuse_counts(RearPath::Cleaning, &of_length);
            filter
                .forget_jump_after(RearPath::Cleaning, (turn && kernels > 100.0).then_some(NotFusedReason::NotCutting));
            fused.err()
        };
        assert!((0..100).all(|_| fuse(10.0, 30.0).is_none()));
        let held = [fuse(9.0, 400.0), fuse(2.0, 400.0)];
        assert_eq!(held, [Some(NotFusedReason::JumpUnconfirmed); 2]);
        (fuse(10.0, then), exp(filter.plate_view(RearPath::Cleaning, &OperatingPoint::default()).mean))
    };
    for turn in [false, true] {
        let (why, view) = windows(turn, 30.0);
        assert!(why.is_none() && (view - 1.0).abs() < 0.1, "{why:?} {view}");
    }
    // One that lasts is believed, and not where a turn lies between: then it is held anew.
    let (why, view) = windows(false, 400.0);
    assert!(why.is_none() && view > 8.0, "{why:?} {view}");
    let (why, view) = windows(true, 400.0);
    assert!(why == Some(NotFusedReason::JumpUnconfirmed) && (view - 1.0).abs() < 0.1, "{why:?} {view}");
}
