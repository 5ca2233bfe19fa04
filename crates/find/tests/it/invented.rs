//! The right signal first: over machines with random layouts, decoys, counters, checksums and multiplexers.

use grainloss_can::{ByteOrder, Frame, Kind, Signal};
use grainloss_find::{Candidate, Quantity, Recording, find};

use crate::harvest::{Harvest, SIGNALS};
use crate::machine::{Machine, Place, marks};

/// What is asked for, and the simulator's signals that are it.
const ASKED: [(Quantity, &[&str]); 14] = [
    (Quantity::GroundSpeed, &["MachineSelectedSpeed"]),
    (Quantity::HeaderHeight, &["HeaderHeightCentre"]),
    (Quantity::BelowWorkHeight, &["HeaderBelowWorkHeight"]),
    (Quantity::EngineSpeed, &["EngSpeed"]),
    (Quantity::ReelSpeed, &["ReelSpeed"]),
    (Quantity::ThresherSpeed, &["RotorSpeed"]),
    (Quantity::FanSpeed, &["FanSpeed"]),
    (Quantity::Moisture, &["GrainMoisture"]),
    (Quantity::FeedRate, &["FeedRate"]),
    (Quantity::GrainFlow, &["GrainFlow"]),
    (Quantity::LossSeparationLeft, &LOSS),
    (Quantity::LossSeparationRight, &LOSS),
    (Quantity::LossCleaningLeft, &LOSS),
    (Quantity::LossCleaningRight, &LOSS),
];
/// Which plate a counter is of, nothing tells.
const LOSS: [&str; 4] = ["LossCountSepLeft", "LossCountSepRight", "LossCountShoeLeft", "LossCountShoeRight"];

/// True when the candidate decodes to the same numbers as the signal, frame by frame.
fn is_at(candidate: &Candidate, place: &Place, frames: &[Frame]) -> bool {
    let f = candidate.field;
    if f.id != place.id || f.page.map(|page| page.value) != place.page.map(u64::from) {
        return false;
    }
    let order = if f.big_endian { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
    let kind = if f.signed { Kind::Signed } else { Kind::Unsigned };
    let found = Signal::at(f.start as u64, f.length as u64, order, kind, 8).unwrap();
    let of_page = |frame: &&Frame| {
        frame.id == f.id
            && f.page.is_none_or(|page| u64::from(frame.payload()[0]) & ((1 << page.length) - 1) == page.value)
    };
    let looked: Vec<&Frame> = frames.iter().filter(of_page).step_by(7).collect();
    let same = looked.iter().filter(|frame| found.decode(**frame).raw == place.signal.decode(**frame).raw).count();
    same * 100 >= looked.len() * 98
}

/// Right first, right among the first three, of how many.
#[derive(Default, Debug)]
struct Tally {
    first: usize,
    three: usize,
    of: usize,
    /// Of these, with the very bits of the layout, unused ones on top and all.
    exact: (usize, usize),
}

fn tally(harvests: &[Harvest], seeds: std::ops::Range<u64>, readings: usize, tell: bool) -> Tally {
    let mut all = Tally::default();
    let mut missed: Vec<(Quantity, usize, usize)> = ASKED.iter().map(|(q, _)| (*q, 0, 0)).collect();
    for seed in seeds {
        let harvest = &harvests[seed as usize % harvests.len()];
        let machine = Machine::invent(seed);
        let mut recording = Recording::default();
        let frames = machine.frames(harvest, seed);
        for frame in &frames {
            recording.take(frame, frame.t_us);
        }
        let rankings = find(&recording, &marks(harvest, seed, readings));
        for (place, (quantity, names)) in ASKED.iter().enumerate() {
            let right: Vec<&Place> =
                machine.places.iter().filter(|place| names.contains(&SIGNALS[place.what])).collect();
            let candidates = &rankings.iter().find(|ranking| ranking.quantity == *quantity).unwrap().candidates;
            let at = candidates.iter().position(|c| right.iter().any(|place| is_at(c, place, &frames)));
            all.of += 1;
            let is_exact = |c: &Candidate, place: &&Place| {
                let f = c.field;
                (f.id, f.start, f.length, f.big_endian) == (place.id, place.start, place.width, place.big)
            };
            let exact = candidates.iter().position(|c| right.iter().any(|place| is_exact(c, place)));
            all.exact.0 += usize::from(exact == Some(0));
            all.exact.1 += usize::from(exact.is_some_and(|at| at < 3));
            all.first += usize::from(at == Some(0));
            all.three += usize::from(at.is_some_and(|at| at < 3));
            missed[place].1 += usize::from(at != Some(0));
            missed[place].2 += usize::from(at.is_none_or(|at| at >= 3));
            if tell && at != Some(0) {
                eprintln!("{seed} {quantity:?} at {at:?}: is");
                for place in right.iter().take(1) {
                    eprintln!(
                        "    {} {}|{} big {} page {:?} {} {}",
                        place.id, place.start, place.width, place.big, place.page, place.scale, place.offset
                    );
                }
                for c in candidates.iter().take(2) {
                    let what = machine.places.iter().find(|p| is_at(c, p, &frames)).map(|p| SIGNALS[p.what]);
                    let f = c.field;
                    eprintln!(
                        "    found {} {}|{} big {} page {:?} {:?} {:?} {} {:?} {what:?}",
                        f.id,
                        f.start,
                        f.length,
                        f.big_endian,
                        f.page.map(|p| p.value),
                        c.scale,
                        c.offset,
                        c.score,
                        c.why
                    );
                }
            }
        }
    }
    if tell {
        eprintln!("{missed:?}");
    }
    all
}

#[test]
fn invented_machines_of_a_fixed_seed_are_found() {
    let harvests = [Harvest::of("wheat", 3, 1500)];
    let tally = tally(&harvests, 1..4, 6, true);
    eprintln!("{tally:?}");
    assert!(tally.first * 100 >= tally.of * 85 && tally.three * 100 >= tally.of * 90, "{tally:?}");
}

/// The figures over many machines: `cargo test -p grainloss-find -- --ignored --nocapture`.
#[test]
#[ignore = "minutes"]
fn the_share_of_right_answers_over_many_machines() {
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let harvests: Vec<Harvest> = (0..3).map(|seed| Harvest::of("wheat", 10 + seed, 1500)).collect();
    let (from, count) = (number("FIRST", 1000), number("MACHINES", 36));
    for readings in [6, 2] {
        let tally = tally(&harvests, from..from + count, readings, true);
        eprintln!("{readings} readings: {tally:?}");
    }
}
