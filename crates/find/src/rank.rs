//! Which field is which quantity: scores, and one quantity for a field.

mod score;
mod standard;

use crate::fields::{self, Field, Series};
use crate::flags::{Flag, flags};
use crate::grid::Grid;
use crate::marks::Noted;
use crate::physics;
use crate::quantity::Quantity;
use crate::reason::Reason;
use crate::recording::Recording;
use crate::stream::{Stream, streams};
use score::{Ground, Scored};

/// A field that may be the quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where it is.
    pub field: Field,
    /// Units of one count; `None` where nothing tells it.
    pub scale: Option<f64>,
    /// What count 0 is, in the unit; `None` where nothing tells it.
    pub offset: Option<f64>,
    /// The unit of scale and offset.
    pub unit: &'static str,
    /// 0..=1: how sure.
    pub score: f64,
    /// Why.
    pub why: Vec<Reason>,
}

/// The candidates of a quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The quantity.
    pub quantity: Quantity,
    /// Best first; empty where nothing convinces: it is not on this bus.
    pub candidates: Vec<Candidate>,
}

/// Points below which nothing is said at all; less where every reading of the display is met. A candidate's distance from
/// the best.
const LEAST: f64 = 5.0;
const LEAST_SHOWN: f64 = 1.0;
const BEHIND: f64 = 14.0;
/// Candidates of a quantity that are given.
const MOST: usize = 5;
/// What another quantity's claim on the same bits costs.
const CLAIMED: f64 = 7.0;

/// Ranks the fields of a recording for each quantity.
pub fn find(recording: &Recording, marks: &[Noted]) -> Vec<Ranking> {
    let began_us = recording.began_us.unwrap_or(0);
    let grid = Grid::new(began_us, recording.end_ms, marks);
    let all: Vec<Stream> = recording.ids.iter().flat_map(|(key, words)| streams(*key, words, grid.steps)).collect();
    let mut series: Vec<Series> = Vec::new();
    for (at, stream) in all.iter().enumerate() {
        series.extend(fields::numbers(stream, at));
        for known in standard::of(stream) {
            if let Some(there) = series.iter_mut().find(|s| s.stream == at && s.field == known.field(stream)) {
                there.cut = 0.0;
            } else {
                series.extend(fields::series(stream, at, known.start, known.length, false, 0.0));
            }
        }
    }
    let mut scored = scores(&grid, &all, &series);
    for (quantity, states) in [
        (Quantity::BelowWorkHeight, &grid.down),
        (Quantity::ThresherEngaged, &grid.threshing),
        (Quantity::UnloadEngaged, &grid.unloading),
    ] {
        let mut found = Vec::new();
        for (at, stream) in all.iter().enumerate() {
            flags(stream, at, states, &mut found);
        }
        scored.extend(found.iter().map(|(at, flag)| of_flag(quantity, *at, flag)));
    }
    assign(&mut scored);
    rankings(&scored)
}

fn scores(grid: &Grid, streams: &[Stream], series: &[Series]) -> Vec<Scored> {
    let gnss = series.iter().find(|s| standard::is_gnss_speed(&streams[s.stream], &s.field));
    let mut ground = Ground { grid, gnss: gnss.map(|s| physics::seconds(&s.values)), ..Ground::new(grid) };
    let windows: Vec<_> = series.iter().map(|s| crate::readings::Windows::of(&s.values)).collect();
    let mut found = Vec::new();
    let mut score = |ground: &Ground<'_>, quantity: Quantity| {
        let before = found.len();
        for (at, (one, windows)) in series.iter().zip(&windows).enumerate() {
            let known = standard::of(&streams[one.stream]).find(|k| k.field(&streams[one.stream]) == one.field);
            let known = known.filter(|known| known.quantity == quantity);
            if let Some(mut scored) = ground.score(quantity, one, windows, known) {
                scored.series = Some(at);
                found.push(scored);
            }
        }
        let best = found[before..].iter().max_by(|a, b| a.points.total_cmp(&b.points));
        best.filter(|best| best.points >= LEAST).and_then(|best| best.series)
    };
    let speed = score(&ground, Quantity::GroundSpeed);
    ground.crop = physics::crop(grid, speed.map(|at| &series[at]));
    for &quantity in Quantity::ALL.iter().filter(|q| !q.is_flag() && **q != Quantity::GroundSpeed) {
        score(&ground, quantity);
    }
    found
}

/// Enough to be said at all.
fn convinces(scored: &Scored) -> bool {
    let is_met = |reason: &Reason| matches!(reason, Reason::Readings(hits, of) if hits == of && *of >= 2);
    scored.points >= if scored.why.iter().any(is_met) { LEAST_SHOWN } else { LEAST }
}

fn of_flag(quantity: Quantity, stream: usize, flag: &Flag) -> Scored {
    let mut why = vec![Reason::Agrees(flag.agrees)];
    if flag.inverted {
        why.push(Reason::Inverted);
    }
    Scored {
        quantity,
        stream,
        bits: flag.bits,
        series: None,
        field: flag.field,
        points: flag.points,
        scale: Some(1.0),
        offset: Some(0.0),
        unit: "",
        why,
    }
}

/// The best pair of field and quantity first; what it claims counts less for the other quantities.
fn assign(scored: &mut [Scored]) {
    let mut done: Vec<Quantity> = Vec::new();
    // Numbers first: a bit of a number is no switch.
    for is_flag in [false, true] {
        loop {
            let open = scored.iter().filter(|s| s.quantity.is_flag() == is_flag && !done.contains(&s.quantity));
            let best = open.max_by(|a, b| a.points.total_cmp(&b.points).then(b.field.start.cmp(&a.field.start)));
            let Some(best) = best.filter(|best| convinces(best)).cloned() else { break };
            done.push(best.quantity);
            for other in scored.iter_mut().filter(|s| s.stream == best.stream && s.bits & best.bits != 0) {
                if other.quantity != best.quantity && !(other.quantity.is_loss() && best.quantity.is_loss()) {
                    other.points -= CLAIMED;
                }
            }
        }
    }
}

fn rankings(scored: &[Scored]) -> Vec<Ranking> {
    let of = |&quantity: &Quantity| {
        let mut own: Vec<&Scored> = scored.iter().filter(|s| s.quantity == quantity && convinces(s)).collect();
        own.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| order(a, b)));
        own.dedup_by(|a, b| a.field == b.field);
        if quantity.is_loss() {
            // One field of each counter, each plate beginning with another one.
            let mut apart: Vec<&Scored> = Vec::new();
            for one in own {
                if !apart.iter().any(|other| other.stream == one.stream && other.bits & one.bits != 0) {
                    apart.push(one);
                }
            }
            apart.truncate(4);
            let place = Quantity::ALL.iter().filter(|q| q.is_loss()).position(|q| *q == quantity).unwrap_or(0);
            let shift = place % apart.len().max(1);
            apart.rotate_left(shift);
            own = apart;
        }
        let best = own.first().map_or(0.0, |best| best.points);
        own.retain(|one| one.points > best - BEHIND);
        own.truncate(MOST);
        Ranking { quantity, candidates: own.into_iter().map(candidate).collect() }
    };
    Quantity::ALL.iter().map(of).collect()
}

fn order(a: &Scored, b: &Scored) -> std::cmp::Ordering {
    let key = |s: &Scored| (s.field.id, s.field.interface, s.field.start, s.field.length, s.field.big_endian);
    key(a).cmp(&key(b))
}

fn candidate(scored: &Scored) -> Candidate {
    // Eight points are a probability of a half; each three more halve the doubt.
    let score = 1.0 / (1.0 + 2f64.powf((8.0 - scored.points) / 1.5));
    Candidate {
        field: scored.field,
        scale: scored.scale,
        offset: scored.offset,
        unit: scored.unit,
        score: (score * 1000.0).round() / 1000.0,
        why: scored.why.clone(),
    }
}
