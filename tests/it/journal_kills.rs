//! kill -9 at random moments: no corruption, and at most the last second lost. `GRAINLOSS_KILLS=200` for the long run.

#![allow(clippy::disallowed_methods, reason = "kills happen in real time")]

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::support::db::{assert_contiguous, assert_sound, open, samples_so_far, times_us, value};
use crate::support::run::{Running, Sandbox, wait_for};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
const START_US: i64 = 1_749_520_800_000_000;
/// Seconds of harvest in a second.
const SPEED: f64 = 20.0;
/// At once: the machine that runs this has two processors.
const SIDE_BY_SIDE: usize = 4;

/// What a kill left: seconds stored, and how much of the time between the first commit and the kill is missing. A clock
/// that can be set would not do: a machine may correct it at any moment.
struct Left {
    nth: u32,
    after_ms: u64,
    stored: usize,
    missing_s: f64,
}

fn kill(sandbox: &Sandbox, nth: u32, after_ms: u64) -> Left {
    let name = format!("{nth}.sqlite");
    let path = sandbox.path(&name);
    let (speed, seed) = (SPEED.to_string(), nth.to_string());
    let args =
        ["demo", "--headless", "--speed", &speed, "--seed", &seed, "--seconds", "36000", "--capture", "--db", &name];
    let mut child = Running(sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let seen = wait_for("samples", || Some(samples_so_far(&path)).filter(|n| *n > 0));
    let first_commit = Instant::now();
    std::thread::sleep(Duration::from_millis(after_ms));
    let went_on_s = first_commit.elapsed().as_secs_f64();
    child.0.kill().unwrap();
    child.0.wait().unwrap();

    let journal = open(&path);
    assert_sound(&journal);
    let times = times_us(&journal, 1);
    assert!(times.len() as i64 >= seen, "kill {nth}: {seen} were there, {} are", times.len());
    assert_eq!(times[0], START_US + 1_000_000);
    assert_contiguous(&times);
    assert_eq!(value::<i64>(&journal, "SELECT last_us FROM session", &[]), *times.last().unwrap());
    let missing_s = went_on_s - (times.len() as i64 - seen) as f64 / SPEED;
    Left { nth, after_ms, stored: times.len(), missing_s }
}

#[test]
fn no_kill_costs_more_than_the_last_second() {
    let kills: u32 = std::env::var("GRAINLOSS_KILLS").map_or(24, |n| n.parse().expect("GRAINLOSS_KILLS is a number"));
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let moments: Vec<u64> = (0..kills).map(|_| random.random_range(0..3000)).collect();
    let sandbox = Sandbox::new();
    let next = AtomicU32::new(0);
    let mut all: Vec<Left> = std::thread::scope(|scope| {
        let worker = || {
            let mut left = Vec::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let Some(after_ms) = moments.get(nth as usize) else { return left };
                left.push(kill(&sandbox, nth, *after_ms));
            }
        };
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    all.sort_by_key(|left| left.nth);
    assert_eq!(all.len(), kills as usize);
    let mut missing: Vec<f64> = all.iter().map(|left| left.missing_s).collect();
    missing.sort_by(f64::total_cmp);
    let at = |share: f64| missing[((missing.len() - 1) as f64 * share) as usize];
    let mut table =
        format!("\n{kills} kills (GRAINLOSS_KILLS sets how many), all sound, no hole, at {SPEED} times real time\n");
    table += " kill   after commit 1, ms   seconds stored   missing at the kill, s\n";
    for left in &all {
        writeln!(table, "{:5} {:21} {:16} {:24.2}", left.nth, left.after_ms, left.stored, left.missing_s).unwrap();
    }
    writeln!(table, "missing: median {:.2} s, 95 % {:.2} s, most {:.2} s", at(0.5), at(0.95), at(1.0)).unwrap();
    // Past the harness, which would swallow it.
    std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes()).unwrap();
    // A commit a second, and the time that the commit takes: on a machine that does much else, seconds. The figures are
    // in the table; this only tells a commit a second from one a minute.
    assert!(at(0.5) < 5.0 && at(1.0) < 30.0, "{table}");
}
