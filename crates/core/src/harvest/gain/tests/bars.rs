use super::*;
use crate::math::{exp, ln};

#[test]
fn a_bar_at_rest_teaches_no_exponent_after_a_pan_either() {
    let mut filter = GainFilter::new();
    let rest = |filter: &mut GainFilter| {
        for _ in 0..360 {
            filter.wander(10.0, true);
            filter.bar(Path::Cleaning, &At::default(), Shown { log_bar: -1.0, log_modelled: ln(0.02f64) });
        }
    };
    rest(&mut filter);
    let drop = filter.drop(lost(0.0, 0.02), [false; 2], [0.0; 2]);
    for _ in 0..8 {
        filter.pan(&drop, BEHIND, &found(0.06, 0.13, 0.0)).unwrap();
    }
    let level = filter.path(Path::Cleaning, &At::default()).0;
    rest(&mut filter);
    let after = filter.path(Path::Cleaning, &At::default()).0;
    assert!((level / 0.06 * 0.02 - 1.0).abs() < 0.15 && (after / level - 1.0).abs() < 0.15, "{level} {after}");
    let sd = filter.covariance[(EXPONENTS + 1, EXPONENTS + 1)].sqrt();
    assert!((0.18..=0.2 + 1e-9).contains(&sd), "{sd}");
}

#[test]
fn a_bar_tells_changes_and_a_pan_the_level() {
    // A bar that shows 50 times as much as any gain could: the level does not follow, but when it doubles the wander
    // does, against its own small spread.
    let mut filter = GainFilter::new();
    for _ in 0..100 {
        filter.wander(10.0, true);
        filter.bar(Path::Separation, &At::default(), Shown { log_bar: ln(50f64), log_modelled: 0.0 });
    }
    let (before, sd) = filter.path(Path::Separation, &At::default());
    assert!((before - 1.0).abs() < 0.01, "{before}");
    assert!(sd > 0.75, "{sd}");
    for _ in 0..30 {
        filter.wander(10.0, true);
        filter.bar(Path::Separation, &At::default(), Shown { log_bar: ln(100f64), log_modelled: 0.0 });
    }
    assert!(
        filter.path(Path::Separation, &At::default()).0 > 1.15,
        "{}",
        filter.path(Path::Separation, &At::default()).0
    );
}

#[test]
fn a_bar_teaches_the_power_of_the_loss_that_it_shows() {
    // A law that is right, over a range of a factor of e, and a bar that goes with the power 1.4 of the loss. Taken for
    // the power 1, a bar 0.2 above would be a loss 0.2 above; four hundred windows teach better.
    let mut filter = GainFilter::new();
    for window in 0..400 {
        filter.wander(10.0, true);
        let log_modelled = 0.5 * f64::from(window % 8 - 4) / 4.0;
        filter.bar(Path::Separation, &At::default(), Shown { log_bar: 1.4 * log_modelled, log_modelled });
    }
    let exponent = exp(filter.mean[EXPONENTS]);
    assert!((1.25..1.45).contains(&exponent), "{exponent}");
    let factor = filter.path(Path::Separation, &At::default()).0;
    assert!((factor - 1.0).abs() < 0.05, "{factor}");
}
