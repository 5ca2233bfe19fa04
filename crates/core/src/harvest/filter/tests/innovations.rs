//! Innovations and their variances, by hand calculation.

use super::*;
use crate::harvest::fusion::{Innovation, NotFusedReason};
use crate::math::ln;

fn assert_close(innovation: Innovation, log_ratio: f64, variance: f64) {
    assert!((innovation.log_ratio - log_ratio).abs() < 1e-6, "{innovation:?}");
    assert!((innovation.variance - variance).abs() < 1e-6, "{innovation:?}");
}

fn of_counts(window: &CountWindow) -> Innovation {
    new_filter().fuse_counts(RearPath::Cleaning, window).unwrap().innovation
}

#[test]
fn of_counts_without_dead_time() {
    // ln(400.5 / 100.5); prior 0.7225 + 0.16 + 0.09 + 0.25 = 1.2225, counting 1/100.5, patches 1/30.
    let innovation = of_counts(&window(400.0, 100.0));
    assert_close(innovation, 1.382_556, 1.2225 + 0.009_950_249 + 0.033_333_333);
    assert!((innovation.test_ratio() - 1.510_101).abs() < 1e-5, "1.382556² / 1.265784");
}

#[test]
fn of_counts_beside_straw_and_dead_time() {
    // 3000 + 600 hits in 30 s, τ = 2.5 ms: 0.3 in a dead time, 3600 / 1.3 = 2769.23 counted. The slope of their logarithm is
    // 3000/3600 / 1.3 = 0.641026. The dead time adds (0.25 × 0.3/1.3)².
    let innovation = of_counts(&CountWindow { from_straw: 600.0, dead_time_s: 0.0025, ..window(2000.0, 3000.0) });
    assert_close(innovation, -0.325_353, 0.539_364_99);
}

#[test]
fn of_counts_of_saturated_plates() {
    // 24,000 hits in 30 s: 2 in a dead time; paralyzable plates count 24,000 e^(−2) = 3248.05, with the slope 1 − 2 = −1. The
    // dead time adds (0.12 × 2)².
    let window = CountWindow { dead_time_s: 0.0025, may_be_saturated: true, ..window(1500.0, 24_000.0) };
    assert_close(of_counts(&window), -0.772_409_4, 1.313_741_16);
}

#[test]
fn counts_that_fit_one_level_and_a_refused_window_are_different_answers() {
    let mut filter = new_filter();
    let before = filter.state();
    assert_eq!(filter.fuse_counts(RearPath::Cleaning, &window(5.0, 0.0)), Err(NotFusedReason::Impossible));
    assert_eq!(filter.fuse_counts(RearPath::Cleaning, &window(f64::NAN, 10.0)), Err(NotFusedReason::Impossible));
    assert_eq!(filter.state(), before, "a refused window changes nothing");
    let fusion = filter.fuse_counts(RearPath::Cleaning, &window(5.0, 10.0)).unwrap();
    assert_eq!(fusion.ambiguity_variance, 0.0);
    assert_ne!(filter.state(), before);
}

#[test]
fn of_a_loss_index() {
    // The first reading sets the scale: nothing to compare, with variance 100 + 0.9725 + 0.25. It leaves 100.9725 × 0.25 /
    // 101.2225 = 0.249383 of the sum; a doubled index is an innovation of ln 2 against that and 0.25.
    let mut filter = new_filter();
    let mut read = |index: f64| {
        let reading = IndexReading { log_index: ln(index), log_modelled: ln(0.02) };
        filter.fuse_index(RearPath::Separation, &OperatingPoint::default(), reading)
    };
    assert_close(read(0.2).unwrap(), 0.0, 101.2225);
    assert_close(read(0.4).unwrap(), ln(2.0), 0.499_382_5);
    assert_eq!(read(0.0), Err(NotFusedReason::Impossible), "the logarithm of nothing");
}
