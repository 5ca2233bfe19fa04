//! Following up: what changed after a training or a repair, what is still to be done, and how a county stands.

mod county;
mod findings;
mod statistics;

use super::ReportError;
use super::document::{Cell, Table};
use super::gather::{Options, head};
use super::text::ReportText;
use grainloss_core::harvest::Basis;
use grainloss_journal::{CuttingTally, Journal, Session};

pub use self::county::county;
pub use self::findings::{Due, findings_table, raise, rules};
pub use self::statistics::{Change, rate_ratio, ratio_of_means};

/// Fewer sessions on a side are not enough to tell (our choice).
const FEWEST: usize = 3;
/// Less cutting on a side is not enough to tell, h (our choice).
const LEAST_H: f64 = 1.0;

/// A session as it is followed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Its number.
    pub session: i64,
    /// Its start, microseconds since 1970.
    pub started_us: i64,
    /// Who drove.
    pub operator: Option<String>,
    /// Which machine: what its owner calls it, its plate, or the profile's name.
    pub machine: String,
    /// Township.
    pub township: Option<String>,
    /// Hours of cutting.
    pub cutting_h: f64,
    /// Area, mu.
    pub area_mu: Option<f64>,
    /// Loss over yield and loss, per cent: median.
    pub loss_pct: Option<f64>,
    /// What it rests on.
    pub basis: Option<Basis>,
    /// Turns, cuts while turning, times the engine was pulled down.
    pub faults: [Option<f64>; 3],
    /// How long above the limit.
    pub tally: CuttingTally,
    /// The limit, per cent.
    pub limit_pct: Option<f64>,
}

/// The sessions as they are followed up.
pub fn visits(journal: &Journal, sessions: &[Session], limit: Option<&str>) -> Result<Vec<Visit>, ReportError> {
    let options = Options { limit: limit.map(str::to_owned), redact: false };
    let mut visits = Vec::new();
    for session in sessions {
        let s = head(journal, session, &options)?;
        let limit_pct = s.limit.as_ref().map(|judged| judged.limit.percent);
        let tally = match limit_pct {
            Some(limit) => journal.cutting_tally(session.id, limit)?,
            None => CuttingTally::default(),
        };
        let number = |n: Option<i64>| n.map(|n| n as f64);
        let entered = &s.entered;
        visits.push(Visit {
            session: s.id,
            started_us: s.started_us,
            operator: entered.operator.clone(),
            machine: entered.machine_name.clone().or_else(|| entered.plate.clone()).unwrap_or(s.machine),
            township: entered.township.clone(),
            cutting_h: s.totals.cutting_s.unwrap_or(0.0) / 3600.0,
            area_mu: s.totals.area_ha.map(|ha| ha * super::text::MU_PER_HA),
            loss_pct: s.totals.loss_pct.map(|band| band.value),
            basis: s.totals.basis,
            faults: [number(s.totals.turns), number(s.totals.turning_cuts), number(s.totals.luggings)],
            tally,
            limit_pct,
        });
    }
    Ok(visits)
}

/// The visits of each operator with each machine, in the order of their first.
fn by_subject(visits: &[Visit]) -> Vec<(Option<String>, String, Vec<&Visit>)> {
    let mut subjects: Vec<(Option<String>, String, Vec<&Visit>)> = Vec::new();
    for visit in visits {
        match subjects.iter_mut().find(|(o, m, _)| *o == visit.operator && *m == visit.machine) {
            Some((.., of)) => of.push(visit),
            None => subjects.push((visit.operator.clone(), visit.machine.clone(), vec![visit])),
        }
    }
    subjects
}

/// Faults and loss of each operator and machine before and after a day.
pub fn change(visits: &[Visit], on_us: i64, tongue: &ReportText) -> Table {
    let keys = [
        "operator", "machine", "measure", "before-n", "before-h", "before", "after-n", "after-h", "after", "ratio",
        "lo", "hi", "enough",
    ];
    let mut rows = Vec::new();
    for (operator, machine, visits) in by_subject(visits) {
        let (before, after): (Vec<&Visit>, Vec<&Visit>) = visits.iter().partition(|visit| visit.started_us < on_us);
        let measures = [("loss", None), ("cuts-while-turning", Some(1)), ("luggings", Some(2)), ("turns", Some(0))];
        for (measure, fault) in measures {
            let sides = [&before, &after].map(|side| Side::of(side, fault));
            let change = match fault {
                None => ratio_of_means(&sides[0].values, &sides[1].values),
                Some(_) => rate_ratio((sides[0].count, sides[0].hours), (sides[1].count, sides[1].hours)),
            };
            let mut row = vec![
                Cell::text(operator.as_deref()),
                Cell::Text(machine.clone()),
                Cell::Text(tongue.get(&format!("followup-measure-{measure}"))),
            ];
            for side in &sides {
                row.extend([
                    Cell::Number(side.sessions as f64, 0),
                    Cell::Number(side.hours, 2),
                    Cell::number(if fault.is_some() { side.rate() } else { side.typical() }, 2),
                ]);
            }
            let edge = |of: fn(Change) -> Option<f64>| Cell::number(change.and_then(of), 2);
            row.extend([edge(|c| Some(c.ratio)), edge(|c| c.lo), edge(|c| c.hi)]);
            row.push(Cell::Text(enough(&sides, fault.is_none(), tongue)));
            rows.push(row);
        }
    }
    Table { heads: keys.iter().map(|key| tongue.get(&format!("followup-col-{key}"))).collect(), rows }
}

/// One side of a comparison.
struct Side {
    sessions: usize,
    hours: f64,
    count: f64,
    values: Vec<f64>,
    bases: Vec<Basis>,
}

impl Side {
    fn of(visits: &[&Visit], fault: Option<usize>) -> Self {
        // Where it is unknown, its hours do not count either.
        let known: Vec<&&Visit> = visits
            .iter()
            .filter(|visit| fault.map_or(visit.loss_pct.is_some(), |fault| visit.faults[fault].is_some()))
            .filter(|visit| visit.cutting_h > 0.0)
            .collect();
        Self {
            sessions: known.len(),
            // The sum of nothing is minus zero.
            hours: known.iter().map(|visit| visit.cutting_h).sum::<f64>() + 0.0,
            count: fault.map_or(0.0, |fault| known.iter().filter_map(|visit| visit.faults[fault]).sum()),
            values: known.iter().filter_map(|visit| visit.loss_pct).collect(),
            bases: known.iter().filter_map(|visit| visit.basis).collect(),
        }
    }

    fn rate(&self) -> Option<f64> {
        (self.hours > 0.0).then(|| self.count / self.hours)
    }

    /// The geometric mean, which the ratio is of.
    fn typical(&self) -> Option<f64> {
        let logs = self.values.iter().filter(|value| **value > 0.0).map(|value| value.ln());
        let n = logs.clone().count();
        (n > 0).then(|| (logs.sum::<f64>() / n as f64).exp())
    }
}

/// Whether it is enough to tell, and what is missing.
fn enough(sides: &[Side; 2], loss: bool, tongue: &ReportText) -> String {
    if sides.iter().any(|side| side.sessions < FEWEST || side.hours < LEAST_H) {
        let (n, hours) = (FEWEST.to_string(), format!("{LEAST_H:.0}"));
        return tongue.with("followup-not-enough", &[("n", &n), ("hours", &hours)]);
    }
    // A loss that rests on pans and one that rests on a model are not of the same kind.
    let calibrated = |side: &Side| side.bases.iter().all(|basis| *basis == Basis::Calibrated);
    if loss && calibrated(&sides[0]) != calibrated(&sides[1]) {
        return tongue.get("followup-basis-differs");
    }
    tongue.get("followup-enough")
}
