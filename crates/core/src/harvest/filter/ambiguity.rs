//! Two levels of loss that explain the same counts.

use crate::math::exp;

/// What two levels that fit the counts make of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Ambiguity {
    /// How probable the other level is, 0..=1.
    pub other: f64,
    /// ln of its loss over that of the filter's level.
    pub log_apart: f64,
    /// What is not known of either: variance of the logarithm.
    pub variance: f64,
}

impl Ambiguity {
    /// Variance of the loss's logarithm.
    pub fn log_variance(&self) -> f64 {
        self.between() + self.variance
    }

    /// Mean of the logarithm over that of the filter's level.
    pub fn log_mean(&self) -> f64 {
        self.other * self.log_apart
    }

    /// The mean of both levels' losses over that of the filter's level.
    pub fn mean_factor(&self) -> f64 {
        1.0 - self.other + self.other * exp(self.log_apart)
    }

    /// What of the logarithm's variance comes from there being two levels.
    pub fn between(&self) -> f64 {
        self.other * (1.0 - self.other) * self.log_apart * self.log_apart
    }
}
