//! The build for a cab that only listens (`--no-default-features`): no simulator, no PDF. It runs in every build.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::process::{Command, Output};

use tempfile::TempDir;

fn grainloss(home: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, home.path());
    }
    command.args(args).current_dir(home.path()).env_remove("LC_ALL").env("LANG", "en_GB.UTF-8").output().unwrap()
}

#[test]
fn the_help_lists_the_commands_that_this_build_has() {
    let home = tempfile::tempdir().unwrap();
    let help = grainloss(&home, &["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    let has = |command: &str| text.lines().any(|line| line.trim_start().starts_with(&format!("{command} ")));
    for command in ["run", "watch", "replay", "decode", "report", "verify", "doctor"] {
        assert!(has(command), "{command}: {text}");
    }
    for command in ["demo", "train", "simulate", "evaluate"] {
        assert_eq!(has(command), cfg!(feature = "simulator"), "{command}: {text}");
    }
    let known = grainloss(&home, &["simulate", "--list"]).status.code();
    assert_eq!(known, Some(if cfg!(feature = "simulator") { 0 } else { 2 }));
}

#[test]
fn a_recorded_log_is_replayed_stored_and_reported() {
    // A John Deere 5055E, engine start (tests/data/tractor-engine.LICENSE); cantools reads EngSpeed up to 1019 r/min.
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("t.log"), include_bytes!("data/tractor-engine.log")).unwrap();
    let args = "replay t.log --machine combine-demo --crop wheat --db j.sqlite --summary s.json";
    let replay = grainloss(&home, &args.split(' ').collect::<Vec<_>>());
    assert!(replay.status.success(), "{}", String::from_utf8_lossy(&replay.stderr));
    let summary = std::fs::read_to_string(home.path().join("s.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["channels"]["engine.speed"]["max"], 1019.0);
    assert_eq!(summary["total_loss_kg"], serde_json::Value::Null);
    let report = grainloss(&home, &["report", "last", "--db", "j.sqlite", "--format", "html", "--out", "r.html"]);
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stderr));
    let pdf = grainloss(&home, &["report", "last", "--db", "j.sqlite", "--format", "pdf", "--out", "r.pdf"]);
    if !cfg!(feature = "pdf") {
        let text = String::from_utf8_lossy(&pdf.stderr).into_owned();
        assert!(pdf.status.code() == Some(2) && text.contains("pdf"), "{text}");
    }
}
