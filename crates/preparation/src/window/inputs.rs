//! What is known of crop, ground, weather and money.

use crate::forecast::Forecast;
use grainloss_knowledge::preparation::{CropPreparation, Preparation};

/// What the hand check of the crop says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ripeness {
    /// Not yet.
    Unripe,
    /// The signs are there.
    Ripe,
    /// Past it: heads bend, pods open, kernels fall.
    Overripe,
}

/// What the ground carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It carries the machine.
    Firm,
    /// Wheels or tracks leave ruts.
    Soft,
    /// The machine would sink.
    Boggy,
}

/// What money the decision turns on, as it was entered. `None` is not entered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// Yield, kg/mu.
    pub yield_kg_mu: Option<f64>,
    /// Drying of a tonne, in the user's currency.
    pub drying_per_t: Option<f64>,
    /// Price of a kilogram of grain.
    pub price_per_kg: Option<f64>,
    /// What waiting is feared to cost, % of the yield: shed, sprouting, price.
    pub risk_pct: Option<f64>,
}

/// Drying beside waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Drying of what a mu yields: yield × cost of a tonne ÷ 1000.
    pub drying_per_mu: f64,
    /// The same in grain, kg; `None` without a price.
    pub drying_kg: Option<f64>,
    /// The share of the yield that drying costs, %: waiting pays when it costs less; `None` without a price.
    pub break_even_pct: Option<f64>,
    /// What waiting is feared to cost on a mu; `None` without a price or a fear.
    pub waiting_per_mu: Option<f64>,
}

impl Costs {
    /// Drying beside waiting; `None` without a yield and a cost of drying.
    pub fn cost(&self) -> Option<Cost> {
        let (yield_kg, price) = (self.yield_kg_mu?, self.price_per_kg);
        let drying_per_mu = yield_kg * self.drying_per_t? / 1000.0;
        let drying_kg = price.map(|price| drying_per_mu / price);
        Some(Cost {
            drying_per_mu,
            drying_kg,
            break_even_pct: drying_kg.map(|kg| 100.0 * kg / yield_kg),
            waiting_per_mu: price.zip(self.risk_pct).map(|(price, risk)| yield_kg * price * risk / 100.0),
        })
    }
}

/// What is known. `None` is unknown, and stays so.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The crop.
    pub crop: &'a CropPreparation,
    /// The facts and their sources.
    pub facts: &'a Preparation,
    /// Now, microseconds since 1970-01-01 UTC.
    pub now_us: i64,
    /// Moisture of the grain, % of wet mass.
    pub moisture_pct: Option<f64>,
    /// The hand check.
    pub ripeness: Option<Ripeness>,
    /// The crop is wet to the hand, from dew or rain.
    pub wet: Option<bool>,
    /// The ground.
    pub ground: Option<Ground>,
    /// The weather.
    pub forecast: Option<&'a Forecast>,
    /// The money.
    pub costs: Costs,
}
