//! `--check`: the simulator against what was measured.

use grainloss_simulator::check::{CheckRow, check};

use super::super::CliError;
use super::super::table::say;

/// Prints the table; fails when a row does, after all of them were shown.
pub(super) fn main() -> Result<(), CliError> {
    let rows = check().map_err(CliError::failed)?;
    say(&format!(
        "{:6} {:>9} {:>9} {:>9}  {:8} {:58} {}",
        "result", "simulated", "from", "to", "unit", "what", "source"
    ))?;
    for row in &rows {
        say(&line(row))?;
    }
    let failed = rows.iter().filter(|row| !row.passes()).count();
    say(&format!("{} of {} rows pass", rows.len() - failed, rows.len()))?;
    if failed > 0 {
        return Err(CliError::failed(format!("{failed} of {} rows fail; they are marked FAIL above", rows.len())));
    }
    Ok(())
}

fn line(row: &CheckRow) -> String {
    let result = if row.passes() { "pass" } else { "FAIL" };
    format!(
        "{result:6} {:9.3} {:9.3} {:9.3}  {:8} {:58} {}",
        row.simulated, row.low, row.high, row.unit, row.what, row.source
    )
}
