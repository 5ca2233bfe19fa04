//! What a profile must not say, and what the message tells then.

use grainloss_core::machine::{Channel, ChannelBank, Router};
use proptest::prelude::*;

use super::bus::{Bus, HEAD, entry, load};

/// Wrong entries (name, sources, more), and what the message must say.
const WRONG: &[(&str, &str, &str, &[&str])] = &[
    ("ground.sped", "{ signal = \"RATE.Plate\" }", "", &["'ground.sped' is unknown", "ground.speed"]),
    ("ground.speed", "", "", &["has no sources", "leave the channel out"]),
    ("ground.speed", "{ singal = \"PAGES.Speed\" }", "", &["singal", "signal"]),
    ("ground.speed", "{ signal = \"PAGESSpeed\" }", "", &["MESSAGE.Signal"]),
    ("ground.speed", "{ signal = \"PAGE.Speed\" }", "", &["no message 'PAGE'", "PAGES"]),
    ("ground.speed", "{ signal = \"PAGES.Sped\" }", "", &["no signal 'Sped'", "Speed"]),
    ("ground.speed", "{ scale = 2.0 }", "", &["either signal, or frame with bits, or process_data"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", frame = { pgn = 65328 } }", "", &["either signal"]),
    ("ground.speed", "{ frame = { pgn = 65328 } }", "", &["frame with bits"]),
    ("ground.speed", "{ frame = {}, bits = { start = 0, length = 8 } }", "", &["either pgn or id"]),
    ("ground.speed", "{ frame = { pgn = 300000 }, bits = { start = 0, length = 8 } }", "", &["over 262143"]),
    ("ground.speed", "{ frame = { pgn = 61439 }, bits = { start = 0, length = 8 } }", "", &["write pgn = 61184"]),
    (
        "ground.speed",
        "{ frame = { id = \"18FF\" }, bits = { start = 0, length = 8 } }",
        "",
        &["three or eight hexadecimal"],
    ),
    (
        "ground.speed",
        "{ frame = { id = \"+FF\" }, bits = { start = 0, length = 8 } }",
        "",
        &["three or eight hexadecimal"],
    ),
    ("ground.speed", "{ frame = { pgn = 65328 }, bits = { start = 0, length = 65 } }", "", &["1 to 64 bits"]),
    ("ground.speed", "{ frame = { pgn = 65328 }, bits = { start = 99999, length = 8 } }", "", &["beyond the payload"]),
    (
        "ground.speed",
        "{ frame = { pgn = 65328 }, bits = { start = 0, length = 60 }, high = { start = 60, length = 10 } }",
        "",
        &["60 bits and 10 bits", "64"],
    ),
    ("engine.load", "{ signal = \"SPLIT.Low\", high = \"RATE.Plate\" }", "", &["another message", "in one"]),
    ("engine.load", "{ signal = \"SPLIT.Low\", high = 7 }", "", &["high: expected"]),
    (
        "engine.load",
        "{ frame = { pgn = 65328 }, bits = { start = 0, length = 8 }, high = \"SPLIT.High\" }",
        "",
        &["needs bits there as well"],
    ),
    ("ground.speed", "{ signal = \"PAGES.Speed\", when = [{ byte = 0, value = 1 }] }", "", &["counted from 1"]),
    (
        "ground.speed",
        "{ signal = \"PAGES.Speed\", when = [{ byte = 1, value = 16, mask = 15 }] }",
        "",
        &["outside mask"],
    ),
    ("ground.speed", "{ signal = \"PAGES.Speed\", when = [{ byte = 1, value = 256 }] }", "", &["256"]),
    ("grain.flow", "{ process_data = { ddi = 87, element = 1 } }", "", &["needs scale and unit"]),
    (
        "grain.flow",
        "{ process_data = { ddi = 87, element = 4096 }, scale = 1.0, unit = \"mg/s\" }",
        "",
        &["expected 0 to 4095"],
    ),
    ("header.height", "{ signal = \"VOLTS.Height\" }", "", &["unit is 'V'", "mm", "unit and scale"]),
    ("header.height", "{ signal = \"PAGES.Speed\", unit = \"furlong\" }", "", &["'furlong'", "expected one of"]),
    ("header.height", "{ signal = \"VOLTS.Height\", calibration = [[0.5, 0.0]] }", "", &["1 points", "2 to 16"]),
    (
        "header.height",
        "{ signal = \"VOLTS.Height\", calibration = [[0.5, 0.0], [1.0, 0.5], [2.0, 0.4]] }",
        "",
        &["rise or fall all the way"],
    ),
    ("header.height", "{ signal = \"VOLTS.Height\", calibration = [[0.5, 0.0], [nan, 0.5]] }", "", &["no number"]),
    (
        "header.height",
        "{ signal = \"VOLTS.Height\", calibration = [[0.5, 0.0], [1.0, 0.5]], values = { 1 = 1.0 } }",
        "",
        &["exclude each other"],
    ),
    ("header.height", "{ signal = \"VOLTS.Height\", values = { one = 1.0 } }", "", &["'one'", "raw code"]),
    ("header.height", "{ signal = \"VOLTS.Height\", values = { 1 = 1.0 }, scale = 2.0 }", "", &["leave scale"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", scale = 0.0 }", "", &["scale 0", "other than 0"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", codes = \"sae\" }", "", &["sae", "j1939"]),
    (
        "ground.speed",
        "{ signal = \"PAGES.Speed\", special = [{ code = 9, to = 3, means = \"error\" }] }",
        "",
        &["lowest comes first"],
    ),
    (
        "ground.speed",
        "{ signal = \"PAGES.Speed\", special = [{ code = 9, means = \"odd\" }] }",
        "",
        &["odd", "not-calibrated"],
    ),
    ("loss.separation_left", "{ signal = \"COUNT.Plate\" }", "", &["counts up", "add counter_modulus"]),
    ("ground.speed", "{ signal = \"COUNT.Distance\" }", "", &["counts up", "add counter_modulus"]),
    ("loss.separation_left", "{ signal = \"COUNT.Plate\", counter_modulus = 0 }", "", &["2 to 65536"]),
    ("loss.separation_left", "{ signal = \"COUNT.Plate\", counter_modulus = 70000 }", "", &["16 bits", "2 to 65536"]),
    (
        "loss.separation_left",
        "{ signal = \"COUNT.Plate\", counter_modulus = 65536 }",
        "",
        &["codes = \"none\"", "64256"],
    ),
    ("fan.speed", "{ signal = \"COUNT.Plate\", counter_modulus = 64256 }", "", &["has no rate in r/min", "set unit"]),
    (
        "loss.separation_left",
        "{ frame = { pgn = 65328 }, bits = { start = 0, length = 16, signed = true }, counter_modulus = 1000 }",
        "",
        &["without a sign"],
    ),
    ("ground.speed", "{ signal = \"PAGES.Speed\", hold_on_ms = 5 }", "", &["for flags only"]),
    ("header.engaged", "{ signal = \"PAGES.Flag\", median = 3 }", "", &["not for flags"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", median = 4 }", "", &["3, 5, 7 or 9"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", smooth_s = -1.0 }", "", &["0 to 60"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", period_ms = 0 }", "", &["timeout_ms = 0"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", timeout_ms = -1 }", "", &["-1"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", status = \"STATE.Plat\" }", "", &["no signal 'Plat'", "Plate"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\", to = 38 }", "", &["goes to everyone", "leave to out"]),
    ("ground.speed", "{ signal = \"SHARED_1.Speed\", from = [2] }", "", &["SHARED_1 is sent by 1"]),
    (
        "header.height",
        "{ signal = \"VOLTS.Height\", from = [2], unit = \"mm\" }",
        "",
        &["11-bit", "leave from and to out"],
    ),
    (
        "ground.speed",
        "{ frame = { id = \"18FF3080\" }, bits = { start = 0, length = 8 }, from = [1], unit = \"m/s\" }",
        "",
        &["says who sends it"],
    ),
    ("ground.speed", "{ signal = \"PAGES.Speed\" }", "plausible = [5.0, 0.0]", &["lowest first"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\" }", "change_per_s = 0.0", &["more than 0"]),
    ("ground.speed", "{ signal = \"PAGES.Speed\" }", "combine = \"product\"", &["product", "mean"]),
    ("loss.separation_left", "{ signal = \"RATE.Plate\" }", "combine = \"mean\"", &["combine = \"sum\""]),
    ("ground.speed", "{ signal = \"PAGES.Speed\" }", "colour = 1", &["colour", "timeout_ms"]),
];

#[test]
fn every_wrong_entry_is_told_with_its_line_and_a_remedy() {
    for (name, sources, more, expected) in WRONG {
        let text = format!("{HEAD}{}", entry(name, sources, more));
        let error = load(&text).map(|_| ()).expect_err(&format!("{name} {sources} {more}"));
        // The seventh line is the head's last; then [[channel]], name, sources, and one key more.
        let at = error.line.unwrap();
        assert!((9..=11).contains(&at), "{sources} {more}: {error}");
        assert!(error.to_string().contains("own.toml:"), "{error}");
        for words in *expected {
            assert!(error.problem.contains(words), "{sources} {more}: '{words}' is not in: {}", error.problem);
        }
    }
}

#[test]
fn a_wrong_head_is_told_as_well() {
    let twice = entry("fan.speed", "{ signal = \"PAGES.Speed\", unit = \"rpm\" }", "").repeat(2);
    for (text, line, expected) in [
        (HEAD.replace("own.dbc", "other.dbc"), 2, "no bundled database is called 'other.dbc'"),
        (HEAD.replace("2.75", "275.0"), 3, "geometry.header_width_m is 275; expected 0.3 to 20"),
        (HEAD.replace("1.3", "nan"), 3, "discharge_width_m is NaN"),
        (HEAD.replace("8.0", "\"eight\""), 6, "expected f64"),
        (HEAD.replace("rated_engine_rpm = 2200.0\n", ""), 3, "rated_engine_rpm"),
        (format!("colour = 1\n{HEAD}"), 1, "unknown field `colour`"),
        (
            format!("{HEAD}[loss_plates]\narea_share = 2.0\ndetection_share = 0.5\ndead_time_s = 0.0\n"),
            8,
            "expected 0.0001 to 1",
        ),
        (format!("{HEAD}{twice}"), 13, "twice; put all its sources in one list"),
        (format!("{HEAD}[[channel]]\nname = \n"), 9, "name ="),
        // The second of three sources.
        (
            format!("{HEAD}{}", entry("ground.speed", "\n{ signal = \"PAGES.Speed\" },\n{ signal = \"A.B\" },\n", "")),
            12,
            "no message 'A'",
        ),
    ] {
        let error = load(&text).map(|_| ()).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}\n{error}");
        assert!(error.problem.contains(expected), "{error}");
    }
}

/// Pieces of profiles, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        (0..WRONG.len()).prop_map(|at| WRONG[at].1.to_owned()),
        (0..WRONG.len()).prop_map(|at| WRONG[at].2.to_owned()),
        Just("{ signal = \"PAGES.Speed\", from = [1] }".to_owned()),
        Just("[[channel]]\nname = \"ground.speed\"\nsources = [".to_owned()),
        Just("]\n".to_owned()),
        Just(",".to_owned()),
        "[ -~\n]{0,12}",
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_makes_the_loader_panic(text in pieces(), with_head in any::<bool>()) {
            let head = if with_head { HEAD } else { "" };
            if let Err(error) = load(&format!("{head}{text}")) {
                prop_assert!(!error.problem.is_empty());
            }
        }

        #[test]
        fn no_number_in_a_source_makes_anything_panic(
            (start, length, high) in (0u64..70, 0u64..70, 0u64..70),
            modulus in any::<u64>(),
            (scale, offset) in (any::<f64>(), any::<f64>()),
            (code, to) in (any::<i64>(), any::<i64>()),
            unit in prop_oneof![Just("m/s"), Just("m"), Just("km")],
            counts in any::<bool>(),
            frames in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..=8), 0i64..900), 0..20),
        ) {
            let modulus = if counts { format!(", counter_modulus = {}", modulus >> 1) } else { String::new() };
            let source = format!(
                "{{ frame = {{ pgn = 65328 }}, bits = {{ start = {start}, length = {length} }}, \
                 high = {{ start = {high}, length = 3 }}, scale = {scale:?}, offset = {offset:?}, unit = \"{unit}\", \
                 special = [{{ code = {code}, to = {to}, means = \"error\" }}], median = 3, smooth_s = 0.5{modulus} }}"
            );
            if let Ok(profile) = load(&format!("{HEAD}{}", entry("ground.speed", &source, "change_per_s = 1.0"))) {
                let mut bus = Bus { bank: ChannelBank::new(Router::new(&profile).unwrap()) };
                let mut now_ms = 0;
                for (payload, wait_ms) in frames {
                    now_ms += wait_ms;
                    let payload = payload.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat();
                    bus.send(now_ms, &format!("18FF3080#{payload}"));
                    let reading = bus.read(now_ms, Channel::GroundSpeed);
                    let (low, high) = Channel::GroundSpeed.plausible();
                    prop_assert!(reading.value.is_none_or(|value| (low..=high).contains(&value)), "{reading:?}");
                }
            }
        }
    }
}
