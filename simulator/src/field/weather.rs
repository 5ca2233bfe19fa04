//! The day: dew that dries and comes back, and the air's warmth.

use std::f64::consts::PI;

use crate::math::{cos, exp};
use crate::scenario::Weather;

const DAY_S: f64 = 86_400.0;
/// Hours of the lowest and the highest air temperature, by the sun. Assumed: dawn and mid-afternoon.
const COLDEST_H: f64 = 5.0;
const WARMEST_H: f64 = 15.0;

/// The weather over one place.
pub(crate) struct Sky {
    weather: Weather,
    /// Solar time at the start of the scenario, h.
    start_h: f64,
}

impl Sky {
    pub fn new(weather: &Weather, start_unix_s: i64, longitude_deg: f64) -> Self {
        let start_h = start_unix_s.rem_euclid(DAY_S as i64) as f64 / 3600.0 + longitude_deg / 15.0;
        Self { weather: weather.clone(), start_h }
    }

    /// Local solar time, 0..24 h.
    fn hour(&self, t_s: f64) -> f64 {
        (self.start_h + t_s / 3600.0).rem_euclid(24.0)
    }

    /// Grain moisture over that of the dry afternoon, points.
    pub fn dew_pct(&self, t_s: f64) -> f64 {
        let (w, hour) = (&self.weather, self.hour(t_s));
        let dried = |h: f64| exp(-(h - w.drying_from_h) / w.drying_h);
        let left = dried(w.dew_from_h);
        let returned = |h: f64| 1.0 - exp(-(h - w.dew_from_h) / w.dewing_h);
        // By the next morning it is all back.
        let evening = |h: f64| left + (1.0 - left) * returned(h) / returned(w.drying_from_h + 24.0);
        let share = if hour < w.drying_from_h {
            evening(hour + 24.0)
        } else if hour < w.dew_from_h {
            dried(hour)
        } else {
            evening(hour)
        };
        w.dew_pct * share
    }

    /// Of the air, °C.
    pub fn air_c(&self, t_s: f64) -> f64 {
        let (w, hour) = (&self.weather, self.hour(t_s));
        let warming_h = WARMEST_H - COLDEST_H;
        let phase = if (COLDEST_H..WARMEST_H).contains(&hour) {
            (hour - COLDEST_H) / warming_h
        } else {
            1.0 + (hour - WARMEST_H).rem_euclid(24.0) / (24.0 - warming_h)
        };
        w.air_low_c + (w.air_high_c - w.air_low_c) * (0.5 - 0.5 * cos(PI * phase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn dew_dries_by_day_and_comes_back_without_jumps() {
        let weather = Scenario::bundled("wheat").unwrap().weather;
        // Midnight by the sun at 0° east.
        let sky = Sky::new(&weather, 0, 0.0);
        let at = |hour: f64| sky.dew_pct(hour * 3600.0);
        assert!(at(5.0) > at(9.0) && at(9.0) > at(12.0) && at(12.0) > at(18.0) && at(18.0) < at(23.0));
        assert!(at(5.0) < weather.dew_pct && at(18.0) > 0.0);
        for minute in 0..2 * 24 * 60 {
            let (now, next) = (f64::from(minute) * 60.0, f64::from(minute + 1) * 60.0);
            assert!((sky.dew_pct(now) - sky.dew_pct(next)).abs() < 0.4, "{minute}");
            assert!((sky.air_c(now) - sky.air_c(next)).abs() < 0.1, "{minute}");
        }
        assert!(sky.air_c(15.0 * 3600.0) > sky.air_c(4.0 * 3600.0) + 8.0);
    }
}
