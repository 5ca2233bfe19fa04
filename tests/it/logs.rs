//! Logs of every format through the commands: the same rows, the same replay, and a candump log from `convert`.

use std::collections::BTreeMap;
use std::io::Write;

use crate::support::run::Sandbox;
use crate::support::table::Table;
use serde_json::Value;

const CLASSIC: &str = include_str!("../../can-dbc/tests/logs/classic.log");
/// Decoded from `classic.log` by cantools 45.1.
const BY_CANTOOLS: &str = include_str!("../data/decoded-by-cantools.csv");
/// Every other way to write what is in `classic.log` with the same interface names.
const GVRET: &[u8] = include_bytes!("../../can-dbc/tests/logs/classic.csv");
const ASC: &[u8] = include_bytes!("../../can-dbc/tests/logs/fd-can-utils.asc");
const BLF: &[u8] = include_bytes!("../../can-dbc/tests/logs/fd.blf");
const PCAPNG: &[u8] = include_bytes!("../../can-dbc/tests/logs/fd.pcapng");
const FD: &str = include_str!("../../can-dbc/tests/logs/fd.log");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// The lines of a candump log that are data frames.
fn data_frames(log: &str) -> Vec<&str> {
    log.lines().filter(|line| !line.contains("#R") && !line.contains(" 20000004#")).collect()
}

#[test]
fn values_are_those_of_cantools() {
    let sandbox = Sandbox::new();
    sandbox.write("classic.log", CLASSIC);
    let rows = Table::parse(&sandbox.ok(&["decode", "classic.log", "--dbc", "combine-demo"]).out);
    // In the order of the file each: one frame after the other, but the signals of a frame as either likes.
    let keyed = |table: &Table| -> BTreeMap<Vec<String>, (String, String)> {
        table.rows.iter().map(|row| (row[..5].to_vec(), (row[5].clone(), row[6].clone()))).collect()
    };
    let (ours, theirs) = (keyed(&rows), keyed(&Table::parse(BY_CANTOOLS)));
    assert_eq!(ours.len(), theirs.len());
    for (key, (value, unit)) in &ours {
        let (expected, expected_unit) = &theirs[key];
        let (value, expected) = (value.parse::<f64>().unwrap(), expected.parse::<f64>().unwrap());
        assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{key:?}: {value}, cantools {expected}");
        assert_eq!(unit, expected_unit, "{key:?}");
    }
}

#[test]
fn any_format_packed_or_not_decodes_to_the_same_rows() {
    let sandbox = Sandbox::new();
    let decode = |bytes: &[u8]| {
        // The name says nothing.
        sandbox.write("log", bytes);
        let from_file = sandbox.ok(&["decode", "log", "--dbc", "combine-demo"]).out;
        let from_pipe = sandbox.with_stdin(&["decode", "-", "--dbc", "combine-demo"], bytes);
        assert_eq!((from_pipe.code, &from_pipe.out), (Some(0), &from_file));
        from_file
    };
    let expected = decode(CLASSIC.as_bytes());
    assert!(expected.lines().count() > 200);
    for log in [GVRET, PCAPNG] {
        assert_eq!(decode(log), expected);
        assert_eq!(decode(&gzip(log)), expected);
        assert_eq!(decode(&zstd::encode_all(log, 1).unwrap()), expected);
    }
    // BLF and ASC number their channels from 1, so that can0 is can1 there.
    let renamed = decode(BLF).replace(",can1,", ",can0,").replace(",can2,", ",can1,");
    assert_eq!(renamed.lines().count(), expected.lines().count());
}

#[test]
fn chosen_signals_and_json_lines() {
    let sandbox = Sandbox::new();
    sandbox.write("classic.log", CLASSIC);
    let decode = |more: &[&str]| {
        let args = [&["decode", "classic.log", "--dbc", "combine-demo"], more].concat();
        sandbox.ok(&args).out
    };
    let all = decode(&[]);
    let chosen = decode(&["--signal", "EngSpeed", "--signal", "FEEDER.FeedRate"]);
    let expected: Vec<&str> = std::iter::once(all.lines().next().unwrap())
        .chain(all.lines().filter(|line| line.contains(",EngSpeed,") || line.contains(",FEEDER,FeedRate,")))
        .collect();
    assert_eq!(chosen.lines().collect::<Vec<_>>(), expected);
    assert_eq!(expected.len(), 49);
    let stats: Value = serde_json::from_str(&decode(&["--stats", "--signal", "EngSpeed"])).unwrap();
    assert_eq!((&stats["frames"], &stats["signals"]), (&58.into(), &24.into()));

    let lines: Vec<Value> =
        decode(&["--format", "jsonl"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = Table::parse(&all);
    assert_eq!(lines.len(), rows.rows.len());
    for (line, row) in lines.iter().zip(&rows.rows) {
        for (name, text) in [("iface", 1), ("id", 2), ("message", 3), ("signal", 4), ("unit", 6), ("state", 7)] {
            assert_eq!(line[name], row[text]);
        }
        assert_eq!(line["t_unix"].as_f64(), row[0].parse().ok());
        assert_eq!(line["value"].as_f64(), row[5].parse().ok());
    }
    // A code with a name says so. FeederEngaged is 1, and 0 is "Off" and 1 "On"; FeedRate has no table.
    assert!(lines.iter().any(|line| line["label"].is_string()) && lines.iter().any(|line| line.get("label").is_none()));

    let args = |signal| ["decode", "classic.log", "--dbc", "combine-demo", "--signal", signal];
    sandbox.refused(&args("EngSped"), &["--signal EngSped", "combine-demo.dbc", "EEC1.EngSpeed"]);
    sandbox.refused(&args("EEC1.FeedRate"), &["--signal EEC1.FeedRate", "FEEDER.FeedRate"]);
    sandbox.refused(&args("zzzzzz"), &["--signal zzzzzz", "no such signal"]);
}

#[test]
fn convert_writes_the_candump_log() {
    let sandbox = Sandbox::new();
    let frames = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    sandbox.write("in", PCAPNG);
    let told = sandbox.ok(&["convert", "in", "out.log"]).err;
    // The capture has no flags: `##1` is `##0` there.
    let expected: Vec<String> = data_frames(FD).iter().map(|line| line.replace("##1", "##0")).collect();
    assert_eq!(frames(&sandbox.text("out.log")), expected);
    for words in ["61 frames", "2 interfaces", "pcapng", "1 remote requests", "1 error frames"] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(frames(&sandbox.ok(&["convert", "in", "-"]).out), expected);
    sandbox.write("asc", ASC);
    sandbox.ok(&["convert", "asc", "asc.log"]);
    assert_eq!(sandbox.text("asc.log").lines().count(), expected.len());
    // Packed by name, and read again by content.
    for (name, magic) in [("out.log.gz", &[0x1F, 0x8B][..]), ("out.log.zst", &[0x28, 0xB5, 0x2F, 0xFD])] {
        sandbox.ok(&["convert", "in", name]);
        assert!(sandbox.bytes(name).starts_with(magic), "{name}");
        assert_eq!(frames(&sandbox.ok(&["convert", name, "-"]).out), expected, "{name}");
    }
}

#[test]
fn convert_destroys_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("in.log", CLASSIC);
    sandbox.refused(&["convert", "in.log", "in.log"], &["OUT in.log", "IN"]);
    sandbox.refused(&["convert", "in.log", "./in.log"], &["IN"]);
    assert_eq!(sandbox.text("in.log"), CLASSIC);
    sandbox.write("words.log", "hello\n");
    sandbox.write("kept.log", "kept");
    sandbox.refused(&["convert", "words.log", "kept.log"], &["words.log", "no CAN frame", "line 1"]);
    assert_eq!(sandbox.text("kept.log"), "kept");
    sandbox.refused(&["convert", "in.log", "none/out.log"], &["none/out.log"]);
    // What cannot be read is told with its place, and the rest is written.
    sandbox.write("bad.log", [CLASSIC, "(1749520900.0) can0 123#0\n"].concat());
    let told = sandbox.ok(&["convert", "bad.log", "good.log"]).err;
    assert!(told.contains("1 lines or records") && told.contains("line 61"), "{told}");
    // A compressed log cut short.
    let packed = gzip(CLASSIC.repeat(200).as_bytes());
    sandbox.write("cut.gz", &packed[..packed.len() / 2]);
    let told = sandbox.ok(&["convert", "cut.gz", "good.log"]).err;
    assert!(told.contains("after") && sandbox.text("good.log").lines().count() > 1000, "{told}");
    // Times without a start are told.
    sandbox.write("zero.log", " (000.000000)  can0  123   [1]  01\n");
    let told = sandbox.ok(&["convert", "zero.log", "good.log"]).err;
    assert!(told.contains("does not say when it began"), "{told}");
    assert_eq!(sandbox.text("good.log"), "(0.000000) can0 123#01\n");
    // MDF is told, not guessed at.
    sandbox.write("log.mf4", b"MDF     4.10    ");
    sandbox.refused(&["convert", "log.mf4", "good.log"], &["MDF"]);
}

#[test]
fn a_replay_of_several_logs_takes_any_format() {
    let sandbox = Sandbox::new();
    sandbox.write("a", CLASSIC);
    sandbox.write("b", PCAPNG);
    let replayed = sandbox.run(&["replay", "a", "b", "--machine", "combine-demo", "--crop", "wheat", "--summary", "s"]);
    assert_eq!(replayed.code, Some(0), "{}", replayed.err);
    let summary = sandbox.json("s");
    assert_eq!(summary["frames"]["read"], 58 + 61);
    assert_eq!((&summary["log"]["remote"], &summary["log"]["bus_errors"]), (&2.into(), &2.into()));
}

/// What python-can reads of a log: a line for each frame, as `candump -L` has it; `None` where it is not installed.
fn by_python_can(sandbox: &Sandbox, file: &str) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/log.py");
    let python = std::env::var("GRAINLOSS_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let read = std::process::Command::new(python).arg(script).arg(sandbox.path(file)).output();
    match read {
        Ok(read) if read.status.success() => Some(String::from_utf8(read.stdout).unwrap()),
        other => {
            let why =
                other.map_or_else(|error| error.to_string(), |out| String::from_utf8_lossy(&out.stderr).into_owned());
            assert!(why.contains("No module named 'can'") || why.contains("No such file"), "python-can: {why}");
            assert!(std::env::var_os("GRAINLOSS_NEED_READERS").is_none(), "python-can is needed: {why}");
            println!("SKIPPED: python-can is not installed");
            None
        }
    }
}

#[test]
fn what_convert_writes_as_asc_and_blf_is_read_by_python_can_and_by_us() {
    let sandbox = Sandbox::new();
    sandbox.write("in.log", FD);
    let expected = data_frames(FD);
    for out in ["out.asc", "out.blf"] {
        let told = sandbox.ok(&["--lang", "en", "convert", "in.log", out]).err;
        assert!(told.contains("1 = can0, 2 = can1"), "{told}");
        let renamed = |text: &str, from: [&str; 2]| {
            text.replace(&format!(") {} ", from[1]), ") can_1 ")
                .replace(&format!(") {} ", from[0]), ") can0 ")
                .replace(") can_1 ", ") can1 ")
        };
        let back = sandbox.ok(&["convert", out, "-"]).out;
        let back = renamed(&back, ["can1", "can2"]);
        assert_eq!(back.lines().collect::<Vec<_>>(), expected, "{out}");
        // python-can counts channels from 0, and times in floating point.
        if let Some(theirs) = by_python_can(&sandbox, out) {
            let theirs = renamed(&theirs, ["0", "1"]);
            for (theirs, expected) in theirs.lines().zip(&expected) {
                let split = |line: &str| -> (f64, String) {
                    let (time, rest) = line.split_once(") ").unwrap();
                    (time[1..].parse().unwrap(), rest.to_owned())
                };
                let ((their_time, theirs), (time, expected)) = (split(theirs), split(expected));
                assert_eq!(theirs, expected, "{out}");
                assert!((their_time - time).abs() < 2e-6, "{out}: {their_time}, {time}");
            }
            assert_eq!(theirs.lines().count(), expected.len(), "{out}");
        }
    }
    sandbox.ok(&["convert", "in.log", "out.asc.gz"]);
    assert!(sandbox.bytes("out.asc.gz").starts_with(&[0x1F, 0x8B]));
    sandbox
        .refused(&["--lang", "en", "convert", "in.log", "-", "--format", "blf"], &["BLF", "standard output", ".blf"]);
    let asc = sandbox.ok(&["convert", "in.log", "-", "--format", "asc"]).out;
    assert_eq!(asc, sandbox.text("out.asc"));
}

#[test]
fn what_is_no_log_is_named_with_the_way_out_in_both_languages() {
    let sandbox = Sandbox::new();
    for (content, zh, en) in [
        (&b"%PDF-1.4\n%\xE2\xE3\n"[..], ["PDF", "请选日志文件"], ["PDF", "choose the log file"]),
        (b"MDF     3.30    x", ["第 3 版", "MF4"], ["version 3", "MF4"]),
        (b"Line,Abs Time(Sec),Rel Time (Sec),Status,Er\n1,2\n", ["Vehicle Spy", "ASC"], ["Vehicle Spy", "ASC"]),
        (b"17:33:21.141 R 09F80115 A0 7D E6\n", ["Yacht Devices", "canboat"], ["Yacht Devices", "canboat"]),
        (b"A173321.107 23FF7 1F513 012F30\n", ["Actisense", "适配器"], ["Actisense", "adapter"]),
        (b"7z\xBC\xAF\x27\x1C\0\0\0", ["7-Zip", "解压"], ["7-Zip", "unpack"]),
        (b"just some words\n", ["文本", "导出"], ["a text", "export"]),
        (b"VERSION \"\"\n\nNS_ :\n", ["DBC", "--dbc"], ["DBC", "--dbc"]),
    ] {
        sandbox.write("x", content);
        for (lang, words) in [("zh", zh), ("en", en)] {
            for command in [
                &["convert", "x", "out.log"][..],
                &["decode", "x", "--dbc", "combine-demo"],
                &["replay", "x", "--machine", "combine-demo", "--crop", "wheat"],
                &["machine", "seen", "x"],
            ] {
                let args = [&["--lang", lang], command].concat();
                // The way out, and the list of what is read.
                sandbox.refused(&args, &[words[0], words[1], "MF4", "BUSMASTER", "xz"]);
            }
        }
    }
    // A log that is damaged from its first line on says where, in the user's language.
    sandbox.write("x", ";$FILEVERSION=9.9\n");
    sandbox.refused(&["--lang", "zh", "convert", "x", "out.log"], &["第 1 行", "版本 1.0", "PEAK TRC"]);
    sandbox.refused(&["--lang", "zh", "machine", "seen", "x"], &["第 1 行", "版本 1.0", "能读的日志"]);
}
