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
use std::io::{BufReader, Read, Write};
use std::path::Path;

use grainloss_can::log::Reader;
use grainloss_can::{Database, Frame, Message, RowFormat, Rows};
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
        [&mut || _ = black_box(decode(database, open(&path))), &mut || {
            _ = black_box(bound.read(BufReader::with_capacity(1 << 16, open(&path))));
        }],
    )
    .map(|ns| ns / frames.len() as f64)
}

/// Decoding alone, ours beside the bound, ns a signal.
fn decode_only(database: &Database, frames: &[Frame], rounds: usize) -> (f64, f64) {
    let (mut signals, mut all) = (0, 0);
    let bound = Bound::new(database);
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
    let mut shifts = || {
        all = 0;
        let mut sum = 0.0;
        for frame in frames {
            let mut bytes = [0; 8];
            bytes[..frame.len()].copy_from_slice(frame.payload());
            let (found, values) = bound.extract(frame.id.bits(), u64::from_le_bytes(bytes));
            all += found;
            sum += values;
        }
        black_box(sum);
    };
    let [ns, least_ns] = least(rounds, [&mut work, &mut shifts]);
    (ns / signals as f64, least_ns / all as f64)
}

/// The rows of a log beside its decoding alone, ns a frame.
fn rows(database: &Database, log: &[u8], format: RowFormat, rounds: usize) -> [f64; 2] {
    let mut frames = 0;
    let found = least(
        rounds,
        [
            &mut || {
                let mut reader = Reader::new(log);
                let all = |_: usize, message: &Message| (0..message.signals.len()).collect();
                let mut rows = Rows::new(database, format, |text| text.into(), all);
                let mut add = |interface: &str, frame: &Frame| {
                    let Some(index) = database.index_of(frame.id) else { return };
                    rows.add(frame.t_us, interface, frame.id, index, frame.into());
                    if rows.text().len() > 1 << 16 {
                        std::io::sink().write_all(black_box(rows.text())).unwrap();
                        rows.clear();
                    }
                };
                while reader.next_with(&mut add).unwrap().is_some() {}
                frames = reader.counts().frames;
            },
            &mut || _ = black_box(decode(database, log)),
        ],
    );
    found.map(|ns| ns / frames as f64)
}

fn main() {
    // As a test it only shows that it runs.
    let (count, rounds) = if std::env::args().any(|arg| arg == "--bench") { (100_000, 15) } else { (2_000, 1) };
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let frames = bus::frames(&database, count);

    let [ours, bound] = whole(&database, &frames, rounds);
    println!("{:<44} {:>7}  {:<36} ", "work", "figure", "goal");
    row("candump text to all signals", bound / ours, "of the bound's speed", 0.90, true);
    let (signal, least_signal) = decode_only(&database, &frames, rounds);
    row("decode only", signal, "ns a signal", 6.0, false);
    let candump = bus::candump(&frames);
    for (name, format) in [("csv", RowFormat::Csv), ("jsonl", RowFormat::JsonLines)] {
        let [written, decoded] = rows(&database, &candump, format, rounds);
        row(&format!("decode --format {name}, without the system"), written / decoded, "of decoding", 3.0, false);
    }
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
    println!("\na signal by shift, mask and scale alone {least_signal:.2} ns, so that machines can be compared");
    println!("read candump {:.1} ns a frame; whole {ours:.1}, bound {bound:.1}", text / frames.len() as f64);

    println!("\n{:<44} {:>9} {:>9} {:>9}", "growth: ns a frame at so many frames", count / 10, count, count * 10);
    let sizes = [count / 10, count, count * 10].map(|count| bus::frames(&database, count));
    let grown = sizes.each_ref().map(|frames| whole(&database, frames, rounds.div_ceil(3)));
    println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", "candump text to all signals", grown[0][0], grown[1][0], grown[2][0]);
    println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", "the bound", grown[0][1], grown[1][1], grown[2][1]);
    let logs = sizes.each_ref().map(|frames| bus::candump(frames));
    for (name, format) in [("csv", RowFormat::Csv), ("jsonl", RowFormat::JsonLines)] {
        let grown = logs.each_ref().map(|log| rows(&database, log, format, rounds.div_ceil(3))[0]);
        println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", format!("decode --format {name}"), grown[0], grown[1], grown[2]);
    }
    let logs = sizes.each_ref().map(|frames| bus::logs(frames));
    for (at, (name, _)) in logs[0].iter().enumerate() {
        let grown = [0, 1, 2].map(|size| {
            let [ns] = least(rounds.div_ceil(3), [&mut || _ = read(&logs[size][at].1)]);
            ns / sizes[size].len() as f64
        });
        println!("{:<44} {:>9.1} {:>9.1} {:>9.1}", format!("{name}, read"), grown[0], grown[1], grown[2]);
    }
}
