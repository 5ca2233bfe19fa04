//! What asks to stop now.

use grainloss_core::advice::{AlarmId, EventKind, NextStep};
use grainloss_core::harvest::{Activity, Basis, Estimate, PlateFault};
use grainloss_core::machine::{Channel, Readings};

use super::{HIGH, LOW, Watch, doing, estimate};

/// Times of the newest raising and clearing of this alarm, from this moment on, s.
fn times(watch: &mut Watch, id: AlarmId, course: &[(f64, Estimate)]) -> Vec<(bool, f64)> {
    let begun_us = watch.t_us;
    let mut found = Vec::new();
    for (seconds, estimate) in course {
        for _ in 0..(seconds * 10.0).round() as usize {
            watch.told.clear();
            watch.see(0.1, estimate);
            let now_s = (watch.t_us - begun_us) as f64 / 1e6;
            found.extend(watch.told.iter().filter_map(|kind| match kind {
                EventKind::Raised(alarm) if alarm.id == id => Some((true, now_s)),
                EventKind::Cleared(alarm) if alarm.id == id => Some((false, now_s)),
                _ => None,
            }));
        }
    }
    found
}

#[test]
fn a_plug_asks_to_stop_after_two_seconds_and_is_over_after_five() {
    let plugged = |is| doing(LOW, |doing| doing.plugged = Some(is));
    let mut watch = Watch::settled();
    let course = [(1.9, plugged(true)), (1.0, plugged(false)), (10.0, plugged(true)), (4.9, plugged(false))];
    // 1.9 s are not two; then from 2.9 s on, the twentieth step is at 4.9 s.
    assert_eq!(times(&mut watch, AlarmId::Plugged, &course), [(true, 4.9)]);
    let alarm = watch.advisor.advice().active(AlarmId::Plugged).unwrap();
    assert!(alarm.level == 3 && alarm.sounds(), "no figure of the loss is behind it: it sounds without a pan");
    assert_eq!(watch.advisor.advice().next_step, Some(NextStep::ClearPlug));
    assert_eq!(times(&mut watch, AlarmId::Plugged, &[(1.0, plugged(false))]), [(false, 0.1)]);
    // Within ten minutes it is the same alarm once more.
    watch.see(300.0, &plugged(false));
    watch.see(3.0, &plugged(true));
    let again = watch.advisor.advice().active(AlarmId::Plugged).unwrap();
    assert_eq!((again.times, again.level, watch.advisor.advice().raised), (2, 3, 1));
}

#[test]
fn an_engine_at_three_quarters_of_its_usual_speed_under_crop_is_about_to_stall() {
    // Usual 2200 r/min: 75 % are 1650, 85 % are 1870.
    let engine = |rpm, lugging| Estimate { engine_rpm: Some(rpm), ..doing(LOW, |doing| doing.lugging = Some(lugging)) };
    let stalling = |course: &[(f64, Estimate)]| times(&mut Watch::settled(), AlarmId::EngineStalling, course);
    assert_eq!(stalling(&[(30.0, engine(1660.0, true))]), []);
    assert_eq!(stalling(&[(30.0, engine(1640.0, true))]), [(true, 2.0)]);
    assert_eq!(stalling(&[(30.0, engine(1000.0, false))]), [], "throttled down beside the work");
    let recovers = [(3.0, engine(1640.0, true)), (30.0, engine(1860.0, true)), (5.0, engine(1880.0, true))];
    assert_eq!(stalling(&recovers), [(true, 2.0), (false, 38.0)], "between the two nothing changes");
    // Before twenty seconds of cutting nobody knows what is usual.
    let mut early = Watch::new(None);
    early.see(19.0, &estimate(LOW));
    assert_eq!(times(&mut early, AlarmId::EngineStalling, &[(30.0, engine(1000.0, true))]), []);
    let mut level = Watch::settled();
    level.see(3.0, &engine(1500.0, true));
    assert_eq!(
        (level.advisor.advice().alarm_level(), level.advisor.advice().next_step),
        (3, Some(NextStep::HoldThrottle))
    );
}

#[test]
fn senses_that_go_while_a_calibrated_loss_is_above_the_limit_are_of_the_highest_level() {
    let plates = [
        Channel::LossSeparationLeft,
        Channel::LossSeparationRight,
        Channel::LossCleaningLeft,
        Channel::LossCleaningRight,
    ];
    let level = |share, basis| {
        let mut good = estimate(share);
        (good.header.basis, good.rear.basis) = (basis, basis);
        let mut watch = Watch::settled();
        let mut readings = Readings::unknown(0);
        for plate in plates {
            readings.set_value(plate, 0.0);
        }
        watch.advisor.read(&readings);
        watch.see(15.0, &good);
        let mut blind = Estimate { plate_faults: plates.map(|plate| Some(PlateFault { plate })), ..good };
        blind.rear.basis = Basis::Fault;
        watch.see(3.0, &blind);
        watch.advisor.advice().active(AlarmId::PlatesSilent).unwrap().level
    };
    assert_eq!(level(HIGH, Basis::Calibrated), 3);
    assert_eq!(level(HIGH, Basis::ModelOnly), 1, "nobody knew for sure");
    assert_eq!(level(LOW, Basis::Calibrated), 1);
}

#[test]
fn slowing_down_that_was_not_enough_gives_way_to_a_narrower_cut() {
    let mut plan = grainloss_core::advice::AdjustmentOrder::default();
    plan.set(NextStep::SlowDown, [None, None].into_iter());
    let mut watch = Watch::settled();
    watch.advisor = watch.advisor.with_order(plan);
    let at = |speed| Estimate { ground_speed_m_s: Some(speed), feed_kg_s: Some(9.0), ..estimate(HIGH) };
    let next = |watch: &Watch| (watch.advisor.advice().next_step, watch.advisor.advice().adjustment);
    watch.see(30.0, &at(1.5));
    assert_eq!(next(&watch), (Some(NextStep::SlowDown), 0));
    // A tenth less is 1.35 m/s.
    watch.see(30.0, &at(1.36));
    assert_eq!(next(&watch), (Some(NextStep::SlowDown), 0));
    watch.see(30.0, &at(1.34));
    assert_eq!(next(&watch), (Some(NextStep::SlowDown), 1));
    watch.see(1.0, &doing(LOW, |doing| doing.activity = Some(Activity::Stopped)));
    assert_eq!(next(&watch).0, None);
}
