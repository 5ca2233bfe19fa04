//! What grain and time are worth.

use std::collections::BTreeMap;

use serde::Deserialize;

use grainloss_core::advice::Economy;
use grainloss_core::data_file::{self, FileError};

/// A crop's price and an hour's cost with their sources, in one currency.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct EconomyEntry {
    /// The currency's sign, as it is shown.
    pub currency: String,
    #[serde(deserialize_with = "data_file::measure")]
    price_per_kg: f64,
    /// Where the price comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub price_source: String,
    #[serde(deserialize_with = "data_file::measure")]
    cost_per_h: f64,
    /// Where the cost comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub cost_source: String,
}

impl EconomyEntry {
    /// The figures.
    pub fn figures(&self) -> Economy {
        Economy { price_per_kg: Some(self.price_per_kg), cost_per_h: Some(self.cost_per_h) }
    }
}

/// What is known for this crop: nothing, unless the user has said so.
pub fn economy(crop: &str) -> Result<Option<EconomyEntry>, FileError> {
    let embedded = include_str!("../../../knowledge/advice/economy.toml");
    let mut all: BTreeMap<String, EconomyEntry> = super::load("advice/economy.toml", embedded)?;
    Ok(all.remove(crop))
}
