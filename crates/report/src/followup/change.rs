//! Loss and operator faults before and after a day, such as that of a training or a repair: in each crop by itself, and the
//! loss only where the work was alike.

use super::matched::{Verdict, matched, verdict};
use super::statistics::{EventRate, rate_ratio};
use super::visit::{FaultCounts, Visit};
use super::wording::{not_matched, strata_text, verdict_text};
use crate::document::{Cell, Table};
use crate::text::ReportText;

/// Fewest sessions on a side for a conclusion about faults (assumed).
const MIN_SESSIONS: usize = 3;
/// Least cutting on a side for it, h (assumed).
const MIN_HOURS: f64 = 1.0;

/// How often a fault happened; `None` is unknown.
type Count = fn(&FaultCounts) -> Option<f64>;

/// The faults, with their Fluent keys.
const FAULTS: [(&str, Count); 3] = [
    ("cuts-while-turning", |faults| faults.turning_cuts),
    ("luggings", |faults| faults.luggings),
    ("turns", |faults| faults.turns),
];

/// Loss and faults of each operator and machine, in each crop, before and after a day that begins at `on_us`, microseconds
/// since 1970-01-01 UTC. No figure is of two crops.
pub fn change(visits: &[Visit], on_us: i64, text: &ReportText) -> Table {
    let keys = [
        "operator", "machine", "crop", "measure", "before-n", "before-h", "before", "after-n", "after-h", "after",
        "ratio", "lo", "hi", "enough", "strata",
    ];
    let mut rows = Vec::new();
    for subject in subjects(visits) {
        let (before, after): (Vec<&Visit>, Vec<&Visit>) =
            subject.visits.iter().partition(|visit| visit.started_us < on_us);
        let head = |key: &str| {
            vec![
                Cell::text(subject.operator),
                Cell::Text(subject.machine.to_owned()),
                Cell::Text(text.crop(subject.crop)),
                Cell::Text(text.get(&format!("followup-measure-{key}"))),
            ]
        };
        let mut row = head("loss");
        row.extend(loss(&before, &after, text));
        rows.push(row);
        for (key, count) in FAULTS {
            let mut row = head(key);
            row.extend(fault(&before, &after, count, text));
            rows.push(row);
        }
    }
    Table { heads: keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect(), rows }
}

/// An operator with a machine in a crop.
struct Subject<'a> {
    operator: Option<&'a str>,
    machine: &'a str,
    crop: &'a str,
    visits: Vec<&'a Visit>,
}

/// The visits of each operator with each machine in each crop, in the order of their first visit.
fn subjects(visits: &[Visit]) -> Vec<Subject<'_>> {
    let mut subjects: Vec<Subject<'_>> = Vec::new();
    for visit in visits {
        let (operator, machine, crop) = (visit.operator.as_deref(), visit.machine.as_str(), visit.crop.as_str());
        let same = |of: &&mut Subject<'_>| (of.operator, of.machine, of.crop) == (operator, machine, crop);
        match subjects.iter_mut().find(same) {
            Some(subject) => subject.visits.push(visit),
            None => subjects.push(Subject { operator, machine, crop, visits: vec![visit] }),
        }
    }
    subjects
}

/// The cells of the loss: of like work only.
fn loss(before: &[&Visit], after: &[&Visit], text: &ReportText) -> Vec<Cell> {
    let found = match matched(before, after) {
        Ok(found) => found,
        Err(why) => {
            let mut cells = vec![Cell::Empty; 9];
            cells.extend([Cell::Text(not_matched(why, text)), Cell::Empty]);
            return cells;
        }
    };
    let mut cells = Vec::new();
    for side in 0..2 {
        cells.extend([
            Cell::Number(found.visits[side] as f64, 0),
            Cell::Number(found.hours[side], 2),
            Cell::Number(found.loss_pct[side], 2),
        ]);
    }
    let change = found.change;
    cells.extend([Cell::Number(change.ratio, 2), Cell::number(change.lo, 2), Cell::number(change.hi, 2)]);
    cells.push(Cell::Text(verdict_text(found.verdict, text)));
    cells.push(Cell::Text(strata_text(&found.weights, text)));
    cells
}

/// The cells of a fault: how often in an hour of cutting.
fn fault(before: &[&Visit], after: &[&Visit], count: Count, text: &ReportText) -> Vec<Cell> {
    let sides = [before, after].map(|visits| Side::of(visits, count));
    let mut cells = Vec::new();
    for side in &sides {
        let rate = (side.hours > 0.0).then(|| side.count / side.hours);
        cells.extend([Cell::Number(side.sessions as f64, 0), Cell::Number(side.hours, 2), Cell::number(rate, 2)]);
    }
    let [b, a] = sides.each_ref().map(|side| EventRate { count: side.count, hours: side.hours });
    let change = rate_ratio(b, a);
    let number = |of: fn(super::statistics::Change) -> Option<f64>| Cell::number(change.and_then(of), 2);
    cells.extend([number(|c| Some(c.ratio)), number(|c| c.lo), number(|c| c.hi)]);
    let enough = sides.iter().all(|side| side.sessions >= MIN_SESSIONS && side.hours >= MIN_HOURS);
    let conclusion = if enough {
        let half = |change: super::statistics::Change| Some((change.ratio.ln(), (change.hi? / change.ratio).ln()));
        let hours = b.hours.min(a.hours);
        let found = change.and_then(half).map(|(difference, half)| verdict(difference, half, hours, true));
        verdict_text(found.unwrap_or(Verdict::Untold(None)), text)
    } else {
        let (n, hours) = (MIN_SESSIONS.to_string(), format!("{MIN_HOURS:.0}"));
        text.with("followup-not-enough", &[("n", &n), ("hours", &hours)])
    };
    cells.extend([Cell::Text(conclusion), Cell::Empty]);
    cells
}

/// One side of a comparison: the visits in which the fault was counted.
struct Side {
    sessions: usize,
    hours: f64,
    count: f64,
}

impl Side {
    fn of(visits: &[&Visit], count: Count) -> Self {
        // The hours of a visit count only when its faults are known.
        let known = visits.iter().filter(|visit| count(&visit.faults).is_some() && visit.cutting_h > 0.0);
        let mut side = Self { sessions: 0, hours: 0.0, count: 0.0 };
        for visit in known {
            side.sessions += 1;
            side.hours += visit.cutting_h;
            side.count += count(&visit.faults).unwrap_or(0.0);
        }
        side
    }
}
