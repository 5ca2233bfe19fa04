//! What a profile can say, each by a small profile of its own, fed frame by frame; and what it must not say.

mod bus;
mod wrong;

use bus::{Bus, DBC, HEAD, entry, load, load_with, machine, one};
use grainloss_can::candump::{self, Line};
use grainloss_core::machine::{Channel, ChannelBank, ReadingState, Router};

use ReadingState::{Error, Implausible, NeverSeen, NotAvailable, NotCalibrated, Stale, Valid};

#[test]
fn a_value_that_its_sender_has_split_is_put_together() {
    // Two bits in byte 1, eight in byte 2: 10|01011000 = 0x258 = 600.
    let split = |high: &str, more: &str| {
        let source = format!("{{ signal = \"SPLIT.Low\", high = {high}{more} }}");
        one("engine.load", &source, "").after(0, "18FF2080#0258FFFFFFFFFFFF", Channel::EngineLoad)
    };
    // 600 × 0.1 % = 60 %.
    assert_eq!(split("\"SPLIT.High\"", ""), Ok(0.6));
    assert_eq!(split("{ start = 0, length = 2 }", ""), Ok(0.6));
    assert_eq!(split("\"SPLIT.High\"", ", scale = 0.2"), Ok(1.2));
    // A list of codes speaks of the whole.
    let list = ", special = [{ code = 590, to = 610, means = \"error\" }]";
    assert_eq!(split("\"SPLIT.High\"", list), Err(Error));
    // FF in the low byte is no code of its own: 10|11111111 = 767.
    let mut bus = one("engine.load", "{ signal = \"SPLIT.Low\", high = \"SPLIT.High\" }", "");
    assert_eq!(bus.after(0, "18FF2080#02FFFFFFFFFFFFFF", Channel::EngineLoad), Ok(0.767));
    // 16 bits, whose highest byte would be an error's: 0xFE02 = 65026 × 0.001 %.
    let mut bus = one("engine.load", "{ signal = \"SPLIT.Low\", high = { start = 0, length = 8 }, scale = 0.001 }", "");
    assert_eq!(bus.after(0, "18FF2080#FE02FFFFFFFFFFFF", Channel::EngineLoad), Ok(0.65026));
    // A group that the database does not have; 16 bits of two parts: 0x02FE = 766.
    let parts = "bits = { start = 8, length = 8 }, high = { start = 0, length = 8 }";
    let whole = format!("{{ frame = {{ pgn = 65312 }}, {parts}, unit = \"r/min\" }}");
    assert_eq!(one("engine.speed", &whole, "").after(0, "18FF2055#02FE", Channel::EngineSpeed), Ok(766.0));
    let ruled = format!("{{ frame = {{ pgn = 65312 }}, {parts}, unit = \"r/min\", codes = \"j1939\" }}");
    assert_eq!(one("engine.speed", &ruled, "").after(0, "18FF2055#FE02", Channel::EngineSpeed), Err(Error));
}

#[test]
fn the_layout_of_a_tym_dashboard_can_be_written_down() {
    // Identifiers 19FFA3xx as plain frames; ten bits with the upper two in byte 1, low bytes in bytes 2 to 5; sixteen
    // bits big-endian, counts times 2. (What is what on these bits is made up: only the layout is known.)
    let mut bus = machine(
        &(entry(
            "header.height",
            "{ frame = { id = \"19FFA310\" }, bits = { start = 8, length = 8 }, high = { start = 0, length = 2 }, \
             calibration = [[100, 0.0], [900, 0.8]] }",
            "",
        ) + &entry(
            "engine.load",
            "{ frame = { id = \"19FFA310\" }, bits = { start = 16, length = 8 }, high = { start = 2, length = 2 }, \
             scale = 0.1, unit = \"%\" }",
            "",
        ) + &entry(
            "engine.speed",
            "{ frame = { id = \"19FFA320\" }, bits = { start = 7, length = 16, big_endian = true }, scale = 2.0, \
             unit = \"r/min\" }",
            "",
        )),
    );
    // 0x09 = 10|01 from the left: height 01|01011000 = 344, load 10|11110100 = 756.
    bus.send(0, "19FFA310#0958F40000000000");
    // (344 - 100) / 800 × 0.8 m = 0.244 m; 75.6 %.
    assert!((bus.read(0, Channel::HeaderHeight).value.unwrap() - 0.244).abs() < 1e-12);
    assert!((bus.read(0, Channel::EngineLoad).value.unwrap() - 0.756).abs() < 1e-12);
    // 0x041A = 1050.
    assert_eq!(bus.after(0, "19FFA320#041A000000000000", Channel::EngineSpeed), Ok(2100.0));
    // Another priority is another identifier, and nobody's fast packet.
    assert!(!bus.send(0, "1DFFA320#041A000000000000"));
    // 950 counts are beyond the end stop: a shorted sensor is no height. 11|10110110.
    assert_eq!(bus.after(0, "19FFA310#03B6000000000000", Channel::HeaderHeight), Err(Error));
}

#[test]
fn volts_become_a_height_between_two_end_stops() {
    // 0.7 to 4.3 V over 1.2 m, falling: the sensor sits the other way round.
    let mut bus =
        one("header.height", "{ signal = \"VOLTS.Height\", calibration = [[0.7, 1.2], [2.5, 0.4], [4.3, 0.0]] }", "");
    let mut height = |millivolts: u16| {
        let [low, high] = millivolts.to_le_bytes();
        bus.after(0, &format!("123#{low:02X}{high:02X}"), Channel::HeaderHeight)
    };
    assert_eq!([height(700), height(1600), height(2500), height(4300)], [Ok(1.2), Ok(0.8), Ok(0.4), Ok(0.0)]);
    assert_eq!([height(699), height(4301), height(0)], [Err(Error); 3]);
}

#[test]
fn raw_codes_become_values_by_a_table() {
    // Code 2 would be an error by the rule of two bits; the table says that it is a value.
    let mut bus = one(
        "header.engaged",
        "{ frame = { pgn = 65328 }, bits = { start = 0, length = 2 }, values = { 0 = 0.0, 2 = 1.0 } }",
        "",
    );
    let mut flag = |byte: &str| bus.after(0, &format!("18FF3080#{byte}"), Channel::HeaderEngaged);
    assert_eq!(
        [flag("00"), flag("02"), flag("01"), flag("03")],
        [Ok(0.0), Ok(1.0), Err(NotAvailable), Err(NotAvailable)]
    );
}

#[test]
fn bits_can_be_turned_round_and_signs_as_well() {
    let source = |more: &str| format!("{{ frame = {{ pgn = 65328 }}, bits = {{ start = 8, length = 1 }}{more} }}");
    for (byte, plain, turned) in [("00", 0.0, 1.0), ("01", 1.0, 0.0)] {
        let frame = format!("18FF3080#FF{byte}");
        let mut bus = one("header.engaged", &source(""), "");
        assert_eq!(bus.after(0, &frame, Channel::HeaderEngaged), Ok(plain));
        let mut bus = one("header.engaged", &source(", invert_bits = true"), "");
        assert_eq!(bus.after(0, &frame, Channel::HeaderEngaged), Ok(turned));
    }
    // 0xFF38 = -200 as a signed number; -200 × -1 mm + 50 mm = 250 mm.
    let mut bus = one(
        "header.height",
        "{ frame = { pgn = 65328 }, bits = { start = 0, length = 16, signed = true }, codes = \"none\", scale = -1.0, \
         offset = 50.0, unit = \"mm\" }",
        "",
    );
    assert_eq!(bus.after(0, "18FF3080#38FF", Channel::HeaderHeight), Ok(0.25));
}

#[test]
fn codes_that_are_no_values_follow_the_rule_that_the_profile_names() {
    let tank = |more: &str, byte: &str| {
        let source = format!(
            "{{ frame = {{ pgn = 65328 }}, bits = {{ start = 0, length = 8 }}, scale = 0.4, unit = \"%\"{more} }}"
        );
        one("tank.level", &source, "").after(0, &format!("18FF3080#{byte}"), Channel::TankLevel)
    };
    // FC = 252 × 0.4 % = 100.8 %.
    assert_eq!(tank("", "FC"), Err(NotAvailable));
    assert_eq!(tank("", "FE"), Err(Error));
    assert_eq!(tank(", codes = \"none\"", "FC"), Ok(1.008));
    assert_eq!(tank(", codes = \"nmea2000\"", "FC"), Ok(1.008));
    assert_eq!(tank(", codes = \"nmea2000\"", "FF"), Err(NotAvailable));
    assert_eq!(tank(", special = [{ code = 252, means = \"not-calibrated\" }]", "FC"), Err(NotCalibrated));
    assert_eq!(tank(", special = [{ code = 251, to = 253, means = \"value\" }]", "FC"), Ok(1.008));
    // A wider signal: the run FC00 to FCFF, and the rule for the rest.
    let fan = "{ frame = { pgn = 65328 }, bits = { start = 0, length = 16 }, unit = \"rpm\", \
               special = [{ code = 0xFC00, to = 0xFCFF, means = \"not-calibrated\" }] }";
    let mut bus = one("fan.speed", fan, "");
    let mut fan = |word: &str| bus.after(0, &format!("18FF3080#{word}"), Channel::FanSpeed);
    assert_eq!(
        [fan("F203"), fan("00FC"), fan("FFFC"), fan("00FD"), fan("00FE"), fan("00FF")],
        [Ok(1010.0), Err(NotCalibrated), Err(NotCalibrated), Err(NotAvailable), Err(Error), Err(NotAvailable)]
    );
}

#[test]
fn other_counters_than_kernels_become_rates_too() {
    let mut bus = machine(
        &(entry("ground.speed", "{ signal = \"COUNT.Distance\", counter_modulus = 4211081216 }", "")
            + &entry("grain.flow", "{ signal = \"COUNT.Grain\", counter_modulus = 64256 }", "")),
    );
    // 0xFAFFFF00 = 4211080960 mm, 256 mm before the modulus; 244 mm after it: 0.5 m in 0.5 s.
    bus.send(0, "18FF2380#00FFFFFAFEFAFFFF");
    assert_eq!(bus.read(0, Channel::GroundSpeed).state, NotAvailable);
    assert_eq!(bus.after(500, "18FF2380#F40000000200FFFF", Channel::GroundSpeed), Ok(1.0));
    // 64254 kg, then 2 kg: 4 kg in 0.5 s.
    assert_eq!(bus.read(500, Channel::GrainFlow).value, Some(8.0));
    assert_eq!(bus.read(500, Channel::GrainFlow).impacts, 0.0, "grain in the tank is no kernel on a plate");
    // Fuel in half litres from a counter of 32 bits that uses every code: 1 l in 90 s is 40 l/h.
    let fuel = "{ frame = { pgn = 65328 }, bits = { start = 0, length = 32 }, counter_modulus = 4294967296, \
                codes = \"none\", scale = 0.5, unit = \"l\", timeout_ms = 100000 }";
    let mut bus = one("fuel.rate", fuel, "");
    bus.send(0, "18FF3080#FFFFFFFF");
    assert_eq!(bus.after(90_000, "18FF3080#01000000", Channel::FuelRate), Ok(40.0));
}

#[test]
fn a_kernel_counter_may_have_32_bits() {
    let plate = "{ frame = { id = \"123\" }, bits = { start = 0, length = 32 }, counter_modulus = 4294967296, \
                 unit = \"count\" }";
    let mut bus = one("loss.separation_left", plate, "");
    for (at_ms, count) in [(0, 0xFFFF_FFF6_u32), (200, 10), (400, 30)] {
        let bytes = count.to_le_bytes().map(|byte| format!("{byte:02X}")).concat();
        bus.send(at_ms, &format!("123#{bytes}"));
    }
    // Ten to the modulus and ten after it, then twenty in 0.2 s.
    let reading = bus.read(400, Channel::LossSeparationLeft);
    assert_eq!((reading.impacts, reading.value), (40.0, Some(100.0)));
}

const SPEED: &str = "{ frame = { pgn = 65328 }, bits = { start = 0, length = 16 }, scale = 0.01, unit = \"m/s\"";

/// A speed in 0.01 m/s, in its group.
fn speed(centi: u16) -> String {
    let [low, high] = centi.to_le_bytes();
    format!("18FF3080#{low:02X}{high:02X}")
}

#[test]
fn a_jump_is_not_believed_until_time_has_passed_for_it() {
    let mut bus = one("ground.speed", &format!("{SPEED} }}"), "change_per_s = 2.0");
    let mut after = |at_ms, centi| bus.after(at_ms, &speed(centi), Channel::GroundSpeed);
    assert_eq!(after(0, 150), Ok(1.5));
    // 0.2 m/s in 0.1 s is the limit; frames that come together are judged over 0.1 s.
    assert_eq!(after(100, 170), Ok(1.7));
    assert_eq!(after(110, 185), Ok(1.85));
    assert_eq!(after(200, 500), Err(Implausible));
    assert_eq!(after(300, 190), Ok(1.9));
    // From 1.9 to 5 m/s at 2 m/s² takes 1.55 s.
    assert_eq!(after(1800, 500), Err(Implausible));
    assert_eq!(after(1900, 500), Ok(5.0));
}

#[test]
fn a_flag_must_hold_before_it_counts() {
    let source = "{ frame = { pgn = 65328 }, bits = { start = 0, length = 2 }, hold_on_ms = 300, hold_off_ms = 500 }";
    let mut bus = one("header.engaged", source, "");
    let steps = [
        (0, "00", 0.0),
        (100, "01", 0.0),
        (200, "00", 0.0),
        (300, "01", 0.0),
        (500, "01", 0.0),
        (600, "01", 1.0), // on since 300
        (700, "00", 1.0),
        (1100, "00", 1.0),
        (1200, "00", 0.0), // off since 700
    ];
    for (at_ms, byte, expected) in steps {
        assert_eq!(bus.after(at_ms, &format!("18FF3080#{byte}"), Channel::HeaderEngaged), Ok(expected), "{at_ms}");
    }
    // After a silence the first word counts at once: nothing is known of what was before.
    assert_eq!(bus.after(9000, "18FF3080#01", Channel::HeaderEngaged), Ok(1.0));
}

#[test]
fn noise_is_taken_off_by_a_median_and_a_lag() {
    let mut bus = one("ground.speed", &format!("{SPEED}, median = 3 }}"), "");
    let values = [100, 110, 900, 120, 130].map(|centi| bus.after(0, &speed(centi), Channel::GroundSpeed));
    // Of {1.0}, {1.0 1.1}, {1.0 1.1 9.0}, {1.1 9.0 1.2}, {9.0 1.2 1.3}; of two the lower.
    assert_eq!(values, [Ok(1.0), Ok(1.0), Ok(1.1), Ok(1.2), Ok(1.3)]);
    let mut bus = one("ground.speed", &format!("{SPEED}, smooth_s = 2.0 }}"), "");
    bus.send(0, &speed(0));
    // 1 - 1/e of the way after one time constant.
    assert_eq!(bus.after(2000, &speed(100), Channel::GroundSpeed), Ok(0.632_120_559));
}

#[test]
fn several_sources_make_one_value() {
    let sources = "{ frame = { pgn = 65328 }, bits = { start = 0, length = 8 }, scale = 0.1, unit = \"m\" }, \
                   { frame = { pgn = 65329 }, bits = { start = 0, length = 8 }, scale = 0.1, unit = \"m\" }";
    for (combine, both, one_silent) in
        [("mean", Ok(1.5), Ok(1.0)), ("min", Ok(1.0), Ok(1.0)), ("max", Ok(2.0), Ok(1.0)), ("sum", Ok(3.0), Err(Stale))]
    {
        let mut bus = one("header.working_width", sources, &format!("combine = \"{combine}\""));
        let width = Channel::HeaderWorkingWidth;
        assert_eq!(bus.read(0, width).state, NeverSeen);
        bus.send(0, "18FF3080#0A");
        bus.send(500, "18FF3180#14");
        let reading = bus.read(500, width);
        assert_eq!((reading.value.ok_or(reading.state), reading.age_us), (both, Some(500_000)), "{combine}");
        // The second falls silent.
        assert_eq!(bus.after(4000, "18FF3080#0A", width), one_silent, "{combine}");
        // The range is that of what was made of them.
        let highest = bus.bank.ranges().get(width).unwrap().1;
        assert_eq!(highest, [both, Ok(1.0)].into_iter().flatten().fold(0.0, f64::max), "{combine}");
    }
}

#[test]
fn kernels_of_several_plates_are_added() {
    let plate = |at: u8| {
        format!(
            "{{ frame = {{ pgn = 65328 }}, bits = {{ start = {at}, length = 16 }}, unit = \"count\", counter_modulus = 1000 }}"
        )
    };
    let mut bus = one("loss.cleaning_left", &format!("{}, {}", plate(0), plate(16)), "combine = \"sum\"");
    bus.send(0, "18FF3080#DE030000"); // 990 and 0
    bus.send(200, "18FF3080#0A001400"); // 10 and 20: 20 kernels each
    let reading = bus.read(200, Channel::LossCleaningLeft);
    assert_eq!((reading.impacts, reading.value), (40.0, Some(200.0)));
}

#[test]
fn a_sensor_that_is_known_to_be_bad_counts_nothing_and_another_one_takes_over() {
    let counter = "{ signal = \"COUNT.Plate\", counter_modulus = 64256, status = \"STATE.Plate\" }";
    let mut bus = one("loss.separation_left", &format!("{counter}, {{ signal = \"RATE.Plate\" }}"), "");
    let left = Channel::LossSeparationLeft;
    let count = |count: u8| format!("18FF2380#FFFFFFFFFFFF{count:02X}00");
    // Ten kernels each 0.2 s by the counter; the other plate says 100 a second.
    for step in 0..=5u8 {
        bus.send(200 * i64::from(step), &count(10 * step));
        bus.send(200 * i64::from(step), "18FF2480#E803FFFFFFFFFFFF");
    }
    assert_eq!((bus.read(1000, left).value, bus.read(1000, left).impacts), (Some(50.0), 50.0));
    bus.send(1000, "18FF2280#FEFFFFFFFFFFFFFF"); // the counter's sensor is broken
    assert_eq!(bus.read(1000, left).value, Some(100.0));
    for step in 6..=10u8 {
        bus.send(200 * i64::from(step), &count(10 * step));
        bus.send(200 * i64::from(step), "18FF2480#E803FFFFFFFFFFFF");
    }
    // A second of 100 kernels, and none of the 50 that the broken one counted.
    assert!((bus.read(2000, left).impacts - 150.0).abs() < 1e-9, "{:?}", bus.read(2000, left));
}

#[test]
fn a_status_in_the_same_frames_is_read_on_the_same_page_only() {
    let source = "{ signal = \"RATE.Plate\", status = \"RATE.State\", when = [{ byte = 8, value = 1 }] }";
    let dbc = DBC.replace("\"1/s\" X\n", "\"1/s\" X\n SG_ State : 16|2@1+ (1,0) [0|3] \"\" X\n");
    let text = format!("{HEAD}{}", entry("loss.separation_left", source, ""));
    let mut bus = Bus { bank: ChannelBank::new(Router::new(&load_with(&dbc, &text).unwrap()).unwrap()) };
    let left = Channel::LossSeparationLeft;
    assert_eq!(bus.after(0, "18FF2480#E803FCFFFFFFFF01", left), Ok(100.0));
    // On page 2 these bits, an error's, are something else.
    assert_eq!(bus.after(100, "18FF2480#0000FEFFFFFFFF02", left), Ok(100.0));
    assert_eq!(bus.after(200, "18FF2480#E803FEFFFFFFFF01", left), Err(Error));
}

#[test]
fn opcodes_pages_senders_and_destinations_choose_the_frames() {
    // Byte 1 is 5, and of byte 4 the upper half is 0xA0.
    let source = "{ frame = { pgn = 61184 }, bits = { start = 8, length = 16 }, scale = 0.01, unit = \"m/s\", \
                  when = [{ byte = 1, value = 5 }, { byte = 4, value = 0xA0, mask = 0xF0 }], from = [0x80, 0x81], to = 0x26 }";
    let mut bus = one("ground.speed", source, "");
    for wrong in [
        "18EF2680#06C800A7", // another opcode
        "18EF2680#05C80097", // another page
        "18EF2682#05C800A7", // another sender
        "18EF2780#05C800A7", // to somebody else
        "18EF2680#05C800",   // too short for the byte
    ] {
        assert_eq!(bus.after(0, wrong, Channel::GroundSpeed), Err(NeverSeen), "{wrong}");
    }
    assert_eq!(bus.after(0, "18EF2680#05C800A7", Channel::GroundSpeed), Ok(2.0));
    assert_eq!(bus.after(0, "0CEF2681#052C01A0", Channel::GroundSpeed), Ok(3.0), "any priority");
    // A multiplexer of the database does the same.
    let mut bus = one("ground.speed", "{ signal = \"PAGES.Speed\" }", "");
    assert_eq!(bus.after(0, "18FF2180#004800", Channel::GroundSpeed), Err(NeverSeen));
    assert_eq!(bus.after(0, "18FF2180#014800", Channel::GroundSpeed), Ok(2.0));
}

#[test]
fn process_data_are_found_by_element_and_number() {
    // DDI 84 of element 18 = 0x012: byte 1 is 0x23 (element low 2, command 3), byte 2 is 0x01.
    let source = "{ process_data = { ddi = 87, element = 18 }, scale = 1.0, unit = \"mg/s\", from = [0x83] }";
    let mut bus = one("grain.flow", source, "");
    for wrong in ["14CBFF83#2201570040420F00", "14CBFF83#3301570040420F00", "14CBFF83#2301540040420F00"] {
        assert_eq!(bus.after(0, wrong, Channel::GrainFlow), Err(NeverSeen), "{wrong}");
    }
    // 0x000F4240 = 1000000 mg/s.
    assert_eq!(bus.after(0, "14CBFF83#2301570040420F00", Channel::GrainFlow), Ok(1.0));
    assert_eq!(bus.after(0, "14CBFF83#23015700FFFFFFFF", Channel::GrainFlow), Err(Implausible), "-1 mg/s");
}

#[test]
fn a_source_can_be_bound_to_an_interface() {
    let mut bus = one("ground.speed", &format!("{SPEED}, interface = \"can1\" }}, {SPEED} }}"), "");
    let names = ["can0".to_owned(), "can1".to_owned()];
    bus.bank.name_interfaces(&names);
    let Ok(Line::Frame { mut frame, .. }) = candump::parse_line(b"(1.0) can0 18FF3080#C800") else { panic!() };
    let mut states = |interface: u8| {
        frame.interface = interface;
        bus.bank.take(&frame, 0);
        bus.bank.sources(Channel::GroundSpeed, 0).map(|source| source.state).collect::<Vec<_>>()
    };
    assert_eq!(states(0), [NeverSeen, Valid]);
    assert_eq!(states(1), [Valid, Valid]);
}

#[test]
fn the_nearest_word_on_timeouts_counts() {
    let source = |more: &str| format!("{SPEED}{more} }}");
    for (more, of_channel, timeout_ms) in [
        (", timeout_ms = 700, period_ms = 500", "timeout_ms = 900", 700),
        (", period_ms = 500", "timeout_ms = 900", 900),
        (", period_ms = 500", "", 1500),
        (", period_ms = 20", "", 300),
        ("", "", 3000),
    ] {
        let mut bus = one("ground.speed", &source(more), of_channel);
        bus.send(0, &speed(100));
        assert_eq!(bus.read(timeout_ms, Channel::GroundSpeed).state, Valid, "{more} {of_channel}");
        assert_eq!(bus.read(timeout_ms + 1, Channel::GroundSpeed).state, Stale, "{more} {of_channel}");
    }
    let mut bus = one("ground.speed", &source(", timeout_ms = 0"), "timeout_ms = 100");
    bus.send(0, &speed(100));
    assert_eq!(bus.read(1_000_000_000, Channel::GroundSpeed).state, Valid, "sent on change only");
    // Engine hours come on request; by the database, and described by the profile.
    let own = "{ frame = { pgn = 65253 }, bits = { start = 0, length = 32 }, scale = 0.05, unit = \"h\" }";
    for source in ["{ signal = \"HOURS.Hours\" }", own] {
        let mut bus = one("engine.hours", source, "");
        assert_eq!(bus.after(0, "18FEE500#60EA0000FFFFFFFF", Channel::EngineHours), Ok(3000.0));
        assert_eq!(bus.read(10_000, Channel::EngineHours).state, Valid);
        assert_eq!(bus.read(10_001, Channel::EngineHours).state, Stale);
    }
}

#[test]
fn one_frame_can_feed_sources_of_the_database_of_a_group_and_of_an_identifier() {
    let mut bus = machine(
        &(entry("loss.separation_left", "{ signal = \"RATE.Plate\" }", "")
            + &entry(
                "fan.speed",
                "{ frame = { pgn = 65316 }, bits = { start = 16, length = 16 }, unit = \"rpm\" }",
                "",
            )
            + &entry(
                "reel.speed",
                "{ frame = { id = \"18FF2480\" }, bits = { start = 32, length = 8 }, unit = \"rpm\" }",
                "",
            )),
    );
    bus.send(0, "18FF2480#E803F20321FFFFFF");
    let channels = [Channel::LossSeparationLeft, Channel::FanSpeed, Channel::ReelSpeed];
    assert_eq!(channels.map(|channel| bus.read(0, channel).value), [Some(100.0), Some(1010.0), Some(33.0)]);
}

#[test]
fn a_group_that_the_profile_describes_can_come_in_several_frames() {
    // NMEA 2000 by fast packet: ten bytes, the last two a speed of 0x00C8.
    let source = "{ frame = { pgn = 130820, fast_packet = true }, bits = { start = 64, length = 16 }, scale = 0.01, \
                  unit = \"m/s\" }";
    let mut bus = one("ground.speed", source, "");
    assert_eq!(bus.after(0, "1DFF0480#400A010203040506", Channel::GroundSpeed), Err(NeverSeen));
    assert_eq!(bus.after(10, "1DFF0480#410708C800FFFFFF", Channel::GroundSpeed), Ok(2.0));
    // By broadcast: ten bytes in two packets.
    let source = "{ frame = { pgn = 65328 }, bits = { start = 64, length = 16 }, scale = 0.01, unit = \"m/s\" }";
    let mut bus = one("ground.speed", source, "");
    bus.send(0, "1CECFF80#200A0002FF30FF00");
    bus.send(60, "1CEBFF80#0101020304050607");
    assert_eq!(bus.after(120, "1CEBFF80#0208C800FFFFFFFF", Channel::GroundSpeed), Ok(2.0));
}

/// PGN 61444, bytes 4 and 5, 0.125 r/min a bit (SAE J1939-71, EEC1): 0x1F40 is 8000, which is 1000 r/min.
#[test]
fn a_profile_needs_no_database_when_it_says_itself_where_the_bits_are() {
    let head = HEAD.replace("dbc = \"own.dbc\"\n", "");
    let with = |source: &str| load(&format!("{head}{}", entry("engine.speed", source, "")));
    let source = "{ frame = { pgn = 61444 }, bits = { start = 24, length = 16 }, scale = 0.125, unit = \"r/min\" }";
    let mut bus = Bus { bank: ChannelBank::new(Router::new(&with(source).unwrap()).unwrap()) };
    assert_eq!(bus.after(0, "0CF00400#FFFFFF401FFFFFFF", Channel::EngineSpeed), Ok(1000.0));

    let error = with("{ signal = \"EEC1.EngSpeed\" }").unwrap_err();
    assert_eq!(error.line, Some(9));
    assert!(error.problem.contains("no database") && error.problem.contains("dbc"), "{}", error.problem);
}

#[test]
fn a_flag_that_is_sent_on_change_only_holds_without_a_second_frame() {
    let source = "{ signal = \"STATE.Plate\", codes = \"none\", hold_on_ms = 300, hold_off_ms = 500 }";
    let mut bus = one("header.engaged", source, "timeout_ms = 0");
    let engaged = |bus: &mut Bus, at_ms| bus.read(at_ms, Channel::HeaderEngaged).value;
    bus.send(0, "18FF2280#00FFFFFFFFFFFFFF");
    bus.send(1000, "18FF2280#01FFFFFFFFFFFFFF");
    assert_eq!([1299, 1300, 9000].map(|at_ms| engaged(&mut bus, at_ms)), [Some(0.0), Some(1.0), Some(1.0)]);
    bus.send(10_000, "18FF2280#00FFFFFFFFFFFFFF");
    assert_eq!([10_499, 10_500].map(|at_ms| engaged(&mut bus, at_ms)), [Some(1.0), Some(0.0)]);
}
