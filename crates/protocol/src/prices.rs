//! Prices of grain and time, and the rain that is near, as the operator enters them.

use serde::{Deserialize, Serialize};

use grainloss_core::advice::{Economy, RainAhead};

/// The currency where none is set (ISO 4217).
pub const USUAL_CURRENCY: &str = "CNY";
/// Largest price, cost, number of hours or hectares that can be entered (our choice: as for measures in files).
const MOST: f64 = 1e6;

/// What an operator says of prices and rain: all of it, so that what is not said is not known any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PriceEntry {
    /// Prices and costs.
    pub economy: Economy,
    /// Time left before rain, and area still to be cut, from now.
    pub rain: RainAhead,
}

impl PriceEntry {
    /// Its numbers, with their names in the journal.
    pub fn items(&self) -> [(&'static str, Option<f64>); 5] {
        [
            ("grain", self.economy.price_per_kg),
            ("hour", self.economy.cost_per_h),
            ("drying", self.economy.drying_per_kg),
            ("rain-in-h", self.rain.hours_left),
            ("area-left-ha", self.rain.area_left_ha),
        ]
    }

    /// True when every number is one that can be: above 0, and no more than a million.
    pub fn is_possible(&self) -> bool {
        self.items().into_iter().filter_map(|(_, value)| value).all(|value| value > 0.0 && value <= MOST)
    }
}

/// The prices that hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// The currency's sign, as it is shown.
    pub currency: String,
    /// Prices and costs.
    pub economy: Economy,
    /// When the rain is expected, microseconds of bus time; `None` when none is known to come.
    pub rain_us: Option<i64>,
    /// The area of the session, ha, at which the field is done; `None` when it was not entered.
    pub done_at_ha: Option<f64>,
}

impl Default for Prices {
    fn default() -> Self {
        Self { currency: USUAL_CURRENCY.to_owned(), economy: Economy::default(), rain_us: None, done_at_ha: None }
    }
}

impl Prices {
    /// Takes an entry at this time, with so much cut in the session, ha.
    pub fn take(&mut self, entry: &PriceEntry, t_us: i64, area_ha: f64) {
        self.economy = entry.economy;
        self.rain_us = entry.rain.hours_left.map(|hours| t_us + (hours * 3.6e9) as i64);
        self.done_at_ha = entry.rain.area_left_ha.map(|left| area_ha + left);
    }

    /// The same as an entry at this time, with so much cut in the session, ha.
    pub fn entry(&self, t_us: i64, area_ha: f64) -> PriceEntry {
        let hours_left = self.rain_us.map(|rain_us| ((rain_us - t_us) as f64 / 3.6e9).max(0.0));
        let area_left_ha = self.done_at_ha.map(|done| (done - area_ha).max(0.0));
        PriceEntry { economy: self.economy, rain: RainAhead { hours_left, area_left_ha } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_area_left_go_down_as_time_passes_and_the_machine_cuts() {
        let rain = RainAhead { hours_left: Some(2.0), area_left_ha: Some(3.0) };
        let economy = Economy { price_per_kg: Some(2.4), ..Economy::default() };
        let mut prices = Prices::default();
        prices.take(&PriceEntry { economy, rain }, 1_000_000, 1.5);
        // Half an hour later, with 0.5 ha more.
        let later = prices.entry(1_801_000_000, 2.0);
        assert_eq!(later.rain, RainAhead { hours_left: Some(1.5), area_left_ha: Some(2.5) });
        assert_eq!(later.economy, economy);
        assert_eq!(prices.entry(i64::MAX / 2, 9.0).rain, RainAhead { hours_left: Some(0.0), area_left_ha: Some(0.0) });
    }

    #[test]
    fn a_price_of_nothing_or_of_no_number_is_refused() {
        let of = |price| PriceEntry {
            economy: Economy { price_per_kg: Some(price), ..Economy::default() },
            ..PriceEntry::default()
        };
        assert!(PriceEntry::default().is_possible() && of(2.4).is_possible());
        assert!([0.0, -1.0, f64::NAN, f64::INFINITY, 1e7].into_iter().all(|price| !of(price).is_possible()));
    }
}
