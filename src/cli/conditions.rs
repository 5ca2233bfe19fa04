//! `--conditions`: what the driver says of the crop, from a CSV file.

use std::path::Path;

use super::error::CliError;
use grainloss_core::crop_conditions::{CropConditions, Lie, Stand, TimedConditions};
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_bounded};

/// The columns; only the first one must be there.
const COLUMNS: [&str; 6] = ["t_unix", "stand", "wet", "weedy", "slope", "lie_deg"];

/// Reads what is said of the crop, in the order of the file; the error names file, line and column.
pub(super) fn read(path: &Path, words: &Words) -> Result<Vec<TimedConditions>, CliError> {
    let name = path.display().to_string();
    let wrong = |line: u64, key: &str, values: &[(&str, &str)]| {
        let line = line.to_string();
        let values = [&[("file", &*name), ("line", &*line)], values].concat();
        CliError::input(words.with(&format!("conditions-{key}"), &values))
    };
    let unreadable = |error: String| wrong(1, "unreadable", &[("problem", &error)]);
    let text = read_bounded(path, LONGEST_TEXT).map_err(|error| unreadable(error.to_string()))?;
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&*text);
    let headers = rows.headers().map_err(|error| unreadable(error.to_string()))?.clone();
    if let Some(unknown) = headers.iter().find(|column| !COLUMNS.contains(column)) {
        return Err(wrong(1, "column-unknown", &[("column", unknown)]));
    }
    let twice = |column: &&&str| headers.iter().filter(|other| other == *column).count() > 1;
    if let Some(column) = COLUMNS.iter().find(twice) {
        return Err(wrong(1, "column-twice", &[("column", column)]));
    }
    let at = COLUMNS.map(|column| headers.iter().position(|other| other == column));
    if at[0].is_none() {
        return Err(wrong(1, "column-missing", &[("column", COLUMNS[0])]));
    }
    let mut said = Vec::new();
    for record in rows.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            wrong(line, "fields", &[("count", &headers.len().to_string())])
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |nth: usize| at[nth].and_then(|at| record.get(at)).unwrap_or_default();
        let refused = |nth: usize, expected: &str| {
            let expected = words.get(&format!("conditions-expected-{expected}"));
            wrong(line, "field", &[("column", COLUMNS[nth]), ("value", field(nth)), ("expected", &expected)])
        };
        let answer = |nth: usize| match field(nth) {
            "" => Ok(None),
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            _ => Err(refused(nth, "answer")),
        };
        let from_us = match field(0) {
            "" => i64::MIN,
            text => match text.parse::<f64>() {
                Ok(t_unix) if t_unix > 0.0 && t_unix.is_finite() => (t_unix * 1e6) as i64,
                _ => return Err(refused(0, "time")),
            },
        };
        let stand = match field(1) {
            "" => None,
            word => Some(Stand::named(word).ok_or_else(|| refused(1, "stand"))?),
        };
        let lie = match field(5) {
            "" => None,
            // Only what lies or leans points somewhere.
            text if matches!(stand, Some(Stand::Lodged | Stand::Leaning)) => {
                Some(text.parse().ok().and_then(Lie::new).ok_or_else(|| refused(5, "lie"))?)
            }
            _ => return Err(refused(5, "lie")),
        };
        let crop = CropConditions { stand, wet: answer(2)?, weedy: answer(3)?, slope: answer(4)?, lie };
        said.push(TimedConditions { from_us, crop });
    }
    Ok(said)
}
