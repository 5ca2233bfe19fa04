//! What a technician sees of an unknown bus: long messages, ISOBUS, controllers by name, trouble codes, and two
//! recordings side by side. Through the command line, against logs made by hand.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::run::Sandbox;

fn parsed(sandbox: &Sandbox, args: &[&str]) -> Value {
    serde_json::from_str(&sandbox.ok(args).out).unwrap()
}

/// A log of these frames, 10 ms apart.
fn log(frames: &[&str]) -> String {
    frames.iter().enumerate().fold(String::new(), |mut log, (n, frame)| {
        writeln!(log, "(1700000000.{:06}) can0 {frame}", n * 10_000).unwrap();
        log
    })
}

const DM1: &str = r#"VERSION ""
NS_ :
BS_:
BU_: ECU
BO_ 2566834942 DM1: 10 ECU
 SG_ SPN1low : 16|16@1+ (1,0) [0|65535] "" ECU
 SG_ FMI1 : 40|5@1+ (1,0) [0|31] "" ECU
 SG_ SPN2low : 48|16@1+ (1,0) [0|65535] "" ECU
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";
BA_DEF_DEF_ "VFrameFormat" "J1939PG";
BA_ "VFrameFormat" BO_ 2566834942 3;
"#;

/// Ten bytes 04 FF 5B 00 03 01 9C 0C 04 05 from 0 to 0x26: by RTS/CTS, and by BAM.
const BY_RTS: [&str; 5] = [
    "1CEC2600#100A0002FFCAFE00",
    "1CEC0026#110201FFFFCAFE00",
    "1CEB2600#0104FF5B0003019C",
    "1CEB2600#020C0405FFFFFFFF",
    "1CEC0026#130A0002FFCAFE00",
];
const BY_BAM: [&str; 3] = ["1CECFF00#200A0002FFCAFE00", "1CEBFF00#0104FF5B0003019C", "1CEBFF00#020C0405FFFFFFFF"];

#[test]
fn a_message_between_two_controllers_is_decoded_as_a_broadcast_is() {
    let sandbox = Sandbox::new();
    sandbox.write("dm1.dbc", DM1);
    for frames in [&BY_RTS[..], &BY_BAM[..]] {
        sandbox.write("bus.log", log(frames));
        let rows = sandbox.ok(&["decode", "bus.log", "--dbc", "dm1.dbc"]).out;
        let values: Vec<String> =
            rows.lines().skip(1).map(|row| row.split(',').skip(2).collect::<Vec<_>>().join(",")).collect();
        // 5B 00 = 91, 01 = 1, 9C 0C = 0x0C9C = 3228.
        let expected = ["SPN1low,91", "FMI1,1", "SPN2low,3228"].map(|value| format!("1CFECA00,DM1,{value},,valid"));
        assert_eq!(values, expected);
    }
}

#[test]
fn broken_and_cut_messages_are_reported_with_their_reason() {
    let sandbox = Sandbox::new();
    sandbox.write("dm1.dbc", DM1);
    // A BAM that lost its first packet, an RTS that the receiver breaks off, one that the log cuts.
    let frames = [BY_BAM[0], BY_BAM[2], BY_RTS[0], BY_RTS[2], "1CEC0026#FF03FFFFFFCAFE00", BY_RTS[0], BY_RTS[2]];
    sandbox.write("bus.log", log(&frames));
    let stats = parsed(&sandbox, &["decode", "bus.log", "--dbc", "dm1.dbc", "--stats"]);
    let broken = json!({"lost": 1, "doubled": 0, "aborted": 1, "silent": 0, "replaced": 0, "crowded": 0});
    assert_eq!((&stats["long_messages"]["broken"], &stats["long_messages"]["cut"]), (&broken, &json!(1)));
    let said = sandbox.ok(&["decode", "bus.log", "--dbc", "dm1.dbc", "--lang", "en"]).err;
    assert!(said.contains("never completed: 2 (1 with a frame missing, 1 aborted by one side)"), "{said}");
    assert!(said.contains("1 still on their way at the end"), "{said}");
    let zh = sandbox.ok(&["machine", "seen", "bus.log", "--lang", "zh"]).out;
    assert!(zh.contains("未收完的多帧报文 2 个:1 个缺帧,1 个被收发方中止"), "{zh}");
}

#[test]
fn trouble_codes_between_two_controllers_are_seen_with_lamps_and_words() {
    // Public report Open-SAE-J1939#49. 44: MIL (bits 7, 8) and amber (3, 4) on; 11: both flash slowly (00). Four codes:
    // 6C 02 06 01 = SPN 620 FMI 6, once; 37 04 04 02 = SPN 1079 FMI 4; 6F 00 10 83 = SPN 111 FMI 16; 46 00 0B 82 = SPN 70.
    let frames = [
        "1CEC6B5A#10120003FFCAFE00",
        "1CEC5A6B#110101FFFFCAFE00",
        "1CEB6B5A#0144116C02060137",
        "1CEC5A6B#110102FFFFCAFE00",
        "1CEB6B5A#020404026F001083",
        "1CEC5A6B#110103FFFFCAFE00",
        "1CEB6B5A#0346000B82FFFFFF",
        "1CEC5A6B#13120003FFCAFE00",
        // A frame of five bytes is no list of codes.
        "18FECA00#04FF640001",
    ];
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", log(&frames));
    let seen = parsed(&sandbox, &["machine", "seen", "bus.log", "--format", "json"]);
    let codes: Vec<_> = seen["trouble_codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["spn"].as_u64().unwrap(), c["fmi"].as_u64().unwrap(), c["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(codes, [(620, 6, 1), (1079, 4, 2), (111, 16, 3), (70, 11, 2)]);
    let lamps = json!({"interface": "can0", "source": 90, "malfunction": "flashing-slowly", "amber": "flashing-slowly", "red": "off", "protect": "off"});
    assert_eq!((&seen["lamps"][0], &seen["bad_trouble_messages"]), (&lamps, &json!(1)));
    assert_eq!(seen["transfers"]["whole"]["rts_cts"], 1);
    for (lang, words) in [
        (
            "en",
            [
                "reports a fault: SPN 111 FMI 16, coolant level, above normal, moderately severe, 3 times",
                "address 90 amber warning lamp: flashing slowly",
                "(DM1) of a wrong length, left out: 1",
            ],
        ),
        (
            "zh",
            [
                "报故障:SPN 111 FMI 16, 冷却液液位, 偏高(中等),次数 3",
                "地址 90 琥珀色警告灯: 慢闪",
                "长度不对的故障码报文(DM1)1 个",
            ],
        ),
    ] {
        let table = sandbox.ok(&["machine", "seen", "bus.log", "--lang", lang]).out;
        assert!(words.iter().all(|words| table.contains(words)), "{table}");
    }
}

#[test]
fn process_data_is_seen_by_element_and_ddi_with_names_and_ranges() {
    let mut log = String::new();
    let mut line = |at_ms: u64, frame: &str| {
        writeln!(log, "({}.{:03}000) can0 {frame}", 1_700_000_000 + at_ms / 1000, at_ms % 1000).unwrap();
    };
    // A VT (function 29) and a task controller (130) of industry group 2; a tailings monitor (128) of class 7.
    for (address, function, class) in [(0x26u64, 29u64, 0u64), (0xF7, 130, 0), (0x80, 128, 7)] {
        let name: u64 = 48 << 21 | function << 40 | class << 49 | 2 << 60;
        line(0, &format!("18EEFF{address:02X}#{:016X}", name.swap_bytes()));
    }
    for n in 0..20u32 {
        // Every 100 ms element 1 says DDI 84 (mg/m², 8500 and more) and 99 (ppm), and 65,000, which has no name; once a
        // second element 2 says 84.
        let at_ms = 1000 + u64::from(n) * 100;
        line(at_ms, &format!("14CBF780#13005400{:08X}", (8500 + n).swap_bytes()));
        line(at_ms, &format!("14CBF780#13006300{:08X}", 14_500u32.swap_bytes()));
        line(at_ms, &format!("14CBF780#1300E8FD{:08X}", n.swap_bytes()));
        if n % 10 == 0 {
            line(at_ms, &format!("14CBF780#23005400{:08X}", (-5i32 as u32).swap_bytes()));
        }
        // Command F: the client's task message has no element.
        line(at_ms, "14CBFFF7#FEFFFFFF01000000");
    }
    let sandbox = Sandbox::new();
    sandbox.write("bus.log", &log);
    let seen = parsed(&sandbox, &["machine", "seen", "bus.log", "--lang", "en", "--format", "json"]);
    let rows = seen["process_data"].as_array().unwrap();
    let keys: Vec<_> = rows
        .iter()
        .map(|row| (row["element"].as_u64().unwrap(), row["ddi"].as_u64().unwrap(), row["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(keys, [(1, 84, 20), (1, 99, 20), (1, 65_000, 20), (2, 84, 2)]);
    assert_eq!(
        (&rows[0]["name"], &rows[0]["unit"], &rows[0]["period_ms"]),
        (&json!("Mass Per Area Yield"), &json!("mg/m²"), &json!(100.0))
    );
    assert_eq!(rows[0]["raw"], json!({"min": 8500, "max": 8519, "last": 8519}));
    assert_eq!((&rows[2]["name"], &rows[2]["max"], &rows[3]["min"]), (&Value::Null, &Value::Null, &json!(-5.0)));
    for (lang, words) in [
        (
            "en",
            [
                "function 29 (virtual terminal VT)",
                "function 130 (task controller TC)",
                "device class 7 (harvester), function 128 (tailings monitor)",
                "8500 mg/m² – 8519 mg/m²",
                "84 (0054) Mass Per Area Yield",
            ],
        ),
        (
            "zh",
            [
                "功能 29(虚拟终端 VT)",
                "功能 130(任务控制器 TC)",
                "设备类 7(收获机),功能 128(杂余监测)",
                "8500 mg/m² – 8519 mg/m²",
                "84 (0054) 单位面积产量(质量)",
            ],
        ),
    ] {
        let table = sandbox.ok(&["machine", "seen", "bus.log", "--lang", lang]).out;
        assert!(words.iter().all(|words| table.contains(words)), "{table}");
    }
}

#[test]
fn a_gap_between_two_logs_is_no_period() {
    let sandbox = Sandbox::new();
    let part = |name: &str, from_s: u64| {
        let mut log = String::new();
        for n in 0..50u64 {
            writeln!(log, "({}.{}00000) can0 18FF1227#00", from_s + n / 10, n % 10).unwrap();
        }
        sandbox.write(name, log);
    };
    // 4.9 s, 20 s of nothing, 4.9 s.
    part("a.log", 1_700_000_000);
    part("b.log", 1_700_000_025);
    let seen = parsed(&sandbox, &["machine", "seen", "a.log", "b.log", "--format", "json"]);
    let id = &seen["ids"][0];
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-6, "{id}");
    near(&id["period_ms"], 100.0);
    near(&id["jitter_ms"], 0.0);
    assert_eq!(id["gaps"], 1);
}

/// Ten seconds before a lever is moved and ten after it, a frame each 100 ms. Byte 1 has the lever's switch (bit 3), byte 2 a
/// height of 0x10 to 0x20 and then of 0x10 to 0x80, byte 3 stands and then moves, byte 8 counts. 18FF2227 goes, 18FF3227
/// comes, and 18FF4227 is sent every 200 ms then.
fn moved() -> String {
    let mut log = String::new();
    for n in 0..200u64 {
        let after = n >= 100;
        let mut line =
            |frame: String| writeln!(log, "({}.{}00000) can0 {frame}", 1_700_000_000 + n / 10, n % 10).unwrap();
        let width = if after { 0x70 } else { 0x10 };
        let (switch, height, third) =
            (if after { 4 } else { 0 }, 0x10 + n * 5 % (width + 1), if after { n % 3 } else { 7 });
        line(format!("18FF1227#{switch:02X}{height:02X}{third:02X}FFFFFFFF{:02X}", n % 256));
        line(format!("18FF{}227#01", if after { 3 } else { 2 }));
        if !after || n % 2 == 0 {
            line("18FF4227#01".into());
        }
    }
    log
}

#[test]
fn two_times_of_a_log_are_compared_as_two_logs_are() {
    let sandbox = Sandbox::new();
    let log = moved();
    let middle = log.find("(1700000010.0").unwrap();
    sandbox.write("all.log", &log);
    sandbox.write("before.log", &log[..middle]);
    sandbox.write("after.log", &log[middle..]);
    let expected = json!([
        {"id": "18FF2227", "changes": [{"kind": "gone"}]},
        {"id": "18FF3227", "changes": [{"kind": "new"}]},
        {"id": "18FF1227", "changes": [
            {"kind": "switched", "byte": 1, "bits": 4, "before": 0, "after": 4},
            {"kind": "range", "byte": 2, "before": [0x10, 0x20], "after": [0x10, 0x80]},
            {"kind": "moving", "byte": 3, "bits": 3, "bits_before": 0, "before": [7, 7], "after": [0, 2]},
        ]},
        {"id": "18FF4227", "changes": [{"kind": "period", "before": 100.0, "after": 200.0}]},
    ]);
    let ways: [&[&str]; 3] = [
        &["--before", "before.log", "--after", "after.log"],
        &["all.log", "--before", "9.95", "--after", "9.95"],
        &["all.log", "--before", "..9.95", "--after", "9.95..30"],
    ];
    for way in ways {
        let args = [&["machine", "seen"], way, &["--format", "json"]].concat();
        let found = parsed(&sandbox, &args);
        let found: Vec<Value> = found["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| json!({"id": d["id"], "changes": d["changes"]}))
            .collect();
        assert_eq!(Value::Array(found), expected, "{way:?}");
    }
    for (lang, words) in [
        (
            "en",
            [
                "byte 1 bit 3: 00 → 04 (constant before and after)",
                "byte 2 range: 10–20 → 10–80",
                "byte 3 bit 1-2 moves now",
                "period 100.0 → 200.0 ms",
            ],
        ),
        (
            "zh",
            [
                "字节 1 位 3:00 → 04(前后各不变)",
                "字节 2 范围:10–20 → 10–80",
                "字节 3 位 1-2 开始变化",
                "周期 100.0 → 200.0 ms",
            ],
        ),
    ] {
        let table =
            sandbox.ok(&["machine", "seen", "--before", "before.log", "--after", "after.log", "--lang", lang]).out;
        assert!(words.iter().all(|words| table.contains(words)), "{table}");
    }
    // The same on both sides.
    let same = sandbox.ok(&["machine", "seen", "--before", "before.log", "--after", "before.log", "--lang", "en"]).out;
    assert!(same.contains("nothing differs clearly"), "{same}");
    // What cannot be: a time without a log, and one at which there is nothing.
    sandbox.refused(&["machine", "seen", "--before", "1..2", "--after", "3..4", "--lang", "en"], &["a log is needed"]);
    sandbox.refused(
        &["machine", "seen", "all.log", "--before", "1..2", "--after", "100..", "--lang", "en"],
        &["no frames at 100"],
    );
}

#[test]
fn each_byte_is_listed_with_its_range_and_entropy() {
    let sandbox = Sandbox::new();
    sandbox.write("all.log", moved());
    let seen = parsed(&sandbox, &["machine", "seen", "all.log", "--format", "json"]);
    let id = seen["ids"].as_array().unwrap().iter().find(|id| id["id"] == "18FF1227").unwrap();
    // A hundred times 0 and a hundred times 4: one bit.
    assert_eq!(
        id["bytes"][0],
        json!({"byte": 1, "min": 0, "max": 4, "changing_bits": 4, "values": 2, "entropy_bits": 1.0})
    );
    assert_eq!(
        id["bytes"][3],
        json!({"byte": 4, "min": 255, "max": 255, "changing_bits": 0, "values": 1, "entropy_bits": 0.0})
    );
    let table = sandbox.ok(&["machine", "seen", "all.log", "--bytes", "--lang", "en"]).out;
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(rows.iter().any(|row| row.starts_with(&["18FF1227", "1", "00–04", "3", "2", "1.0"])), "{table}");
    assert!(table.contains("8L and 8H its low and high half"), "the marks are explained: {table}");
}

#[test]
fn a_profile_is_fed_by_a_message_between_two_controllers() {
    // Group 65300 (0xFF14) has ten bytes; the speed is in the last two: C4 09 = 2500 mm/s. 0x98FF14FE = 2566853886.
    let dbc = DM1.replace("2566834942", "2566853886").replace("DM1", "DRIVE");
    let at = dbc.find(" SG_").unwrap();
    let dbc = format!(
        "{} SG_ Speed : 64|16@1+ (0.001,0) [0|64.255] \"m/s\" ECU\n{}",
        &dbc[..at],
        &dbc[dbc.find("BA_DEF_").unwrap()..]
    );
    let profile = "name = \"own\"\ndbc = \"own.dbc\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
        rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n\
        [[channel]]\nname = \"ground.speed\"\ntimeout_ms = 3000\nsources = [{ signal = \"DRIVE.Speed\" }]\n";
    let mut log = String::new();
    for second in 0..20 {
        let mut frames = vec!["1CEC2680#100A0002FF14FF00", "1CEC8026#110201FFFF14FF00", "1CEB2680#0100000000000000"];
        // The last is broken off.
        frames.push(if second < 19 { "1CEB2680#0200C409FFFFFFFF" } else { "1CEC8026#FF03FFFFFF14FF00" });
        for (frame, n) in frames.iter().zip(1..) {
            writeln!(log, "({}.{n}00000) can0 {frame}", 1_700_000_000 + second).unwrap();
        }
    }
    let sandbox = Sandbox::new();
    sandbox.write("own.dbc", dbc);
    sandbox.write("own.toml", profile);
    sandbox.write("bus.log", log);
    let args = ["replay", "bus.log", "--machine", "own.toml", "--crop", "wheat", "--summary", "s.json", "--lang", "en"];
    let said = sandbox.ok(&args).out;
    let summary = sandbox.json("s.json");
    let speed = &summary["channels"]["ground.speed"];
    assert_eq!((&speed["min"], &speed["max"], &speed["state"]), (&json!(2.5), &json!(2.5), &json!("valid")));
    let long = &summary["frames"]["long_messages"];
    assert_eq!((&long["whole"]["rts_cts"], &long["broken"]["aborted"]), (&json!(19), &json!(1)));
    assert!(said.contains("never completed: 1 (1 aborted by one side)"), "{said}");
}
