//! A forecast as Open-Meteo's `/v1/forecast` gives it, with `hourly=temperature_2m,relative_humidity_2m,precipitation,`
//! `wind_speed_10m` (documentation: <https://open-meteo.com/en/docs>): lists beside `hourly.time`, units in `hourly_units`.
//! Times are local to `utc_offset_seconds`, or, with `timeformat=unixtime`, seconds UTC. Precipitation is the sum of the hour
//! *before* its time.

use serde_json::Value;

use super::error::{ForecastError, ForecastProblem as Problem};
use super::hours::{Forecast, HUMIDITY_PCT, Line, RAIN_MM, TEMPERATURE_C, WIND_M_S};
use grainloss_knowledge::local_time::civil_us;

const PLACE: &str = "JSON";

pub(super) fn parse(text: &str) -> Result<Forecast, ForecastError> {
    let wrong = |problem, field: &str, found: &str| ForecastError::new(problem, PLACE, field, found);
    let json: Value = serde_json::from_str(text).map_err(|error| {
        ForecastError::new(Problem::Form, error.line().to_string(), "JSON", &format!("column {}", error.column()))
    })?;
    let hourly = json.get("hourly").ok_or_else(|| wrong(Problem::Missing, "hourly", ""))?;
    let times = hourly.get("time").and_then(Value::as_array);
    let times = times.ok_or_else(|| wrong(Problem::Missing, "hourly.time", ""))?;
    let offset_s = match json.get("utc_offset_seconds") {
        None => 0,
        Some(value) => value
            .as_i64()
            .filter(|seconds| seconds.abs() <= 86_400)
            .ok_or_else(|| wrong(Problem::Number, "utc_offset_seconds", &value.to_string()))?,
    };
    let time = |(at, value): (usize, &Value)| {
        let seconds = value.as_i64().filter(|s| s.abs() < 100_000_000_000).map(|s| s * 1_000_000);
        let local = || value.as_str().and_then(civil_us).and_then(|us| us.checked_sub(offset_s * 1_000_000));
        let field = || format!("hourly.time[{at}]");
        seconds.or_else(local).ok_or_else(|| wrong(Problem::Time, &field(), &value.to_string()))
    };
    let times_us = times.iter().enumerate().map(time).collect::<Result<Vec<i64>, _>>()?;
    let list = |name: &str, range, units: &[(&str, f64, f64)]| list(&json, name, times.len(), range, units);
    let rain = list("precipitation", RAIN_MM, &[("mm", 1.0, 0.0), ("inch", 25.4, 0.0)])?;
    let temperature = list("temperature_2m", TEMPERATURE_C, &[("°C", 1.0, 0.0), ("°F", 5.0 / 9.0, -32.0)])?;
    let humidity = list("relative_humidity_2m", HUMIDITY_PCT, &[("%", 1.0, 0.0)])?;
    let speeds = [("km/h", 1.0 / 3.6, 0.0), ("m/s", 1.0, 0.0), ("mp/h", 0.447_04, 0.0), ("kn", 1.852 / 3.6, 0.0)];
    let wind = list("wind_speed_10m", WIND_M_S, &speeds)?;
    let lines: Vec<Line> = (0..times_us.len())
        .map(|at| Line {
            from_us: times_us[at],
            // What is stated at the next time fell from this one on.
            rain_mm: rain.get(at + 1).copied().flatten(),
            temperature_c: temperature[at],
            humidity_pct: humidity[at],
            wind_m_s: wind[at],
        })
        .collect();
    Forecast::of_lines(&lines, |nth| format!("{PLACE} hourly.time[{nth}]"))
}

/// A list of `hourly`, in the product's unit; where it is not there, everything in it is unknown. A unit has its name, a factor
/// and what is added before.
fn list(
    json: &Value,
    name: &str,
    count: usize,
    (low, high): (f64, f64),
    units: &[(&str, f64, f64)],
) -> Result<Vec<Option<f64>>, ForecastError> {
    let field = format!("hourly.{name}");
    let Some(list) = json["hourly"].get(name) else { return Ok(vec![None; count]) };
    let list = list.as_array().ok_or_else(|| ForecastError::new(Problem::Form, PLACE, &field, ""))?;
    if list.len() != count {
        return Err(ForecastError::new(Problem::Count, PLACE, &field, &count.to_string()));
    }
    let unit = json["hourly_units"].get(name).and_then(Value::as_str).unwrap_or(units[0].0);
    let &(_, factor, before) = units
        .iter()
        .find(|(known, ..)| *known == unit)
        .ok_or_else(|| ForecastError::new(Problem::Unit, PLACE, &format!("hourly_units.{name}"), unit))?;
    let value = |(at, value): (usize, &Value)| match value {
        Value::Null => Ok(None),
        value => {
            let si = value.as_f64().map(|value| (value + before) * factor);
            si.filter(|value| (low..=high).contains(value)).map(Some).ok_or_else(|| {
                ForecastError::new(Problem::Number, PLACE, &format!("{field}[{at}]"), &value.to_string())
            })
        }
    };
    list.iter().enumerate().map(value).collect()
}
