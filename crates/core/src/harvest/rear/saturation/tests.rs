//! Which level a count of plates that may be saturated is taken for.

use super::super::super::filter::RearPath;
use super::*;
use crate::params::Params;

fn new() -> Saturation {
    let params = Params::default();
    Saturation::new(params.saturation, ChangeLaw::new(&params, RearPath::Cleaning), 0.0025)
}

fn run(saturation: &mut Saturation, rate: f64, seconds: usize) {
    (0..10 * seconds).for_each(|_| saturation.step(2.0 * rate * STEP_S, 2.0 * STEP_S));
}

/// After so long, s, at each of these rates, 1/s, on each of two plates with a dead time of 2.5 ms.
fn after(rates: &[(f64, usize)]) -> bool {
    let mut saturation = new();
    for &(rate, seconds) in rates {
        run(&mut saturation, rate, seconds);
    }
    saturation.may_be_saturated()
}

#[test]
fn plates_long_near_the_paralyzable_maximum_may_be_saturated() {
    // 1 / (e × 2.5 ms) = 147 a second.
    assert!(after(&[(140.0, 120)]) && !after(&[(100.0, 600)]));
    assert!(after(&[(140.0, 120), (20.0, 600)]), "the fall may be a rise");
    assert!(!after(&[(140.0, 120), (20.0, 1000)]));
    assert!(!after(&[(20.0, 300), (140.0, 20), (20.0, 10)]), "a heap that lasts a moment");
    // 250 a second are more than paralyzable plates can count.
    assert!(!after(&[(140.0, 120), (250.0, 10), (20.0, 10)]));
}

#[test]
fn two_levels_count_the_same() {
    // x e^(−x) = 0.3 has the solutions 0.489402 and 1.781337 (Lambert's W).
    assert!((other_level(0.489_402) - 1.781_337).abs() < 1e-5, "{}", other_level(0.489_402));
    assert!((other_level(1.781_337) - 0.489_402).abs() < 1e-5);
}

/// By the filter, where the model expects so many hits in a dead time.
fn level(hits_per_dead_time: f64, modelled_hits: f64, evidence: f64) -> Level {
    Level { t_us: 0, hits_per_dead_time, modelled_hits, most_log: 9.0, point: OperatingPoint::default(), evidence }
}

/// Plates that have been at their limit where the model expects 0.93 hits, and now count a fifth of what they can at most,
/// 1/(5 e) in a dead time: 0.079678 or 3.99431 hits, ln 50.13 = 3.91463 apart.
fn at_a_fifth_of_the_most(modelled_hits: f64) -> Saturation {
    let mut saturation = new();
    run(&mut saturation, 140.0, 120);
    saturation.set_level(&level(1.0, 0.93, 0.0));
    let near = saturation.ambiguity();
    assert_eq!((near.log_variance(), near.mean_factor()), (0.64 * 0.64, 1.0), "0.49 or 1.78 hits in a dead time");
    run(&mut saturation, 29.43, 10);
    saturation.set_level(&level(0.079_678, modelled_hits, 0.0));
    saturation
}

#[test]
fn the_level_nearer_to_the_loss_at_the_limit_is_the_likelier_one() {
    // Ten seconds later, with the variance 0.37², of the wander 2 × 0.16 × (1 − e^(−10/900)), of the place 2 × 0.09: 0.3204.
    // Student's t with 4 degrees of freedom, (1 + z²/4)^(−5/2): of the level above, ln(3.99431 / 0.93) away, 0.08688; of the
    // one below 0.01283, and of non-paralyzable plates, which were at 0.50 hits, 0.03979. Odds of
    // 0.75 × 0.08688 : 0.75 × 0.01283 + 0.25 × 0.03979, e^1.2028.
    let mut saturation = at_a_fifth_of_the_most(0.93);
    let open = saturation.ambiguity();
    assert!((open.other - 0.769_0).abs() < 1e-3 && (open.log_apart - 3.9146).abs() < 1e-3, "{open:?}");
    // The mean of both losses, in those of the filter's level: 0.2310 + 0.7690 × 50.13 = 38.78.
    assert!((open.mean_factor() - 38.78).abs() < 0.1, "{open:?}");
    // e^0.7 and more: the filter goes over to it, and what was its level is the other one.
    assert!((saturation.go_over().unwrap() - 3.9146).abs() < 1e-3);
    let over = saturation.ambiguity();
    assert!((over.other - 0.231_0).abs() < 1e-3 && (over.log_apart + 3.9146).abs() < 1e-3, "{over:?}");
    assert_eq!(saturation.go_over(), None);
    // Counts that fall with the crop: the model expects as much less, and the level below has not moved at all.
    let mut with_the_crop = at_a_fifth_of_the_most(0.079_678);
    assert!(with_the_crop.ambiguity().other < 0.1 && with_the_crop.go_over().is_none());
}

#[test]
fn counts_and_pans_tell_of_the_levels_and_what_is_impossible_is_none() {
    // Where the model expects 0.68735 hits, by the same sum each is as likely.
    let mut saturation = at_a_fifth_of_the_most(0.687_35);
    assert!((saturation.ambiguity().other - 0.5).abs() < 1e-3, "{:?}", saturation.ambiguity());
    // Counts that the other level foretells better by e and more: 0.7311, which is as sure as they get.
    (0..4).for_each(|_| saturation.set_level(&level(0.079_678, 0.687_35, 0.5)));
    assert!((saturation.ambiguity().other - 0.7311).abs() < 1e-3, "{:?}", saturation.ambiguity());
    // A pan that was dropped before the limit was left says nothing of now; one that was dropped since then does, of the
    // level above: e^(1 + 2).
    saturation.hear_pan(2.0, -1_000_000);
    assert!((saturation.ambiguity().other - 0.7311).abs() < 1e-3);
    saturation.hear_pan(f64::NAN, 1_000_000);
    saturation.hear_pan(2.0, 1_000_000);
    assert!((saturation.ambiguity().other - 0.9526).abs() < 1e-3, "{:?}", saturation.ambiguity());
    // The filter goes to it by itself, with counts that speak against it: from there the same, e^(1 − 0.5 + 2).
    saturation.set_level(&level(3.994_31, 0.687_35, -0.5));
    assert!((saturation.ambiguity().other - 0.0759).abs() < 1e-3, "{:?}", saturation.ambiguity());
    // Of 0.68735 expected, no more than e can be: 3.99431 hits would be more loss than grain.
    saturation.set_level(&Level { most_log: 1.0, ..level(0.079_678, 0.687_35, 0.0) });
    assert_eq!(saturation.ambiguity(), Ambiguity::default());
}

#[test]
fn settings_that_have_gone_back_are_the_loss_of_before() {
    // A fan that is 40 % faster blows grain out, from 0.02 hits to the limit and beyond; then it is slowed again, and the
    // counts fall through the limit within five seconds to those of before, where 6 hits would give as many.
    let at = |fan: f64, hits: f64| {
        let mut level = level(hits, 0.02, 0.0);
        level.point.settings[0] = fan;
        level
    };
    let mut saturation = new();
    run(&mut saturation, 8.0, 60);
    (0..30).for_each(|_| saturation.set_level(&at(0.0, 0.02)));
    run(&mut saturation, 140.0, 120);
    saturation.set_level(&at(0.336, 1.0));
    run(&mut saturation, 60.0, 60);
    saturation.set_level(&at(0.336, 3.0));
    run(&mut saturation, 140.0, 5);
    saturation.set_level(&at(0.0, 1.1));
    run(&mut saturation, 8.0, 10);
    saturation.set_level(&at(0.0, 0.02));
    assert!(saturation.ambiguity().other < 0.1 && saturation.go_over().is_none(), "{:?}", saturation.ambiguity());
    // With the fan still as fast the level above is the nearer one.
    saturation.set_level(&at(0.336, 0.02));
    assert!(saturation.ambiguity().other > 0.6, "{:?}", saturation.ambiguity());
}

#[test]
fn saturation_and_ambiguity_survive_a_restart_and_end_after_an_hour() {
    let mut saturation = new();
    run(&mut saturation, 140.0, 120);
    saturation.set_level(&level(1.0, 0.93, 0.0));
    // Hit five times in a dead time, by the filter.
    run(&mut saturation, 13.0, 10);
    saturation.set_level(&level(5.0, 0.93, 0.0));
    let mut restarted = new();
    restarted.restore(&saturation.state());
    assert_eq!(restarted.state(), saturation.state());
    // 900 s at a quarter of the pace: an hour.
    run(&mut restarted, 13.0, 3000);
    assert!(restarted.may_be_saturated() && restarted.ambiguity() == saturation.ambiguity());
    run(&mut restarted, 13.0, 700);
    assert!(!restarted.may_be_saturated());
    restarted.set_level(&level(0.1, 0.93, 0.0));
    assert_eq!(restarted.ambiguity(), Ambiguity::default());
}
