//! The hours of a forecast, in order of time.

use super::error::{ForecastError, ForecastProblem};

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

/// A line before it is known when the next one begins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    pub from_us: i64,
    pub rain_mm: Option<f64>,
    pub temperature_c: Option<f64>,
    pub humidity_pct: Option<f64>,
    pub wind_m_s: Option<f64>,
}

/// The lowest and highest value that is believed.
pub(super) const RAIN_MM: (f64, f64) = (0.0, 500.0);
pub(super) const TEMPERATURE_C: (f64, f64) = (-60.0, 60.0);
pub(super) const HUMIDITY_PCT: (f64, f64) = (0.0, 100.0);
pub(super) const WIND_M_S: (f64, f64) = (0.0, 100.0);

impl Forecast {
    /// `place_of` names the place of a line by its number from 0.
    pub(super) fn of_lines(lines: &[Line], place_of: impl Fn(usize) -> String) -> Result<Self, ForecastError> {
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
pub(super) fn number(text: &str, (low, high): (f64, f64)) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| (low..=high).contains(value))
}
