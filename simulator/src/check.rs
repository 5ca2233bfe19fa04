//! The simulator against what was measured in fields: every row is a figure of its own runs, the range that a source
//! gives for it, and the source. Rows that fail stay in the table.
//!
//! The sources are surveys, test reports and logs of machines; they differ among themselves, and where a source gives
//! one figure the range says what is allowed about it.

mod dynamics;
mod losses;
mod operations;
mod runs;
mod statistics;

use crate::scenario::ScenarioError;
use runs::Run;

/// A figure of the simulator beside that of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// What is compared.
    pub what: &'static str,
    /// Its unit; `-` for a ratio.
    pub unit: &'static str,
    /// What the simulator does.
    pub simulated: f64,
    /// The least that the source allows.
    pub low: f64,
    /// The most that it allows.
    pub high: f64,
    /// Who measured it.
    pub source: &'static str,
}

impl CheckRow {
    /// True when the simulated figure lies in the source's range; one that cannot be computed does not.
    pub fn passes(&self) -> bool {
        (self.low..=self.high).contains(&self.simulated)
    }
}

/// A row, as the parts of the check write it.
fn row(what: &'static str, unit: &'static str, simulated: f64, range: (f64, f64), source: &'static str) -> CheckRow {
    CheckRow { what, unit, simulated, low: range.0, high: range.1, source }
}

/// Runs the simulator for some hours of harvest and compares. The same on every machine.
pub fn check() -> Result<Vec<CheckRow>, ScenarioError> {
    let maize = Run::bundled("maize-rotor", 1, 7200)?;
    let wheat = Run::bundled("wheat-steady", 1, 4500)?;
    let mut rows = losses::levels(&wheat, &maize)?;
    rows.extend(losses::responses(&wheat)?);
    rows.extend(dynamics::rows(&maize));
    rows.extend(operations::rows(&maize));
    rows.extend(operations::field(&maize, &wheat));
    Ok(rows)
}
