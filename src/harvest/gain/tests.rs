use proptest::prelude::*;

use super::*;
use crate::harvest::Stream;

/// Half a minute of one plate that is never blind, at the rated load.
fn window(kernels: f64, from_loss: f64) -> Window {
    Window { kernels, plate_s: 30.0, from_loss, from_straw: 0.0, at: At::default(), transit_sd: 0.0, dead_time_s: 0.0 }
}

fn modelled(kg_s: f64) -> Modelled {
    Modelled { kg_s, at: At::default() }
}

fn at_load(log_load: f64) -> At {
    At { log_load, ..At::default() }
}

/// A pan that tells of a loss of so many kg/s, so long ago.
fn found(kg_s: f64, patchy_variance: f64, elapsed_s: f64) -> Observed {
    Observed { elapsed_s, ..Observed::plenty(kg_s, patchy_variance) }
}

fn lost(separation: f64, cleaning: f64) -> Lost {
    Lost { header: 0.0, separation: modelled(separation), cleaning: modelled(cleaning) }
}

const BEHIND: Caught = Caught { header: false, rear: true };
const IN_FRONT: Caught = Caught { header: true, rear: false };

#[test]
fn many_counts_move_the_states_by_their_shares_of_the_prior() {
    // Prior variance of the sum of gain, wander, local and plate: 0.7225 + 0.09 + 0.0529 + 0.4225 = 1.2879. Plates counted
    // 400 where 100 were expected. With a negative binomial law of size 15 the count's logarithm has a spread of
    // 1/400 + 1/15 = 0.0692, so the sum moves by some 1.2879 / 1.3571 × ln 4 = 1.316, each state by its share of that.
    let mut filter = GainFilter::new();
    filter.counted(Path::Cleaning, &window(400.0, 100.0));
    let sum = filter.seen(Path::Cleaning, &At::default());
    assert!((sum.mean - 1.316).abs() < 0.05, "{sum:?}");
    assert!((sum.variance - 0.0692 * 1.2879 / 1.3571).abs() < 0.01, "{sum:?}");
    let part = |path: Path, at: usize| filter.mean[path as usize + at] / sum.mean * 1.2879;
    let here = |at: usize| part(Path::Cleaning, at);
    assert!((here(GAIN) - 0.7225).abs() < 1e-6 && (here(PLATE) - 0.4225).abs() < 1e-6);
    // The other path shares half of the gain's variance and three quarters of the plates'.
    let other = |at: usize| part(Path::Separation, at);
    assert!((other(GAIN) - 0.361_25).abs() < 1e-6 && (other(PLATE) - 0.316_875).abs() < 1e-6);
    assert_eq!((other(WANDER), filter.header().0), (0.0, 1.0), "no plate sees the header");
}

#[test]
fn the_load_that_was_counted_at_teaches_its_power() {
    // Four times as much as expected at a third of the rated load, and as expected at the rated one: the loss does not
    // fall with the load as the law has it.
    let mut filter = GainFilter::new();
    let low = (1.0f64 / 3.0).ln();
    for _ in 0..20 {
        filter.wander(60.0, true);
        filter.counted(Path::Cleaning, &window(100.0, 100.0));
        filter.wander(60.0, true);
        filter.counted(Path::Cleaning, &Window { at: at_load(low), ..window(400.0, 100.0) });
    }
    let (at_rated, at_low) =
        (filter.path(Path::Cleaning, &At::default()).0, filter.path(Path::Cleaning, &at_load(low)).0);
    assert!((at_low / at_rated / 4.0).ln().abs() < 0.4, "{}", at_low / at_rated);
}

#[test]
fn dead_time_is_allowed_for() {
    // 40 counted a second, each blinding the plate for 2.5 ms: 10 % of the time, so 40 / 0.9 = 44.4 arrived.
    let mut filter = GainFilter::new();
    for _ in 0..200 {
        filter.wander(2.0, true);
        filter.counted(Path::Cleaning, &Window { dead_time_s: 0.0025, ..window(30.0 * 40.0, 30.0 * 40.0) });
    }
    let seen = filter.seen(Path::Cleaning, &At::default()).mean.exp();
    assert!((seen / (44.4 / 40.0) - 1.0).abs() < 0.03, "{seen}");
}

#[test]
fn plates_that_move_together_are_believed_at_once() {
    // An hour as expected, then five times as much: the loss has moved, and not the plates.
    let mut filter = GainFilter::new();
    for _ in 0..1800 {
        filter.wander(2.0, true);
        filter.counted(Path::Cleaning, &window(60.0, 60.0));
    }
    for _ in 0..4 {
        filter.wander(2.0, true);
        filter.counted(Path::Cleaning, &window(300.0, 60.0));
    }
    let (factor, plate) = (filter.path(Path::Cleaning, &At::default()).0, filter.plate(Path::Cleaning).mean);
    assert!((3.5..6.0).contains(&factor), "{factor}");
    assert!(plate.abs() < 0.25, "{plate}");
}

#[test]
fn one_pan_is_bayes_rule() {
    // Separation alone loses, 0.02 kg/s at gain 1; the pan says twice that, ten seconds ago, and no plate was seen. Of
    // the wander of then ρ = e^(−10/900) = 0.98895 is left: prior variance 0.7225 + 0.09 ρ², and 0.09 (1 − ρ²) + 0.23²
    // that nobody can learn, together 0.8654. A thousand kernels, negative binomial of size 1/0.16, with one blunder in
    // twenty: by a quadrature of its own (numpy, 400,001 points) the logarithm moves by 0.62818, and it is no blunder with
    // a probability of 0.95939. Gain and wander take (0.7225 + 0.09 ρ) / 0.8654 of that: 0.58905.
    let mut filter = GainFilter::new();
    let drop = filter.drop(lost(0.02, 0.0), [false; 2], [0.0; 2]);
    let observed = found(0.04, 0.16, 10.0);
    let judged = filter.pan(&drop, BEHIND, &observed).unwrap();
    // ln 2, half a kernel in a thousand, and half of the patches' variance by which logarithms lie low.
    assert!((judged.residual - 0.773_647).abs() < 1e-5, "{}", judged.residual);
    assert!((judged.weight - 0.959_39).abs() < 1e-3, "{}", judged.weight);
    let (gain, _) = filter.path(Path::Separation, &At::default());
    assert!((gain.ln() - 0.589_05).abs() < 1e-3, "{}", gain.ln());
    assert_eq!(filter.header().0, 1.0, "a rear pan says nothing of the header");
    let nothing = filter.drop(Lost::default(), [false; 2], [0.0; 2]);
    assert_eq!(filter.pan(&nothing, BEHIND, &observed), None, "where nothing is lost a pan teaches nothing");
}

#[test]
fn a_pan_beside_plates_says_what_they_are_off_by() {
    // Plates have counted for ten minutes what was expected; the pan holds twice as much: they count half of what they
    // should, so that twice the loss is told ever after, however the loss has moved since the drop.
    let mut filter = GainFilter::new();
    for _ in 0..300 {
        filter.wander(2.0, true);
        filter.counted(Path::Separation, &window(60.0, 60.0));
    }
    let drop = filter.drop(lost(0.02, 0.0), [true, false], [0.0; 2]);
    assert!(drop.seen[0].is_some());
    for _ in 0..300 {
        filter.wander(2.0, true);
        filter.counted(Path::Separation, &window(180.0, 60.0));
    }
    let before = filter.path(Path::Separation, &At::default()).0;
    let observed = found(0.04, 0.01, 600.0);
    let residual = filter.pan(&drop, BEHIND, &observed).unwrap().residual;
    let after = filter.path(Path::Separation, &At::default()).0;
    assert!((residual - 2f64.ln()).abs() < 0.35, "against what the plates saw then: {residual}");
    assert!((after / before / residual.exp()).ln().abs() < 0.15, "{before} {after} {residual}");
}

#[test]
fn pans_pin_what_counts_cannot() {
    // Sixteen agreeing pans of variance 0.16 within a minute: what is left is (0.16 + 0.0529) / 16 = 0.013 at best, beside
    // the local spread of now, and a little more for the wander between drop and count.
    let mut filter = GainFilter::new();
    for _ in 0..16 {
        let drop = filter.drop(lost(0.02, 0.01), [false; 2], [0.0; 2]);
        let observed = found(0.045, 0.16, 4.0);
        filter.pan(&drop, BEHIND, &observed).unwrap();
    }
    let (median, sd) = filter.rear(lost(0.02, 0.01));
    assert!((median / 0.045 - 1.0).abs() < 0.04, "{median}");
    assert!((0.15..0.25).contains(&sd), "{sd}");
}

#[test]
fn a_sample_of_the_whole_width_teaches_header_and_rear_by_their_shares() {
    let mut filter = GainFilter::new();
    let drop = filter.drop(Lost { header: 0.02, ..lost(0.01, 0.01) }, [false; 2], [0.0; 2]);
    let observed = found(0.08, 0.1, 1.0);
    filter.pan(&drop, Caught { header: true, rear: true }, &observed).unwrap();
    assert!(filter.header().0 > 1.1 && filter.path(Path::Separation, &At::default()).0 > 1.1);
    // A front sample says that all of it was the header's: the rear takes back what it had learned.
    let (header, rear) = (filter.header().0, filter.path(Path::Separation, &At::default()).0);
    filter.pan(&drop, IN_FRONT, &observed).unwrap();
    assert!(filter.header().0 > header && filter.path(Path::Separation, &At::default()).0 < rear);
}

#[test]
fn a_blunder_moves_less_than_it_claims() {
    // A pan a hundred times too full, as when a heap was scooped up. The quadrature: no blunder with a probability of
    // 0.0226, and the first pan of all moves the gain by 0.9128 where it claims ln 100 = 4.6.
    let mut filter = GainFilter::new();
    let drop = filter.drop(lost(0.02, 0.0), [false; 2], [0.0; 2]);
    let weight = filter.pan(&drop, BEHIND, &found(2.0, 0.16, 0.0)).unwrap().weight;
    let moved = filter.path(Path::Separation, &At::default()).0.ln();
    assert!((weight - 0.0226).abs() < 1e-3 && (moved - 0.9128).abs() < 0.02, "{weight} {moved}");
    // After eight good ones, next to nothing.
    let mut filter = GainFilter::new();
    for _ in 0..8 {
        filter.pan(&drop, BEHIND, &found(0.02, 0.16, 0.0));
    }
    let before = filter.path(Path::Separation, &At::default()).0.ln();
    filter.pan(&drop, BEHIND, &found(2.0, 0.16, 0.0));
    let moved = filter.path(Path::Separation, &At::default()).0.ln() - before;
    assert!((0.0..0.1).contains(&moved), "{moved}");
}

#[test]
fn counts_alone_never_pin_the_level() {
    // A thousand windows that agree: gain and efficiency stay apart by their priors, so the level keeps the variance of
    // 0.7225 × 0.4225 / (0.7225 + 0.4225) = 0.267 (sd 0.52, a factor of 2.3), plus some drift and what is local.
    let mut filter = GainFilter::new();
    for _ in 0..1000 {
        filter.wander(2.0, true);
        filter.counted(Path::Separation, &window(100.0, 100.0));
    }
    let (_, sd) = filter.path(Path::Separation, &At::default());
    assert!((0.4..0.6).contains(&sd), "{sd}");
}

/// Session sums: an hour of so much by the law alone, or with plates that see just what the law says.
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
    // the wander's 0.09 with a memory of 900 s: the mean over T of such a process has 2 (m/T − (m/T)² (1 − e^(−T/m))) of
    // its variance, 0.3773 for a quarter: 0.0340. What is local is gone. In all 0.7598.
    let sd = hour(false).sums_sd(ALL_CLEANING);
    assert!((sd * sd - 0.7598).abs() < 0.01, "{}", sd * sd);
    // With plates: what is known of the level at most, 0.7225 × 0.4225 / (0.7225 + 0.4225) = 0.2666, and some drift.
    let sd = hour(true).sums_sd(ALL_CLEANING);
    assert!((0.26..0.31).contains(&(sd * sd)), "{}", sd * sd);
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
    // The plates' error is known to 0.2666 + drift, the pan to 0.13: two thirds of the residual, in the mean of the hour
    // as now, but for the drift.
    let share = cleaning.ln() / judged.residual;
    assert!((0.55..0.72).contains(&share) && separation < cleaning, "{share} {separation}");
    assert!(after.sums_sd(ALL_CLEANING) < 0.62 * before.sums_sd(ALL_CLEANING));
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
    let level = filter.path(Path::Cleaning, &At::default()).0.ln();
    let [_, _, moved] = filter.take_sums_moved();
    assert!(filter.sums_sd(ALL_CLEANING) < 0.8 * before);
    assert!((0.75..1.0).contains(&(moved.ln() / level)), "{} of {level}", moved.ln());
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
    // The priors' spread of a rate: 0.7225 + 0.09 + 0.0529.
    assert!((before * before - 0.8654).abs() < 1e-9);
}

#[test]
fn a_bar_at_rest_teaches_no_exponent_after_a_pan_either() {
    let mut filter = GainFilter::new();
    let rest = |filter: &mut GainFilter| {
        for _ in 0..360 {
            filter.wander(10.0, true);
            filter.bar(Path::Cleaning, &At::default(), Shown { log_bar: -1.0, log_modelled: 0.02f64.ln() });
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
fn a_sum_begins_anew_with_a_share_of_all() {
    let mut filter = hour(true);
    filter.summed(Stream::Cleaning, 1.0, &At::default());
    let (_, now) = filter.path(Path::Cleaning, &At::default());
    assert!((filter.sums_sd(ALL_CLEANING) - now).abs() < 1e-9);
}

#[test]
fn a_bar_tells_changes_and_a_pan_the_level() {
    // A bar that shows 50 times as much as any gain could: the level does not follow, but when it doubles the wander
    // does, against its own small spread.
    let mut filter = GainFilter::new();
    for _ in 0..100 {
        filter.wander(10.0, true);
        filter.bar(Path::Separation, &At::default(), Shown { log_bar: 50f64.ln(), log_modelled: 0.0 });
    }
    let (before, sd) = filter.path(Path::Separation, &At::default());
    assert!((before - 1.0).abs() < 0.01, "{before}");
    assert!(sd > 0.75, "{sd}");
    for _ in 0..30 {
        filter.wander(10.0, true);
        filter.bar(Path::Separation, &At::default(), Shown { log_bar: 100f64.ln(), log_modelled: 0.0 });
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
    let exponent = filter.mean[EXPONENTS].exp();
    assert!((1.25..1.45).contains(&exponent), "{exponent}");
    let factor = filter.path(Path::Separation, &At::default()).0;
    assert!((factor - 1.0).abs() < 0.05, "{factor}");
}

#[test]
fn what_a_setting_has_done_goes_back_with_it() {
    // Pans have said what the sieves lose; with the fan a fifth faster they find three times as much. Back where it was,
    // the fan is blamed for it, as far as its power's prior lets: of ln 3 the fan explains its share of the prior variance,
    // (4 × 0.18)² = 0.53 of some 0.6, and what wanders the rest.
    let mut filter = GainFilter::new();
    let faster = At { settings: [1.2f64.ln(), 0.0, 0.0, 0.0, 0.0, 0.0], ..At::default() };
    for (at, kg_s) in [(At::default(), 0.02), (faster, 0.06)] {
        let drop = filter.drop(Lost { cleaning: Modelled { kg_s: 0.02, at }, ..lost(0.0, 0.0) }, [false; 2], [0.0; 2]);
        for _ in 0..12 {
            filter.pan(&drop, BEHIND, &found(kg_s, 0.12, 0.0)).unwrap();
        }
    }
    let (fast, back) = (filter.path(Path::Cleaning, &faster).0, filter.path(Path::Cleaning, &At::default()).0);
    assert!((2.4..3.3).contains(&fast) && (0.85..1.35).contains(&back), "{fast} {back}");
}

proptest! {
    #[test]
    fn whatever_is_observed_the_filter_stays_finite_and_positive(
        events in proptest::collection::vec(
            (0.1..7200.0f64, 0..9u8, -40.0..40.0f64, 1e-6..1e4f64, 0.0..1e5f64, any::<bool>()), 1..200)
    ) {
        let mut filter = GainFilter::new();
        let mut dropped = filter.drop(lost(0.01, 0.01), [false; 2], [0.0; 2]);
        for (elapsed_s, kind, log, kg_s, many, cleaning) in events {
            filter.wander(elapsed_s, cleaning);
            let path = if cleaning { Path::Cleaning } else { Path::Separation };
            let losses = Lost { header: kg_s, ..lost(kg_s, if cleaning { 0.0 } else { 0.3 * kg_s }) };
            let at = At { log_load: 0.02 * log, settings: [0.0175 * log; 6] };
            let before = Normal { mean: 0.5 * many, variance: 0.04 * many * many };
            let observed = Observed { kernels: many, before, elapsed_s, ..Observed::plenty(log.exp(), 1.0 / (1.0 + many)) };
            let counts = Window {
                kernels: many, plate_s: 4.0, from_loss: kg_s, from_straw: 0.1 * kg_s, at, transit_sd: 0.1, dead_time_s: 0.0025,
            };
            match kind {
                0 => filter.counted(path, &counts),
                1 => filter.bar(path, &at, Shown { log_bar: log, log_modelled: kg_s.ln() }),
                2 => drop(filter.pan(&dropped, BEHIND, &observed)),
                3 => drop(filter.pan(&dropped, IN_FRONT, &observed)),
                4 => filter.unsettle(path, 0.02 * log.abs()),
                5 => filter.moisten(0.02 * log.abs()),
                6 => filter.summed(if cleaning { Stream::Cleaning } else { Stream::Header }, 1.0 / (1.0 + kg_s), &at),
                7 => drop(filter.take_sums_moved()),
                _ => dropped = filter.drop(losses, [cleaning, true], [0.02 * log.abs(), 0.0]),
            }
            let p = &filter.covariance;
            let largest = p.diagonal().max();
            prop_assert!((p - p.transpose()).abs().max() <= 1e-9 * largest);
            prop_assert!(p.symmetric_eigenvalues().iter().all(|&e| e > -1e-9 * largest));
            prop_assert!(p.diagonal().iter().all(|&v| v > 0.0 && v.is_finite()));
            prop_assert!(filter.mean.iter().all(|m| m.is_finite()));
        }
    }

    #[test]
    fn more_counts_never_mean_less_loss(few in 0.0..500.0f64, more in 0.0..500.0f64) {
        let level = |kernels: f64| {
            let mut filter = GainFilter::new();
            filter.counted(Path::Separation, &Window { from_straw: 5.0, ..window(kernels.round(), 80.0) });
            filter.path(Path::Separation, &At::default()).0
        };
        prop_assert!(level(few + more) >= level(few) * (1.0 - 1e-9));
    }
}
