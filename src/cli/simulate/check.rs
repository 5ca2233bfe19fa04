//! `--check`: the simulator against what was measured.

use grainloss_knowledge::spoken;
use grainloss_simulator::check::{CheckRow, check};

use super::super::error::CliError;
use super::super::table::{columns, say};
use grainloss_knowledge::Words;

/// The columns' headings, by the ends of their keys.
const HEADINGS: [&str; 7] = ["result", "simulated", "from", "to", "unit", "what", "source"];

/// Prints the table; fails when a row does, after all of them were shown. What is compared and by whom it was measured
/// stays in the language of the sources.
pub(super) fn main(words: &Words) -> Result<(), CliError> {
    let rows = check().map_err(CliError::failed)?;
    let headings = HEADINGS.map(|heading| words.get(&format!("plant-{heading}")));
    let lines: Vec<Vec<String>> = std::iter::once(headings.to_vec()).chain(rows.iter().map(line)).collect();
    columns(&lines)?;
    let failed = rows.iter().filter(|row| !row.passes()).count();
    let (passed, all) = ((rows.len() - failed).to_string(), rows.len().to_string());
    say(&words.with("plant-passed", &[("passed", &passed), ("all", &all)]))?;
    if failed > 0 {
        return Err(CliError::failed(
            spoken().with("simulate-check-failed", &[("failed", &failed.to_string()), ("all", &all.clone())]),
        ));
    }
    Ok(())
}

fn line(row: &CheckRow) -> Vec<String> {
    let result = if row.passes() { "pass" } else { "FAIL" };
    let numbers = [row.simulated, row.low, row.high].map(|number| format!("{number:9.3}"));
    let words = [row.unit, row.what, row.source].map(str::to_owned);
    std::iter::once(result.to_owned()).chain(numbers).chain(words).collect()
}
