//! What a second of work costs, stage by stage, on a bus that the bench makes itself: `cargo bench`.
//!
//! Each figure is time for each element: a frame for parsing, decoding and replaying, a step for the estimator, a second
//! of harvest for the journal.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a bench")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use grainloss_can::candump::write_frame;
use grainloss_can::log::Reader;
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

criterion_group!(benches, bus, estimator, journal);
criterion_main!(benches);
