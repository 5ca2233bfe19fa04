//! Loss and operator faults before and after a day, such as that of a training or a repair.

use super::statistics::{Change, EventRate, rate_ratio, ratio_of_means};
use super::visit::{FaultCounts, Visit};
use crate::document::{Cell, Table};
use crate::text::ReportText;
use grainloss_core::harvest::Basis;

/// Fewest sessions on a side for a conclusion (assumed).
const MIN_SESSIONS: usize = 3;
/// Least cutting on a side for a conclusion, h (assumed).
const MIN_HOURS: f64 = 1.0;

/// What is compared.
#[derive(Clone, Copy)]
enum Measure {
    Loss,
    Fault(fn(&FaultCounts) -> Option<f64>),
}

/// What is compared, with its Fluent key.
const MEASURES: [(&str, Measure); 4] = [
    ("loss", Measure::Loss),
    ("cuts-while-turning", Measure::Fault(|faults| faults.turning_cuts)),
    ("luggings", Measure::Fault(|faults| faults.luggings)),
    ("turns", Measure::Fault(|faults| faults.turns)),
];

/// Loss and faults of each operator and machine before and after a day that begins at `on_us`, microseconds since
/// 1970-01-01 UTC.
pub fn change(visits: &[Visit], on_us: i64, text: &ReportText) -> Table {
    let keys = [
        "operator", "machine", "measure", "before-n", "before-h", "before", "after-n", "after-h", "after", "ratio",
        "lo", "hi", "enough",
    ];
    let mut rows = Vec::new();
    for subject in subjects(visits) {
        let (before, after): (Vec<&Visit>, Vec<&Visit>) =
            subject.visits.iter().partition(|visit| visit.started_us < on_us);
        for (key, measure) in MEASURES {
            let sides = [&before, &after].map(|visits| Side::of(visits, measure));
            let mut row = vec![
                Cell::text(subject.operator),
                Cell::Text(subject.machine.to_owned()),
                Cell::Text(text.get(&format!("followup-measure-{key}"))),
            ];
            for side in &sides {
                row.extend([
                    Cell::Number(side.sessions as f64, 0),
                    Cell::Number(side.hours, 2),
                    Cell::number(side.typical, 2),
                ]);
            }
            let change = change_of(&sides, measure);
            let number = |of: fn(Change) -> Option<f64>| Cell::number(change.and_then(of), 2);
            row.extend([number(|c| Some(c.ratio)), number(|c| c.lo), number(|c| c.hi)]);
            row.push(Cell::Text(conclusion(&sides, measure, text)));
            rows.push(row);
        }
    }
    Table { heads: keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect(), rows }
}

/// An operator with a machine.
struct Subject<'a> {
    operator: Option<&'a str>,
    machine: &'a str,
    visits: Vec<&'a Visit>,
}

/// The visits of each operator with each machine, in the order of their first visit.
fn subjects(visits: &[Visit]) -> Vec<Subject<'_>> {
    let mut subjects: Vec<Subject<'_>> = Vec::new();
    for visit in visits {
        let (operator, machine) = (visit.operator.as_deref(), visit.machine.as_str());
        match subjects.iter_mut().find(|subject| subject.operator == operator && subject.machine == machine) {
            Some(subject) => subject.visits.push(visit),
            None => subjects.push(Subject { operator, machine, visits: vec![visit] }),
        }
    }
    subjects
}

/// One side of a comparison: the visits in which the measure is known.
struct Side {
    sessions: usize,
    hours: f64,
    /// Events, of a fault.
    count: f64,
    losses_pct: Vec<f64>,
    bases: Vec<Basis>,
    /// The figure that the ratio is of: geometric mean of the losses, or faults per hour; `None` without a visit.
    typical: Option<f64>,
}

impl Side {
    fn of(visits: &[&Visit], measure: Measure) -> Self {
        // The hours of a visit count only when its measure is known.
        let known: Vec<&Visit> = visits
            .iter()
            .copied()
            .filter(|visit| match measure {
                Measure::Loss => visit.loss_pct.is_some(),
                Measure::Fault(count) => count(&visit.faults).is_some(),
            })
            .filter(|visit| visit.cutting_h > 0.0)
            .collect();
        // The sum of an empty list is -0.0; adding 0.0 makes it 0.0.
        let hours = known.iter().map(|visit| visit.cutting_h).sum::<f64>() + 0.0;
        let losses_pct: Vec<f64> = known.iter().filter_map(|visit| visit.loss_pct).collect();
        let (count, typical) = match measure {
            Measure::Loss => (0.0, geometric_mean(&losses_pct)),
            Measure::Fault(of) => {
                let count: f64 = known.iter().filter_map(|visit| of(&visit.faults)).sum();
                (count, (hours > 0.0).then(|| count / hours))
            }
        };
        let bases = known.iter().filter_map(|visit| visit.basis).collect();
        Self { sessions: known.len(), hours, count, losses_pct, bases, typical }
    }
}

/// The geometric mean of the values above 0; `None` without one.
fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs = values.iter().filter(|value| **value > 0.0).map(|value| value.ln());
    let n = logs.clone().count();
    (n > 0).then(|| (logs.sum::<f64>() / n as f64).exp())
}

fn change_of([before, after]: &[Side; 2], measure: Measure) -> Option<Change> {
    match measure {
        Measure::Loss => ratio_of_means(&before.losses_pct, &after.losses_pct),
        Measure::Fault(_) => {
            let rate = |side: &Side| EventRate { count: side.count, hours: side.hours };
            rate_ratio(rate(before), rate(after))
        }
    }
}

/// Whether the data are enough for a conclusion, and if not, what is missing.
fn conclusion(sides: &[Side; 2], measure: Measure, text: &ReportText) -> String {
    if sides.iter().any(|side| side.sessions < MIN_SESSIONS || side.hours < MIN_HOURS) {
        let (n, hours) = (MIN_SESSIONS.to_string(), format!("{MIN_HOURS:.0}"));
        return text.with("followup-not-enough", &[("n", &n), ("hours", &hours)]);
    }
    // A loss calibrated by pans and a loss from the model alone are not comparable.
    let calibrated = |side: &Side| side.bases.iter().all(|basis| *basis == Basis::Calibrated);
    if matches!(measure, Measure::Loss) && calibrated(&sides[0]) != calibrated(&sides[1]) {
        return text.get("followup-basis-differs");
    }
    text.get("followup-enough")
}
