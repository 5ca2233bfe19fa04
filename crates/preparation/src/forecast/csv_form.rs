//! A forecast as CSV.

use super::error::{ForecastError, ForecastProblem as Problem};
use super::hours::{self, Forecast, HUMIDITY_PCT, Line, RAIN_MM, TEMPERATURE_C, WIND_M_S};
use grainloss_knowledge::local_time::time_us;

/// The columns; only the first one must be there.
const COLUMNS: [&str; 5] = ["time", "rain_mm", "temperature_c", "humidity_pct", "wind_m_s"];

pub(super) fn parse(text: &str) -> Result<Forecast, ForecastError> {
    let wrong =
        |problem, line: u64, field: &str, found: &str| ForecastError::new(problem, line.to_string(), field, found);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|_| wrong(Problem::Form, 1, "-", ""))?.clone();
    for head in &heads {
        if !COLUMNS.contains(&head) {
            return Err(wrong(Problem::Unknown, 1, head, &COLUMNS.join(", ")));
        }
        if heads.iter().filter(|other| *other == head).count() > 1 {
            return Err(wrong(Problem::Twice, 1, head, ""));
        }
    }
    let at = COLUMNS.map(|column| heads.iter().position(|head| head == column));
    if at[0].is_none() {
        return Err(wrong(Problem::Missing, 1, COLUMNS[0], ""));
    }
    let (mut lines, mut numbers) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            wrong(Problem::Count, line, "-", &heads.len().to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |nth: usize| at[nth].and_then(|at| record.get(at)).unwrap_or_default();
        let value = |nth: usize, range| match field(nth) {
            "" => Ok(None),
            text => {
                hours::number(text, range).map(Some).ok_or_else(|| wrong(Problem::Number, line, COLUMNS[nth], text))
            }
        };
        let from_us = time_us(field(0)).ok_or_else(|| wrong(Problem::Time, line, COLUMNS[0], field(0)))?;
        lines.push(Line {
            from_us,
            rain_mm: value(1, RAIN_MM)?,
            temperature_c: value(2, TEMPERATURE_C)?,
            humidity_pct: value(3, HUMIDITY_PCT)?,
            wind_m_s: value(4, WIND_M_S)?,
        });
        numbers.push(line);
    }
    Forecast::of_lines(&lines, |nth| numbers.get(nth).copied().unwrap_or(1).to_string())
}
