//! The command line from outside: what it refuses and how it says so, and what it prints for programs.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::run::Sandbox;
use crate::support::table::Table;
use rusqlite::Connection;
use serde_json::{Value, json};

const DBC: &str = include_str!("../../can-dbc/dbc/combine-demo.dbc");
const PROFILE: &str = include_str!("../../machines/combine-demo.toml");
const VECTORS: &str = include_str!("../../can-dbc/tests/data/golden-vectors.csv");
const COMMANDS: [&str; 14] = [
    "demo", "train", "run", "watch", "doctor", "replay", "simulate", "machine", "decode", "convert", "sessions",
    "report", "followup", "measure",
];
/// Engine speed 1000 r/min: 8000 × 0.125.
const ENGINE: &str = "(1749520800.000000) can0 0CF00400#F0FFFF401FFFFFFF\n";

/// Line, from 1, on which this stands first.
fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).unwrap_or_else(|| panic!("no '{what}'")) + 1
}

/// The text with one piece exchanged, and the line it stands on.
fn broken(text: &str, from: &str, to: &str) -> (String, usize) {
    (text.replacen(from, to, 1), line_of(text, from))
}

/// A folder with a log of one frame.
fn with_log() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("one.log", ENGINE);
    sandbox
}

fn replay<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["replay", "one.log", "--machine", "combine-demo", "--crop", "wheat"], more].concat()
}

#[test]
fn every_command_has_help() {
    let sandbox = Sandbox::new();
    for command in COMMANDS {
        let help = sandbox.ok(&[command, "--help"]);
        assert!(help.out.contains("Usage: grainloss") && help.out.contains("--lang"), "{command}");
    }
    // What is more than a line is told too.
    for (command, more) in [("replay", "GVRET"), ("decode", "GVRET"), ("convert", "GVRET"), ("simulate", "200000xx")] {
        assert!(sandbox.ok(&[command, "--help"]).out.contains(more), "{command}");
    }
    assert_eq!(sandbox.ok(&["--version"]).out, concat!("grainloss ", env!("CARGO_PKG_VERSION"), "\n"));
    sandbox.refused(&["harvest"], &["harvest"]);
    sandbox.refused(&["sessions", "--lang", "fr"], &["--lang", "zh or en"]);
}

#[test]
fn a_log_that_is_not_there_or_has_no_frames() {
    let sandbox = with_log();
    sandbox.write("words.log", "\nhello\nworld\n");
    sandbox.write("empty.log", "");
    for command in [vec!["decode", "gone.log", "--dbc", "combine-demo"], {
        let mut args = replay(&["--db", "j.sqlite"]);
        args[1] = "gone.log";
        args
    }] {
        sandbox.refused(&command, &["gone.log", "no such file or folder"]);
    }
    let decode = sandbox.refused(&["decode", "words.log", "--dbc", "combine-demo"], &["words.log", "line 2"]);
    assert!(decode.contains("no CAN frame"), "{decode}");
    let mut args = replay(&["--db", "j.sqlite", "--summary", "s.json", "--trace", "t.csv"]);
    args[1] = "words.log";
    sandbox.refused(&args, &["words.log", "line 2", "candump (-L"]);
    args[1] = "empty.log";
    sandbox.refused(&args, &["empty.log", "no CAN frame"]);
    // Nothing is begun with nothing.
    for name in ["j.sqlite", "s.json", "t.csv"] {
        assert!(!sandbox.path(name).exists(), "{name}");
    }
    // One good log does not make up for a missing one.
    args[1] = "one.log";
    args.insert(2, "gone.log");
    sandbox.refused(&args, &["gone.log"]);
    assert_eq!(sandbox.with_stdin(&["decode", "-", "--dbc", "combine-demo"], b"hello\n").code, Some(2));
    // A folder is no log.
    sandbox.refused(&["decode", ".", "--dbc", "combine-demo"], &["folder"]);
}

#[test]
fn a_wrong_database_is_told_with_its_line() {
    let sandbox = with_log();
    let (syntax, line) = broken(DBC, "EngSpeed : 24|16@1+", "EngSpeed : 24;16@1+");
    sandbox.write("syntax.dbc", syntax);
    let at = format!("syntax.dbc:{line}:");
    sandbox.refused(&["decode", "one.log", "--dbc", "syntax.dbc"], &[&at, "not DBC syntax"]);
    // 2364539904 = 2^31 + 217056256.
    let (unmarked, line) = broken(DBC, "BO_ 2364539904 EEC1", "BO_ 217056256 EEC1");
    sandbox.write("unmarked.dbc", unmarked);
    let at_id = format!("unmarked.dbc:{line}:");
    let words = [at_id.as_str(), "EEC1", "217056256", "2364539904", "bit 31"];
    sandbox.refused(&["decode", "one.log", "--dbc", "unmarked.dbc"], &words);
    sandbox.refused(&["decode", "one.log", "--dbc", "gone.dbc"], &["gone.dbc", "no such file or folder"]);
    // The same through a profile that names the file.
    for (dbc, at) in [("syntax.dbc", at), ("unmarked.dbc", at_id)] {
        sandbox.write("mine.toml", PROFILE.replacen("dbc = \"combine-demo\"", &format!("dbc = \"{dbc}\""), 1));
        sandbox.refused(&["replay", "one.log", "--machine", "mine.toml", "--crop", "wheat"], &[&at]);
    }
}

#[test]
fn a_wrong_profile_is_told_with_line_and_field() {
    let sandbox = with_log();
    let refused = |from: &str, to: &str, words: &[&str]| {
        let (text, line) = broken(PROFILE, from, to);
        sandbox.write("mine.toml", text);
        let at = format!("mine.toml:{line}:");
        let words = [&[at.as_str()], words].concat();
        sandbox.refused(&["replay", "one.log", "--machine", "mine.toml", "--crop", "wheat"], &words);
        sandbox.refused(&["run", "--iface", "none0", "--machine", "mine.toml", "--crop", "wheat"], &words);
    };
    // A signal or a message that the database lacks: both named, and what there is.
    refused("EEC1.EngSpeed", "EEC1.EngSpede", &["EngSpede", "EEC1", "combine-demo.dbc", "EngSpeed", "engine.speed"]);
    refused("EEC1.EngSpeed", "EEC11.EngSpeed", &["EEC11", "combine-demo.dbc", "engine.speed"]);
    refused("EEC1.EngSpeed", "EngSpeed", &["EngSpeed", "MESSAGE.Signal"]);
    // The signal is there, but it measures something else.
    refused("EEC1.EngSpeed", "LFE1.EngFuelRate", &["engine.speed", "unit"]);
    refused("reel_diameter_m = 1.0", "reel_diamter_m = 1.0", &["reel_diamter_m"]);
    refused("header_width_m = 2.75", "header_width_m = \"wide\"", &["header_width_m", "string"]);
    refused("name = \"engine.speed\"", "name = \"engine.sped\"", &["engine.sped", "engine.speed"]);
    refused("name = \"fuel.rate\"", "name = \"engine.speed\"", &["engine.speed", "twice"]);
    refused("dbc = \"combine-demo\"", "dbc = \"other.dbc\"", &["other.dbc"]);
    refused("name = \"combine-demo\"", "name = ", &[]);
    // What is not there has no line of its own: the table's says where it belongs.
    sandbox.write("mine.toml", PROFILE.replacen("rated_feed_kg_s = 8.0", "", 1));
    let at = format!("mine.toml:{}:", line_of(PROFILE, "[geometry]"));
    let args = ["replay", "one.log", "--machine", "mine.toml", "--crop", "wheat"];
    sandbox.refused(&args, &[&at, "rated_feed_kg_s"]);
    sandbox.write("mine.toml", PROFILE.replacen("rated_feed_kg_s = 8.0", "rated_feed_kg_s = 800.0", 1));
    sandbox.refused(&args, &["mine.toml:", "rated_feed_kg_s", "800"]);
    sandbox.write("mine.toml", b"name = \"\xff\"");
    sandbox.refused(&args, &["mine.toml"]);
}

#[test]
fn unknown_names_come_with_those_there_are() {
    let sandbox = with_log();
    let machine = ["replay", "one.log", "--machine", "deere", "--crop", "wheat"];
    sandbox.refused(&machine, &["deere", "combine-demo"]);
    let crop = ["replay", "one.log", "--machine", "combine-demo", "--crop", "weat"];
    sandbox.refused(&crop, &["--crop", "weat", "barley", "canola", "maize", "rice", "soybean", "wheat"]);
    let limits = ["cn.wheat.industry_2pct", "cn.wheat.guidance_1p2", "cn-sd.wheat.target_2025"];
    sandbox.refused(&replay(&["--limit", "none"]), &[&["--limit", "none"][..], &limits].concat());
    sandbox.refused(&replay(&["--limit", "cn.rice.full_feed"]), &["cn.rice.full_feed", "rice", "wheat"]);
    for percent in ["0", "51", "inf", "nan"] {
        sandbox.refused(&replay(&["--limit", percent]), &["--limit", percent, "50"]);
    }
    for option in ["--yield-kg-ha", "--tkw-g"] {
        for value in ["0", "x", "inf"] {
            sandbox.refused(&replay(&[option, value]), &[option, value]);
        }
    }
    let scenarios = grainloss_simulator::Scenario::bundled_names();
    let words = [&["weat"], &scenarios[..]].concat();
    sandbox.refused(&["demo", "--headless", "--scenario", "weat", "--db", "j.sqlite"], &words);
    sandbox.refused(&["simulate", "--scenario", "weat", "--out", "x.log"], &words);
    assert!(!sandbox.path("j.sqlite").exists() && !sandbox.path("x.log").exists());
    let listed = sandbox.ok(&["simulate", "--list"]).out;
    let names: Vec<&str> = listed.lines().map(|line| line.split_once(": ").expect("name: lesson").0).collect();
    assert_eq!(names, scenarios);
    assert_eq!(names[0], "wheat", "the default comes first");
}

#[test]
fn speeds_and_times_that_cannot_be() {
    let sandbox = with_log();
    for speed in ["fast", "0", "-1", "nan", "inf", ""] {
        let option = format!("--speed={speed}");
        sandbox.refused(&replay(&[&option]), &["--speed", "max"]);
        sandbox.refused(&["demo", "--headless", "--db", "j.sqlite", &option], &["--speed", "max"]);
    }
    for seconds in ["0", "-1", "1.5", "x"] {
        let option = format!("--seconds={seconds}");
        sandbox.refused(&["demo", "--headless", "--db", "j.sqlite", &option], &["--seconds", seconds]);
        sandbox.refused(&["simulate", "--out", "x.log", &option], &["--seconds", seconds]);
    }
    assert!(!sandbox.path("j.sqlite").exists() && !sandbox.path("x.log").exists());
}

#[test]
fn interfaces_that_are_none_or_not_ours_to_write() {
    let sandbox = Sandbox::new();
    let run = |iface| ["run", "--iface", iface, "--machine", "combine-demo", "--crop", "wheat", "--db", "j.sqlite"];
    sandbox.refused(&run("can99"), &["--iface can99", "no such"]);
    sandbox.refused(&run("../../net"), &["--iface"]);
    // The loopback interface is there, and speaks no CAN.
    sandbox.refused(&run("lo"), &["--iface lo"]);
    assert!(!sandbox.path("j.sqlite").exists());
    // Simulated frames stay off what may be a machine's bus.
    sandbox.refused(&["simulate", "--iface", "lo"], &["--iface lo", "vcan", "--allow-real-bus"]);
    sandbox.refused(&["simulate", "--iface", "can99"], &["--iface can99", "no such"]);
    sandbox.refused(&["simulate", "--out", "x.log", "--iface", "lo"], &["--iface"]);
    sandbox.refused(&["simulate"], &["--out", "--iface"]);
}

#[test]
fn files_that_are_not_a_journal_stay_as_they_are() {
    let sandbox = with_log();
    let foreign = Connection::open(sandbox.path("shop.sqlite")).unwrap();
    foreign.execute_batch("CREATE TABLE apples (kg REAL); INSERT INTO apples VALUES (3.5);").unwrap();
    drop(foreign);
    let marked = Connection::open(sandbox.path("marked.sqlite")).unwrap();
    marked.execute_batch("PRAGMA application_id = 1234; PRAGMA user_version = 1; CREATE TABLE session (id);").unwrap();
    drop(marked);
    sandbox.write("notes.txt", "grain is not lost\n".repeat(100));
    sandbox.ok(&["demo", "--headless", "--seconds", "2", "--db", "newer.sqlite"]);
    let newer = Connection::open(sandbox.path("newer.sqlite")).unwrap();
    newer.execute_batch("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE;").unwrap();
    drop(newer);
    for (file, words) in [
        ("shop.sqlite", &["not a grainloss journal"][..]),
        ("marked.sqlite", &["not a grainloss journal"]),
        ("notes.txt", &["not a"]),
        ("newer.sqlite", &["newer", "99"]),
    ] {
        let before = sandbox.bytes(file);
        let words = [&[file], words].concat();
        sandbox.refused(&replay(&["--db", file]), &words);
        sandbox.refused(&["demo", "--headless", "--seconds", "2", "--db", file], &words);
        sandbox.refused(&["sessions", "--db", file], &words);
        sandbox.refused(&["report", "1", "--format", "csv", "--db", file], &words);
        assert_eq!(sandbox.bytes(file), before, "{file} was changed");
        for beside in ["-wal", "-shm", "-journal"] {
            assert!(!sandbox.path(&format!("{file}{beside}")).exists(), "{file}{beside} was left");
        }
    }
}

#[test]
fn places_that_cannot_be_written() {
    let sandbox = with_log();
    // A file is no folder, and a folder is no file; root may write everywhere else.
    for option in ["--trace", "--summary", "--db"] {
        for path in ["one.log/x", "."] {
            let args = replay(&[option, path]);
            // A database's message speaks of the file, as it does when nothing was asked for.
            let words = if option == "--db" { vec![path] } else { vec![option, path] };
            sandbox.refused(&args, &words);
        }
    }
    sandbox.refused(&replay(&["--trace", "none/t.csv"]), &["--trace none/t.csv", "no such file or folder"]);
    sandbox.refused(&replay(&["--summary", "none/s.json"]), &["--summary none/s.json", "no such file or folder"]);
    sandbox.refused(&["demo", "--headless", "--seconds", "2", "--db", "one.log/j"], &["one.log/j"]);
    sandbox.refused(&["simulate", "--out", "none/x.log"], &["--out none/x.log"]);
    sandbox.refused(&["simulate", "--out", "x.log", "--truth", "none/t.csv"], &["--truth none/t.csv"]);
    sandbox.ok(&["demo", "--headless", "--seconds", "2", "--db", "j.sqlite"]);
    let report = ["report", "1", "--format", "csv", "--db", "j.sqlite", "--out", "none/r.csv"];
    sandbox.refused(&report, &["--out none/r.csv"]);
    assert_eq!(sandbox.text("one.log"), ENGINE);
}

#[test]
fn a_full_standard_output_fails_without_a_panic() {
    let sandbox = with_log();
    sandbox.ok(&["demo", "--headless", "--seconds", "2", "--db", "j.sqlite"]);
    for args in [
        &["sessions", "--db", "j.sqlite"][..],
        &["sessions", "--db", "j.sqlite", "--format", "json"],
        &["report", "1", "--format", "csv", "--db", "j.sqlite"],
        &["decode", "one.log", "--dbc", "combine-demo"],
        &["simulate", "--list"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = sandbox.command(args).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output();
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
        assert!(error.contains("the disk is full") && !error.contains("panic"), "{args:?}: {error}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let sandbox = Sandbox::new();
    sandbox.simulate("w", "wheat", 1, 30);
    sandbox.ok(&["demo", "--headless", "--seconds", "900", "--db", "j.sqlite"]);
    for args in
        [&["decode", "w.log", "--dbc", "combine-demo"][..], &["report", "1", "--format", "csv", "--db", "j.sqlite"]]
    {
        let mut child = sandbox.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.starts_with("t_unix,"));
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_dashboard_needs_a_terminal() {
    let sandbox = with_log();
    sandbox.refused(&["demo", "--db", "j.sqlite"], &["terminal", "--headless"]);
    sandbox.refused(&replay(&["--dashboard", "--db", "j.sqlite"]), &["terminal"]);
    assert!(!sandbox.path("j.sqlite").exists());
}

#[test]
fn sessions_that_are_not_there() {
    let sandbox = Sandbox::new();
    sandbox.refused(&["sessions", "--db", "none.sqlite"], &["none.sqlite"]);
    sandbox.refused(&["sessions"], &["grainloss/journal.sqlite"]);
    assert!(!sandbox.path("none.sqlite").exists(), "looking makes no journal");
    sandbox.ok(&["demo", "--headless", "--seconds", "2"]);
    for id in ["2", "0", "one", "99999999999999999999"] {
        sandbox.refused(&["report", id, "--format", "json"], &["journal.sqlite", &format!("no session {id}")]);
    }
    sandbox.refused(&["report", "1", "--format", "docx"], &["docx", "csv", "json"]);
}

/// What cantools has no word for; the list and its reasons are in can-dbc/tests/golden.rs.
const NOT_AVAILABLE: &str = "HDR_STAT.RowsInWork THRESH.SeparatorSpeed CLEAN.PreSieveOpening LOSS_RATE.LossRateShoeRight \
    LOSS_CNT.LossCountShoeRight EEC1.EngStarterMode MSS.MSSExitReason DM1.ProtectLamp DM1.AmberWarningLamp \
    DM1.RedStopLamp DM1.MalfunctionLamp";
const ERROR: &str = "LOSS_IDX.LossIdxShoeRight LOSS_IDX.LossStateShoeRight";

#[test]
fn decode_gives_the_values_of_an_independent_tool() {
    let sandbox = Sandbox::new();
    let vectors = Table::parse(VECTORS);
    let mut frames = vectors.texts("frame");
    frames.dedup();
    let log: Vec<String> =
        frames.iter().enumerate().map(|(at, frame)| format!("({at}.250000) can1 {frame}\n")).collect();
    let log = log.concat();
    // Beside them: a frame that the database does not know, and two lines that are no frames.
    sandbox.write("golden.log", format!("{log}(99.0) can1 18FFEF03#00\nrubbish\n(99.0) can1 1#\n"));
    let decoded = sandbox.ok(&["decode", "golden.log", "--dbc", "combine-demo", "--format", "csv"]).out;
    assert!(decoded.starts_with("t_unix,iface,id,message,signal,value,unit,state\n"));
    let rows = Table::parse(&decoded);
    assert_eq!((rows.rows.len(), vectors.rows.len()), (124, 124));
    for vector in &vectors.rows {
        let [message, frame, signal, value] = &vector[..] else { panic!("{vector:?}") };
        let at = frames.iter().position(|known| known == frame).unwrap();
        let name = format!("{message}.{signal}");
        let listed = |list: &str| list.split_whitespace().any(|listed| listed == name);
        let state = match () {
            () if listed(NOT_AVAILABLE) => "not-available",
            () if listed(ERROR) => "error",
            () => "valid",
        };
        let row = rows
            .rows
            .iter()
            .find(|row| row[3] == *message && row[4] == *signal && row[0].starts_with(&format!("{at}.")));
        let row = row.unwrap_or_else(|| panic!("{vector:?} is missing"));
        assert_eq!(row[0].parse::<f64>().unwrap(), at as f64 + 0.25);
        assert_eq!([&row[1], &row[2]], ["can1", frame.split('#').next().unwrap()]);
        assert_eq!(row[5].parse::<f64>().unwrap(), value.parse::<f64>().unwrap(), "{vector:?}");
        assert_eq!(row[7], state, "{vector:?}");
    }
    // Units as the DBC file has them.
    for (signal, unit) in [("EngSpeed", "rpm"), ("FeedRate", "kg/s"), ("FeedRateState", "")] {
        let row = rows.rows.iter().find(|row| row[4] == signal).unwrap();
        assert_eq!(row[6], unit, "{signal}");
    }
    let stats = sandbox.ok(&["decode", "golden.log", "--dbc", "combine-demo", "--stats"]).out;
    let stats: Value = serde_json::from_str(&stats).unwrap();
    let known = frames.len();
    assert_eq!(stats, json!({"frames": known + 1, "decoded": known, "unknown": 1, "bad": 2, "signals": 124}));
}

#[test]
fn what_programs_read_is_the_same_in_both_languages() {
    let sandbox = Sandbox::new();
    sandbox.simulate("w", "wheat", 3, 420);
    let outputs = |lang: &str| {
        let file = |name: &str| format!("{lang}-{name}");
        let (db, json, csv) = (file("j.sqlite"), file("r.json"), file("r.csv"));
        let screen = sandbox.replay("w.log", lang, &["--lang", lang, "--db", &db]).out;
        sandbox.ok(&["--lang", lang, "report", "last", "--db", &db, "--format", "json", "--out", &json]);
        sandbox.ok(&["--lang", lang, "report", "last", "--db", &db, "--format", "csv", "--out", &csv]);
        let told = [
            sandbox.ok(&["--lang", lang, "sessions", "--db", &db, "--format", "json"]).out,
            sandbox.ok(&["--lang", lang, "decode", "w.log", "--dbc", "combine-demo", "--stats"]).out,
            sandbox.ok(&["--lang", lang, "decode", "w.log", "--dbc", "combine-demo"]).out,
            sandbox.text(&json),
            sandbox.text(&csv),
            sandbox.text(&file("").replace('-', ".csv")),
            sandbox.text(&file("").replace('-', ".json")),
        ];
        (told, screen)
    };
    let (chinese, chinese_screen) = outputs("zh");
    let (english, english_screen) = outputs("en");
    for (zh, en) in chinese.iter().zip(&english) {
        assert_eq!(zh, en);
    }
    assert!(chinese_screen.contains("损失") && english_screen.contains("loss"), "people read their own");
}

/// Whichever output is wrong: the others keep what they held.
#[test]
fn one_wrong_output_costs_no_other() {
    let sandbox = with_log();
    let kept = ["kept.log", "kept.csv", "kept.json"];
    for name in kept {
        sandbox.write(name, "kept");
    }
    let wrong = "none/x";
    let simulate = |more: [&'static str; 4]| [&["simulate", "--seconds", "2"], &more[..]].concat();
    for args in [
        simulate(["--out", "kept.log", "--truth", wrong]),
        simulate(["--truth", "kept.csv", "--out", wrong]),
        simulate(["--out", "kept.log", "--pans", "."]),
        replay(&["--trace", "kept.csv", "--summary", wrong]),
        replay(&["--summary", "kept.json", "--trace", wrong]),
    ] {
        sandbox.refused(&args, &[args[args.len() - 2]]);
        assert!(kept.iter().all(|name| sandbox.text(name) == "kept"), "{args:?}");
    }
    // A scenario of one's own is no place to write to either.
    sandbox.write("own.toml", "kept");
    sandbox.refused(&["simulate", "--scenario", "own.toml", "--out", "own.toml"], &["own.toml"]);
    assert_eq!(sandbox.text("own.toml"), "kept");
}
