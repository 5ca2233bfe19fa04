//! A service that is killed and started again and again on one journal: no second, no seal and no session is lost or made up.
//! `GRAINLOSS_KILLS=200` for the long run.

#![allow(clippy::disallowed_methods, reason = "kills happen by the wall clock")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::db::{assert_sound, open, samples_so_far, times_us, value};
use crate::support::run::{Running, Sandbox, wait_for};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// At once: the machine that runs this has two processors.
const SIDE_BY_SIDE: u64 = 4;

fn start(sandbox: &Sandbox, speed: u32, field: &str) -> Running {
    let speed = speed.to_string();
    let args = [
        "demo",
        "--headless",
        "--service",
        "--no-socket",
        "--speed",
        &speed,
        "--field",
        field,
        "--capture",
        "--tenths",
    ];
    let log = fs::File::options().append(true).create(true).open(sandbox.path("log")).unwrap();
    let mut command = sandbox.command(&[&args[..], &["--db", "j.sqlite"]].concat());
    Running(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
}

fn term(running: &Running) {
    assert!(Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap().success());
}

/// What holds after every kill. Returns the number of seconds.
fn assert_whole(sandbox: &Sandbox, what: &str) -> usize {
    let path = sandbox.path("j.sqlite");
    if !path.exists() {
        return 0;
    }
    let journal = open(&path);
    assert_sound(&journal);
    if value::<i64>(&journal, "SELECT count(*) FROM sqlite_schema WHERE name = 'seal'", &[]) == 0 {
        // Killed before the new file had its tables.
        return 0;
    }
    let sessions: i64 = value(&journal, "SELECT count(*) FROM session", &[]);
    let mut seconds = 0;
    for session in 1..=sessions {
        let stated: i64 = value(&journal, "SELECT seconds FROM session WHERE id = ?1", &[&session]);
        let times = times_us(&journal, session);
        assert_eq!(stated, times.len() as i64, "{what}: session {session}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 1_000_000), "{what}: session {session}");
        seconds += times.len();
    }
    drop(journal);
    if sessions > 0 {
        let verified = sandbox.run(&["verify", "j.sqlite"]);
        // A capture whose session was interrupted has no hash yet, which is said.
        assert!(matches!(verified.code, Some(0 | 3)), "{what}: {:?} {}{}", verified.code, verified.out, verified.err);
    }
    for file in fs::read_dir(sandbox.path("j-raw")).into_iter().flatten() {
        let packed = fs::read(file.unwrap().path()).unwrap();
        let mut decoder = zstd::stream::read::Decoder::new(&packed[..]).unwrap();
        std::io::copy(&mut decoder, &mut std::io::sink()).unwrap_or_else(|error| panic!("{what}: a capture: {error}"));
    }
    seconds
}

/// Kills a service `kills` times at random moments; the number of kills by TERM and by -9, and of seconds at the end.
fn kill_again_and_again(seed: u64, kills: u32) -> (u32, u32, usize) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let sandbox = Sandbox::new();
    let (mut closed, mut killed, mut stored) = (0, 0, 0);
    for nth in 0..kills {
        let (speed, field) = (random.random_range(1..=20), ["east", "west"][random.random_range(0..2)]);
        let mut running = start(&sandbox, speed, field);
        std::thread::sleep(Duration::from_millis(random.random_range(0..4000)));
        let what = format!("seed {seed}, kill {nth}, speed {speed}, field {field}");
        if random.random_bool(0.4) {
            term(&running);
            if random.random_bool(0.5) {
                running.0.wait().unwrap();
            } else {
                // In the middle of closing and signing.
                std::thread::sleep(Duration::from_millis(random.random_range(0..80)));
            }
            closed += 1;
        } else {
            killed += 1;
        }
        drop(running);
        let now = assert_whole(&sandbox, &what);
        assert!(now >= stored, "{what}: {stored} seconds before, {now} after");
        stored = now;
    }
    // Another field begins a session of its own, closed in order.
    let mut last = start(&sandbox, 20, "north");
    wait_for("more seconds", || Some(samples_so_far(&sandbox.path("j.sqlite"))).filter(|n| *n > stored as i64));
    term(&last);
    assert!(last.0.wait().unwrap().success(), "{}", sandbox.text("log"));
    let stored = assert_whole(&sandbox, "closed at the end");
    let newest: i64 = value(&open(&sandbox.path("j.sqlite")), "SELECT max(id) FROM session", &[]);
    let told = sandbox.run(&["verify", &newest.to_string(), "--db", "j.sqlite"]).out;
    assert!(told.contains(&format!("session {newest}: untouched since")), "{told}");
    (closed, killed, stored)
}

#[test]
fn a_service_killed_again_and_again_loses_no_second_and_no_seal() {
    let kills: u32 = std::env::var("GRAINLOSS_KILLS").map_or(16, |n| n.parse().expect("GRAINLOSS_KILLS is a number"));
    let each = kills.div_ceil(SIDE_BY_SIDE as u32);
    let all: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..SIDE_BY_SIDE).map(|seed| scope.spawn(move || kill_again_and_again(seed, each))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let table = format!("(stopped, killed, seconds at the end) in each of {SIDE_BY_SIDE} journals: {all:?}\n");
    // Past the harness, which would swallow it.
    std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes()).unwrap();
}

/// A service that is killed before its first second has recorded nothing, and leaves nothing.
#[test]
fn a_service_without_a_second_leaves_no_session_behind() {
    let sandbox = Sandbox::new();
    // The first second takes a thousand at this speed.
    let args = ["demo", "--headless", "--service", "--socket", "s.sock", "--speed", "0.001", "--capture"];
    for _ in 0..2 {
        let mut command = sandbox.command(&[&args[..], &["--db", "j.sqlite"]].concat());
        let running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        wait_for("the open journal", || {
            let shown = sandbox.run(&["watch", "--socket", "s.sock", "--once", "--format", "json"]);
            (shown.code == Some(0) && sandbox.path("j.sqlite-wal").exists()).then_some(())
        });
        drop(running);
        assert_eq!(value::<i64>(&open(&sandbox.path("j.sqlite")), "SELECT count(*) FROM session", &[]), 0);
        assert!(!sandbox.path("j-raw").exists());
    }
    sandbox.ok(&["demo", "--headless", "--seconds", "5", "--db", "j.sqlite"]);
    assert!(sandbox.ok(&["verify", "1", "--db", "j.sqlite"]).out.contains("session 1: untouched since"));
}
