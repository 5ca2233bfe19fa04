//! Everything that the advice for one crop rests on.

use crate::economy::EconomyEntry;
use crate::limits::{LimitEntry, limits};
use crate::rules::Rules;
use crate::symptoms::{Symptom, symptoms};
use grainloss_core::data_file::FileError;

/// What the advice for a crop rests on, for screens and reports that show it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Guide {
    /// The rules.
    pub rules: Rules,
    /// Every limit in use for the crop.
    pub limits: Vec<LimitEntry>,
    /// What the operator may see, and what to do about it.
    #[serde(default)]
    pub symptoms: Vec<Symptom>,
    /// The price of grain and the cost of an hour; `None` when the user has set none.
    pub economy: Option<EconomyEntry>,
}

impl Guide {
    /// Loads rules and limits for a crop. Prices are part of the configuration: [`economy`](Self::economy) is `None`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or parsed, or a step has no rule.
    pub fn load(crop: &str) -> Result<Self, FileError> {
        Ok(Self { rules: Rules::load(crop)?, limits: limits(crop)?, symptoms: symptoms(crop)?, economy: None })
    }
}
