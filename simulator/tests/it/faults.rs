//! Faults on request: what each does to the frames, and that it leaves the rest alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use grainloss_can::{Database, Frame, State};
use grainloss_simulator::{BusEvent, ErrorFrame, Scenario, Simulation, TICK_US, TruthRow};

struct Run {
    events: Vec<BusEvent>,
    truth: Vec<TruthRow>,
    start_us: i64,
}

impl Run {
    fn new(faults: &[&str], seconds: i64) -> Self {
        let mut scenario = Scenario::bundled("wheat-steady").unwrap();
        for fault in faults {
            scenario.add_fault(fault).unwrap();
        }
        let mut simulation = Simulation::new(&scenario, 9);
        let start_us = simulation.now_us();
        let (mut events, mut truth) = (Vec::new(), Vec::new());
        for _ in 0..seconds * 1_000_000 / TICK_US {
            simulation.tick_events(&mut events);
            truth.extend(simulation.take_truth());
        }
        Self { events, truth, start_us }
    }

    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.events.iter().filter_map(|event| if let BusEvent::Frame(frame) = event { Some(frame) } else { None })
    }

    fn errors(&self) -> Vec<ErrorFrame> {
        let errors =
            self.events.iter().filter_map(|event| if let BusEvent::Error(e) = event { Some(*e) } else { None });
        errors.collect()
    }

    /// Seconds from the start.
    fn at(&self, frame: &Frame) -> f64 {
        (frame.t_us - self.start_us) as f64 / 1e6
    }

    /// Frames with this identifier between two times, s.
    fn of(&self, id: u32, from: f64, to: f64) -> Vec<&Frame> {
        self.frames().filter(|frame| frame.id.bits() == id && (from..to).contains(&self.at(frame))).collect()
    }

    fn values(&self, message: &str, signal: &str, from: f64, to: f64) -> Vec<(f64, State)> {
        let database = Database::bundled("combine-demo").unwrap().unwrap();
        let message = database.message(message).unwrap();
        let signal = message.signal(signal).unwrap();
        self.of(message.id.bits(), from, to)
            .iter()
            .map(|frame| signal.decode(*frame))
            .map(|v| (v.physical, v.state))
            .collect()
    }
}

/// Before 30 s and after 60 s a fault from 35 to 55 s must not show.
const CLEAN: [(f64, f64); 2] = [(20.0, 34.0), (56.0, 75.0)];
const DURING: (f64, f64) = (36.0, 54.0);

#[test]
fn codes_are_codes_and_only_while_they_are_asked_for() {
    let run = Run::new(&["not-available:FEEDER@35-55", "error-code:YIELD@35-55"], 75);
    for (signal, message, state) in [
        ("FeedRate", "FEEDER", State::NotAvailable),
        ("GrainFlow", "YIELD", State::Error),
        ("GrainMoisture", "YIELD", State::Error),
    ] {
        assert!(run.values(message, signal, DURING.0, DURING.1).iter().all(|value| value.1 == state), "{signal}");
        for (from, to) in CLEAN {
            let values = run.values(message, signal, from, to);
            assert!(values.len() > 30 && values.iter().all(|value| value.1 == State::Valid), "{signal}");
        }
    }
    let mid = &run.truth[45];
    assert_eq!(mid.faults, "not-available:FEEDER;error-code:YIELD");
    assert_eq!(run.truth[30].faults, "");
}

#[test]
fn a_stuck_height_sensor_holds_its_last_value_while_the_header_moves() {
    // The first pass ends after some 190 s.
    let run = Run::new(&["stuck-height@150-260"], 290);
    let stuck = run.values("HDR_POS", "HeaderHeightCentre", 151.0, 259.0);
    assert!(stuck.iter().all(|value| *value == stuck[0] && value.1 == State::Valid));
    assert!(run.truth[150..260].iter().any(|row| row.header_height_m > 0.6), "the header itself went up");
    let after = run.values("HDR_POS", "HeaderHeightCentre", 261.0, 290.0);
    assert!(after.windows(2).any(|pair| pair[0] != pair[1]));
}

#[test]
fn a_silent_node_sends_nothing_and_the_others_go_on() {
    let run = Run::new(&["silent-node:cleaning@35-55"], 75);
    for id in [0x18FF_E582, 0x18FF_E682, 0x18FF_E782, 0x18FF_E882, 0x18FF_E982] {
        assert!(run.of(id, DURING.0, DURING.1).is_empty(), "{id:X}");
        assert!(CLEAN.iter().all(|(from, to)| run.of(id, *from, *to).len() > 60), "{id:X}");
    }
    assert!(run.of(0x18FF_E381, DURING.0, DURING.1).len() > 300);
}

#[test]
fn a_wrong_unit_is_a_factor() {
    let faults = ["wrong-unit:speed@35-55", "wrong-unit:height@35-55", "wrong-unit:grain-flow@35-55"];
    let (run, plain) = (Run::new(&faults, 75), Run::new(&[], 75));
    for (message, signal, factor) in
        [("GBSD", "GroundBasedSpeed", 3.6), ("HDR_POS", "HeaderHeightLeft", 0.1), ("YIELD", "GrainFlow", 3.6)]
    {
        let mean = |run: &Run| {
            let values = run.values(message, signal, DURING.0, DURING.1);
            values.iter().map(|value| value.0).sum::<f64>() / values.len() as f64
        };
        assert!((mean(&run) / mean(&plain) / factor - 1.0).abs() < 0.01, "{signal}");
    }
    assert_eq!(
        run.values("GBSD", "GroundBasedSpeed", CLEAN[1].0, CLEAN[1].1),
        plain.values("GBSD", "GroundBasedSpeed", CLEAN[1].0, CLEAN[1].1)
    );
}

#[test]
fn counters_wrap_and_reset() {
    let run = Run::new(&["counter-wrap"], 120);
    let counts = run.values("LOSS_CNT", "LossCountSepLeft", 0.0, 120.0);
    assert_eq!(counts[0].0, 64_196.0);
    let back: Vec<_> = counts.windows(2).filter(|pair| pair[1].0 < pair[0].0).collect();
    assert_eq!(back.len(), 1);
    assert!(back[0][0].0 > 64_200.0 && back[0][1].0 < 60.0, "{back:?}");
    assert!(counts.iter().all(|count| count.1 == State::Valid));
    let run = Run::new(&["counter-reset@60-70"], 80);
    let counts = run.values("LOSS_CNT", "LossCountShoeRight", 60.5, 61.0);
    assert!(counts.iter().all(|count| count.0 < 50.0), "{counts:?}");
}

#[test]
fn lost_frames_are_lost_by_their_share() {
    let (run, plain) = (Run::new(&["lost-frames:20@35-55"], 75), Run::new(&[], 75));
    let count = |run: &Run, from, to| run.frames().filter(|frame| (from..to).contains(&run.at(frame))).count() as f64;
    assert!((count(&run, 35.0, 55.0) / count(&plain, 35.0, 55.0) - 0.8).abs() < 0.02);
    assert_eq!(count(&run, 0.0, 34.9), count(&plain, 0.0, 34.9));
}

/// CAN_ERR_CRTL 0x004, CAN_ERR_BUSOFF 0x040 and CAN_ERR_RESTARTED 0x100 of linux/can/error.h.
#[test]
fn bus_off_is_error_frames_then_silence_then_restarted() {
    for (fault, first) in [("bus-off@35-55", &[0x004, 0x040][..]), ("interface-down@35-55", &[0x004])] {
        let run = Run::new(&[fault], 75);
        let errors = run.errors();
        let classes: Vec<u32> = errors.iter().map(|error| error.class).collect();
        assert_eq!(classes, [first, &[0x100, 0x004]].concat());
        let times: Vec<i64> = errors.iter().map(|error| (error.t_us - run.start_us) / 1_000_000).collect();
        assert!(times[..first.len()].iter().all(|t| *t == 35) && times[first.len()..].iter().all(|t| *t == 55));
        assert!(run.frames().all(|frame| !(35.11..55.0).contains(&run.at(frame))));
        assert!(run.frames().filter(|frame| run.at(frame) > 55.2).count() > 4000, "no storm, no silence");
        let mut simulation = Simulation::new(&Scenario::bundled("wheat-steady").unwrap(), 9);
        let mut frames = Vec::new();
        for _ in 0..7500 {
            simulation.tick(&mut frames);
        }
        let burst =
            |frames: &mut dyn Iterator<Item = f64>| frames.filter(|at| (55.2..57.2).contains(at)).count() as f64;
        let usual = burst(&mut frames.iter().map(|frame| run.at(frame)));
        assert!((burst(&mut run.frames().map(|frame| run.at(frame))) / usual - 1.0).abs() < 0.05);
    }
}

#[test]
fn a_clock_that_jumps_shifts_the_stamps_and_comes_back() {
    for (fault, off_us) in [("clock-backward:30@35-55", -30_000_000), ("clock-forward:45@35-55", 45_000_000)] {
        let (run, plain) = (Run::new(&[fault], 75), Run::new(&[], 75));
        let shifts: Vec<i64> = run.frames().zip(plain.frames()).map(|(a, b)| a.t_us - b.t_us).collect();
        assert!(shifts.iter().all(|shift| *shift == 0 || *shift == off_us));
        let off = shifts.iter().filter(|shift| **shift == off_us).count() as f64;
        assert!((off / shifts.len() as f64 - 20.0 / 75.0).abs() < 0.01);
        assert_eq!((shifts[0], *shifts.last().unwrap()), (0, 0));
    }
}

#[test]
fn one_trouble_code_fits_into_a_frame() {
    let run = Run::new(&["dm1-one@35-55"], 75);
    let codes = run.values("DM1", "DTC1_SPN_Low16", DURING.0, DURING.1);
    assert!(codes.len() >= 17 && codes.iter().all(|code| code.0 == 100.0));
    assert!(run.values("DM1", "DTC1_FMI", DURING.0, DURING.1).iter().all(|mode| mode.0 == 1.0));
    assert!(run.values("DM1", "AmberWarningLamp", DURING.0, DURING.1).iter().all(|lamp| lamp.0 == 1.0));
    assert!(run.values("DM1", "DTC1_SPN_Low16", CLEAN[1].0, CLEAN[1].1).iter().all(|code| code.0 == 0.0));
}

/// Oil pressure low (SPN 100, failure mode 1, twice), coolant hot (110, 0, five times), fuel pressure low (94, 18, once):
/// by SAE J1939-73 each is SPN low byte, SPN high byte, 3 bits of SPN over 5 of failure mode, count.
#[test]
fn three_trouble_codes_are_broadcast() {
    let run = Run::new(&["dm1-three@35-55"], 75);
    assert!(run.of(0x18FE_CA00, DURING.0, DURING.1).is_empty(), "no single frame beside the broadcast");
    let announced = run.of(0x1CEC_FF00, DURING.0, DURING.1);
    assert!((17..=18).contains(&announced.len()));
    assert!(announced.iter().all(|frame| frame.payload() == [0x20, 0x0E, 0x00, 0x02, 0xFF, 0xCA, 0xFE, 0x00]));
    let packets = run.of(0x1CEB_FF00, announced[0].t_us as f64 / 1e6 - run.start_us as f64 / 1e6, DURING.1);
    assert_eq!(packets[0].payload(), [0x01, 0x04, 0xFF, 0x64, 0x00, 0x01, 0x02, 0x6E]);
    assert_eq!(packets[1].payload(), [0x02, 0x00, 0x00, 0x05, 0x5E, 0x00, 0x12, 0x01]);
    for gap_us in [packets[0].t_us - announced[0].t_us, packets[1].t_us - packets[0].t_us] {
        assert!((50_000..=200_000).contains(&gap_us), "{gap_us}");
    }
}

/// The frames of a fast packet, by second: frame numbers, and the bytes put together.
fn fast_packets(run: &Run, from: f64, to: f64) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut packets: BTreeMap<i64, (Vec<u8>, Vec<u8>)> = BTreeMap::new();
    for frame in run.of(0x0DF8_051C, from, to) {
        let packet = packets.entry((frame.t_us - run.start_us - 400_000).div_euclid(1_000_000)).or_default();
        let number = frame.payload()[0] & 0x1F;
        packet.0.push(number);
        packet.1.extend(&frame.payload()[if number == 0 { 2 } else { 1 }..]);
    }
    packets.into_values().collect()
}

#[test]
fn a_position_is_seven_frames_and_one_can_be_lost() {
    let run = Run::new(&["lost-fast-packet@35-55"], 75);
    for (numbers, bytes) in fast_packets(&run, 10.4, 34.4) {
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
        let i64_at = |at: usize| i64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as f64;
        assert!((i64_at(7) * 1e-16 - 36.2).abs() < 0.01 && (i64_at(15) * 1e-16 - 115.6).abs() < 0.01);
        assert!((i64_at(23) * 1e-6 - 35.0).abs() < 0.1);
        // 2025-06-10 is day 20249 since 1970; two o'clock is 7200 s, in steps of 0.1 ms.
        assert_eq!(u16::from_le_bytes([bytes[1], bytes[2]]), 20_249);
        let seconds = f64::from(u32::from_le_bytes(bytes[3..7].try_into().unwrap())) * 1e-4;
        assert!((7200.0..7300.0).contains(&seconds), "{seconds}");
        assert_eq!(bytes.len(), 6 + 42);
    }
    let lost = fast_packets(&run, 36.4, 54.4);
    assert!(lost.len() > 15 && lost.iter().all(|packet| packet.0 == [0, 1, 2, 4, 5, 6]));
    assert!(fast_packets(&run, 56.4, 74.4).iter().all(|packet| packet.0.len() == 7));
}

#[test]
fn a_foreign_address_changes_nothing_but_the_address() {
    let (run, plain) = (Run::new(&["foreign-source:header@35-55"], 75), Run::new(&[], 75));
    let foreign = run.of(0x18FF_E0C0, 0.0, 75.0);
    let own = plain.of(0x18FF_E080, 35.0, 55.0);
    assert!((foreign.len() as i64 - own.len() as i64).abs() < 5);
    assert_eq!(foreign[10].payload().len(), 8);
    assert!(run.of(0x18FF_E080, 35.1, 55.0).is_empty());
    let before: Vec<_> = run.of(0x18FF_E080, 0.0, 34.0);
    assert_eq!(before, plain.of(0x18FF_E080, 0.0, 34.0));
}

#[test]
fn vendor_frames_are_laid_out_as_the_lists_say() {
    let run = Run::new(&["vendor-frames@35-55"], 75);
    // Operation code 2383: grain flow 0.01 kg/s in bytes 3-4, moisture 0.01 % in bytes 5-6.
    let grain = run.of(0x10EF_FFD3, DURING.0, DURING.1);
    let flow = run.values("YIELD", "GrainFlow", DURING.0, DURING.1);
    let mean_flow = flow.iter().map(|value| value.0).sum::<f64>() / flow.len() as f64;
    let word = |frame: &Frame, at: usize| f64::from(u16::from_le_bytes([frame.payload()[at], frame.payload()[at + 1]]));
    assert!(grain.len() > 80 && grain.iter().all(|frame| word(frame, 0) == 2383.0));
    let mean = grain.iter().map(|frame| word(frame, 2) * 0.01).sum::<f64>() / grain.len() as f64;
    assert!((mean - mean_flow).abs() < 0.25, "{mean} {mean_flow}");
    // Pages by the first byte.
    let pages: Vec<usize> =
        run.of(0x18FF_9880, DURING.0, DURING.1).iter().map(|frame| usize::from(frame.payload()[0])).collect();
    assert!((0..3).all(|page| pages.iter().filter(|seen| **seen == page).count() > 15));
    // A split value of ten bits: the header at 0.15 m is 120 counts, the engine speed stands high byte first.
    let split = run.of(0x19FF_A310, DURING.0, DURING.1);
    let (first, bytes) = (split[0], split[0].payload());
    let height = u16::from(bytes[0] & 3) << 8 | u16::from(bytes[1]);
    assert!((90..150).contains(&height), "{height} {first:?}");
    assert!((2000..2400).contains(&u16::from_be_bytes([bytes[5], bytes[6]])));
    assert!(run.of(0x19FF_A310, 0.0, 34.0).is_empty());
}

#[test]
fn a_babbling_node_fills_the_bus_and_starves_what_it_beats() {
    let run = Run::new(&["babbling-node@35-45"], 60);
    let during: Vec<&Frame> = run.frames().filter(|frame| (36.0..44.0).contains(&run.at(frame))).collect();
    // 600 µs a frame: 1667 a second.
    assert!((13_200..13_400).contains(&during.len()), "{}", during.len());
    assert!(during.windows(2).all(|pair| pair[1].t_us - pair[0].t_us <= 700));
    let count = |id: u32| during.iter().filter(|frame| frame.id.bits() == id).count();
    assert!(count(0x0CF0_0400) > 380, "the engine's priority is higher");
    assert_eq!(count(0x18FF_E782), 0, "the loss plates' is not");
    // Afterwards everybody is back at the old rate, without a storm of what was kept.
    let after = run.of(0x18FF_E782, 46.0, 56.0).len();
    assert!((48..=52).contains(&after), "{after}");
}

#[test]
fn data_frames_alone_are_the_events_without_errors() {
    let run = Run::new(&["bus-off@5-8"], 12);
    let mut scenario = Scenario::bundled("wheat-steady").unwrap();
    scenario.add_fault("bus-off@5-8").unwrap();
    let mut simulation = Simulation::new(&scenario, 9);
    let mut frames = Vec::new();
    for _ in 0..1200 {
        simulation.tick(&mut frames);
    }
    assert!(run.frames().eq(frames.iter()));
}
