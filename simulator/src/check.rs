//! The simulator against what was measured in fields: every row is a figure of its own runs, the range that a source
//! gives for it, and the source. Rows that fail stay in the table.
//!
//! The sources are surveys, test reports and logs of machines; they differ among themselves, and where a source gives
//! one figure the range says what is allowed about it.

mod dynamics;
mod losses;
mod operations;
mod row;
mod runs;
mod statistics;

use crate::scenario::ScenarioError;
pub use row::CheckRow;
use runs::Run;

/// Runs the simulator for some hours of harvest and compares. The same on every machine.
///
/// # Errors
///
/// When a bundled scenario does not load.
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
