//! The packets that the service writes by itself: every minute once, over kills, restarts and blocks that have gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use grainloss::packets::Packer;
use grainloss_core::record::COLUMNS;
use grainloss_journal::VerifyResult;
use grainloss_packet::Packet;

use crate::support::db::{open, value};
use crate::support::run::{Running, Sandbox, wait_for};

/// A service without a combine on this journal, writing packets as the file says.
fn start(sandbox: &Sandbox, seconds: &str) -> Running {
    let log = fs::File::options().append(true).create(true).open(sandbox.path("log")).unwrap();
    let args =
        ["--config", "g.toml", "demo", "--headless", "--service", "--no-socket", "--speed", "300", "--field", "甲地"];
    let mut command = sandbox.command(&[&args[..], &["--seconds", seconds, "--db", "j.sqlite"]].concat());
    Running(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
}

fn configured(sandbox: &Sandbox) {
    sandbox.write("g.toml", format!("[packets]\nfolder = \"{}\"\n", sandbox.path("out").display()));
}

fn blocks(folder: &Path) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
    let found = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).filter(ours);
    let mut found: Vec<PathBuf> = found.collect();
    found.sort();
    found
}

fn minutes(sandbox: &Sandbox) -> i64 {
    if !sandbox.path("j.sqlite").exists() {
        return 0;
    }
    let journal = open(&sandbox.path("j.sqlite"));
    let there: i64 = value(&journal, "SELECT count(*) FROM sqlite_schema WHERE name = 'minute'", &[]);
    if there == 0 { 0 } else { value(&journal, "SELECT count(*) FROM minute", &[]) }
}

fn term(running: &Running) {
    assert!(Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap().success());
}

/// Every second of the packets by its session and time; a second that comes twice must be the same.
fn seconds(files: &[PathBuf]) -> BTreeMap<(i64, i64), Vec<Option<i64>>> {
    let mut all = BTreeMap::new();
    for file in files {
        let packet = Packet::read(file).unwrap();
        assert!(matches!(packet.verify(), VerifyResult::Untouched { .. }), "{}", file.display());
        let columns: Vec<&[Option<i64>]> = COLUMNS.iter().filter_map(|column| packet.numbers(column.name)).collect();
        for (row, t_us) in packet.t_us.iter().enumerate() {
            let values: Vec<Option<i64>> = columns.iter().map(|column| column[row]).collect();
            if let Some(before) = all.insert((packet.head.session, *t_us), values.clone()) {
                assert_eq!(before, values, "{}: {t_us}", file.display());
            }
        }
    }
    all
}

#[test]
fn the_service_packs_every_minute_once_over_a_kill_and_says_the_end() {
    let sandbox = Sandbox::new();
    configured(&sandbox);
    let mut service = start(&sandbox, "100000");
    wait_for("ten minutes of the first run", || (minutes(&sandbox) >= 12).then_some(()));
    // SIGKILL.
    service.0.kill().unwrap();
    service.0.wait().unwrap();
    let service = start(&sandbox, "100000");
    let before = minutes(&sandbox);
    wait_for("more of it", || (minutes(&sandbox) >= before + 14).then_some(()));
    term(&service);
    let mut service = service;
    let ended = service.0.wait().unwrap();
    assert!(ended.success(), "{ended}: {}", sandbox.text("log"));
    let files = blocks(&sandbox.path("out"));
    assert!(files.len() >= 2, "{files:?}");
    // The same seconds as `grainloss pack` of the whole.
    sandbox.ok(&["pack", "--db", "j.sqlite", "--out", "whole"]);
    assert_eq!(seconds(&files), seconds(&blocks(&sandbox.path("whole"))));
    // Each minute in one block, in order, and the end in the last of each session.
    let mut lasts: BTreeMap<i64, Vec<bool>> = BTreeMap::new();
    let mut chain = BTreeMap::new();
    for file in &files {
        let head = Packet::read(file).unwrap().head;
        if let Some(after) = chain.insert(head.session, head.chain_after()) {
            assert_eq!(after, head.chain_before, "{}", file.display());
        }
        assert_eq!(head.report.is_some(), head.last);
        assert!(!head.names);
        lasts.entry(head.session).or_default().push(head.last);
    }
    // A session that was killed and is not gone on with stays open: its packet has no end.
    let of = |file: &PathBuf| Packet::read(file).unwrap().head;
    let closed: BTreeMap<i64, bool> =
        blocks(&sandbox.path("whole")).iter().map(of).map(|head| (head.session, head.last)).collect();
    assert!(closed.values().any(|last| *last));
    for (session, lasts) in &lasts {
        assert!(lasts.iter().rev().skip(1).all(|last| !last), "{session}: {lasts:?}");
        assert_eq!(lasts.last(), closed.get(session), "{session}");
    }
    // Blocks that were sent are not packed again, by whatever start.
    for file in &files {
        fs::remove_file(file).unwrap();
    }
    let mut again = Packer::new(sandbox.path("j.sqlite"), sandbox.path("out"), false);
    assert!(again.look().is_empty());
}

#[test]
fn a_block_is_the_packet_that_pack_would_make_and_a_power_cut_at_any_step_makes_no_second_one() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seed", "3", "--seconds", "900", "--db", "j.sqlite"]);
    sandbox.ok(&["pack", "--db", "j.sqlite", "--out", "whole"]);
    let whole = blocks(&sandbox.path("whole"));
    let look = || Packer::new(sandbox.path("j.sqlite"), sandbox.path("out"), false).look();
    let written = look();
    let [block] = &written[..] else { panic!("{written:?}") };
    assert_eq!((block.file_name(), fs::read(block).unwrap()), (whole[0].file_name(), fs::read(&whole[0]).unwrap()));
    assert!(look().is_empty());
    let name = block.file_name().unwrap().to_str().unwrap().to_owned();
    let part = sandbox.path("out").join(format!(".{name}.part"));
    // Cut off before it was named: it is noted, so it gets its name.
    fs::rename(block, &part).unwrap();
    assert!(look().is_empty());
    assert!(block.exists() && !part.exists());
    // Cut off before it was noted: made anew.
    fs::rename(block, &part).unwrap();
    fs::remove_file(sandbox.path("out").join(".packed.json")).unwrap();
    assert_eq!(look(), written);
    assert!(!part.exists());
    // Packets of `grainloss pack` in a folder without notes count as well.
    assert!(Packer::new(sandbox.path("j.sqlite"), sandbox.path("whole"), false).look().is_empty());
}
