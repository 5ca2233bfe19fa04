//! How close reading and decoding are to what the bytes cost: `cargo bench -p grainloss-can --bench limit`.
//!
//! Each row is work, its figure, the goal, and whether it is met; figures are CPU time of this process, the least of
//! several rounds in turn. Below them, the same work at 1, 10 and 100 times the frames: the cost of a frame must not grow.
#![allow(clippy::unwrap_used, missing_docs, clippy::print_stdout, reason = "a bench")]

#[path = "limit/bound.rs"]
mod bound;
#[path = "limit/bus.rs"]
mod bus;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read};
use std::path::Path;

use grainloss_can::log::Reader;
use grainloss_can::{Database, Frame};
use rustix::time::{ClockId, clock_gettime};

use crate::bound::Bound;

/// CPU time of this process so far, ns.
fn cpu_ns() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

/// The least CPU time of each of these works, ns, in several rounds; in each round they run one after the other, so that
/// what disturbs one disturbs all.
fn least<const N: usize>(rounds: usize, mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..rounds {
        for (work, least) in works.iter_mut().zip(&mut least) {
            let began = cpu_ns();
            work();
            *least = least.min(cpu_ns() - began);
        }
    }
    least
}

/// Prints a row. `figure` meets the goal from `goal` on, or, where less is better, up to it.
fn row(work: &str, figure: f64, unit: &str, goal: f64, more_is_better: bool) {
    let met = if more_is_better { figure >= goal } else { figure <= goal };
    let (sign, met) = (if more_is_better { "≥" } else { "≤" }, if met { "met" } else { "NOT MET" });
    println!("{work:<44} {figure:>7.2}  {sign} {goal:<5.2} {unit:<28} {met}");
}

/// Decodes every signal of a log; how many, and all bits of all values in one number, so that all are computed.
fn decode(database: &Database, log: impl Read) -> (u64, u64) {
    let mut reader = Reader::new(log);
    let (mut signals, mut sum) = (0, 0);
    let mut take = |_: &str, frame: &Frame| {
        let Some(index) = database.index_of(frame.id) else { return };
        database.decode(index, frame, |_, value| {
            signals += 1;
            sum ^= value.raw as u64 ^ value.physical.to_bits() ^ value.state as u64;
        });
    };
    while reader.next_with(&mut take).unwrap().is_some() {}
    (signals, sum)
}

fn read(log: &[u8]) -> u64 {
    let mut reader = Reader::new(log);
    while reader.next_with(|_, frame| _ = black_box(frame)).unwrap().is_some() {}
    reader.counts().frames
}

fn open(path: &Path) -> File {
    File::open(path).unwrap()
}

/// The whole of a log in a file, ours beside the bound, ns a frame.
fn whole(database: &Database, frames: &[Frame], rounds: usize) -> [f64; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.log");
    std::fs::write(&path, bus::candump(frames)).unwrap();
    let bound = Bound::new(database);
    let (found, signals, _) = bound.read(BufReader::with_capacity(1 << 16, open(&path)));
    assert_eq!(found, frames.len() as u64);
    assert!(decode(database, open(&path)).0 <= signals, "ours leaves out the pages that are not there");
    least(
        rounds,
        [
            &mut || _ = black_box(decode(database, open(&path))),
            &mut || _ = black_box(bound.read(BufReader::with_capacity(1 << 16, open(&path)))),
        ],
    )
    .map(|ns| ns / frames.len() as f64)
}

/// Decoding alone, ns a signal.
fn decode_only(database: &Database, frames: &[Frame], rounds: usize) -> f64 {
    let mut signals = 0;
    let mut work = || {
        let mut sum = 0;
        signals = 0;
        for frame in frames {
            let Some(index) = database.index_of(frame.id) else { continue };
            database.decode(index, frame, |_, value| {
                signals += 1;
                sum ^= value.raw as u64 ^ value.physical.to_bits() ^ value.state as u64;
            });
        }
        black_box(sum);
    };
    let [ns] = least(rounds, [&mut work]);
    ns / signals as f64
}

fn main() {
    // As a test it only shows that it runs.
    let (count, rounds) = if std::env::args().any(|arg| arg == "--bench") { (100_000, 15) } else { (2_000, 1) };
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let frames = bus::frames(&database, count);

    if std::env::args().any(|arg| arg == "decode") {
        return row("decode only", decode_only(&database, &frames, if count == 2000 { 200 } else { 100 }), "ns a signal", 6.0, false);
    }
    if let Some(part) = std::env::args().skip_while(|arg| arg != "read").nth(1) {
        for (name, log) in bus::logs(&frames).into_iter().filter(|(name, _)| name.contains(&part)) {
            let [ns] = least(50, [&mut || _ = read(&log)]);
            println!("{name}: {:.1}", ns / frames.len() as f64);
        }
        return;
    }
    let [ours, bound] = whole(&database, &frames, rounds);
    println!("{:<44} {:>7}  {:<36} ", "work", "figure", "goal");
    row("candump text to all signals", bound / ours, "of the bound's speed", 0.90, true);
    row("decode only", decode_only(&database, &frames, rounds), "ns a signal", 6.0, false);
    let candump = bus::candump(&frames);
    let [text] = least(rounds, [&mut || _ = read(&candump)]);
    for (name, log) in bus::logs(&frames) {
        assert_eq!(read(&log), frames.len() as u64, "{name}");
        let [this, text, all, all_text] = least(
            rounds,
            [
                &mut || _ = read(&log),
                &mut || _ = read(&candump),
                &mut || _ = black_box(decode(&database, &log[..])),
                &mut || _ = black_box(decode(&database, &candump[..])),
            ],
        );
        row(&format!("{name}, read"), this / text, "of candump", 1.2, false);
        row(&format!("{name}, read and decoded"), all / all_text, "of candump", 1.2, false);
    }
    println!("\nread candump {:.1} ns a frame; whole {ours:.1}, bound {bound:.1}", text / frames.len() as f64);

    println!("\n{:<44} {:>9} {:>9} {:>9}", "growth: ns a frame at so many frames", count / 10, count, count * 10);
    let sizes = [count / 10, count, count * 10].map(|count| bus::frames(&database, count));
    let grown = sizes.each_ref().map(|frames| whole(&database, frames, rounds.div_ceil(3)));
    println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", "candump text to all signals", grown[0][0], grown[1][0], grown[2][0]);
    println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", "the bound", grown[0][1], grown[1][1], grown[2][1]);
}
