//! From frames to channels: small machine profiles with a database of their own, fed frame by frame.

use std::fmt::Write as _;

use grainloss_can::{CanId, Frame};
use grainloss_core::machine::{Channel, ChannelBank, Reading, ReadingState, Router};
use grainloss_knowledge::profiles;
use proptest::prelude::*;
use tempfile::TempDir;

/// J1939 messages, PGN 0xFF05 and on. FAST comes every 20 ms, SPEED every 100 ms, the others every 200 ms.
const DBC: &str = r#"VERSION ""
NS_ :
BS_:
BU_: X
BO_ 2566849920 SPEED: 8 X
 SG_ Speed : 0|16@1+ (0.001,0) [0|64.255] "m/s" X
BO_ 2566850176 WHEEL: 8 X
 SG_ Speed : 0|16@1+ (0.1,0) [0|6425.5] "km/h" X
BO_ 2566850432 FAST: 8 X
 SG_ Height : 0|16@1+ (1,0) [0|64255] "mm" X
 SG_ Load : 16|8@1+ (1,0) [0|250] "%" X
 SG_ Course : 24|16@1+ (0.01,0) [0|642.55] "deg" X
 SG_ Down : 40|2@1+ (1,0) [0|1] "" X
BO_ 2566850688 COUNT: 8 X
 SG_ Plate : 0|16@1+ (1,0) [0|64255] "count" X
 SG_ Wide : 32|32@1+ (1,0) [0|4211081215] "count" X
BO_ 2566850944 RATE: 8 X
 SG_ Plate : 0|16@1+ (0.1,0) [0|6425.5] "1/s" X
BO_ 2566851200 STATE: 8 X
 SG_ Plate : 0|2@1+ (1,0) [0|3] "" X

BA_DEF_ BO_ "GenMsgCycleTime" INT 0 2147483647;
BA_DEF_ "ProtocolType" STRING ;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "ProtocolType" "";
BA_ "ProtocolType" "J1939";
BA_ "GenMsgCycleTime" BO_ 2566849920 100;
BA_ "GenMsgCycleTime" BO_ 2566850176 200;
BA_ "GenMsgCycleTime" BO_ 2566850432 20;
BA_ "GenMsgCycleTime" BO_ 2566850688 200;
BA_ "GenMsgCycleTime" BO_ 2566850944 200;
BA_ "GenMsgCycleTime" BO_ 2566851200 200;
VAL_ 2566851200 Plate 0 "Ok" 1 "NotCalibrated" 2 "Error" 3 "NotAvailable" ;
"#;

const HEAD: &str = "name = \"own\"\ndbc = \"own.dbc\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
    rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n";

const SPEED: u32 = 0xFF05;
const WHEEL: u32 = 0xFF06;
const FAST: u32 = 0xFF07;
const COUNT: u32 = 0xFF08;
const RATE: u32 = 0xFF09;
const STATE: u32 = 0xFF0A;

/// A machine with these channels: name, sources, further keys.
fn machine(channels: &[(&str, &str, &str)]) -> Bus {
    let mut text = HEAD.to_owned();
    for (name, sources, more) in channels {
        write!(text, "[[channel]]\nname = \"{name}\"\nsources = [{sources}]\n{more}\n").unwrap();
    }
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("own.dbc"), DBC).unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, text).unwrap();
    let profile = profiles::load(path.to_str().unwrap()).unwrap();
    Bus { bank: ChannelBank::new(Router::new(&profile).unwrap()) }
}

struct Bus {
    bank: ChannelBank,
}

impl Bus {
    /// A frame whose first two bytes hold `raw`; the rest is padding.
    fn send(&mut self, at_ms: i64, pgn: u32, raw: u16) {
        let [low, high] = raw.to_le_bytes();
        self.send_bytes(at_ms, pgn, &[low, high, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    }

    fn send_bytes(&mut self, at_ms: i64, pgn: u32, payload: &[u8]) {
        let id = CanId::extended(0x1800_0080 | pgn << 8).unwrap();
        let frame = Frame::new(at_ms * 1000, id, payload).unwrap();
        assert!(self.bank.take(&frame, at_ms * 1000));
    }

    fn read(&mut self, at_ms: i64, channel: Channel) -> Reading {
        *self.bank.readings(at_ms * 1000).get(channel)
    }

    fn state(&mut self, at_ms: i64, channel: Channel) -> ReadingState {
        let reading = self.read(at_ms, channel);
        assert_eq!(reading.value.is_some(), reading.state == ReadingState::Valid);
        reading.state
    }
}

const TWO_SPEEDS: &[(&str, &str, &str)] =
    &[("ground.speed", "{ signal = \"SPEED.Speed\" }, { signal = \"WHEEL.Speed\" }", "")];

#[test]
fn the_first_source_with_a_value_wins() {
    let mut bus = machine(TWO_SPEEDS);
    let speed = |bus: &mut Bus, at_ms| bus.read(at_ms, Channel::GroundSpeed).value;
    assert_eq!(bus.state(0, Channel::GroundSpeed), ReadingState::NeverSeen);
    assert_eq!(bus.state(0, Channel::HeaderHeight), ReadingState::NotMapped);
    bus.send(10, WHEEL, 72); // 7.2 km/h = 2 m/s
    assert_eq!(speed(&mut bus, 10), Some(2.0));
    bus.send(20, SPEED, 2500);
    assert_eq!(speed(&mut bus, 20), Some(2.5));
    // Not available, error, 20 m/s on a field: the second source each time, and the first again once it is back.
    for (at_ms, raw) in [(30, 0xFFFF), (50, 0xFE00), (70, 20_000)] {
        bus.send(at_ms, SPEED, raw);
        assert_eq!(speed(&mut bus, at_ms), Some(2.0), "{raw:X}");
        bus.send(at_ms + 10, SPEED, 1500);
        assert_eq!(speed(&mut bus, at_ms + 10), Some(1.5));
    }
    // Silent since 80 ms with a timeout of 300 ms; the wheel goes on.
    bus.send(390, WHEEL, 90);
    assert_eq!(speed(&mut bus, 390), Some(2.5));
    // When both have gone, the better one's state is told.
    assert_eq!(bus.state(2000, Channel::GroundSpeed), ReadingState::Stale);
    assert_eq!(bus.read(2000, Channel::GroundSpeed).age_us, Some(1_920_000));
}

#[test]
fn every_way_of_having_no_value_keeps_its_name() {
    let mut bus = machine(&[("ground.speed", "{ signal = \"SPEED.Speed\" }", "plausible = [0.0, 5.0]")]);
    let expected = [
        (0xFFFF, ReadingState::NotAvailable),
        (0xFF00, ReadingState::NotAvailable),
        (0xFE12, ReadingState::Error),
        (0xFB00, ReadingState::NotAvailable), // reserved: not a value
        (5001, ReadingState::Implausible),
        (5000, ReadingState::Valid),
        (0, ReadingState::Valid),
    ];
    for (number, (raw, state)) in expected.into_iter().enumerate() {
        let at_ms = 10 * number as i64;
        bus.send(at_ms, SPEED, raw);
        assert_eq!(bus.state(at_ms, Channel::GroundSpeed), state, "{raw:X}");
    }
    // A frame that is cut off before the signal says nothing of it.
    bus.send_bytes(100, SPEED, &[1]);
    assert_eq!(bus.state(100, Channel::GroundSpeed), ReadingState::NotAvailable);
    assert_eq!(bus.read(100, Channel::GroundSpeed).age_us, Some(40_000), "since the last value, at 60 ms");
}

#[test]
fn a_timeout_is_three_periods_and_at_least_300_ms_unless_the_profile_says_otherwise() {
    let height = "{ signal = \"FAST.Height\" }";
    let cases = [
        (SPEED, Channel::GroundSpeed, machine(&[("ground.speed", "{ signal = \"SPEED.Speed\" }", "")]), 300),
        (WHEEL, Channel::GroundSpeed, machine(&[("ground.speed", "{ signal = \"WHEEL.Speed\" }", "")]), 600),
        (FAST, Channel::HeaderHeight, machine(&[("header.height", height, "")]), 300),
        (FAST, Channel::HeaderHeight, machine(&[("header.height", height, "timeout_ms = 50")]), 50),
    ];
    for (pgn, channel, mut bus, timeout_ms) in cases {
        bus.send(1000, pgn, 20);
        assert_eq!(bus.state(1000 + timeout_ms, channel), ReadingState::Valid, "{timeout_ms}");
        assert_eq!(bus.state(1001 + timeout_ms, channel), ReadingState::Stale, "{timeout_ms}");
        assert_eq!(bus.read(1001 + timeout_ms, channel).age_us, Some((timeout_ms + 1) * 1000));
    }
}

#[test]
fn values_come_in_the_channels_own_unit() {
    let mut bus = machine(&[
        ("ground.speed", "{ signal = \"WHEEL.Speed\" }", ""),
        ("header.height", "{ signal = \"FAST.Height\" }", ""),
        ("engine.load", "{ signal = \"FAST.Load\" }", ""),
        ("ground.course", "{ signal = \"FAST.Course\" }", ""),
        ("header.below_work_height", "{ signal = \"FAST.Down\" }", ""),
    ]);
    bus.send(0, WHEEL, 54); // 5.4 km/h = 1.5 m/s
    // 450 mm, 74 %, 90.00° = 9000 = 0x2328, flag 1.
    bus.send_bytes(0, FAST, &[0xC2, 0x01, 74, 0x28, 0x23, 0xFD, 0xFF, 0xFF]);
    let readings = bus.bank.readings(0);
    for (channel, expected) in [
        (Channel::GroundSpeed, 1.5),
        (Channel::HeaderHeight, 0.45),
        (Channel::EngineLoad, 0.74),
        (Channel::GroundCourse, std::f64::consts::FRAC_PI_2),
    ] {
        assert!((readings.value(channel).unwrap() - expected).abs() < 1e-12, "{channel:?}");
    }
    assert_eq!(readings.flag(Channel::HeaderBelowWorkHeight), Some(true));
}

const COUNTER: &[(&str, &str, &str)] =
    &[("loss.separation_left", "{ signal = \"COUNT.Plate\", counter_modulus = 64256 }", "")];
const LEFT: Channel = Channel::LossSeparationLeft;

#[test]
fn a_counter_runs_through_its_modulus() {
    let mut bus = machine(COUNTER);
    bus.send(0, COUNT, 64250);
    assert_eq!(bus.read(0, LEFT).value, None, "one reading of a counter is no rate");
    // Five kernels to 64255, one to 0, four to 4: 4 - 64250 + 64256 = 10, in 0.2 s.
    bus.send(200, COUNT, 4);
    assert_eq!((bus.read(200, LEFT).value, bus.read(200, LEFT).impacts), (Some(50.0), 10.0));
    bus.send(400, COUNT, 4);
    assert_eq!((bus.read(400, LEFT).value, bus.read(400, LEFT).impacts), (Some(0.0), 10.0), "no kernels are a value");
    // A lost frame loses no counts: 30 kernels in 0.4 s.
    bus.send(800, COUNT, 34);
    assert_eq!((bus.read(800, LEFT).value, bus.read(800, LEFT).impacts), (Some(75.0), 40.0));
}

#[test]
fn a_restart_credits_nothing_and_a_gap_what_belongs_to_the_time_before_the_timeout() {
    let mut bus = machine(COUNTER);
    bus.send(0, COUNT, 900);
    bus.send(200, COUNT, 1000);
    assert_eq!(bus.read(200, LEFT).impacts, 100.0);
    // Back to 0: it would be 63256 kernels in 0.2 s.
    bus.send(400, COUNT, 0);
    assert_eq!(bus.read(400, LEFT).impacts, 100.0);
    bus.send(600, COUNT, 20);
    assert_eq!(bus.read(600, LEFT).impacts, 120.0);
    // 800 ms of silence, longer than three periods of 200 ms: for 600 of them the plate was taken to count, so that three
    // quarters of the 80 are of that time, as if no frame had been lost.
    bus.send(1400, COUNT, 100);
    assert!((bus.read(1400, LEFT).impacts - 180.0).abs() < 1e-9);
    bus.send(1600, COUNT, 130);
    assert!((bus.read(1600, LEFT).impacts - 210.0).abs() < 1e-9);
    // Restarted in a gap: a rate that a plate can have, but ten times that of before. Nothing is credited.
    bus.send(2400, COUNT, 1330);
    assert_eq!((bus.state(2400, LEFT), bus.read(2400, LEFT).impacts), (ReadingState::NotAvailable, 210.0));
    // Above three seconds what was counted belongs to no known moment.
    bus.send(5500, COUNT, 1500);
    assert_eq!(bus.read(5500, LEFT).impacts, 210.0);
    // Not available in between: the baseline is lost, too.
    bus.send(5600, COUNT, 0xFFFF);
    assert_eq!(bus.state(5600, LEFT), ReadingState::NotAvailable);
    bus.send(5700, COUNT, 540);
    bus.send(5900, COUNT, 545);
    assert!((bus.read(5900, LEFT).impacts - 215.0).abs() < 1e-9);
}

#[test]
fn a_plate_that_is_seldom_hit_keeps_its_counts_over_a_gap() {
    let mut bus = machine(COUNTER);
    for (at_ms, raw) in [(0, 900), (200, 902), (400, 902), (600, 902)] {
        bus.send(at_ms, COUNT, raw);
    }
    // None in the frames before the gap of 800 ms: three quarters of its four are of the 600 ms until the timeout.
    bus.send(1400, COUNT, 906);
    assert_eq!((bus.read(1400, LEFT).value, bus.read(1400, LEFT).impacts), (Some(5.0), 5.0));
    // Eleven where there were none before may be a counter that began anew.
    bus.send(1600, COUNT, 906);
    bus.send(2400, COUNT, 917);
    assert_eq!((bus.state(2400, LEFT), bus.read(2400, LEFT).impacts), (ReadingState::NotAvailable, 5.0));
}

#[test]
fn a_restart_within_one_time_stamp_credits_nothing() {
    let mut bus = machine(COUNTER);
    for (at_ms, raw) in [(0, 900), (200, 1000), (200, 0), (400, 20), (600, 35)] {
        bus.send(at_ms, COUNT, raw);
    }
    // 100 before the restart; the 20 of the interval it fell into are lost, since nobody knows when it was; then 15.
    assert_eq!(bus.read(600, LEFT).impacts, 115.0);
}

#[test]
fn a_32_bit_counter_counts_over_its_whole_range() {
    let wide = "{ signal = \"COUNT.Wide\", counter_modulus = 4211081216 }";
    let mut bus = machine(&[("loss.separation_left", wide, "")]);
    for (at_ms, count) in [(0, 4_211_081_210_u32), (200, 4), (400, 2_500_000_000), (600, 2_500_000_030)] {
        let mut payload = [0xFF; 8];
        payload[4..].copy_from_slice(&count.to_le_bytes());
        bus.send_bytes(at_ms, COUNT, &payload);
    }
    // Ten through the modulus; the leap to 2.5e9 is not believed; thirty more.
    assert_eq!(bus.read(600, LEFT).impacts, 40.0);
}

#[test]
fn a_rate_adds_up_to_kernels() {
    let mut bus = machine(&[("loss.separation_left", "{ signal = \"RATE.Plate\" }", "")]);
    // 50 kernels a second over ten intervals of 0.2 s; the first frame begins the first interval.
    for step in 0..=10 {
        bus.send(200 * step, RATE, 500);
    }
    assert!(bus.read(2000, LEFT).value == Some(50.0) && (bus.read(2000, LEFT).impacts - 100.0).abs() < 1e-9);
    // A gap longer than the timeout adds nothing.
    bus.send(4000, RATE, 500);
    assert!((bus.read(4000, LEFT).impacts - 100.0).abs() < 1e-9);
}

/// Counter and rate of one plate tell of the same 50 kernels a second, in this order, for two seconds.
fn kernels_of_both(rate_first: bool) -> f64 {
    let sources = "{ signal = \"COUNT.Plate\", counter_modulus = 64256 }, { signal = \"RATE.Plate\" }";
    let mut bus = machine(&[("loss.separation_left", sources, "")]);
    for step in 0..=10u16 {
        let at_ms = 200 * i64::from(step);
        let both = [(RATE, 500), (COUNT, 10 * step)];
        for (pgn, raw) in if rate_first { both } else { [both[1], both[0]] } {
            bus.send(at_ms, pgn, raw);
        }
    }
    bus.read(2000, LEFT).impacts
}

#[test]
fn counter_and_rate_of_one_plate_are_not_added_whichever_comes_first() {
    for rate_first in [false, true] {
        let kernels = kernels_of_both(rate_first);
        assert!((kernels - 100.0).abs() < 1e-9, "{kernels}, the rate first: {rate_first}");
    }
}

#[test]
fn the_status_signal_speaks_by_its_value_table() {
    let mut bus = machine(&[("loss.separation_left", "{ signal = \"RATE.Plate\", status = \"STATE.Plate\" }", "")]);
    bus.send(0, RATE, 500);
    assert_eq!(bus.state(0, LEFT), ReadingState::Valid, "no word of the status yet");
    let states = [
        (0, ReadingState::Valid),
        (1, ReadingState::NotCalibrated),
        (2, ReadingState::Error),
        (3, ReadingState::Valid), // no status is no bad news
        (0, ReadingState::Valid),
    ];
    for (number, (code, state)) in states.into_iter().enumerate() {
        let at_ms = 10 * number as i64;
        bus.send(at_ms, STATE, 0xFFFC | code);
        assert_eq!(bus.state(at_ms, LEFT), state, "{code}");
    }
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_readings_are_finite_and_plausible(
            frames in proptest::collection::vec(
                (4u32..12, proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xFF), Just(0)], 0..=8), 0i64..900_000),
                0..80,
            )
        ) {
            let both = "{ signal = \"COUNT.Plate\", counter_modulus = 64256, status = \"STATE.Plate\" }, \
                { signal = \"RATE.Plate\" }";
            let mut bus = machine(&[
                TWO_SPEEDS[0],
                ("header.height", "{ signal = \"FAST.Height\" }", ""),
                ("ground.course", "{ signal = \"FAST.Course\" }", ""),
                ("engine.load", "{ signal = \"FAST.Load\" }", "plausible = [0.2, 0.9]"),
                ("loss.separation_left", both, ""),
                ("loss.cleaning_left", "{ signal = \"COUNT.Plate\", counter_modulus = 1000 }", ""),
            ]);
            let (mut now_us, mut impacts) = (0, [0.0; Channel::COUNT]);
            for (pgn, payload, wait_us) in frames {
                now_us += wait_us;
                let frame = Frame::new(now_us, CanId::extended(0x18FF_0080 | pgn << 8).unwrap(), &payload).unwrap();
                bus.bank.take(&frame, now_us);
                let readings = bus.bank.readings(now_us);
                for &channel in Channel::ALL {
                    let reading = readings.get(channel);
                    prop_assert_eq!(reading.value.is_some(), reading.state == ReadingState::Valid);
                    let (low, high) = if channel == Channel::EngineLoad { (0.2, 0.9) } else { channel.plausible() };
                    prop_assert!(reading.value.is_none_or(|value| (low..=high).contains(&value)), "{channel:?} {reading:?}");
                    prop_assert!(reading.age_us.is_none_or(|age| age >= 0));
                    let before = std::mem::replace(&mut impacts[channel as usize], reading.impacts);
                    prop_assert!(reading.impacts.is_finite() && reading.impacts >= before, "kernels only grow");
                }
            }
        }
    }
}
