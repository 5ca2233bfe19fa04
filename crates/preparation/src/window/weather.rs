//! What the forecast says of rain and dew.

use super::inputs::Inputs;
use crate::forecast::{HOUR_US, Hour};
use grainloss_core::params::HarvestWindowParams;

const PARAMS: HarvestWindowParams = HarvestWindowParams::DEFAULT;

/// What the forecast says; nothing where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    /// It rains now.
    pub rains: bool,
    /// When it is dry after that; `None` when the forecast does not say.
    pub rain_ends_us: Option<i64>,
    /// Rain that is a storm: from when, and how much in the day from then on, mm.
    pub storm: Option<(i64, f64)>,
    /// Humidity of the air now, %.
    pub humidity_pct: Option<f64>,
    /// When the air is dry enough for dew to go, from now on.
    pub dry_us: Option<i64>,
}

impl Weather {
    pub fn of(inputs: &Inputs<'_>) -> Self {
        let (Some(forecast), now_us) = (inputs.forecast, inputs.now_us) else { return Self::default() };
        let rains = |hour: &Hour| hour.rain_mm_h().is_some_and(|rain| rain >= PARAMS.rain_mm_h);
        let is_dry = |hour: &Hour| !rains(hour) && hour.humidity_pct.is_none_or(|pct| pct < PARAMS.dew_humidity_pct);
        let now = forecast.at(now_us);
        let end_us = now_us + (PARAMS.look_ahead_h * HOUR_US as f64) as i64;
        let later = || forecast.between(now_us, end_us);
        let dry_us =
            later().find(|hour| is_dry(hour) && hour.humidity_pct.is_some()).map(|hour| hour.from_us.max(now_us));
        let day_mm = |from_us: i64| -> f64 {
            let fall = |hour: &Hour| hour.rain_mm.unwrap_or(0.0);
            forecast
                .hours()
                .iter()
                .filter(|hour| (from_us..from_us + 24 * HOUR_US).contains(&hour.from_us))
                .map(fall)
                .sum()
        };
        let storm = later()
            .filter(|hour| rains(hour) && hour.from_us > now_us)
            .map(|hour| (hour.from_us, day_mm(hour.from_us)))
            .find(|(_, mm)| *mm >= PARAMS.storm_mm);
        let rains_now = now.is_some_and(rains);
        let rain_ends_us = later().find(|hour| is_dry(hour)).map(|hour| hour.from_us).filter(|_| rains_now);
        Self { rains: rains_now, rain_ends_us, storm, humidity_pct: now.and_then(|hour| hour.humidity_pct), dry_us }
    }
}
