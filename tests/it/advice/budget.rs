//! Whatever comes: no alarm of one kind twice within its re-alarm time, and none beyond the budget but those that ask to stop.

use grainloss_core::advice::{Advisor, Alarm, AlarmId, EventKind};
use grainloss_core::harvest::{Activity, Basis, Estimate, LogNormal, PlateFault, StreamLoss};
use grainloss_core::machine::{Channel, Reading, ReadingState, Readings};
use proptest::prelude::*;

use super::{LIMIT, estimate};

const TEN_MINUTES_US: i64 = 600_000_000;
const CHANNELS: [Channel; 9] = [
    Channel::GroundSpeed,
    Channel::HeaderHeight,
    Channel::FeedRate,
    Channel::GrainFlow,
    Channel::EngineSpeed,
    Channel::LossSeparationLeft,
    Channel::LossSeparationRight,
    Channel::LossCleaningLeft,
    Channel::LossCleaningRight,
];

/// What lasts for a while: how long, s; the loss; how many times the loss behind; what is broken, a bit each; what else is
/// wrong, a bit each.
type Spell = (u32, f64, f64, u16, u8);

fn spell() -> impl Strategy<Value = Spell> {
    (1..240_u32, 0.002..0.08, 0.3..4.0, prop_oneof![Just(0), any::<u16>()], prop_oneof![Just(0), any::<u8>()])
}

/// Everything that was raised, with its time.
fn told(spells: &[Spell]) -> Vec<Alarm> {
    let mut advisor = Advisor::new(Some(LIMIT), 8.0);
    let (mut t_us, mut raised) = (0, Vec::new());
    for &(seconds, share, behind, broken, odd) in spells {
        let is = |bit: usize| odd & (1 << bit) != 0;
        let mut now = estimate(share);
        if is(0) {
            (now.header.basis, now.rear.basis) = (Basis::Calibrated, Basis::Calibrated);
        }
        now.rear = StreamLoss { loss: Some(LogNormal { median: 0.03 * behind, log_sd: 0.3 }), ..now.rear };
        now.doing.plugged = Some(is(1));
        now.doing.lugging = Some(is(2));
        now.engine_rpm = Some(if is(2) && is(3) { 1200.0 } else { 2200.0 });
        if is(4) && is(5) {
            now.doing.activity = Some(Activity::Turning);
        }
        let mut readings = Readings::unknown(0);
        for (at, channel) in CHANNELS.into_iter().enumerate() {
            let state = if broken & (1 << at) == 0 { ReadingState::Valid } else { ReadingState::Stale };
            let value = (state == ReadingState::Valid).then_some(1.0);
            readings.set(channel, Reading { value, state, age_us: Some(0), impacts: 0.0 });
        }
        for (at, fault) in now.plate_faults.iter_mut().enumerate() {
            *fault = (broken & (1 << (5 + at)) != 0).then_some(PlateFault { plate: CHANNELS[5 + at] });
        }
        for _ in 0..seconds * 10 {
            t_us += 100_000;
            advisor.read(&readings);
            advisor.step(&Estimate { t_us, ..now.clone() }, |event| {
                if let EventKind::Raised(alarm) = event.kind {
                    raised.push(alarm);
                }
            });
        }
    }
    raised
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_kind_comes_anew_within_its_re_alarm_time_and_none_beyond_the_budget(
            spells in prop::collection::vec(spell(), 5..40)
        ) {
            // What came back within its re-alarm time is no new alarm and says so.
            let new: Vec<Alarm> = told(&spells).into_iter().filter(|alarm| alarm.times == 1).collect();
            for (at, alarm) in new.iter().enumerate() {
                let before = new[..at].iter().rev().find(|before| before.id == alarm.id);
                if let Some(before) = before {
                    prop_assert!(alarm.since_us - before.since_us > TEN_MINUTES_US, "{before:?} {alarm:?}");
                }
            }
            let may_wait = |alarm: &&Alarm| !matches!(alarm.id, AlarmId::Plugged | AlarmId::EngineStalling);
            let counted: Vec<&Alarm> = new.iter().filter(may_wait).collect();
            for (at, alarm) in counted.iter().enumerate() {
                let since = |before: &&&Alarm| alarm.since_us - before.since_us < TEN_MINUTES_US;
                let ten_minutes = counted[..=at].iter().filter(since).count();
                prop_assert!(ten_minutes <= 10, "{counted:?}");
                // A change of the loss is an alarm only when there was none in ten minutes, a stop included.
                if matches!(alarm.id, AlarmId::LossStep | AlarmId::LossRelative) {
                    let lately = |other: &&Alarm| {
                        other.since_us < alarm.since_us && alarm.since_us - other.since_us < TEN_MINUTES_US - 200_000
                    };
                    prop_assert!(new.iter().find(lately).is_none(), "{alarm:?} {new:?}");
                }
            }
        }
    }
}

#[test]
fn a_flood_of_faults_is_ten_alarms_in_ten_minutes_at_most_and_a_stop_comes_through() {
    let broken: Spell = (60, 0.004, 1.0, 0b0_1110_1111, 0);
    let stop: Spell = (30, 0.004, 1.0, 0b0_1110_1111, 0b10);
    let calm: Spell = (60, 0.004, 1.0, 0, 0);
    let told = told(&[calm, broken, stop]);
    let (stops, others): (Vec<&Alarm>, Vec<&Alarm>) = told.iter().partition(|alarm| alarm.level == 3);
    assert_eq!(stops.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [AlarmId::Plugged]);
    // Three plates are out and the fourth counts; four signals fail after ten seconds and the fifth comes: seven, of which
    // five are told at once. The next token is there after two minutes.
    assert_eq!(others.len(), 5, "{others:?}");
}
