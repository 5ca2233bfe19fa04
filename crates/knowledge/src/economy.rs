//! The price of grain and the cost of an hour of harvest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use grainloss_core::advice::Economy;
use grainloss_core::data_file;

/// A crop's price and what an hour costs, each with its source, in one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EconomyEntry {
    /// The currency's sign, as it is shown.
    #[schemars(length(min = 1), example = &"CNY")]
    pub currency: String,
    /// What a kilogram of grain brings.
    #[serde(deserialize_with = "data_file::measure")]
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1_000_000), example = 2.4)]
    price_per_kg: f64,
    /// Where the price comes from.
    #[serde(deserialize_with = "data_file::source")]
    #[schemars(length(min = 1), example = &"price of the mill, June")]
    pub price_source: String,
    /// What an hour of the machine costs.
    #[serde(deserialize_with = "data_file::measure")]
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1_000_000), example = 300.0)]
    cost_per_h: f64,
    /// Where the cost comes from.
    #[serde(deserialize_with = "data_file::source")]
    #[schemars(length(min = 1), example = &"rate of the contractor")]
    pub cost_source: String,
}

impl EconomyEntry {
    /// The figures.
    pub fn figures(&self) -> Economy {
        Economy { price_per_kg: Some(self.price_per_kg), cost_per_h: Some(self.cost_per_h), drying_per_kg: None }
    }
}
