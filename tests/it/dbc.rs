//! DBC files as they come: what is wrong with one signal costs that signal, and the command line says so, in Chinese too.
//! Values beside those of cantools 45.1.0 for the same files and frames.

use std::fmt::Write as _;

use crate::support::run::Sandbox;

const HEAD: &str = "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: A B\n\n";

/// EEC1 from two senders: 0x1F40 × 0.125 = 1000 rpm.
const EEC1: &str = "(1.000000) can0 0CF00400#FFFFFF401FFFFFFF\n(1.100000) can0 0CF00417#FFFFFF401FFFFFFF\n";
/// The identifier is 0CF004FE, the sender FE.
const EEC1_DBC: &str = "BO_ 2364540158 EEC1: 8 A\n SG_ EngSpeed : 24|16@1+ (0.125,0) [0|8031.875] \"rpm\" B\n";
const J1939PG: &str = "BA_DEF_ BO_ \"VFrameFormat\" ENUM \"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\";\n\
    BA_DEF_DEF_ \"VFrameFormat\" \"J1939PG\";\n";

/// A sandbox with this database and this log.
fn sandbox(dbc: &str, log: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("own.dbc", format!("{HEAD}{dbc}"));
    sandbox.write("own.log", log);
    sandbox
}

/// The rows behind the time: message, signal, value, unit, state; and what was said beside them.
fn decoded(sandbox: &Sandbox, lang: &str) -> (Vec<String>, String) {
    let ended = sandbox.ok(&["decode", "own.log", "--dbc", "own.dbc", "--lang", lang]);
    let row = |line: &str| line.splitn(4, ',').nth(3).unwrap().to_owned();
    (ended.out.lines().skip(1).map(row).collect(), ended.err)
}

#[test]
fn a_fault_in_one_signal_costs_that_signal() {
    // A doubled name, a factor of 0, a page of either of two switches; in front of them a message that is in order.
    let dbc = format!(
        "{EEC1_DBC}\nBO_ 2566849534 Other: 8 A\n SG_ Flag : 0|2@1+ (1,0) [0|3] \"\" B\n SG_ Flag : 2|2@1+ (1,0) [0|3] \"\" B\n \
        SG_ Zero : 8|8@1+ (0,5) [0|0] \"\" B\n SG_ M0 M : 16|2@1+ (1,0) [0|3] \"\" B\n SG_ M1 m0M : 18|4@1+ (1,0) [0|0] \"\" B\n \
        SG_ Paged m1 : 24|8@1+ (1,0) [0|0] \"\" B\n\nBO_ 2364540158 Again: 8 A\n\n{J1939PG}"
    );
    let sandbox = sandbox(&dbc, EEC1);
    let (rows, said) = decoded(&sandbox, "en");
    assert_eq!(rows, ["EEC1,EngSpeed,1000,rpm,valid"; 2]);
    let places =
        ["own.dbc:14: signal Flag", "own.dbc:15: signal Zero", "own.dbc:18: signal Paged", "own.dbc:20: message Again"];
    for (line, place) in said.lines().zip(places) {
        assert!(line.contains(place) && line.contains("left out"), "{said}");
    }
    let (_, said) = decoded(&sandbox, "zh");
    for text in ["own.dbc:14: 信号 Flag:同一报文内名称重复", "比例因子为 0", "须用 SG_MUL_VAL_ 指明", "报文 Again:"]
    {
        assert!(said.contains(text), "{text}\n{said}");
    }
}

#[test]
fn half_precision_numbers_are_those_of_cantools() {
    // cantools: 0.01367950439453125 and 4.601478576660156e-05; C500 is -5.
    let dbc = "BO_ 291 Msg: 8 A\n SG_ F1 : 0|16@1- (1,0) [0|0] \"\" B\n\nSIG_VALTYPE_ 291 F1 : 1;\n";
    let log = "(1.0) can0 123#0123456789ABCDEF\n(2.0) can0 123#0403020100FF1001\n(3.0) can0 123#00C5\n";
    let (rows, said) = decoded(&sandbox(dbc, log), "en");
    assert_eq!(rows[0], "Msg,F1,0.01367950439453125,,valid");
    assert_eq!(rows[1], "Msg,F1,0.00004601478576660156,,valid");
    assert_eq!((rows[2].as_str(), said.contains("own.dbc")), ("Msg,F1,-5,,valid", false));
}

#[test]
fn whole_numbers_of_64_bits_keep_their_last_digits() {
    // As cantools has them: EFCDAB8967452301 is 17279655951921914625, as a signed number −1167088121787636991; twice the
    // first plus 10 is 34559311903843829260.
    let dbc = "BO_ 291 Msg: 8 A\n SG_ U : 0|64@1+ (1,0) [0|0] \"\" B\n SG_ S : 0|64@1- (1,0) [0|0] \"\" B\n \
        SG_ Twice : 0|64@1+ (2,10) [0|0] \"\" B\n SG_ Tenth : 0|64@1+ (0.1,0) [0|0] \"\" B\n";
    let sandbox = sandbox(dbc, "(1.0) can0 123#0123456789ABCDEF\n");
    let (rows, _) = decoded(&sandbox, "en");
    let whole = [
        "Msg,U,17279655951921914625,,valid",
        "Msg,S,-1167088121787636991,,valid",
        "Msg,Twice,34559311903843829260,,valid",
    ];
    assert_eq!(rows[..3], whole);
    let json = sandbox.ok(&["decode", "own.log", "--dbc", "own.dbc", "--format", "jsonl"]).out;
    assert!(json.lines().next().unwrap().contains("\"value\":17279655951921914625,"), "{json}");
}

#[test]
fn a_file_without_marks_is_read_as_j1939_and_says_so() {
    let sandbox = sandbox(EEC1_DBC, EEC1);
    let (rows, said) = decoded(&sandbox, "en");
    assert_eq!(rows, ["EEC1,EngSpeed,1000,rpm,valid"; 2]);
    assert!(said.contains("own.dbc:9: ") && said.contains("read as SAE J1939"), "{said}");
    assert_eq!(said.lines().filter(|line| line.contains("J1939")).count(), 1);
    assert!(decoded(&sandbox, "zh").1.contains("按 SAE J1939 参数组(PGN)匹配"));
    // "Not available" is no value here either: FFFF.
    sandbox.write("own.log", "(1.0) can0 0CF00400#FFFFFFFFFFFFFFFF\n");
    assert!(decoded(&sandbox, "en").0[0].ends_with("rpm,not-available"));
}

#[test]
fn a_log_that_is_in_no_message_is_told_from_one_of_other_senders() {
    // 18FF1200 in the file, which nothing marks as J1939; 18FF1203 on the bus, and 0CF00400.
    let dbc = "BO_ 2566853120 OWN: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" B\n";
    let log = format!("{EEC1}(2.0) can0 18FF1203#01\n(3.0) can0 18FF1204#01\n");
    let sandbox = sandbox(dbc, &log);
    let (rows, said) = decoded(&sandbox, "en");
    assert_eq!(rows.len(), 0);
    assert!(said.contains("2 frames have no message in own.dbc") && said.contains("65298 (OWN)"), "{said}");
    sandbox.write("own.log", EEC1);
    assert!(decoded(&sandbox, "zh").1.contains("2 帧在 own.dbc 里都没有对应的报文"));
}

#[test]
fn chinese_names_and_gb_18030_are_read() {
    let dbc = "BO_ 291 发动机: 8 A\n SG_ 转速 : 0|16@1+ (0.1,0) [0|0] \"转/分\" B\n";
    let (rows, _) = decoded(&sandbox(dbc, "(1.0) can0 123#1027\n"), "zh");
    assert_eq!(rows, ["发动机,转速,1000,转/分,valid"]);
    // ㎏/秒 in GB 18030: A94B 2F C3EB.
    let sandbox = Sandbox::new();
    let dbc = format!("{HEAD}BO_ 291 M: 8 A\n SG_ Flow : 0|16@1+ (0.1,0) [0|0] \"");
    sandbox.write("own.dbc", [dbc.as_bytes(), b"\xA9K/\xC3\xEB\" B\n"].concat());
    sandbox.write("own.log", "(1.0) can0 123#6400\n");
    assert_eq!(decoded(&sandbox, "zh").0, ["M,Flow,10,㎏/秒,valid"]);
}

/// What `machine suggest` has for a channel: the signals, the best first.
fn suggested(sandbox: &Sandbox, channel: &str) -> Vec<String> {
    let table = sandbox.ok(&["machine", "suggest", "own.log", "--dbc", "own.dbc", "--lang", "en"]).out;
    let rows = table.lines().skip_while(|line| !line.starts_with(&format!("{channel} ")));
    let rows =
        rows.enumerate().take_while(|(at, line)| *at == 0 || line.starts_with("  ")).map(|(_, line)| line.to_owned());
    rows.map(|line| line.strip_prefix(channel).unwrap_or(&line).split_whitespace().next().unwrap().to_owned()).collect()
}

/// Engine speed rising from 800 rpm, and hours: SPN 190 in 61444 and 247 in 65253.
fn engine_log() -> String {
    let mut log = String::new();
    for n in 0..100u32 {
        let speed = (6400 + n * 8).to_le_bytes();
        writeln!(log, "({n}.0) can0 0CF00400#FFFFFF{:02X}{:02X}FFFFFF", speed[0], speed[1]).unwrap();
        writeln!(log, "({n}.1) can0 18FEE500#{:02X}000000FFFFFFFF", n / 10).unwrap();
    }
    log
}

#[test]
fn suggest_knows_units_in_every_spelling() {
    let file = |speed: &str, hours: &str, rest: &str| {
        format!(
            "BO_ 2364540158 EEC1: 8 A\n SG_ EngSpeed : 24|16@1+ (0.125,0) [0|8031.875] \"{speed}\" B\n\n\
            BO_ 2566841854 HOURS: 8 A\n SG_ EngTotalHoursOfOperation : 0|32@1+ (0.05,0) [0|210554060.75] \"{hours}\" B\n\n\
            {J1939PG}{rest}"
        )
    };
    let numbers =
        "BA_DEF_ SG_ \"SPN\" INT 0 524287;\nBA_DEF_DEF_ \"SPN\" 0;\nBA_ \"SPN\" SG_ 2364540158 EngSpeed 190;\n";
    let log = engine_log();
    // The unknown ones are helped by number, or by name and group.
    let spelled = [
        ("rpm", "h"),
        ("RPM", "hr"),
        ("min-1", "Hours"),
        ("U/min", "小时"),
        ("转/分", "时"),
        ("", ""),
        ("revs", "ore"),
    ];
    for (speed, hours) in spelled {
        for numbers in ["", numbers] {
            let sandbox = sandbox(&file(speed, hours, numbers), &log);
            assert_eq!(suggested(&sandbox, "engine.speed"), ["EEC1.EngSpeed"], "{speed} {numbers}");
            assert_eq!(suggested(&sandbox, "engine.hours"), ["HOURS.EngTotalHoursOfOperation"], "{hours}");
        }
    }
    // What is pasted is a profile that loads: it names the unit where the file does not.
    let sandbox = sandbox(&file("转/分", "hr", numbers), &log);
    let channels = sandbox.ok(&["machine", "suggest", "own.log", "--dbc", "own.dbc", "--toml"]).out;
    assert!(channels.contains("{ signal = \"EEC1.EngSpeed\", unit = \"r/min\" }"), "{channels}");
    assert!(channels.contains("{ signal = \"HOURS.EngTotalHoursOfOperation\", unit = \"h\" }"), "{channels}");
    let head = "name = \"own\"\ndbc = \"own.dbc\"\n[geometry]\nheader_width_m = 2.75\ndischarge_width_m = 1.3\n\
        rated_feed_kg_s = 8.0\nrated_engine_rpm = 2200.0\n";
    sandbox.write("own.toml", format!("{head}{channels}"));
    let check = sandbox.ok(&["machine", "check", "own.toml", "own.log", "--lang", "en"]).out;
    // (6400 + 99 × 8) × 0.125 = 899 rpm.
    assert!(check.contains("899"), "{check}");
}

#[test]
fn suggest_gives_nothing_rather_than_a_wrong_signal() {
    // Low beam, urea tank, intake air, coolant fan, a desired speed, air humidity; in the log and not in it.
    let signal = |id: u32, message: &str, signal: &str| format!("BO_ {id} {message}: 8 A\n SG_ {signal} B\n\n");
    let dbc = [
        signal(2_566_824_446, "LC", "LowBeamHeadLightCmd : 0|2@1+ (1,0) [0|3] \"\""),
        signal(2_566_846_206, "AT1T1I", "SCRCatalystTankLevel : 0|8@1+ (0.4,0) [0|100] \"%\""),
        signal(2_566_824_958, "EGF1", "EngIntakeAirMassFlowRate : 0|16@1+ (0.05,0) [0|3212.75] \"kg/h\""),
        signal(2_566_831_614, "FD", "EngFanSpeed : 0|16@1+ (0.125,0) [0|8031.875] \"rpm\""),
        signal(2_566_840_318, "EEC3", "EngDesiredOperatingSpeed : 8|16@1+ (0.125,0) [0|8031.875] \"rpm\""),
        signal(2_566_845_950, "AMB2", "IntakeAirMoisture : 0|8@1+ (0.4,0) [0|100] \"%\""),
        signal(2_566_853_120, "OWN", "尿素粮箱 : 0|8@1+ (0.4,0) [0|100] \"%\""),
        J1939PG.to_owned(),
    ];
    let mut log = String::new();
    for n in 0..50 {
        for id in ["18FEA100", "18FEF600", "18FEA300", "18FEBD00", "18FEDF00", "18FEF500", "18FF1200"] {
            // Byte 1 goes 0, 1, 0, 1 …, so that a flag and a level move.
            writeln!(log, "({n}.0) can0 {id}#{:02X}10101010101010", n % 2).unwrap();
        }
    }
    for log in [&*log, EEC1] {
        let sandbox = sandbox(&dbc.concat(), log);
        let table = sandbox.ok(&["machine", "suggest", "own.log", "--dbc", "own.dbc", "--lang", "en"]).out;
        assert!(table.lines().nth(1).unwrap().starts_with("no candidates: "), "{table}");
    }
}

#[test]
fn suggest_weighs_what_the_log_shows_above_a_better_name() {
    // Both are km/h; "vehicle speed" stands still at 12, "wheel based speed" is out of any machine's range, "speed over
    // ground" moves between 0 and 9.9; and one that the file only has the best name of.
    let dbc = "BO_ 256 A: 8 A\n SG_ MachineSelectedSpeed : 0|8@1+ (1,0) [0|0] \"km/h\" B\n \
        SG_ WheelBasedSpeed : 8|8@1+ (1,0) [0|0] \"km/h\" B\n SG_ SOG : 16|8@1+ (0.1,0) [0|0] \"km/h\" B\n\n\
        BO_ 257 B: 8 A\n SG_ HeaderHeight : 0|8@1+ (1,0) [0|0] \"cm\" B\n";
    let line = |text, n| format!("{text}({n}.0) can0 100#0CC8{n:02X}\n");
    let log = (0..100).fold(String::new(), line);
    let sandbox = sandbox(dbc, &log);
    assert_eq!(suggested(&sandbox, "ground.speed"), ["A.SOG", "A.MachineSelectedSpeed"]);
    // Only a name, and never on the bus.
    assert_eq!(suggested(&sandbox, "header.height"), [""; 0]);
}
