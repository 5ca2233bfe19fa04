//! The raw capture from outside: what is in it, what a crash costs, what makes room for what.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::support::db::{open, times_us, value};
use crate::support::hash::sha256;
use crate::support::run::{Running, Sandbox, wait_for};

/// What `zstdcat` gives; a file that breaks off gives what is whole before.
fn zstdcat(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut decoder = zstd::stream::read::Decoder::new(packed).unwrap();
    // A frame cut short is an error at the end; all before it has been read.
    let _ = std::io::copy(&mut decoder, &mut out);
    out
}

/// What each compressed frame begins with (RFC 8878).
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// How many compressed frames there are.
fn frames_of(packed: &[u8]) -> usize {
    packed.windows(4).filter(|word| *word == MAGIC).count()
}

/// The lines without the interface's name, which a log from `simulate` chooses itself.
fn frames(log: &[u8]) -> Vec<(String, String)> {
    let lines = std::str::from_utf8(log).unwrap().lines().map(|line| {
        let mut parts = line.split(' ');
        (parts.next().unwrap().to_owned(), parts.nth(1).unwrap().to_owned())
    });
    lines.collect()
}

#[test]
fn a_capture_is_the_log_of_its_session() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--headless", "--seed", "4", "--seconds", "95", "--capture", "--db", "j.sqlite"]);
    sandbox.simulate("w", "wheat", 4, 95);
    let packed = sandbox.bytes("j-raw/session-000001.log.zst");
    let log = zstdcat(&packed);
    assert_eq!(frames(&log), frames(&sandbox.bytes("w.log")));
    // Ninety-five seconds are ten frames of ten seconds at most, after the empty one that begins the file.
    assert_eq!(frames_of(&packed), 11);
    let journal = open(&sandbox.path("j.sqlite"));
    let row: String = value(
        &journal,
        "SELECT file || ' ' || frames || ' ' || lost || ' ' || bytes || ' ' || sha256 FROM capture",
        &[],
    );
    let sha = sha256(&packed);
    let lines = frames(&log).len();
    assert_eq!(row, format!("j-raw/session-000001.log.zst {lines} 0 {} {sha}", packed.len()));
    let mode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("j-raw") & 0o027, mode("j-raw/session-000001.log.zst") & 0o137), (0, 0));
    // It is a log like any other: its replay is the session.
    sandbox.ok(&[
        "replay",
        "j-raw/session-000001.log.zst",
        "--machine",
        "combine-demo",
        "--crop",
        "wheat",
        "--trace",
        "t.csv",
    ]);
    let report = sandbox.ok(&["report", "1", "--format", "csv", "--db", "j.sqlite"]).out;
    assert_eq!(sandbox.text("t.csv"), report);
    // Without being asked, a demo keeps nothing.
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]);
    assert_eq!(fs::read_dir(sandbox.path("j-raw")).unwrap().count(), 1);
}

#[test]
fn a_crash_costs_ten_seconds_of_frames() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("j.sqlite");
    let args = ["demo", "--headless", "--speed", "10", "--seconds", "36000", "--capture", "--db", "j.sqlite"];
    let mut running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let packed = sandbox.path("j-raw/session-000001.log.zst");
    wait_for("four closed frames", || fs::read(&packed).ok().filter(|packed| frames_of(packed) > 5));
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    let journal = open(&path);
    let packed = sandbox.bytes("j-raw/session-000001.log.zst");
    let second = |line: &(String, String)| line.0.trim_matches(['(', ')']).parse::<f64>().unwrap();
    // Each closed frame holds ten seconds at most: no more was open at any time.
    // The first one is empty: a capture is a whole file from its beginning.
    let starts: Vec<usize> = (0..packed.len()).filter(|at| packed[*at..].starts_with(&MAGIC)).skip(1).collect();
    assert!(zstdcat(&packed[..starts[0]]).is_empty());
    for pair in starts.windows(2) {
        let lines = frames(&zstdcat(&packed[pair[0]..pair[1]]));
        let (first, last) = (second(&lines[0]), second(lines.last().unwrap()));
        assert!(last - first < 10.0, "{first} to {last}");
    }
    assert!(starts.len() > 4, "what was closed is there");
    let frames = frames(&zstdcat(&packed));
    assert_eq!(value::<Option<String>>(&journal, "SELECT sha256 FROM capture", &[]), None);
    sandbox.simulate("w", "wheat", 1, 120);
    let all = self::frames(&sandbox.bytes("w.log"));
    assert_eq!(frames[..], all[..frames.len()], "no frame is lost before");
}

#[test]
fn only_what_was_exported_makes_room() {
    let sandbox = Sandbox::new();
    let demo = |seconds: &str, budget: &str| {
        sandbox.run(&[
            "demo",
            "--headless",
            "--seconds",
            seconds,
            "--capture",
            "--capture-budget",
            budget,
            "--db",
            "j.sqlite",
        ])
    };
    let there = || -> Vec<i64> {
        let journal = open(&sandbox.path("j.sqlite"));
        (1..10)
            .filter(|n| sandbox.path(&format!("j-raw/session-{n:06}.log.zst")).exists())
            .inspect(|n| {
                assert_eq!(value::<i64>(&journal, "SELECT pruned FROM capture WHERE session = ?1", &[n]), 0);
            })
            .collect()
    };
    // About 1.1 MB each.
    for _ in 0..3 {
        assert_eq!(demo("600", "1000").code, Some(0));
    }
    let size = fs::metadata(sandbox.path("j-raw/session-000001.log.zst")).unwrap().len();
    assert!((300_000..3_000_000).contains(&size), "{size} bytes");
    assert_eq!(there(), [1, 2, 3]);
    // Nothing was exported: nothing goes, and that the frames are not kept is said and journaled.
    let told = demo("100", "1");
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.err.contains("the budget is spent"), "{}", told.err);
    assert_eq!(there()[..3], [1, 2, 3]);
    let journal = open(&sandbox.path("j.sqlite"));
    let said: i64 =
        value(&journal, "SELECT count(*) FROM event WHERE session = 4 AND kind = 'capture' AND id = 'no-space'", &[]);
    assert_eq!(said, 1);
    assert_eq!(times_us(&journal, 4).len(), 100, "the estimate goes on");
    // The second and third were exported: the older goes, the first stays for ever.
    for id in ["3", "2"] {
        sandbox.ok(&["report", id, "--format", "csv", "--out", "r.csv", "--db", "j.sqlite"]);
    }
    let budget = (2 * size / 1_000_000 + 1).to_string();
    assert_eq!(demo("100", &budget).code, Some(0));
    let left = there();
    // A service that has every second has not failed when it is stopped: what the capture lacks is told.
    let service = ["demo", "--service", "--headless", "--seconds", "5", "--capture", "--capture-budget", "1"];
    let told = sandbox.ok(&[&service[..], &["--db", "j.sqlite"]].concat());
    assert!(told.err.contains("the capture is not complete"), "{}", told.err);
    assert!(left.contains(&1) && !left.contains(&2) && left.contains(&5), "{left:?}");
}

#[test]
fn frames_of_a_capture_that_was_removed_are_told_and_the_next_ones_kept() {
    let sandbox = Sandbox::new();
    let args = ["demo", "--headless", "--service", "--speed", "50", "--capture", "--no-socket", "--db", "j.sqlite"];
    let told = fs::File::create(sandbox.path("told")).unwrap();
    let mut running = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(told).spawn().unwrap());
    let file = sandbox.path("j-raw/session-000001.log.zst");
    let holds = || fs::metadata(&file).ok().filter(|found| found.len() > 0).map(drop);
    wait_for("a capture", holds);
    fs::remove_dir_all(sandbox.path("j-raw")).unwrap();
    wait_for("another", holds);
    let pid = running.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    running.0.wait().unwrap();
    let told = sandbox.text("told");
    assert!(
        told.contains("the capture is not complete") && told.contains("was removed, renamed or replaced"),
        "{told}"
    );
    let journal = open(&sandbox.path("j.sqlite"));
    let number = |column: &str| value::<i64>(&journal, &format!("SELECT {column} FROM capture WHERE session = 1"), &[]);
    let lines = zstdcat(&fs::read(&file).unwrap()).split(|byte| *byte == b'\n').count() as i64 - 1;
    assert_eq!((number("frames"), number("pruned")), (lines, 0));
    assert!(number("lost") > 0 && told.contains(&format!("{} frames lost", number("lost"))), "{told}");
    assert_eq!(value::<String>(&journal, "SELECT sha256 FROM capture", &[]), sha256(fs::read(&file).unwrap()));
}
