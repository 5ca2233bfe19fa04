//! The simulator through the front door: scenarios, faults, truth, pans, compressed logs, the check.

use std::io::Read;

use crate::support::run::{Ended, Sandbox};

const MANY: usize = 12;

#[test]
fn scenarios_are_listed_and_described_in_two_languages() {
    let sandbox = Sandbox::new();
    let english = sandbox.ok(&["simulate", "--list", "--lang", "en"]).out;
    let chinese = sandbox.ok(&["simulate", "--list", "--lang", "zh"]).out;
    let names = |text: &str| text.lines().map(|line| line.split_once(": ").unwrap().0.to_owned()).collect::<Vec<_>>();
    assert!(names(&english).len() >= MANY && names(&english)[0] == "wheat");
    assert_eq!(names(&english), names(&chinese));
    assert!(english.is_ascii() && chinese.lines().all(|line| !line.is_ascii()));

    let described = sandbox.ok(&["simulate", "--describe", "rice-tracked", "--lang", "en"]).out;
    for words in ["machine: tracked-6", "crop: rice", "weather: humid", "operator: trained", "2400-4200 s  shower"] {
        assert!(described.contains(words), "{words}: {described}");
    }
    for fault in ["dead-plate:plate", "bus-off", "clock-backward:seconds", "babbling-node", "vendor-frames"] {
        assert!(described.contains(&format!("    {fault}\n")), "{fault}");
    }
    assert!(sandbox.ok(&["simulate", "--describe", "rice-tracked", "--lang", "zh"]).out.contains("机器: tracked-6"));
}

#[test]
fn what_cannot_be_is_refused_with_its_key_and_what_would_do() {
    let sandbox = Sandbox::new();
    let with = |option: &'static str| ["simulate", "--out", "x.log", "--fault", option];
    sandbox.refused(&["simulate", "--out", "x.log", "--scenario", "weat"], &["weat", "wheat-lodged", "canola-fan"]);
    sandbox.refused(&["simulate", "--describe", "weat"], &["weat", "wheat-lodged"]);
    sandbox.refused(&with("dead-plat"), &["--fault dead-plat", "dead-plate", "interface-down"]);
    sandbox.refused(&with("dead-plate:middle"), &["plate is middle", "sep-left", "shoe-right"]);
    sandbox.refused(&with("lost-frames:0"), &["percent is 0", "0.1 to 100"]);
    sandbox.refused(&with("bus-off@20-10"), &["end is 10", "20"]);
    sandbox.refused(
        &["simulate", "--out", "x.log", "--fault", "dm1-one", "--fault", "dm1-three@5"],
        &["'dm1-three' apart from 'dm1-one'"],
    );
    sandbox.refused(&["simulate", "--out", "x.log", "--scenario", "none.toml"], &["none.toml"]);
    let scenario = include_str!("../../simulator/scenarios/wheat-steady.toml");
    sandbox.write("mine.toml", scenario.replace("passes = 160", "passes = 0"));
    sandbox.refused(
        &["simulate", "--out", "x.log", "--scenario", "mine.toml"],
        &["mine.toml:", "field.passes is 0", "1 to 5000"],
    );
    assert!(!sandbox.path("x.log").exists());
    sandbox.write("mine.toml", scenario);
    sandbox.ok(&["simulate", "--out", "x.log", "--scenario", "mine.toml", "--seconds", "2"]);
    let demo = ["demo", "--headless", "--db", "j.sqlite", "--scenario"];
    sandbox.refused(&[&demo[..], &["none.toml"]].concat(), &["none.toml"]);
    sandbox.ok(&[&demo[..], &["mine.toml", "--seconds", "2"]].concat());
    sandbox.refused(&["simulate", "--out", "x.log", "--pans", "x.log"], &["--pans x.log", "--out"]);
}

#[test]
fn a_log_goes_to_standard_output_too() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["simulate", "--seconds", "2", "--out", "a.log"]);
    let ended = sandbox.ok(&["simulate", "--seconds", "2", "--out", "-"]);
    assert!(ended.out == sandbox.text("a.log") && !sandbox.path("-").exists());
}

/// As with `| head`: no error, and an end.
#[test]
fn a_reader_that_goes_away_ends_the_log_quietly() {
    let sandbox = Sandbox::new();
    let script = "{ \"$0\" simulate --seconds 3600 --out -; echo \"status $?\" >&2; } | head -n 2";
    let ended: Ended = sandbox.program("sh", &["-c", script, env!("CARGO_BIN_EXE_grainloss")]).output().unwrap().into();
    assert_eq!(ended.out.lines().count(), 2);
    assert_eq!(ended.err.trim(), "status 0");
}

#[test]
fn a_log_is_compressed_by_its_name_and_the_same_for_the_same_seed() {
    let sandbox = Sandbox::new();
    for name in ["a.log", "b.log", "c.log.zst", "d.log.gz"] {
        sandbox.ok(&["simulate", "--out", name, "--seconds", "20", "--seed", "7", "--scenario", "barley-walker"]);
    }
    let plain = sandbox.bytes("a.log");
    assert_eq!(plain, sandbox.bytes("b.log"));
    assert!(plain.len() > 100_000 && sandbox.bytes("c.log.zst").len() * 3 < plain.len());
    assert_eq!(zstd::decode_all(&sandbox.bytes("c.log.zst")[..]).unwrap(), plain);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&sandbox.bytes("d.log.gz")[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    sandbox.ok(&["simulate", "--out", "b.log", "--seconds", "20", "--seed", "8", "--scenario", "barley-walker"]);
    assert_ne!(plain, sandbox.bytes("b.log"));
}

/// 0x20000000 marks an error frame in a log; 0x040 is bus off, 0x100 restarted (linux/can/error.h).
#[test]
fn a_bus_that_goes_off_is_error_frames_and_a_gap_in_the_log() {
    let sandbox = Sandbox::new();
    sandbox.ok(&[
        "simulate",
        "--out",
        "x.log",
        "--seconds",
        "30",
        "--scenario",
        "wheat-steady",
        "--fault",
        "bus-off@10-15",
    ]);
    let log = sandbox.text("x.log");
    let lines: Vec<&str> = log.lines().collect();
    let off = lines.iter().position(|line| line.contains(" can0 20000040#0000000000000000")).unwrap();
    assert!(lines[off - 1].contains(" can0 20000004#0020000000000000"), "{}", lines[off - 1]);
    assert!(lines[off + 1].contains(" can0 20000100#"), "{}", lines[off + 1]);
    let time = |line: &str| line[1..].split(')').next().unwrap().parse::<f64>().unwrap();
    assert!((time(lines[off + 1]) - time(lines[off]) - 5.0).abs() < 0.01);
    assert!(lines.windows(2).all(|pair| time(pair[0]) <= time(pair[1])));
    let replayed = sandbox.replay("x.log", "r", &[]);
    assert_eq!(replayed.code, Some(0), "{}", replayed.err);
}

#[test]
fn truth_and_pans_are_written_and_the_pans_are_taken() {
    let sandbox = Sandbox::new();
    let outputs = ["--out", "w.log", "--truth", "w.csv", "--pans", "pans.csv"];
    let fault = ["--fault", "dead-plate:sep-right@600"];
    let run = ["simulate", "--scenario", "wheat-steady", "--seed", "5", "--seconds", "3000"];
    sandbox.ok(&[&run[..], &outputs, &fault].concat());
    let truth = sandbox.text("w.csv");
    assert_eq!(truth.lines().count(), 3001);
    let columns: Vec<&str> = truth.lines().next().unwrap().split(',').collect();
    assert_eq!(
        columns[..14],
        [
            "t_unix",
            "state",
            "turning_cut",
            "lugging",
            "unloading",
            "grain_in_kg_s",
            "header_loss_kg_s",
            "threshing_loss_kg_s",
            "separation_loss_kg_s",
            "cleaning_loss_kg_s",
            "mog_kg_s",
            "moisture_pct",
            "yield_kg_ha",
            "faults",
        ]
    );
    let faults = truth.lines().skip(1).filter(|line| line.split(',').nth(13) == Some("dead-plate:sep-right")).count();
    assert_eq!(faults, 2400);
    let pans = sandbox.text("pans.csv");
    assert!(
        pans.lines().count() >= 7 && pans.contains(",rear,0.25,1.3,2.75,") && pans.contains(",front,0.5,1.3,2.75,")
    );
    let replayed = sandbox.replay("w.log", "r", &["--pans", "pans.csv"]);
    assert_eq!(replayed.code, Some(0), "{}", replayed.err);
    let summary = sandbox.json("r.json");
    assert_eq!(summary["pans"]["n"].as_u64().unwrap() as usize, pans.lines().count() - 1);
}

#[test]
fn the_check_shows_every_row_and_fails_when_one_does() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["simulate", "--check", "--lang", "en"]);
    let rows = ended.out.lines().filter(|line| line.starts_with("pass ") || line.starts_with("FAIL ")).count();
    let failing = ended.out.lines().filter(|line| line.starts_with("FAIL ")).count();
    assert!(rows >= 40 && ended.out.contains(&format!("{} of {rows} rows pass", rows - failing)), "{}", ended.out);
    assert_eq!(ended.code, Some(i32::from(failing > 0)));
    let chinese = sandbox.run(&["simulate", "--check", "--lang", "zh"]).out;
    assert!(
        chinese.starts_with("结果") && chinese.contains(&format!("{rows} 行中有 {} 行通过", rows - failing)),
        "{chinese}"
    );
    assert_eq!(chinese.lines().filter(|line| line.starts_with("pass ")).count(), rows - failing);
    assert!(ended.out.contains("Hobson & Bruce 2002") && ended.out.contains("governor droop"));
}
