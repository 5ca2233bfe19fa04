//! What goes onto the bus.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::HashMap;

use grainloss_can::{Database, Frame, State};
use grainloss_simulator::{Scenario, Simulation, TICK_US};
use proptest::prelude::*;

fn frames(scenario: &str, seed: u64, seconds: usize) -> Vec<Frame> {
    let mut simulation = Simulation::new(&Scenario::bundled(scenario).unwrap(), seed);
    let mut frames = Vec::new();
    for _ in 0..seconds * 100 {
        simulation.tick(&mut frames);
    }
    frames
}

fn database() -> Database {
    Database::bundled("combine-demo").unwrap().unwrap()
}

/// Every value of a signal that is in the payloads, in order, with its state.
fn values(database: &Database, frames: &[Frame], message: &str, signal: &str) -> Vec<(f64, State)> {
    let message = database.message(message).unwrap();
    let signal = message.signal(signal).unwrap();
    let own = frames.iter().filter(|frame| frame.id == message.id && message.holds(signal, *frame));
    own.map(|frame| signal.decode(frame)).map(|value| (value.physical, value.state)).collect()
}

#[test]
fn the_seed_settles_every_bit() {
    let first = frames("wheat", 7, 40);
    assert_eq!(first, frames("wheat", 7, 40));
    assert_ne!(first, frames("wheat", 8, 40));
}

#[test]
fn every_message_comes_at_its_rate() {
    let (frames, database) = (frames("wheat", 1, 60), database());
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for frame in &frames {
        *counts.entry(database.message_of(frame.id).unwrap().name.as_str()).or_default() += 1;
    }
    for message in database.messages() {
        let cycle_ms = match (message.cycle_ms, message.name.as_str()) {
            (Some(ms), _) => f64::from(ms),
            (None, "POS_RAPID") => 100.0,
            (None, "COG_SOG") => 250.0,
            (None, _) => 1000.0,
        };
        let expected = 60_000.0 / cycle_ms;
        let count = counts.get(message.name.as_str()).copied().unwrap_or(0) as f64;
        assert!((count / expected - 1.0).abs() < 0.05, "{}: {count} frames, {expected} expected", message.name);
    }
}

#[test]
fn every_signal_says_something_believable() {
    let (frames, database) = (frames("wheat-steady", 2, 150), database());
    let mut seen: HashMap<(&str, &str), (f64, f64)> = HashMap::new();
    for frame in &frames {
        let message = database.message_of(frame.id).unwrap();
        for signal in message.signals.iter().filter(|signal| message.holds(signal, frame)) {
            let value = signal.decode(frame);
            assert!(matches!(value.state, State::Valid | State::NotAvailable), "{} {value:?}", signal.name);
            if value.state == State::Valid {
                let range = signal.range.unwrap_or((f64::MIN, f64::MAX));
                assert!((range.0..=range.1).contains(&value.physical), "{} {value:?}", signal.name);
                let (low, high) = seen.entry((&message.name, &signal.name)).or_insert((f64::MAX, f64::MIN));
                (*low, *high) = (low.min(value.physical), high.max(value.physical));
            }
        }
    }
    // Lowest and highest value of a run from idling to the middle of the first pass.
    for (message, signal, low, high) in [
        ("EEC1", "EngSpeed", 800.0..1000.0, 2200.0..2450.0),
        ("EEC1", "ActualEngPercentTorque", -3.0..10.0, 55.0..100.0),
        ("EEC2", "AccelPedalPos1", 0.0..0.1, 100.0..100.1),
        ("LFE1", "EngFuelRate", 1.0..6.0, 15.0..40.0),
        ("GBSD", "GroundBasedSpeed", 0.0..0.001, 1.2..2.6),
        ("WBSD", "WheelBasedDistance", 0.0..1.0, 100.0..300.0),
        ("POS_RAPID", "Latitude", 36.19..36.2, 36.2..36.21),
        ("POS_RAPID", "Longitude", 115.59..115.61, 115.59..115.61),
        ("HDR_POS", "HeaderHeightCentre", 50.0..150.0, 600.0..800.0),
        ("HDR_STAT", "WorkingWidth", 0.0..0.1, 2600.0..2751.0),
        ("REEL", "ReelSpeed", 0.0..1.0, 25.0..45.0),
        ("FEEDER", "FeedRate", 0.0..0.1, 5.0..11.0),
        ("THRESH", "RotorSpeed", 0.0..1.0, 820.0..900.0),
        ("CLEAN", "FanSpeed", 0.0..1.0, 960.0..1060.0),
        ("LOSS_RATE", "LossRateSepLeft", 0.0..0.1, 1.0..60.0),
        ("LOSS_IDX", "LossIdxShoeRight", 0.0..0.1, 5.0..100.0),
        ("YIELD", "GrainFlow", 0.0..0.1, 2.0..5.5),
        ("YIELD", "GrainMoisture", 12.0..18.0, 14.0..20.0),
        ("TANK", "GrainTankLevel", 0.0..0.1, 10.0..40.0),
        ("SETPOINTS", "SpRotorSpeed", 850.0..850.1, 850.0..850.1),
        ("DM1", "AmberWarningLamp", 0.0..0.1, 0.0..0.1),
    ] {
        let (lowest, highest) = seen[&(message, signal)];
        assert!(low.contains(&lowest) && high.contains(&highest), "{message} {signal}: {lowest} to {highest}");
    }
}

#[test]
fn counters_never_show_a_reserved_code_and_only_go_forward() {
    let (frames, database) = (frames("wheat", 3, 200), database());
    for signal in ["LossCountSepLeft", "LossCountSepRight", "LossCountShoeLeft", "LossCountShoeRight"] {
        let counts = values(&database, &frames, "LOSS_CNT", signal);
        assert!(counts.iter().all(|(count, state)| *state == State::Valid && *count <= 64_255.0));
        let steps: Vec<f64> = counts.windows(2).map(|w| (w[1].0 - w[0].0).rem_euclid(64_256.0)).collect();
        assert!(steps.iter().all(|step| *step < 100.0) && steps.iter().sum::<f64>() > 100.0, "{signal}");
    }
}

#[test]
fn a_dead_plate_is_an_error_and_not_a_zero() {
    let (frames, database) = (frames("wheat-dead-plate", 4, 420), database());
    // Five frames a second; the plate dies at 300 s.
    let (before, after) = (0..1490, 1510..2090);
    let left = values(&database, &frames, "LOSS_CNT", "LossCountShoeLeft");
    let right = values(&database, &frames, "LOSS_CNT", "LossCountShoeRight");
    assert!(left[before.clone()].windows(2).any(|w| w[0] != w[1]));
    assert!(left[after.clone()].windows(2).all(|w| w[0] == w[1]), "frozen");
    assert!(right[after.clone()].windows(2).any(|w| w[0] != w[1]), "the other one counts on");
    for (message, signal) in
        [("LOSS_IDX", "LossIdxShoeLeft"), ("LOSS_IDX", "LossStateShoeLeft"), ("LOSS_RATE", "LossRateShoeLeft")]
    {
        let values = values(&database, &frames, message, signal);
        assert!(values[before.clone()].iter().all(|(_, state)| *state == State::Valid), "{signal}");
        assert!(values[after.clone()].iter().all(|(_, state)| *state == State::Error), "{signal}");
    }
    let spn = values(&database, &frames, "DM1", "DTC1_SPN_Low16");
    assert_eq!((spn[290].0, spn[310].0), (0.0, 1512.0));
}

/// The shift, s, at which two series of one value a second agree best.
fn shift_s(cause: &[f64], effect: &[f64]) -> usize {
    let agreement = |shift: usize| {
        let pairs: Vec<(f64, f64)> = cause.iter().copied().zip(effect[shift..].iter().copied()).collect();
        let n = pairs.len() as f64;
        let (x, y) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
        let product = |f: fn(f64, f64) -> f64| pairs.iter().map(|p| f(p.0 - x, p.1 - y)).sum::<f64>();
        product(|x, y| x * y) / (product(|x, _| x * x) * product(|_, y| y * y)).sqrt()
    };
    (0..25).max_by(|&a, &b| agreement(a).total_cmp(&agreement(b))).unwrap()
}

/// Header to feeder house about a second, to the yield sensor 10 to 14 s (yield monitor practice).
#[test]
fn the_crop_takes_its_time_through_the_machine() {
    let mut simulation = Simulation::new(&Scenario::bundled("wheat-steady").unwrap(), 6);
    let database = database();
    let (mut frames, mut entering, mut fed, mut flow) = (vec![], vec![], vec![], vec![]);
    while entering.len() < 900 {
        simulation.tick(&mut frames);
        if let Some(row) = simulation.take_truth() {
            let mean = |message, signal| {
                let values = values(&database, &frames, message, signal);
                values.iter().map(|value| value.0).sum::<f64>() / values.len() as f64
            };
            entering.push(row.grain_in_kg_s);
            fed.push(mean("FEEDER", "FeedRate"));
            flow.push(mean("YIELD", "GrainFlow"));
            frames.clear();
        }
    }
    let cause = &entering[..870];
    assert!((0..=2).contains(&shift_s(cause, &fed)), "{}", shift_s(cause, &fed));
    assert!((9..=13).contains(&shift_s(cause, &flow)), "{}", shift_s(cause, &flow));
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// Frames follow each other at no less than a frame's time on the wire, inside their tick, whatever the seed.
        #[test]
        fn any_seed_gives_finite_truth_and_ordered_frames(seed: u64, name in 0..13usize) {
            let name = Scenario::bundled_names()[name];
            let mut simulation = Simulation::new(&Scenario::bundled(name).unwrap(), seed);
            let mut frames = Vec::new();
            let mut last_us = i64::MIN / 2;
            for _ in 0..9_000 {
                frames.clear();
                let start_us = simulation.now_us();
                simulation.tick(&mut frames);
                prop_assert_eq!(simulation.now_us(), start_us + TICK_US);
                for frame in &frames {
                    prop_assert!(frame.t_us - last_us >= 600);
                    prop_assert!((start_us..start_us + TICK_US).contains(&frame.t_us));
                    last_us = frame.t_us;
                }
                if let Some(row) = simulation.take_truth() {
                    let losses = [row.header_loss_kg_s, row.threshing_loss_kg_s, row.separation_loss_kg_s,
                        row.cleaning_loss_kg_s];
                    prop_assert!(losses.iter().all(|loss| (0.0..1.0).contains(loss)), "{:?}", row);
                    prop_assert!((0.0..12.0).contains(&row.grain_in_kg_s) && (0.0..40.0).contains(&row.mog_kg_s));
                    prop_assert!((5.0..30.0).contains(&row.moisture_pct) && (1e3..2e4).contains(&row.yield_kg_ha));
                }
            }
        }
    }
}
