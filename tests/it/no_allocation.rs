//! Laws of the tight loop: once it runs it asks for no memory, the same readings give the same estimates, and no
//! readings whatever give a number that is none.

use grainloss_can::candump::write_frame;
use grainloss_can::log::Reader;
use grainloss_can::{Database, Frame};
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Activity, Estimate, Harvest, Setup};
use grainloss_core::machine::{Channel, ChannelBank, Profile, Reading, ReadingState, Readings, Router};
use grainloss_knowledge::profiles;
use grainloss_simulator::{Scenario, Simulation};
use proptest::prelude::*;

use crate::support::allocator::allocations;

/// Passes of two minutes with turns between them, curves, a sagging engine, a plate that dies.
fn readings(step: i64) -> Readings {
    let mut readings = Readings::unknown(step * 100_000);
    let in_pass = step % 1400;
    let cutting = in_pass < 1200;
    let course =
        if cutting && in_pass < 1000 { 0.0 } else { (in_pass as f64 * 0.02).rem_euclid(std::f64::consts::TAU) };
    for (channel, value) in [
        (Channel::GroundSpeed, 1.5),
        (Channel::GroundCourse, course),
        (Channel::HeaderHeight, if cutting { 0.15 } else { 0.9 }),
        (Channel::FeedRate, if cutting { 9.0 } else { 0.0 }),
        (Channel::GrainFlow, if cutting { 4.0 } else { 0.0 }),
        (Channel::EngineSpeed, if (400..500).contains(&in_pass) { 1950.0 } else { 2200.0 }),
        (Channel::EngineLoad, 0.8),
        (Channel::ReelSpeed, 30.0),
    ] {
        readings.set_value(channel, value);
    }
    for (plate, kernels_s) in [
        (Channel::LossSeparationLeft, 40.0),
        (Channel::LossSeparationRight, if step > 3000 { 0.0 } else { 40.0 }),
        (Channel::LossCleaningLeft, 40.0),
        (Channel::LossCleaningRight, 40.0),
    ] {
        let impacts = kernels_s * 0.1 * step as f64;
        readings.set(plate, Reading { value: Some(kernels_s), state: ReadingState::Valid, age_us: Some(0), impacts });
    }
    readings
}

/// The demonstration machine in wheat.
fn wheat() -> Harvest {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
    Harvest::new(Setup { crop, geometry: profile.geometry.clone(), loss_plates: profile.loss_plates.clone() })
}

#[test]
fn a_step_allocates_nothing() {
    let (mut harvest, mut advisor) = (wheat(), Advisor::new(Some(0.012), 8.0));
    let (mut events, mut cutting) = (0, 0);
    let mut drive = |from: i64, to: i64| {
        for step in from..to {
            let estimate = harvest.step(&readings(step));
            cutting += u32::from(estimate.doing.activity == Some(Activity::Cutting));
            advisor.read(&readings(step));
            advisor.step(&estimate, |_| events += 1);
        }
    };
    drive(0, 100);
    let before = allocations();
    drive(100, 9000);
    let after = allocations();
    assert!(events > 3 && cutting > 7000, "the drive must reach the alarms: {events} events, {cutting} steps");
    assert_eq!(after - before, 0);
}

/// A profile that uses everything that a source can say, over the demonstration's database.
const EVERY_WORD: &str = r#"name = "own"
dbc = "combine-demo"
[geometry]
header_width_m = 2.75
discharge_width_m = 1.3
rated_feed_kg_s = 8.0
rated_engine_rpm = 2200.0
[[channel]]
name = "header.height"
combine = "mean"
change_per_s = 5.0
sources = [
  { signal = "HDR_POS.HeaderHeightLeft", median = 5, smooth_s = 0.5 },
  { signal = "HDR_POS.HeaderHeightRight", calibration = [[0.0, 0.0], [1000.0, 1.0]] },
  { signal = "REEL.ReelHeight", high = { start = 0, length = 8 }, special = [{ code = 0, to = 9, means = "error" }] },
]
[[channel]]
name = "header.engaged"
sources = [{ signal = "HDR_STAT.HeaderEngaged", hold_on_ms = 100, hold_off_ms = 100, values = { 3 = 1.0 } }]
[[channel]]
name = "loss.separation_left"
combine = "sum"
sources = [
  { signal = "LOSS_CNT.LossCountSepLeft", counter_modulus = 64256, status = "LOSS_IDX.LossStateSepLeft" },
  { signal = "LOSS_CNT.LossCountSepRight", counter_modulus = 64256, interface = "can0" },
]
[[channel]]
name = "grain.flow"
sources = [
  { process_data = { ddi = 0x0707, element = 112 }, scale = 1.0, unit = "mg/s" },
  { frame = { pgn = 65514 }, bits = { start = 0, length = 16 }, scale = 0.001, unit = "kg/s", from = [0x83], when = [{ byte = 8, value = 7 }] },
]
"#;

/// A bank of this profile, and a frame of each of its database's messages.
fn bank_and_frames(profile: &Profile) -> (ChannelBank, Vec<Frame>) {
    let mut bank = ChannelBank::new(Router::new(profile).unwrap());
    bank.name_interfaces(&["can0".to_owned()]);
    let ids = profile.database().messages().iter().map(|message| message.id);
    (bank, ids.filter_map(|id| Frame::new(0, id, &[7; 8])).collect())
}

#[test]
fn a_frame_allocates_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let own = folder.path().join("own.toml");
    std::fs::write(&own, EVERY_WORD).unwrap();
    for machine in profiles::BUNDLED.iter().map(|(name, _)| *name).chain(own.to_str()) {
        let (mut bank, frames) = bank_and_frames(&profiles::load(machine).unwrap());
        let before = allocations();
        let (mut known, mut values) = (0, 0);
        for round in 0..100 {
            for frame in &frames {
                known += usize::from(bank.take(frame, round * 100_000));
            }
            let readings = bank.readings(round * 100_000);
            values = Channel::ALL.iter().filter(|channel| readings.value(**channel).is_some()).count();
        }
        assert_eq!((allocations() - before, known), (0, 100 * frames.len()), "{machine}");
        assert!(values > 0, "{machine}");
    }
}

#[test]
fn reading_and_decoding_a_log_allocate_nothing() {
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let mut simulation = Simulation::new(&Scenario::bundled("wheat").unwrap(), 1);
    let (mut frames, mut log) = (Vec::new(), Vec::new());
    for _ in 0..3_000 {
        simulation.tick(&mut frames);
    }
    for (at, frame) in frames.iter().enumerate() {
        write_frame(&mut log, ["can0", "can1"][at % 2], frame).unwrap();
        // Lines of other shapes, and lines that are none: the general parser asks for nothing either.
        log.extend_from_slice(match at % 50 {
            0 => b"(1749520800.5)  can1  123#R\n",
            1 => b"rubbish\n",
            2 => b"(1749520800.500000001) can1 18feda00#00.ff\r\n",
            _ => b"",
        });
    }
    let mut reader = Reader::new(&log[..]);
    let (mut before, mut signals) = (0, 0);
    let mut read = |interface: &str, frame: &Frame| {
        let message = database.message_of(frame.id)?;
        let held = message.signals.iter().filter(|signal| message.holds(signal, frame));
        signals += held.filter(|signal| signal.decode(frame).raw != i64::MIN).count();
        Some(interface.len())
    };
    for number in 0u64.. {
        // The names of the interfaces come first.
        if number == 100 {
            before = allocations();
        }
        if reader.next_with(&mut read).unwrap().is_none() {
            break;
        }
    }
    let asked = allocations() - before;
    let counts = reader.counts();
    assert!(counts.frames > 7_000 && counts.bad_lines > 100 && signals > 30_000, "{counts:?}, {signals} signals");
    assert_eq!(asked, 0);
}

/// Nothing that is shown may be infinite, negative or no number.
fn assert_sound(estimate: &Estimate) {
    let streams = estimate.streams().map(|(_, stream)| stream.loss);
    let others =
        [estimate.grain_in, estimate.rear.loss, estimate.total.loss, estimate.total_share, estimate.loss_kg_m2];
    for loss in streams.into_iter().chain(others).flatten() {
        let band = loss.band();
        let numbers = [loss.median, loss.log_sd, band.lo, band.hi];
        assert!(numbers.iter().all(|n| n.is_finite() && *n >= 0.0) && band.lo <= band.hi, "{loss:?}\n{estimate:?}");
    }
    for number in [estimate.feed_kg_s, estimate.working_width_m, estimate.ground_speed_m_s].into_iter().flatten() {
        assert!(number.is_finite() && number >= 0.0, "{estimate:?}");
    }
}

/// Stretches of readings: how many steps, and for some channels where in their plausible range they are.
fn stretches() -> impl Strategy<Value = Vec<(usize, Vec<(usize, f64)>)>> {
    let change = (0..Channel::COUNT, prop_oneof![0f64..=1.0, Just(0.0), Just(1.0)]);
    proptest::collection::vec((1usize..120, proptest::collection::vec(change, 0..8)), 1..12)
}

fn run_stretches(stretches: &[(usize, Vec<(usize, f64)>)], odd: &[f64]) -> Vec<Estimate> {
    let mut harvest = wheat();
    let mut now = readings(0);
    let mut estimates: Vec<Estimate> = (0..300).map(|step| harvest.step(&readings(step))).collect();
    for (number, (steps, changes)) in stretches.iter().enumerate() {
        for &(channel, share) in changes {
            let channel = Channel::ALL[channel];
            let (low, high) = channel.plausible();
            now.set_value(channel, odd.get(number).copied().unwrap_or(low + share * (high - low)));
        }
        for _ in 0..*steps {
            now.t_us += 100_000;
            estimates.push(harvest.step(&now));
        }
    }
    estimates
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn plausible_readings_give_sound_estimates_and_always_the_same(stretches in stretches()) {
            let estimates = run_stretches(&stretches, &[]);
            estimates.iter().for_each(assert_sound);
            prop_assert_eq!(estimates, run_stretches(&stretches, &[]));
        }

        #[test]
        fn readings_that_are_no_numbers_do_no_harm(
            stretches in stretches(),
            odd in proptest::collection::vec(
                prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)], 0..6),
        ) {
            run_stretches(&stretches, &odd).iter().for_each(assert_sound);
        }
    }
}
