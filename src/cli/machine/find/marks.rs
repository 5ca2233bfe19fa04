//! The marks file: what a technician noted beside the machine.

use std::fs::File;
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::said::Said as _;
use grainloss_find::{Event, Mark, Noted, Reading};
use grainloss_knowledge::Words;

const COLUMNS: [&str; 3] = ["t_unix", "mark", "value"];

/// Reads the marks; the error names file, line and column, and says what to do.
pub(in crate::cli::machine) fn read(path: &Path, words: &Words) -> Result<Vec<Noted>, CliError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| CliError::input(format!("--marks {name}: {}", error.said())))?;
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(file);
    let wrong = |line: u64, key: &str, values: &[(&str, &str)]| {
        CliError::input(format!("{name}:{line}: {}", words.with(key, values)))
    };
    let unreadable = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        wrong(line, "find-marks-unreadable", &[("error", &error.to_string())])
    };
    let heads = rows.headers().map_err(|error| unreadable(&error))?.clone();
    // Excel writes a byte-order mark before the first head.
    let head = |column: &str| heads.iter().position(|head| head.trim_start_matches('\u{feff}') == column);
    let mut places = [0; 3];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = head(column).ok_or_else(|| wrong(1, "find-marks-column", &[("column", column)]))?;
    }
    let mut marks = Vec::new();
    for record in rows.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let [t_unix, word, value] = places.map(|place| record.get(place).unwrap_or("").trim());
        let t_us = seconds(t_unix).ok_or_else(|| wrong(line, "find-marks-time", &[("value", t_unix)]))?;
        let mark = if let Some(event) = Event::of(word) {
            if !value.is_empty() {
                return Err(wrong(line, "find-marks-no-value", &[("mark", word), ("value", value)]));
            }
            Mark::Event(event)
        } else if let Some(reading) = Reading::of(word) {
            let number = value.parse().ok().filter(|number: &f64| number.is_finite());
            let number = number.ok_or_else(|| wrong(line, "find-marks-value", &[("mark", word), ("value", value)]))?;
            Mark::Reading(reading, number, half_digit(value))
        } else {
            return Err(wrong(line, "find-marks-unknown", &[("mark", word), ("known", &known())]));
        };
        marks.push(Noted { t_us, mark });
    }
    // All readings of a display have as many digits as the one with the most: 5 may be 5.0.
    let finest = |of: Reading| {
        let own = marks.iter().filter_map(|noted| match noted.mark {
            Mark::Reading(reading, _, half) if reading == of => Some(half),
            _ => None,
        });
        own.fold(f64::INFINITY, f64::min)
    };
    let halves: Vec<f64> = marks
        .iter()
        .map(|noted| if let Mark::Reading(reading, ..) = noted.mark { finest(reading) } else { 0.0 })
        .collect();
    for (noted, half) in marks.iter_mut().zip(halves) {
        if let Mark::Reading(_, _, own) = &mut noted.mark {
            *own = half;
        }
    }
    marks.sort_by_key(|noted| noted.t_us);
    Ok(marks)
}

/// Seconds since 1970 as microseconds: 1 to the year 5138.
fn seconds(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok()?;
    (seconds > 0.0 && seconds < 1e11).then_some((seconds * 1e6).round() as i64)
}

/// Half of the last digit that was written.
fn half_digit(text: &str) -> f64 {
    let decimals = text.split_once('.').map_or(0, |(_, after)| after.chars().take_while(char::is_ascii_digit).count());
    0.5 * 0.1f64.powi(decimals as i32)
}

fn known() -> String {
    let events = Event::WORDS.iter().map(|(word, _)| *word);
    events.chain(Reading::WORDS.iter().map(|(word, _)| *word)).collect::<Vec<_>>().join(", ")
}
