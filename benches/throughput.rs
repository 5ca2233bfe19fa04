//! What a second of work costs, stage by stage, on a bus that the bench makes itself: `cargo bench`.
//!
//! Each figure is time for each element: a frame for parsing, decoding and replaying, a step for the estimator, a second
//! of harvest for the journal.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a bench")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use grainloss_can::candump::write_frame;
use grainloss_can::log::{AscWriter, BlfWriter, Reader};
use grainloss_can::{Database, Frame, State, Value};
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Harvest, Setup, Totals};
use grainloss_core::machine::{ChannelBank, Profile, Readings, Router};
use grainloss_core::pipeline::Pipeline;
use grainloss_core::record::{SecondBuilder, SecondRow};
use grainloss_journal::{Entry, Overflow, SessionStart, Writer};
use grainloss_knowledge::profiles;
use grainloss_simulator::{Scenario, Simulation};

/// Two minutes of harvest, about 29,000 frames. The machine loads a bus of 250 kbit/s to 14 %.
fn frames() -> Vec<Frame> {
    let mut simulation = Simulation::new(&Scenario::bundled("wheat").unwrap(), 1);
    let mut frames = Vec::new();
    for _ in 0..12_000 {
        simulation.tick(&mut frames);
    }
    frames
}

fn setup() -> (Profile, Setup) {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = grainloss_knowledge::crop("wheat").unwrap().model(None, None);
    let setup = Setup { crop, geometry: profile.geometry.clone(), loss_plates: profile.loss_plates.clone() };
    (profile, setup)
}

fn pipeline() -> Pipeline {
    let (profile, setup) = setup();
    let rated_feed_kg_s = setup.geometry.rated_feed_kg_s;
    let bank = ChannelBank::new(Router::new(&profile).unwrap());
    Pipeline::new(bank, Harvest::new(setup), Advisor::new(Some(0.012), rated_feed_kg_s))
}

/// Readings in the middle of a pass.
fn readings(frames: &[Frame]) -> Readings {
    let mut bank = ChannelBank::new(Router::new(&setup().0).unwrap());
    for frame in frames {
        bank.take(frame, frame.t_us);
    }
    bank.readings(frames.last().unwrap().t_us)
}

/// What whoever reads a value does with it: no value is none. (A whole [`Value`] kept in memory for the bench's sake would
/// be measured for its copying.)
fn valid(value: Value) -> f64 {
    if value.state == State::Valid { value.physical } else { 0.0 }
}

fn bus(c: &mut Criterion) {
    let frames = frames();
    let mut log = Vec::new();
    let began_us = frames[0].t_us;
    for frame in &frames {
        // The same frames in 14/36 of the time: a bus that is loaded to 36 %, of which every message is known.
        let mut frame = frame.clone();
        frame.t_us = began_us + (frame.t_us - began_us) * 14 / 36;
        write_frame(&mut log, "can0", &frame).unwrap();
    }
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let mut group = c.benchmark_group("bus");
    group.throughput(Throughput::Elements(frames.len() as u64));
    group.bench_function("parse a candump log", |b| {
        b.iter(|| {
            let mut reader = Reader::new(&log[..]);
            while reader.next_with(|_, frame| _ = black_box(frame)).unwrap().is_some() {}
        });
    });
    group.bench_function("parse and decode every signal", |b| {
        b.iter(|| {
            let mut reader = Reader::new(&log[..]);
            let mut sum = 0.0;
            let mut decode = |_: &str, frame: &Frame| {
                let message = database.message_of(frame.id).unwrap();
                for signal in message.signals.iter().filter(|signal| message.holds(signal, frame)) {
                    sum += valid(signal.decode(frame));
                }
            };
            while reader.next_with(&mut decode).unwrap().is_some() {}
            sum
        });
    });
    group.bench_function("decode every signal", |b| {
        b.iter(|| {
            let mut sum = 0.0;
            for frame in &frames {
                for signal in &database.message_of(frame.id).unwrap().signals {
                    sum += valid(signal.decode(frame));
                }
            }
            sum
        });
    });
    group.bench_function("replay: frames to estimates", |b| {
        b.iter_batched(
            pipeline,
            |mut pipeline| {
                for frame in &frames {
                    pipeline.frame(frame, frame.t_us, &mut |output| _ = black_box(output));
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// The same frames as a log of every other kind.
fn logs(frames: &[Frame]) -> Vec<(&'static str, Vec<u8>)> {
    /// As a CANedge writes it; its records begin behind the head of the last block.
    const MF4: &[u8] = include_bytes!("../can-dbc/tests/logs/fd-unfinished.mf4");
    let mut asc = AscWriter::new(Vec::new());
    let mut blf = BlfWriter::new(Cursor::new(Vec::new())).unwrap();
    let mut trc = ";$FILEVERSION=1.1\n;$STARTTIME=45818.0\n".to_owned();
    let mut gvret = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n".to_owned();
    let mut mdf2csv = "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes\n".to_owned();
    let mut cl2000 = "# Logger type: CL2000\n# Time: 20250610T020000\nTimestamp;Type;ID;Data\n".to_owned();
    let mut busmaster =
        "***BUSMASTER Ver 3.2.2***\n***START DATE AND TIME 10:6:2025 2:0:0:0***\n***HEX***\n".to_owned();
    let mut screen = String::new();
    let head = MF4.windows(4).position(|name| name == b"##DT").unwrap() + 24;
    let (mut mf4, mut offset) = (MF4[..head].to_vec(), 0);
    let began_us = frames[0].t_us;
    for frame in frames {
        asc.write(frame).unwrap();
        blf.write(frame).unwrap();
        let (bits, len) = (frame.id.bits(), frame.len());
        let bytes = |between: &str| {
            frame.payload().iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}{between}"))
        };
        let (micros, t_us) = (frame.t_us % 1_000_000, frame.t_us);
        let (seconds, since_us) = (t_us / 1_000_000, t_us - began_us);
        let (minutes, second) = (since_us / 60_000_000 % 60, since_us / 1_000_000 % 60);
        writeln!(trc, "1) {}.{} Rx {bits:08X} {len} {}", since_us / 1000, since_us % 1000 / 100, bytes(" ")).unwrap();
        writeln!(gvret, "{t_us},{bits:08X},true,Rx,0,{len},{}", bytes(",")).unwrap();
        writeln!(mdf2csv, "{seconds}.{micros:06};1;{bits:X};1;{len};{len};0;0;0;{}", bytes("")).unwrap();
        let millis = since_us % 1_000_000 / 1000;
        writeln!(cl2000, "10T02{minutes:02}{second:02}{millis:03};1;{bits:x};{}", bytes("")).unwrap();
        writeln!(busmaster, "02:{minutes:02}:{second:02}:{millis:03} Rx 1 0x{bits:08X} x {len} {}", bytes(" "))
            .unwrap();
        writeln!(screen, " ({seconds}.{micros:06})  can0  {bits:08X}   [{len}]  {}", bytes(" ")).unwrap();
        mf4.push(1);
        mf4.extend((since_us as u64).to_le_bytes());
        mf4.extend((bits | 1 << 29).to_le_bytes());
        mf4.extend([1, len as u8, len as u8]);
        mf4.extend((offset as u64).to_le_bytes());
        mf4.push(2);
        mf4.extend((len as u32).to_le_bytes());
        mf4.extend(frame.payload());
        offset += 4 + len;
    }
    vec![
        ("candump on the screen", screen.into_bytes()),
        ("Vector ASC", asc.finish().unwrap()),
        ("PEAK TRC", trc.into_bytes()),
        ("GVRET csv", gvret.into_bytes()),
        ("mdf2csv", mdf2csv.into_bytes()),
        ("CL2000 csv", cl2000.into_bytes()),
        ("BUSMASTER", busmaster.into_bytes()),
        ("Vector BLF", blf.finish().unwrap().into_inner()),
        ("MF4", mf4),
    ]
}

fn readers(c: &mut Criterion) {
    let frames = frames();
    let mut group = c.benchmark_group("read a log");
    group.throughput(Throughput::Elements(frames.len() as u64)).sample_size(20);
    for (name, log) in logs(&frames) {
        let read = || {
            let (mut reader, mut count) = (Reader::new(&log[..]), 0);
            while reader.next_with(|_, frame| _ = black_box(frame)).unwrap().is_some() {
                count += 1;
            }
            count
        };
        assert_eq!(read(), frames.len(), "{name}");
        group.bench_function(name, |b| b.iter(read));
    }
    group.finish();
}

fn estimator(c: &mut Criterion) {
    let readings = readings(&frames());
    let mut harvest = Harvest::new(setup().1);
    let mut group = c.benchmark_group("estimator");
    group.throughput(Throughput::Elements(1));
    group.bench_function("one step", |b| b.iter(|| black_box(harvest.step(&readings))));
    group.finish();
}

fn journal(c: &mut Criterion) {
    const SECONDS: i64 = 3600;
    let readings = readings(&frames());
    let (mut harvest, advisor) = (Harvest::new(setup().1), Advisor::new(None, 8.0));
    let mut row = |t_s: i64| -> SecondRow {
        let estimate = harvest.step(&readings);
        let mut second = SecondBuilder::default();
        second.add(&readings, &estimate);
        second.finish(t_s * 1_000_000, &estimate, advisor.advice(), harvest.totals())
    };
    let rows: Vec<_> = (1..=SECONDS).map(&mut row).collect();
    let start = SessionStart {
        started_us: 0,
        source: "bench".to_owned(),
        clock: "simulator",
        machine: "combine-demo".to_owned(),
        profile_sha256: String::new(),
        crop: "wheat".to_owned(),
        limit: None,
        ..SessionStart::default()
    };
    let mut group = c.benchmark_group("journal");
    group.throughput(Throughput::Elements(SECONDS as u64)).sample_size(10);
    group.bench_function("store an hour of seconds", |b| {
        b.iter_batched(
            || (tempfile::tempdir().unwrap(), rows.clone()),
            |(folder, rows)| {
                let writer = Writer::start(&folder.path().join("journal.sqlite"), &start, Overflow::Wait).unwrap();
                for row in rows {
                    writer.put(Entry::Second(row, Totals::default()));
                }
                writer.finish("bench");
                folder
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, bus, readers, estimator, journal);
criterion_main!(benches);
