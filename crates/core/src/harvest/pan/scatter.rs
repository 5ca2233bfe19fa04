//! How far apart pans lie, learned from pans.

use super::super::filter::PanUpdate;
use crate::params::PanSpreadParams;

/// How far apart the pans of a kind lie, as a factor on the spread that is assumed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Scatter {
    #[serde(rename = "surprises")]
    test_ratios: f64,
    pans: f64,
}

impl Scatter {
    /// Both sums are numbers that pans can give.
    pub fn is_possible(&self) -> bool {
        (0.0..=1e6).contains(&self.test_ratios) && (0.001..=1e5).contains(&self.pans)
    }

    pub const fn prior(params: &PanSpreadParams) -> Self {
        Self { test_ratios: params.scatter_prior_pans, pans: params.scatter_prior_pans }
    }

    /// The square of the factor.
    pub fn variance_factor(self, params: &PanSpreadParams) -> f64 {
        let (low, high) = (params.scatter_least, params.scatter_most);
        (self.test_ratios / self.pans).clamp(low * low, high * high)
    }

    /// As far as the pan is no blunder, and patches were what was not known of it.
    pub fn learn(&mut self, params: &PanSpreadParams, update: &PanUpdate) {
        let weight = update.weight * update.patches_share;
        self.test_ratios += weight * update.innovation.test_ratio().min(params.scatter_test_ratio_most);
        self.pans += weight;
    }
}
