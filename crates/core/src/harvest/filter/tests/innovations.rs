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
    // ln(400.5 / 61.993), of 100 e^(−(0.7225 + 0.16 + 0.09) / 2) = 61.493; prior 0.7225 + 0.16 + 0.09 + 0.25 = 1.2225, counting 1/61.993, patches 1/30.
    let innovation = of_counts(&window(400.0, 100.0));
    assert_close(innovation, 1.865_695, 1.2225 + 0.016_130_844 + 0.033_333_333);
    assert!((innovation.test_ratio() - 2.736_569).abs() < 1e-5, "1.865695² / 1.271964");
}

#[test]
fn of_counts_beside_straw_and_dead_time() {
    // 3000 e^(−0.48625) = 1844.78 + 600 hits in 30 s, τ = 2.5 ms: 0.203732 in a dead time, 2444.78 / 1.203732 = 2031.00
    // counted. The slope of their logarithm is 1844.78/2444.78 / 1.203732 = 0.626867. The dead time adds
    // (0.25 × 0.203732/1.203732)².
    let innovation = of_counts(&CountWindow { from_straw: 600.0, dead_time_s: 0.0025, ..window(2000.0, 3000.0) });
    assert_close(innovation, -0.015_379_1, 0.516_011_87);
}

#[test]
fn of_counts_of_saturated_plates() {
    // 24,000 e^(−0.48625) = 14,758.27 hits in 30 s: 1.229856 in a dead time; paralyzable plates count e^(−1.229856) of them,
    // 4314.35, with the slope 1 − 1.229856. The dead time adds (0.12 × 1.229856)².
    let window = CountWindow { dead_time_s: 0.0025, levels: CountLevels::Two, ..window(1500.0, 24_000.0) };
    assert_close(of_counts(&window), -1.056_265_2, 0.119_935_11);
}

#[test]
fn counts_that_fit_one_level_and_a_refused_window_are_different_answers() {
    let mut filter = new_filter();
    let before = filter.state();
    assert_eq!(filter.fuse_counts(RearPath::Cleaning, &window(5.0, 0.0)), Err(NotFusedReason::Impossible));
    assert_eq!(filter.fuse_counts(RearPath::Cleaning, &window(f64::NAN, 10.0)), Err(NotFusedReason::Impossible));
    assert_eq!(filter.state(), before, "a refused window changes nothing");
    let fusion = filter.fuse_counts(RearPath::Cleaning, &window(5.0, 10.0)).unwrap();
    assert_eq!(fusion.other_evidence, 0.0);
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
