//! What is advised where: nothing that is so already, nothing from a loss that only the model knows, and each with figures.

use grainloss_core::advice::{AlarmId, EventKind};
use grainloss_core::advice::{Excess, LoadBasis, NextStep, NowAndGoal};
use grainloss_core::crop_conditions::{CropConditions, Stand};
use grainloss_core::harvest::{Activity, Basis, Estimate, LogNormal, Stream, StreamLoss};
use grainloss_core::machine::{Channel, Readings};
use grainloss_knowledge::Rules;
use grainloss_simulator::{Scenario, Simulation};

use super::{HIGH, LIMIT, LOW, Watch, doing, estimate};

/// Above the limit, most of it at the header.
fn at_the_header(basis: Basis) -> Estimate {
    let loss = Some(LogNormal { median: 0.05, log_sd: 0.5 });
    Estimate { header: StreamLoss { loss, basis }, ..estimate(HIGH) }
}

/// A machine in wheat at 1.5 m/s with a reel of 1 m over the tines.
fn machine(readings: &[(Channel, f64)]) -> Watch {
    let mut watch = Watch::new(Some(LIMIT));
    watch.advisor = watch.advisor.with_order(Rules::load("wheat").unwrap().plan()).with_reel_diameter(Some(1.0));
    let mut all = Readings::unknown(0);
    all.set_value(Channel::GroundSpeed, 1.5);
    for &(channel, value) in readings {
        all.set_value(channel, value);
    }
    watch.advisor.read(&all);
    watch
}

/// The next step of half a minute with this estimate: step, adjustment, value now and goal.
fn next(mut watch: Watch, estimate: &Estimate) -> (Option<NextStep>, usize, Option<NowAndGoal>) {
    watch.see(30.0, estimate);
    let advice = watch.advisor.advice();
    (advice.next_step, advice.adjustment, advice.now_and_goal)
}

#[test]
fn a_setting_at_its_goal_is_not_advised_and_the_next_of_its_rule_is() {
    let header = at_the_header(Basis::Calibrated);
    // 43 r/min at 1.5 m/s are 1.50; the middle of 1.1 to 1.2 is 1.15 × 60 × 1.5 / π = 32.945 r/min.
    let (step, at, told) = next(machine(&[(Channel::ReelSpeed, 43.0), (Channel::HeaderHeight, 0.12)]), &header);
    assert_eq!((step, at), (Some(NextStep::CheckHeader), 0));
    let told = told.unwrap();
    assert!((told.now - 43.0).abs() < 1e-9 && (told.goal.unwrap() - 32.945).abs() < 1e-3, "{told:?}");
    // 33 r/min are 1.15: the height, 18 cm.
    let (step, at, told) = next(machine(&[(Channel::ReelSpeed, 33.0), (Channel::HeaderHeight, 0.18)]), &header);
    assert_eq!((step, at), (Some(NextStep::CheckHeader), 1));
    assert!(told.is_some_and(|t| (t.now - 0.18).abs() < 1e-9 && t.goal == Some(0.15)), "{told:?}");
    // Both are right: slower, by a tenth.
    let (step, at, told) = next(machine(&[(Channel::ReelSpeed, 33.0), (Channel::HeaderHeight, 0.12)]), &header);
    assert_eq!((step, at), (Some(NextStep::CheckHeader), 2));
    assert!(told.is_some_and(|t| (t.now - 1.5).abs() < 1e-9 && (t.goal.unwrap() - 1.35).abs() < 1e-9), "{told:?}");
    // Not on the bus: what to look at, without a number.
    assert_eq!(next(machine(&[]), &header), (Some(NextStep::CheckHeader), 0, None));
}

#[test]
fn a_loss_that_only_the_model_knows_asks_for_a_sample_of_it() {
    for (basis, expected) in [
        (Basis::ModelOnly, (Some(NextStep::TakePan), Some(Stream::Header))),
        (Basis::Calibrated, (Some(NextStep::CheckHeader), None)),
    ] {
        let mut watch = machine(&[(Channel::ReelSpeed, 43.0)]);
        watch.see(30.0, &at_the_header(basis));
        let advice = watch.advisor.advice();
        assert_eq!((advice.next_step, advice.sample_of), expected, "{basis:?}");
    }
    // No plates behind: the same of the straw; too much crop is no reason either, as long as nothing was measured.
    for feed in [6.0, 9.0] {
        let mut rear = Estimate { feed_kg_s: Some(feed), ..estimate(HIGH) };
        (rear.separation.basis, rear.cleaning.basis, rear.rear.basis) =
            (Basis::ModelOnly, Basis::ModelOnly, Basis::ModelOnly);
        let mut watch = machine(&[]);
        watch.see(30.0, &rear);
        let advice = watch.advisor.advice();
        assert_eq!((advice.next_step, advice.sample_of), (Some(NextStep::TakePan), Some(Stream::Separation)), "{feed}");
    }
}

/// The goal of the load with this said of the crop, at this moisture: kg/s, lower and upper end.
fn goal(crop: CropConditions, moisture: f64) -> Option<(f64, f64, LoadBasis)> {
    let mut watch = machine(&[(Channel::GrainMoisture, moisture)]);
    watch.see(30.0, &Estimate { crop, ..estimate(LOW) });
    let load = watch.advisor.advice().target_load?;
    Some((load.low_kg_s, load.high_kg_s, load.basis))
}

#[test]
fn the_goal_of_the_load_falls_in_lodged_and_wet_crop_and_has_a_basis_of_its_own() {
    let said = |stand, wet| CropConditions { stand: Some(stand), wet: Some(wet), ..CropConditions::UNKNOWN };
    // The nameplate's 8 kg/s alone say nothing.
    assert_eq!(goal(CropConditions::UNKNOWN, 0.14), None);
    // Ordinary load is 0.75 × 8 = 6 kg/s, in the middle of 0.8 to 1: 6 × 2 / 1.8 = 6.667, and 5.333.
    for (crop, moisture, low, high) in [
        (said(Stand::Standing, false), 0.14, 5.3333, 6.6667),
        (said(Stand::Lodged, false), 0.14, 3.2, 4.0),
        (said(Stand::Lodged, true), 0.14, 2.56, 3.2),
        (said(Stand::Standing, false), 0.25, 4.2667, 5.3333),
    ] {
        let (found_low, found_high, basis) = goal(crop, moisture).unwrap();
        assert!(
            (found_low - low).abs() < 1e-3 && (found_high - high).abs() < 1e-3,
            "{crop:?} {found_low} {found_high}"
        );
        assert_eq!(basis, LoadBasis::Stated);
    }
}

#[test]
fn the_goal_of_the_load_is_where_the_loss_that_was_learned_meets_the_limit() {
    // Behind 0.03 kg/s × e^(0.3²/2) of 3 kg/s × e^(0.2²/2): 1.0253 %; 0.4 % at the header leave 0.8 % of the limit.
    // ln(0.8 / 1.0253) / 1.9 = -0.13060: 6 kg/s × e^-0.1306 = 5.2655 kg/s.
    let part = |median| Some(LogNormal { median, log_sd: 0.3 });
    let learned = Estimate {
        rear: StreamLoss { loss: part(0.03), basis: Basis::Sensed },
        stream_shares: Some([0.004, 0.005, 0.003]),
        ..estimate(LOW)
    };
    let mut watch = machine(&[]);
    watch.see(400.0, &learned);
    let load = watch.advisor.advice().target_load.unwrap();
    assert_eq!(load.basis, LoadBasis::Learned);
    assert!((load.high_kg_s - 5.2655).abs() < 0.005 && (load.low_kg_s - 4.2124).abs() < 0.005, "{load:?}");
    // In lodged crop no more than 0.6 of the nameplate, whatever the plates say.
    let lodged = CropConditions { stand: Some(Stand::Lodged), ..CropConditions::UNKNOWN };
    watch.see(1.0, &Estimate { crop: lodged, ..learned.clone() });
    assert!((watch.advisor.advice().target_load.unwrap().high_kg_s - 4.8).abs() < 1e-9);
    // Nothing in the turn.
    watch.see(1.0, &Estimate { doing: doing(LOW, |doing| doing.activity = Some(Activity::Turning)).doing, ..learned });
    assert_eq!(watch.advisor.advice().target_load, None);
}

#[test]
fn the_word_of_an_active_alarm_follows_the_loss_and_is_told() {
    // ln(0.023 / 0.012) / 0.5 = 1.30: above the limit with 0.90, above 1.5 limits with Φ(0.49) = 0.69 only.
    let mut watch = Watch::settled();
    watch.see(30.0, &estimate(0.023));
    assert_eq!(watch.advisor.advice().loss_alarm().unwrap().excess, Some(Excess::Above));
    // ln(0.05 / 0.018) / 0.5 = 2.04: above 1.5 limits with 0.98.
    watch.see(1.0, &estimate(0.05));
    let alarm = watch.advisor.advice().loss_alarm().unwrap();
    assert_eq!((alarm.excess, alarm.level), (Some(Excess::Far), 2));
    let [EventKind::Raised(_), EventKind::ExcessChanged(told)] = watch.told[..] else { panic!("{:?}", watch.told) };
    // Mean of the log-normal: 0.05 × e^(0.5² / 2).
    assert_eq!((told.excess, told.level), (Some(Excess::Far), 2));
    assert!((told.share.unwrap() - 0.056_657).abs() < 1e-5, "{told:?}");
    // ln(0.013 / 0.012) / 0.5 = 0.16: above with 0.56 only. A notice asks for nothing.
    watch.see(12.0, &estimate(0.013));
    let advice = watch.advisor.advice();
    let alarm = advice.loss_alarm().unwrap();
    assert_eq!((alarm.excess, alarm.is_notice(), alarm.sounds()), (Some(Excess::Probable), true, false));
    assert_eq!(advice.unacknowledged(), 0);
}

#[test]
fn the_place_of_an_alarm_stays_through_the_turn_and_until_the_next_pass_has_come_through() {
    let shares = |shares| Estimate { stream_shares: Some(shares), ..estimate(HIGH) };
    let mut watch = Watch::settled();
    let place = |watch: &Watch| watch.advisor.advice().active(AlarmId::LossLevel).unwrap().stream;
    watch.see(30.0, &shares([0.004, 0.012, 0.007]));
    assert_eq!(place(&watch), Some(Stream::Separation));
    // In the turn the sieves run empty last.
    let mut turning = doing(HIGH, |doing| doing.activity = Some(Activity::Turning));
    (turning.header.loss, turning.separation.loss) = (None, None);
    watch.see(20.0, &turning);
    assert_eq!(place(&watch), Some(Stream::Separation));
    // In the next pass the header loses first.
    let mut begins = estimate(HIGH);
    begins.header.loss = Some(LogNormal { median: 0.09, log_sd: 0.5 });
    watch.see(12.0, &begins);
    assert_eq!(place(&watch), Some(Stream::Separation));
    watch.see(5.0, &shares([0.015, 0.005, 0.003]));
    assert_eq!(place(&watch), Some(Stream::Header));
}

#[test]
fn in_a_session_that_turns_no_place_is_found_outside_of_cutting() {
    let mut simulation = Simulation::new(&Scenario::bundled("wheat-hurried").unwrap(), 5);
    let mut pipeline = crate::support::screen::pipeline();
    let (mut frames, mut before, mut turned) = (Vec::new(), None, 0);
    for _ in 0..150_000 {
        frames.clear();
        simulation.tick(&mut frames);
        for frame in &frames {
            pipeline.frame(frame, frame.t_us, &mut |_| {});
        }
        let cuts = pipeline.estimate().is_some_and(|estimate| estimate.doing.activity == Some(Activity::Cutting));
        let now = pipeline.advisor().advice().loss_alarm().map(|alarm| (alarm.since_us, alarm.stream));
        if let (false, Some((since_us, stream)), Some(now)) = (cuts, before, now) {
            turned += 1;
            assert!(now.0 != since_us || now.1 == stream, "{stream:?} became {:?} while nothing was cut", now.1);
        }
        before = now;
    }
    assert!(turned > 100, "an alarm was active in a turn: {turned}");
}
