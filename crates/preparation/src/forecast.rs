//! A weather forecast by the hour: from a CSV file, or from the JSON that Open-Meteo gives for `hourly=…`.
//!
//! CSV: a line of column names, then a line for each time. `time` must be there; `rain_mm`, `temperature_c`, `humidity_pct` and
//! `wind_m_s` may be. Times are local (`2025-06-10 08:00`), or carry their own offset (`2025-06-10T00:00Z`). A line holds from
//! its time to the next one's; rain is what falls in that time. An empty field is unknown.

mod csv_form;
mod open_meteo;

use grainloss_knowledge::Words;

/// Most lines of a forecast (our choice: sixteen days of hours are 384).
const MOST_HOURS: usize = 4000;
/// A line holds for at most so long, µs: models give six hours at the far end.
const LONGEST_US: i64 = 6 * HOUR_US;
/// An hour, µs.
pub const HOUR_US: i64 = 3_600_000_000;

/// The weather from one time to the next. `None` is unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// From when, microseconds since 1970-01-01 UTC.
    pub from_us: i64,
    /// Until when: the next one's beginning.
    pub until_us: i64,
    /// Rain in that time, mm.
    pub rain_mm: Option<f64>,
    /// Temperature of the air at its beginning, °C.
    pub temperature_c: Option<f64>,
    /// Relative humidity at its beginning, %.
    pub humidity_pct: Option<f64>,
    /// Wind at its beginning, m/s.
    pub wind_m_s: Option<f64>,
}

impl Hour {
    /// Rain in an hour of it, mm/h.
    pub fn rain_mm_h(&self) -> Option<f64> {
        Some(self.rain_mm? * HOUR_US as f64 / (self.until_us - self.from_us) as f64)
    }
}

/// A forecast: at least one line, in order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    hours: Vec<Hour>,
}

/// What is wrong with a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastProblem {
    /// Neither CSV with a line of columns nor JSON of this form.
    Form,
    /// A column, or an entry of the JSON, is missing.
    Missing,
    /// No column of this name is known.
    Unknown,
    /// The column is there twice.
    Twice,
    /// Another number of fields than columns, or of values than times.
    Count,
    /// Not a time.
    Time,
    /// Not later than the one before.
    Order,
    /// Not a number, or out of range.
    Number,
    /// A unit that is not known.
    Unit,
    /// No line, or too many.
    Length,
}

impl ForecastProblem {
    /// Every problem, for tests of the words.
    pub const ALL: [Self; 10] = [
        Self::Form,
        Self::Missing,
        Self::Unknown,
        Self::Twice,
        Self::Count,
        Self::Time,
        Self::Order,
        Self::Number,
        Self::Unit,
        Self::Length,
    ];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Twice => "twice",
            Self::Count => "count",
            Self::Time => "time",
            Self::Order => "order",
            Self::Number => "number",
            Self::Unit => "unit",
            Self::Length => "length",
        }
    }
}

/// Why a forecast was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {field}: {} ({found})", .problem.word())]
pub struct ForecastError {
    /// What is wrong.
    pub problem: ForecastProblem,
    /// Where: a line of a CSV file, or `JSON`.
    pub place: String,
    /// Which column, or which entry of the JSON.
    pub field: String,
    /// What was found there.
    pub found: String,
}

impl ForecastError {
    fn new(problem: ForecastProblem, place: impl Into<String>, field: &str, found: &str) -> Self {
        // A value of any length must not fill the screen.
        let found = found.chars().take(40).collect();
        Self { problem, place: place.into(), field: field.to_owned(), found }
    }

    /// In words: file, line, field, what was expected, what to do.
    pub fn text(&self, file: &str, words: &Words) -> String {
        let values = [("file", file), ("place", &*self.place), ("field", &*self.field), ("found", &*self.found)];
        words.with(&format!("forecast-bad-{}", self.problem.word()), &values)
    }
}

/// A line before it is known when the next one begins.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    from_us: i64,
    rain_mm: Option<f64>,
    temperature_c: Option<f64>,
    humidity_pct: Option<f64>,
    wind_m_s: Option<f64>,
}

/// The lowest and highest value that is believed.
const RAIN_MM: (f64, f64) = (0.0, 500.0);
const TEMPERATURE_C: (f64, f64) = (-60.0, 60.0);
const HUMIDITY_PCT: (f64, f64) = (0.0, 100.0);
const WIND_M_S: (f64, f64) = (0.0, 100.0);

impl Forecast {
    /// Reads a forecast; text that begins with `{` is Open-Meteo's JSON, anything else CSV.
    ///
    /// # Errors
    /// Where it is not of that form, a value cannot be, or times are not in order; the error names line and field.
    pub fn parse(text: &str) -> Result<Self, ForecastError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') { open_meteo::parse(text) } else { csv_form::parse(text) }
    }

    /// `place_of` names the place of a line by its number from 0.
    fn of_lines(lines: &[Line], place_of: impl Fn(usize) -> String) -> Result<Self, ForecastError> {
        let count = lines.len();
        if count == 0 || count > MOST_HOURS {
            return Err(ForecastError::new(ForecastProblem::Length, place_of(0), "time", &count.to_string()));
        }
        let mut hours = Vec::with_capacity(count);
        for (at, line) in lines.iter().enumerate() {
            let until_us = match lines.get(at + 1) {
                Some(next) if next.from_us <= line.from_us => {
                    return Err(ForecastError::new(ForecastProblem::Order, place_of(at + 1), "time", ""));
                }
                Some(next) => next.from_us.min(line.from_us.saturating_add(LONGEST_US)),
                None => line.from_us.saturating_add(HOUR_US),
            };
            let &Line { from_us, rain_mm, temperature_c, humidity_pct, wind_m_s } = line;
            hours.push(Hour { from_us, until_us, rain_mm, temperature_c, humidity_pct, wind_m_s });
        }
        Ok(Self { hours })
    }

    /// Its lines, in order of time.
    pub fn hours(&self) -> &[Hour] {
        &self.hours
    }

    /// The line that holds at this time; `None` before, behind, and in a gap.
    pub fn at(&self, t_us: i64) -> Option<&Hour> {
        self.hours.iter().find(|hour| (hour.from_us..hour.until_us).contains(&t_us))
    }

    /// The lines that hold between these times, as far as they overlap.
    pub fn between(&self, from_us: i64, until_us: i64) -> impl Iterator<Item = &Hour> {
        self.hours.iter().filter(move |hour| hour.until_us > from_us && hour.from_us < until_us)
    }
}

/// A number within its range.
fn number(text: &str, (low, high): (f64, f64)) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| (low..=high).contains(value))
}

#[cfg(test)]
mod tests;
