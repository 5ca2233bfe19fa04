//! Alarms beside the level alarm: steps, loss against the session's own, silent senses; delays and the budget.

use grainloss_core::advice::{ActiveAlarm, Advisor, Alarm, AlarmId, AlarmLocation, EventKind};
use grainloss_core::harvest::{Activity, Basis, Estimate, LogNormal, Stream, StreamLoss};
use grainloss_core::machine::{Channel, Reading, ReadingState, Readings};
use proptest::prelude::*;

use super::{HIGH, LIMIT, Watch, doing, estimate};

fn raised(watch: &Watch) -> Vec<AlarmId> {
    let raised = |kind: &EventKind| if let EventKind::Raised(alarm) = kind { Some(alarm.id) } else { None };
    watch.told.iter().filter_map(raised).collect()
}

#[test]
fn a_jump_of_the_loss_is_an_alarm_without_a_pan_and_a_drift_is_none() {
    // 0.32 to 0.84 %: Φ(ln(0.84 / 1.2) / 0.5) = 0.24 above the limit, no level alarm: 0.091 limits a second are expected
    // beyond it, and 0.4 times the 0.299 below pay more back. ln 2.625 = 0.965 is 3.217 standard deviations of 0.3;
    // 2.062 of them count beyond the reference of 1.155, and 25 s / 2.062 = 12.1 s, a little more as the mean follows.
    let mut watch = Watch::new(Some(LIMIT));
    watch.see(240.0, &estimate(0.0032));
    watch.see(11.4, &estimate(0.0084));
    assert!(raised(&watch).is_empty());
    watch.see(20.0, &estimate(0.0084));
    assert_eq!(raised(&watch), [AlarmId::LossStep]);
    assert_eq!(watch.advisor.advice().alarm_level(), 1);
    // It ends when the new level has become the usual one, or the old one is back for twenty seconds.
    watch.see(60.0, &estimate(0.0032));
    assert_eq!(watch.advisor.advice().active(AlarmId::LossStep), None);
    // A pan that moves everything by 1.3: ln 1.3 / 0.3 = 0.87, below the reference of 1.155.
    let mut pan = Watch::new(Some(LIMIT));
    pan.see(240.0, &estimate(0.0065));
    pan.see(600.0, &estimate(0.0084));
    assert!(raised(&pan).is_empty());
    // A jump far below the limit tells nothing that must be acted on: Φ(ln(0.5 / 1.2) / 0.5) = 0.04.
    let mut low = Watch::new(Some(LIMIT));
    low.see(240.0, &estimate(0.001));
    low.see(60.0, &estimate(0.005));
    assert!(raised(&low).is_empty());
}

/// The loss behind the machine is this share of 3 kg/s at this feed rate; the total stays.
fn behind(share: f64, feed_kg_s: f64) -> Estimate {
    let loss = Some(LogNormal { median: 3.0 * share, log_sd: 0.5 });
    Estimate { rear: StreamLoss { loss, basis: Basis::Sensed }, feed_kg_s: Some(feed_kg_s), ..estimate(0.0084) }
}

#[test]
fn a_jump_that_is_acknowledged_or_follows_a_change_or_a_pan_is_the_new_usual() {
    let jumped = |then: &dyn Fn(&mut Watch)| {
        let mut watch = Watch::new(Some(LIMIT));
        watch.see(240.0, &estimate(0.0032));
        then(&mut watch);
        watch.see(120.0, &estimate(0.0084));
        raised(&watch)
    };
    assert_eq!(jumped(&|_| ()), [AlarmId::LossStep]);
    assert_eq!(jumped(&|watch| watch.advisor.mark_change(None)), [], "the comparison tells what it did");
    // Another basis: from here on pans say how much a count is worth.
    let mut pans = Watch::new(Some(LIMIT));
    pans.see(240.0, &estimate(0.0032));
    let mut calibrated = estimate(0.0084);
    calibrated.rear.basis = Basis::Calibrated;
    pans.see(120.0, &calibrated);
    assert_eq!(raised(&pans), []);
    // Seen: it ends when a minute has told nothing of it, and the new level is the usual one.
    let mut seen = Watch::new(Some(LIMIT));
    seen.see(240.0, &estimate(0.0032));
    seen.see(25.0, &estimate(0.0084));
    assert_eq!((raised(&seen), seen.advisor.acknowledge()), (vec![AlarmId::LossStep], 1));
    seen.see(59.8, &estimate(0.0084));
    assert!(seen.advisor.advice().active(AlarmId::LossStep).is_some());
    seen.see(0.4, &estimate(0.0084));
    assert_eq!(seen.advisor.advice().active(AlarmId::LossStep), None);
    seen.see(600.0, &estimate(0.0084));
    assert_eq!(raised(&seen), [AlarmId::LossStep]);
}

#[test]
fn twice_the_sessions_own_loss_at_the_same_load_is_an_alarm_and_at_more_load_is_none() {
    // 1.6 times the feed rate is 1.6^1.9 = 2.44 times the loss, so 2.5 times is as it was.
    for (feed_kg_s, expected) in [(6.0, vec![AlarmId::LossRelative]), (9.6, vec![])] {
        let mut watch = Watch::settled();
        watch.see(420.0, &behind(0.01, 6.0));
        watch.see(60.0, &behind(0.025, feed_kg_s));
        assert_eq!(raised(&watch), expected, "{feed_kg_s} kg/s");
    }
    // Nothing is learned from a model alone.
    let mut model = Watch::settled();
    let only = |share| {
        let mut estimate = behind(share, 6.0);
        estimate.rear.basis = Basis::ModelOnly;
        estimate
    };
    model.see(420.0, &only(0.01));
    model.see(60.0, &only(0.025));
    assert!(raised(&model).is_empty());
}

#[test]
fn an_alarm_too_many_becomes_a_notice_that_says_so_and_a_loss_above_the_limit_never_does() {
    let mut watch = Watch::settled();
    watch.see(420.0, &behind(0.01, 6.0));
    // A plate takes the token.
    let plate = Channel::LossCleaningRight;
    let faulty = Estimate {
        plate_faults: [None, None, None, Some(grainloss_core::harvest::PlateFault { plate })],
        ..behind(0.01, 6.0)
    };
    watch.see(20.0, &faulty);
    watch.see(60.0, &behind(0.025, 6.0));
    assert_eq!(raised(&watch), [AlarmId::PlateFault(plate)]);
    let advice = watch.advisor.advice();
    assert_eq!(advice.shelved_alarm().map(|alarm| (alarm.id, alarm.level)), Some((AlarmId::LossRelative, 0)));
    assert_eq!((advice.raised, advice.shelved, advice.alarm_level()), (1, 1, 0));
    assert!(watch.told.iter().any(|kind| matches!(kind, EventKind::Shelved(_))));
    watch.see(12.0, &estimate(HIGH));
    assert_eq!(raised(&watch), [AlarmId::PlateFault(plate), AlarmId::LossLevel]);
    // Ten minutes later there is a token again.
    let mut later = Watch::settled();
    later.see(420.0, &behind(0.01, 6.0));
    later.see(20.0, &faulty);
    later.see(601.0, &behind(0.01, 6.0));
    later.see(60.0, &behind(0.025, 6.0));
    assert_eq!(raised(&later), [AlarmId::PlateFault(plate), AlarmId::LossRelative]);
}

#[test]
fn a_level_alarm_that_comes_back_within_ten_minutes_is_the_same_one() {
    let mut watch = Watch::settled();
    for _ in 0..3 {
        watch.see(11.0, &estimate(HIGH));
        watch.see(30.0, &estimate(super::LOW));
    }
    // Ten minutes after its end it is a new one.
    watch.see(600.0, &estimate(super::LOW));
    watch.see(11.0, &estimate(HIGH));
    let times: Vec<u32> = watch
        .told
        .iter()
        .filter_map(|k| if let EventKind::Raised(alarm) = k { Some(alarm.times) } else { None })
        .collect();
    assert_eq!((times, watch.advisor.advice().raised), (vec![1, 2, 3, 1], 2));
}

#[test]
fn nothing_sounds_that_is_not_measured() {
    for id in AlarmId::all() {
        let alarm = |level, times| Alarm { id, level, stream: None, since_us: 0, share: None, times, excess: None };
        assert!(!alarm(0, 1).sounds() && !alarm(1, 1).sounds() && alarm(2, 1).sounds() && !alarm(2, 2).sounds());
    }
    for basis in [Basis::ModelOnly, Basis::Fault] {
        let mut high = estimate(HIGH);
        (high.total.basis, high.rear.basis, high.header.basis) = (basis, basis, Basis::Calibrated);
        let mut watch = Watch::settled();
        watch.see(12.0, &high);
        assert!(watch.stands() && watch.advisor.advice().alarms().all(|alarm| !alarm.sounds()), "{basis:?}");
    }
}

#[test]
fn all_plates_at_once_are_one_fault_and_one_plate_of_four_is_its_own() {
    let plates = [
        Channel::LossSeparationLeft,
        Channel::LossSeparationRight,
        Channel::LossCleaningLeft,
        Channel::LossCleaningRight,
    ];
    let faulty = |out: usize| {
        let mut faults = [None; 4];
        faults.iter_mut().zip(plates).take(out).for_each(|(fault, plate)| {
            *fault = Some(grainloss_core::harvest::PlateFault { plate });
        });
        Estimate { plate_faults: faults, ..estimate(super::LOW) }
    };
    let mut watch = Watch::settled();
    let mut readings = Readings::unknown(0);
    for plate in plates {
        readings.set_value(plate, 0.0);
    }
    watch.advisor.read(&readings);
    watch.see(5.0, &faulty(4));
    assert_eq!(raised(&watch), [AlarmId::PlatesSilent]);
    assert_eq!(watch.advisor.advice().raised, 1);
    watch.see(15.0, &faulty(0));
    assert_eq!(list(&watch), []);
    // Two of them first, each on its own; when the others follow, one speaks for all.
    let mut late = Watch::settled();
    late.advisor.read(&readings);
    late.see(5.0, &faulty(2));
    assert_eq!(list(&late), [(AlarmId::PlateFault(plates[0]), false), (AlarmId::PlateFault(plates[1]), false)]);
    late.see(5.0, &faulty(4));
    assert_eq!(list(&late), [(AlarmId::PlatesSilent, false)]);
    // A blip of little more than a second is none.
    let mut blip = Watch::settled();
    blip.see(1.2, &faulty(1));
    blip.see(30.0, &faulty(0));
    assert!(raised(&blip).is_empty());
}

/// Everything that stands, in the order of a list: what, and whether it is acknowledged.
fn list(watch: &Watch) -> Vec<(AlarmId, bool)> {
    watch.advisor.advice().list().map(|standing| (standing.alarm.id, standing.is_acknowledged())).collect()
}

#[test]
fn an_acknowledged_alarm_stands_until_its_cause_has_gone_and_waits_anew_when_it_comes_back() {
    let plate = Channel::LossCleaningRight;
    let fault = Some(grainloss_core::harvest::PlateFault { plate });
    let high = Estimate { plate_faults: [None, None, None, fault], ..estimate(HIGH) };
    let mut watch = Watch::settled();
    assert_eq!(watch.advisor.acknowledge(), 0, "nothing stands");
    watch.see(12.0, &high);
    let (level, dead) = (AlarmId::LossLevel, AlarmId::PlateFault(plate));
    assert_eq!((list(&watch), watch.advisor.advice().unacknowledged()), (vec![(level, false), (dead, false)], 2));
    let acknowledged_us = Some(watch.t_us);
    assert_eq!((watch.advisor.acknowledge(), watch.advisor.acknowledge()), (2, 0), "once is enough");
    assert_eq!(list(&watch), [(level, true), (dead, true)], "seen at once");
    watch.told.clear();
    watch.see(300.0, &high);
    let told = |kind: &EventKind| if let EventKind::Acknowledged(alarm) = kind { Some(alarm.id) } else { None };
    assert_eq!(watch.told.iter().filter_map(told).collect::<Vec<_>>(), [level, dead], "told once: {:?}", watch.told);
    assert_eq!((list(&watch), watch.advisor.advice().alarm_level()), (vec![(level, true), (dead, true)], 2));
    let standing: Vec<ActiveAlarm> = watch.advisor.advice().list().collect();
    // Settled after 30 s; a second of cost, and two for the plate.
    let since_s = |standing: &ActiveAlarm| (standing.alarm.since_us as f64 / 1e6).round();
    assert_eq!([since_s(&standing[0]), since_s(&standing[1])], [31.0, 32.0]);
    assert!(standing.iter().all(|standing| standing.acknowledged_us == acknowledged_us));
    let places = [Some(AlarmLocation::Stream(Stream::Separation)), Some(AlarmLocation::Channel(plate))];
    assert_eq!([standing[0].location(), standing[1].location()], places);
    // The plate lives again, and dies again within its re-alarm time.
    watch.see(15.0, &estimate(HIGH));
    assert_eq!(list(&watch), [(level, true)]);
    watch.see(5.0, &high);
    assert_eq!(list(&watch), [(dead, false), (level, true)], "what waits comes first");
    assert_eq!(watch.advisor.acknowledge(), 1, "the other one has been");
}

#[test]
fn a_horn_is_silenced_by_the_acknowledgement_and_a_higher_level_undoes_it() {
    let calibrated = |basis| {
        let mut high = estimate(HIGH);
        (high.total.basis, high.rear.basis, high.header.basis) = (basis, basis, basis);
        high
    };
    let mut watch = Watch::settled();
    watch.see(12.0, &calibrated(Basis::ModelOnly));
    watch.advisor.acknowledge();
    // A pan measures the loss while the alarm stands: level 1 becomes 2.
    watch.see(1.0, &calibrated(Basis::Calibrated));
    let now = |watch: &Watch| watch.advisor.advice().list().next().unwrap();
    assert!(now(&watch).sounds() && !now(&watch).is_acknowledged() && now(&watch).alarm.level == 2);
    watch.advisor.acknowledge();
    assert!(!now(&watch).sounds() && now(&watch).alarm.sounds());
    // Down again is nothing to tell.
    watch.see(1.0, &calibrated(Basis::Fault));
    assert!(now(&watch).is_acknowledged() && now(&watch).alarm.level == 1);
}

fn heard(state: ReadingState) -> Reading {
    let value = (state == ReadingState::Valid).then_some(1.0);
    Reading { value, state, age_us: Some(0), impacts: 0.0 }
}

#[test]
fn a_signal_that_stays_away_is_an_alarm_at_work_and_a_silent_bus_is_one_for_all() {
    use ReadingState::{Error, NotAvailable, Stale, Valid};
    let (speed, grain) = (Channel::GroundSpeed, Channel::GrainFlow);
    let drive = |before_s, seconds, speed_state, grain_state| {
        let mut watch = Watch::new(None);
        let mut readings = Readings::unknown(0);
        readings.set(speed, heard(Valid));
        readings.set(grain, heard(Valid));
        watch.advisor.read(&readings);
        watch.see(30.0, &doing(0.01, |_| ()));
        watch.see(before_s, &doing(0.01, |doing| doing.activity = Some(Activity::Stopped)));
        readings.set(speed, heard(speed_state));
        readings.set(grain, heard(grain_state));
        watch.advisor.read(&readings);
        watch.see(seconds, &doing(0.01, |doing| doing.activity = None));
        raised(&watch)
    };
    assert_eq!(drive(0.0, 9.8, Stale, Valid), []);
    assert_eq!(drive(0.0, 10.3, Stale, Valid), [AlarmId::SignalFault(speed)]);
    assert_eq!(drive(0.0, 60.0, Valid, Error), [AlarmId::SignalFault(grain)]);
    assert_eq!(drive(0.0, 60.0, Valid, NotAvailable), [], "the machine's own word is no fault");
    assert_eq!(drive(0.0, 60.0, Stale, Stale), [AlarmId::BusSilent]);
    assert_eq!(drive(301.0, 60.0, Stale, Stale), [], "switched off for lunch");
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-1.0),
        Just(f64::MAX),
        Just(f64::MIN_POSITIVE),
        1e-6..1.0,
        0.1..30.0,
    ]
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_estimates_whatever_do_any_harm(
            all in prop::collection::vec((any_number(), any_number(), any_number(), any_number(), 0..5u8, 1..40u32), 1..40)
        ) {
            let mut advisor = Advisor::new(Some(LIMIT), 8.0);
            let mut t_us = 0;
            let mut readings = Readings::unknown(0);
            for (share, log_sd, feed, rear, activity, seconds) in all {
                let activities = [Activity::Cutting, Activity::Cutting, Activity::Turning, Activity::Stopped];
                let mut odd = behind(rear, feed);
                odd.doing.activity = activities.get(usize::from(activity)).copied();
                odd.total_share = Some(LogNormal { median: share, log_sd });
                odd.stream_shares = Some([share, rear, feed]);
                odd.grain_in = Some(LogNormal { median: feed, log_sd });
                for channel in [Channel::FanSpeed, Channel::ConcaveClearance, Channel::GrainMoisture] {
                    readings.set_value(channel, rear);
                }
                for _ in 0..seconds * 10 {
                    t_us += 100_000;
                    odd.t_us = t_us;
                    advisor.read(&readings);
                    advisor.step(&odd, |_| ());
                }
                let advice = advisor.advice();
                prop_assert!(advice.alarms().all(|alarm| (1..=3).contains(&alarm.level)));
                for step in advice.worth.iter().flatten() {
                    prop_assert!(!step.area_ha_h.is_nan());
                }
            }
            // And a good hour after it is judged as ever: what is no number has left nothing behind.
            for _ in 0..6000 {
                t_us += 100_000;
                advisor.step(&Estimate { t_us, ..estimate(super::super::LOW) }, |_| ());
            }
            for _ in 0..150 {
                t_us += 100_000;
                advisor.step(&Estimate { t_us, ..estimate(HIGH) }, |_| ());
            }
            prop_assert!(advisor.advice().loss_alarm().is_some());
        }
    }
}
