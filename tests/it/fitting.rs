//! A technician with a log and no manual: what is on the bus, which signals may be which quantity, and whether a profile
//! gives what it promises. Through the command line, against logs made by hand.

use std::fmt::Write as _;

use crate::support::run::Sandbox;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

fn json(sandbox: &Sandbox, args: &[&str]) -> Value {
    serde_json::from_str(&sandbox.ok(args).out).unwrap()
}

/// A log line at this time in milliseconds.
fn line(log: &mut String, at_ms: u64, interface: &str, frame: &str) {
    writeln!(log, "({}.{:03}000) {interface} {frame}", 1_749_520_800 + at_ms / 1000, at_ms % 1000).unwrap();
}

#[test]
fn seen_tells_period_jitter_changing_bytes_and_counters() {
    let mut log = String::new();
    for n in 0..100u64 {
        // 90 ms and 110 ms in turn: mean 100, standard deviation 10. Byte 1 counts up by 0, 1 or 2, byte 8 by one; bytes 2
        // to 7 stand still.
        let at_ms = n * 100 + if n % 2 == 1 { 10 } else { 0 };
        line(&mut log, at_ms, "can0", &format!("18FF1227#{:02X}0A0A0A0A0A0A{n:02X}", n * 17 % 50));
        // The same group from another sender, every 200 ms, on another interface.
        if n % 2 == 0 {
            line(&mut log, n * 100 + 5, "can1", "18FF1228#0102030405060708");
        }
    }
    // CNH (maker 94), a harvester's (class 7) loss monitor (function 130), in agriculture (2), says who it is:
    // 94 << 21 | 130 << 40 | 7 << 49 | 2 << 60 | identity 5.
    let name: u64 = 94 << 21 | 130 << 40 | 7 << 49 | 2 << 60 | 5;
    // As bytes, the lowest first, the number's hexadecimal digits are turned round.
    line(&mut log, 9_950, "can0", &format!("18EEFF27#{:016X}", name.swap_bytes()));
    // DM1 (65226 = FECA) with three codes: 14 bytes in two packets, by BAM from sender 0.
    line(&mut log, 10_000, "can0", "1CECFF00#200E0002FFCAFE00");
    // Another controller of that address on the other bus says who it is (John Deere, 14) and tells of a fault of its own
    // (SPN 0x64 = 100, FMI 1, twice) between those packets.
    line(&mut log, 10_010, "can1", &format!("18EEFF27#{:016X}", (14u64 << 21 | 7 << 49 | 2 << 60).swap_bytes()));
    line(&mut log, 10_020, "can1", "18FECA00#FFFF64000102FFFF");
    line(&mut log, 10_050, "can0", "1CEBFF00#01FFFFD005020301");
    line(&mut log, 10_100, "can0", "1CEBFF00#0205020302050203");
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", &log);
    let seen = json(&sandbox, &["machine", "seen", "bus.log", "--format", "json"]);
    assert_eq!(seen["frames"], 156);
    let ids = seen["ids"].as_array().unwrap();
    let of = |id: &str| ids.iter().find(|seen| seen["id"] == id).unwrap();
    let first = of("18FF1227");
    assert_eq!(first["interface"], "can0");
    assert_eq!((&first["pgn"], &first["source"], &first["frames"]), (&65298.into(), &39.into(), &100.into()));
    // 99 periods: 50 of 110 ms and 49 of 90 ms: mean 100.10 ms, standard deviation 9.9995 ms.
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 0.01, "{value}");
    near(&first["period_ms"], 100.101);
    near(&first["jitter_ms"], 9.999);
    assert_eq!(first["changing_bytes"], serde_json::json!([1, 8]));
    assert_eq!(first["likely_counters"], serde_json::json!(["8"]));
    let second = of("18FF1228");
    assert_eq!((&second["interface"], &second["frames"]), (&"can1".into(), &50.into()));
    assert_eq!(second["changing_bytes"], serde_json::json!([]));
    let claim = &seen["claims"][0];
    assert_eq!((&claim["source"], &claim["maker"], &claim["maker_name"]), (&39.into(), &94.into(), &"CNH".into()));
    assert_eq!((&claim["device_class"], &claim["function"]), (&7.into(), &130.into()));
    let claim = &seen["claims"][1];
    assert_eq!((&claim["interface"], &claim["source"], &claim["maker"]), (&"can1".into(), &39.into(), &14.into()));
    let long = &seen["long_messages"][0];
    assert_eq!((&long["id"], &long["bytes"]), (&"1CFECA00".into(), &14.into()));
    // FF FF, then D0 05 02 03: SPN 0x5D0 = 1488, FMI 2, 3 times; 01 05 02 03: SPN 0x501 = 1281; 02 05 02 03: SPN 1282.
    let troubles: Vec<_> = seen["trouble_codes"].as_array().unwrap().iter().map(|code| &code["spn"]).collect();
    assert_eq!(troubles, [1488, 1281, 1282, 100]);
    let first = serde_json::json!({"interface": "can0", "source": 0, "spn": 1488, "fmi": 2, "count": 3});
    assert_eq!((&seen["trouble_codes"][0], &seen["trouble_codes"][3]["interface"]), (&first, &"can1".into()));
    // People see the same, in columns that stand under each other whatever the language.
    for lang in ["zh", "en"] {
        let table = sandbox.ok(&["machine", "seen", "bus.log", "--lang", lang]).out;
        let (head, row) = (table.lines().nth(1).unwrap(), table.lines().find(|l| l.contains("18FF1227")).unwrap());
        let place = |line: &str, what: &str| line[..line.find(what).unwrap()].width();
        assert_eq!(place(head, "PGN"), place(row, "65298"), "{table}");
        assert!(row.contains("100.1 ±10.0") && table.contains("CNH"), "{table}");
        assert!(table.lines().any(|line| line.starts_with("can1  ") && line.contains("SPN 100 FMI 1")), "{table}");
    }
}

const DBC: &str = r#"VERSION ""
NS_ :
BS_:
BU_: X
BO_ 2566849920 DRIVE: 8 X
 SG_ VehicleSpeed : 0|16@1+ (0.1,0) [0|6425.5] "km/h" X
 SG_ SomethingElse : 16|8@1+ (1,0) [0|250] "%" X
BO_ 2566850176 HDR: 8 X
 SG_ CutHeight : 0|8@1+ (0.4,0) [0|100] "%" X
BO_ 2566850432 PLATES: 8 X
 SG_ SepLossCountLeft : 0|16@1+ (1,0) [0|64255] "count" X
BO_ 2566850688 NEVER: 8 X
 SG_ GroundSpeed : 0|16@1+ (0.001,0) [0|64.255] "m/s" X

BA_DEF_ "ProtocolType" STRING ;
BA_DEF_DEF_ "ProtocolType" "";
BA_ "ProtocolType" "J1939";
"#;

/// Ten seconds: 7.2 km/h for six, "not available" for two, then silence; a header height in per cent all the time, and a
/// frame that the database does not know once a second.
fn ten_seconds() -> String {
    let mut log = String::new();
    for n in 0..100u64 {
        if n < 80 {
            line(
                &mut log,
                n * 100 + 1,
                "can0",
                if n < 60 { "18FF0580#480010FFFFFFFFFF" } else { "18FF0580#FFFF10FFFFFFFFFF" },
            );
        }
        line(&mut log, n * 100 + 2, "can0", "18FF0680#7DFFFFFFFFFFFFFF");
        line(&mut log, n * 100 + 3, "can0", &format!("18FF0780#{n:02X}00FFFFFFFFFFFF"));
        if n % 10 == 0 {
            line(&mut log, n * 100 + 4, "can0", "18FF9980#00");
        }
    }
    log
}

#[test]
fn check_tells_what_came_of_every_channel() {
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", ten_seconds());
    sandbox.write("own.dbc", DBC);
    let profile = "name = \"own\"\ndbc = \"own.dbc\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
        rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n\
        [[channel]]\nname = \"ground.speed\"\ntimeout_ms = 300\n\
        sources = [{ signal = \"NEVER.GroundSpeed\" }, { signal = \"DRIVE.VehicleSpeed\" }]\n\
        [[channel]]\nname = \"header.height\"\n\
        sources = [{ signal = \"HDR.CutHeight\", calibration = [[0, 0.0], [100, 1.2]] }]\n\
        [[channel]]\nname = \"reel.speed\"\nsources = [{ signal = \"NEVER.GroundSpeed\", unit = \"rpm\" }]\n";
    sandbox.write("own.toml", profile);
    // The reel takes the bits of the speed: exit status 1.
    let ended = sandbox.run(&["machine", "check", "own.toml", "bus.log", "--format", "json"]);
    let check: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, &check["marks"]["ground.speed"]["mark"]), (Some(1), &"wrong".into()));
    assert_eq!((&check["frames"], &check["known"]), (&290.into(), &280.into()));
    assert_eq!(check["unknown"], serde_json::json!({"18FF9980": 10}));
    let speed = &check["channels"]["ground.speed"];
    assert_eq!(speed["in_use"], "DRIVE.VehicleSpeed");
    // Looks at 0.1, 0.2 … 9.9 s: 99. The last value of 7.2 km/h = 2 m/s comes at 5.901 s, the first "not available" at
    // 6.001 s: valid at 0.1 … 6.0 s, 60 of them. The last frame comes at 7.901 s and is stale from 8.201 s on: 8.3 … 9.9 s,
    // 17 looks. The 22 between are not available.
    let share = |state: &str| speed["states"][state].as_f64().unwrap() * 99.0;
    let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value} {speed}");
    near(share("valid"), 60.0);
    near(share("not-available"), 22.0);
    near(share("stale"), 17.0);
    assert_eq!((&speed["min"], &speed["max"]), (&2.0.into(), &2.0.into()));
    assert_eq!(speed["sources"][0]["states"]["never-seen"], 1.0);
    // The first source was never on the bus, so nothing was ever read from it.
    assert_eq!(speed["sources"][0]["raw"], Value::Null);
    assert_eq!(speed["sources"][1]["raw"], 0xFFFF);
    // 0x7D = 125 × 0.4 = 50 %: half of 1.2 m.
    assert_eq!(check["channels"]["header.height"]["max"], 0.6);
    assert_eq!(check["channels"]["reel.speed"]["in_use"], Value::Null);
    let table = sandbox.run(&["machine", "check", "own.toml", "bus.log", "--lang", "en"]).out;
    for said in
        ["61 %", "not available 22 %", "too old 17 %", "never seen: reel.speed", "18FF9980 (10)", "not mapped: "]
    {
        assert!(table.contains(said), "'{said}' is not in:\n{table}");
    }
}

#[test]
fn a_profile_can_be_made_from_a_log_and_a_database() {
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", ten_seconds());
    sandbox.write("own.dbc", DBC);
    let suggest = ["machine", "suggest", "bus.log", "--dbc", "own.dbc"];
    let table = sandbox.ok(&[&suggest[..], &["--lang", "en"]].concat()).out;
    let row = |what: &str| table.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}\n{table}"));
    // What is on the bus goes before what is not, although its name is not as good.
    let place = |what: &str| table.find(what).unwrap();
    assert!(place("DRIVE.VehicleSpeed") < place("NEVER.GroundSpeed"), "{table}");
    assert!(row("NEVER.GroundSpeed").contains("not in the log"));
    assert!(row("DRIVE.VehicleSpeed").contains("75 % valid, 7.2..7.2"), "{table}");
    assert!(!table.contains("SomethingElse"), "{table}");
    // A height in per cent is no height yet: it needs a calibration, and is not suggested as it is.
    assert!(!table.contains("CutHeight"), "{table}");
    let channels = sandbox.ok(&[&suggest[..], &["--toml", "--top", "1"]].concat()).out;
    assert!(channels.contains("{ signal = \"PLATES.SepLossCountLeft\", counter_modulus = 64256 }"), "{channels}");
    let head = "name = \"own\"\ndbc = \"own.dbc\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
        rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n";
    sandbox.write("own.toml", format!("{head}{channels}"));
    let check = json(&sandbox, &["machine", "check", "own.toml", "bus.log", "--format", "json"]);
    assert_eq!(check["channels"]["ground.speed"]["max"], 2.0);
    // One count every 100 ms.
    assert_eq!(check["channels"]["loss.separation_left"]["max"], 10.0);
}

/// 2000 × 0.001 m/s in bytes 10 and 11 of twelve, announced to everyone and sent in two frames (J1939-21).
#[test]
fn suggest_puts_messages_of_several_frames_together() {
    let sandbox = Sandbox::new();
    let id = 0x98FF_1005_u32;
    let long = format!("BO_ {id} LONG: 12 X\n SG_ GroundSpeed : 72|16@1+ (0.001,0) [0|64.255] \"m/s\" X\n\nBA_DEF_ ");
    sandbox.write("own.dbc", DBC.replacen("BA_DEF_ ", &long, 1));
    let mut log = String::new();
    line(&mut log, 1, "can0", "18ECFF05#200C0002FF10FF00");
    line(&mut log, 60, "can0", "18EBFF05#0100000000000000");
    line(&mut log, 120, "can0", "18EBFF05#020000D00700FFFF");
    sandbox.write("bus.log", log);
    let table = sandbox.ok(&["machine", "suggest", "bus.log", "--dbc", "own.dbc", "--lang", "en"]).out;
    assert!(table.lines().any(|l| l.contains("LONG.GroundSpeed") && l.contains("100 % valid, 2..2")), "{table}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", ten_seconds());
    sandbox.refused(&["machine", "check", "nothing", "bus.log"], &["nothing", "combine-demo"]);
    sandbox.refused(&["machine", "check", "combine-demo", "none.log"], &["none.log"]);
    sandbox.refused(&["machine", "suggest", "bus.log", "--dbc", "none.dbc"], &["none.dbc"]);
    sandbox.refused(&["machine", "seen"], &["LOG", "--iface"]);
    sandbox.refused(&["machine", "seen", "--iface", "nocan7"], &["nocan7"]);
}

#[test]
fn the_profiles_are_listed_with_what_they_rest_on() {
    let sandbox = Sandbox::new();
    let list = sandbox.ok(&["machine", "list", "--lang", "en"]).out;
    assert!(
        list.lines().any(|l| l.starts_with("combine-demo ") && l.contains("demonstration, not a real machine")),
        "{list}"
    );
    let shown = sandbox.ok(&["machine", "show", "combine-demo", "--lang", "en"]).out;
    assert!(
        shown.contains("2.75 m") && shown.contains("HDR_POS.HeaderHeightCentre > HDR_POS.HeaderHeightLeft"),
        "{shown}"
    );
    let schema: Value = serde_json::from_str(&sandbox.ok(&["machine", "schema"]).out).unwrap();
    assert_eq!(schema["additionalProperties"], false);
}
