//! A weather forecast by the hour: from a CSV file, or from the JSON that Open-Meteo gives for `hourly=…`.
//!
//! CSV: a line of column names, then a line for each time. `time` must be there; `rain_mm`, `temperature_c`, `humidity_pct` and
//! `wind_m_s` may be. Times are local (`2025-06-10 08:00`), or carry their own offset (`2025-06-10T00:00Z`). A line holds from
//! its time to the next one's; rain is what falls in that time. An empty field is unknown.

mod csv_form;
mod error;
mod hours;
mod open_meteo;

pub use error::{ForecastError, ForecastProblem};
pub use hours::{Forecast, HOUR_US, Hour};

impl Forecast {
    /// Reads a forecast; text that begins with `{` is Open-Meteo's JSON, anything else CSV.
    ///
    /// # Errors
    /// Where it is not of that form, a value cannot be, or times are not in order; the error names line and field.
    pub fn parse(text: &str) -> Result<Self, ForecastError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') { open_meteo::parse(text) } else { csv_form::parse(text) }
    }
}

#[cfg(test)]
mod tests;
