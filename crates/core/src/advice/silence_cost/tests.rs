use super::*;

const LIMIT: f64 = 0.012;

#[allow(clippy::unnecessary_wraps, reason = "as a step takes it")]
fn times(of_limit: f64, log_sd: f64) -> Option<JudgedLoss> {
    Some(JudgedLoss::Settled(LogNormal { median: of_limit * LIMIT, log_sd }))
}

/// With the costs that the numbers below were worked out for.
fn params() -> Params {
    let mut params = Params::default();
    let level = &mut params.level_alarm;
    (level.false_alarm_cost, level.calm_weight, level.max_excess, level.max_cost) = (3.0, 1.0, 1.0, 2.0);
    params
}

/// Seconds until the alarm is raised by this loss.
fn told_after_s(loss: Option<JudgedLoss>) -> Option<f64> {
    told_with(&params(), loss)
}

fn told_with(params: &Params, loss: Option<JudgedLoss>) -> Option<f64> {
    let mut alarm = LevelAlarm::new(params);
    (1..6000).find(|_| alarm.step(loss, Some(LIMIT)).is_some()).map(|steps| f64::from(steps) * STEP_S)
}

#[test]
fn a_loss_far_above_is_told_within_seconds_and_a_small_excess_after_longer() {
    // Certain losses: a false alarm costs 3 s at twice the limit, 6 s at 1.5 times, 30 s at 1.1 times.
    for (of_limit, seconds) in [(4.0, 3.0), (2.0, 3.0), (1.5, 6.0), (1.1, 30.0)] {
        let told = told_after_s(times(of_limit, 0.0)).unwrap();
        assert!((told - seconds).abs() < 0.15, "{of_limit}: {told}");
    }
    assert_eq!(told_after_s(times(0.99, 0.0)), None);
    // Uncertain to within a factor of 2.3: at 0.7 of the limit what may be lost beyond it is less than what may be lost
    // below it; at the limit it is more.
    assert_eq!(told_after_s(times(0.7, 0.5)), None);
    assert!(told_after_s(times(1.0, 0.5)).unwrap() > 20.0);
    assert!(told_after_s(times(2.0, 0.5)).unwrap() < 6.0);
}

/// As shipped: the expected values of a log-normal law, in limits, from the formula for options (Black 1976).
#[test]
fn an_uncertain_loss_below_the_limit_is_told_and_a_surer_one_is_not() {
    let told = |loss| told_with(&Params::default(), loss);
    // Beyond the limit, as far as three limits, 0.336 are expected, and below it 0.284, of which 0.4 count: 0.222 a second.
    assert!((told(times(0.8, 0.85)).unwrap() - 1.5 / 0.222).abs() < 0.2);
    // 0.047 beyond and 0.210 below.
    assert_eq!(told(times(0.8, 0.3)), None);
    // A heavy loss is told while its ten seconds last.
    assert!((told(times(1.5, 0.0)).unwrap() - 3.0).abs() < 0.15);
}

#[test]
fn words_follow_from_probability_and_distance() {
    let word = |loss| {
        let mut alarm = LevelAlarm::new(&params());
        (0..600).for_each(|_| _ = alarm.step(loss, Some(LIMIT)));
        alarm.excess()
    };
    // Φ(ln 1.5 / 0.6) = Φ(0.676) = 0.75; Φ(ln 2 / 0.5) = Φ(1.386) = 0.917, and Φ(ln(2 / 1.5) / 0.5) = 0.717 of far above;
    // Φ(ln(3 / 1.5) / 0.5) = 0.917.
    assert_eq!(word(times(1.5, 0.6)), Some(Excess::Probable));
    assert_eq!(word(times(2.0, 0.5)), Some(Excess::Above));
    assert_eq!(word(times(3.0, 0.5)), Some(Excess::Far));
    assert_eq!(word(times(0.5, 0.5)), None);
}

#[test]
fn a_lower_word_waits_ten_seconds_and_a_higher_one_does_not() {
    let mut alarm = LevelAlarm::new(&params());
    let mut see = |seconds: f64, loss| {
        (0..(seconds * 10.0) as usize).for_each(|_| _ = alarm.step(loss, Some(LIMIT)));
        alarm.excess()
    };
    assert_eq!(see(10.0, times(3.0, 0.3)), Some(Excess::Far));
    assert_eq!(see(9.5, times(1.2, 0.3)), Some(Excess::Far));
    assert_eq!(see(1.0, times(1.2, 0.3)), Some(Excess::Probable));
    assert_eq!(see(0.1, times(3.0, 0.3)), Some(Excess::Far));
}

#[test]
fn the_beginning_of_a_pass_can_only_show_too_much() {
    let mut alarm = LevelAlarm::new(&params());
    let run = |alarm: &mut LevelAlarm, seconds: usize, loss| {
        (0..seconds * 10).filter_map(|_| alarm.step(loss, Some(LIMIT))).collect::<Vec<_>>()
    };
    let begun = |of_limit| Some(JudgedLoss::AtLeast(LogNormal { median: of_limit * LIMIT, log_sd: 0.2 }));
    assert_eq!(run(&mut alarm, 8, begun(2.0)), [Transition::Raised(1)]);
    // A low beginning clears nothing, a settled low loss does: 6 s of cost at most are paid back by 0.7 a second, and
    // twenty seconds follow.
    assert_eq!(run(&mut alarm, 60, begun(0.3)), []);
    assert_eq!(run(&mut alarm, 27, times(0.3, 0.2)), []);
    assert_eq!(run(&mut alarm, 3, times(0.3, 0.2)), [Transition::Cleared]);
    // The turn between two passes forgets nothing.
    assert_eq!(run(&mut alarm, 2, begun(2.0)), []);
    assert_eq!(run(&mut alarm, 30, None), []);
    assert_eq!(run(&mut alarm, 2, begun(2.0)), [Transition::Raised(2)]);
}

#[test]
fn a_new_heavy_episode_while_the_alarm_stands_is_told_again() {
    let mut alarm = LevelAlarm::new(&params());
    let mut run =
        |seconds: usize, loss| (0..seconds * 10).filter_map(|_| alarm.step(loss, Some(LIMIT))).collect::<Vec<_>>();
    assert_eq!(run(60, times(2.0, 0.2)), [Transition::Raised(1)], "once for one episode");
    assert_eq!(run(15, times(0.3, 0.2)), [], "it stands");
    assert_eq!(run(10, times(2.0, 0.2)), [Transition::Raised(2)]);
}

#[test]
fn spans_are_those_of_the_alarm_second_by_second() {
    let course: Vec<_> = (0..200).map(|at| times(if (50..80).contains(&at) { 2.0 } else { 0.3 }, 0.0)).collect();
    // Raised with the third second, at most six seconds of cost, paid back by 0.7 a second in 8.6 s; cleared 20 s later.
    assert_eq!(level_alarm_spans(&course, LIMIT, &params()), [(52, 108)]);
    let mut dear = params();
    dear.level_alarm.false_alarm_cost = 40.0;
    assert_eq!(level_alarm_spans(&course, LIMIT, &dear), []);
}
