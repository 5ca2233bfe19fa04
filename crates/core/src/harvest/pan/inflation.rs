//! How much wider or narrower the estimate's spread is than the filter takes it for, learned from pans.

use super::super::filter::PanUpdate;
use crate::params::PanSpreadParams;

/// Factors on the filter's spread, by what pans have taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
pub(in crate::harvest) struct SpreadFactors {
    /// On the header's.
    pub header: f64,
    /// On that of both paths behind the machine.
    pub rear: f64,
}

impl From<[f64; 2]> for SpreadFactors {
    fn from([header, rear]: [f64; 2]) -> Self {
        Self { header, rear }
    }
}

impl From<SpreadFactors> for [f64; 2] {
    fn from(factors: SpreadFactors) -> Self {
        [factors.header, factors.rear]
    }
}

/// The sum of test ratios over the number of pans, fading: the square of a factor on standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Inflation {
    #[serde(rename = "surprises")]
    test_ratios: f64,
    pans: f64,
}

impl Inflation {
    /// Both sums are numbers that pans can give.
    pub fn is_possible(&self) -> bool {
        (0.0..=1e6).contains(&self.test_ratios) && (0.001..=1e5).contains(&self.pans)
    }

    pub const fn prior(params: &PanSpreadParams) -> Self {
        Self { test_ratios: params.inflation_prior_pans, pans: params.inflation_prior_pans }
    }

    pub fn factor(self, params: &PanSpreadParams) -> f64 {
        (self.test_ratios / self.pans).sqrt().clamp(params.inflation_least, params.inflation_most)
    }

    /// As far as the pan is no blunder, and the estimate was what was not known of it.
    pub fn learn(&mut self, params: &PanSpreadParams, update: &PanUpdate) {
        let weight = update.weight * update.estimate_share;
        let keep = (-weight / params.inflation_half_life_pans).exp2();
        let test_ratio = update.innovation.test_ratio().min(params.inflation_test_ratio_most);
        self.test_ratios = keep * self.test_ratios + weight * test_ratio;
        self.pans = keep * self.pans + weight;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::filter::PerPath;
    use super::super::{Dispersion, Kept, PanKind};
    use super::*;
    use crate::harvest::fusion::Innovation;

    const PARAMS: PanSpreadParams = PanSpreadParams::DEFAULT;

    fn update(test_ratio: f64, weight: f64, estimate_share: f64) -> PanUpdate {
        let innovation = Innovation { log_ratio: test_ratio.sqrt(), variance: 1.0 };
        let laws = Dispersion::prior(PanKind::Rear).laws(PanKind::Rear, false, 0, |_| 1.0);
        let (beliefs, kept) = (laws.map(|(_, belief)| belief), Kept { constant: 1.0, wander: 0.0 });
        PanUpdate { innovation, weight, estimate_share, beliefs, kept, saturated_evidence: PerPath::default() }
    }

    fn after(test_ratios: impl IntoIterator<Item = f64>) -> f64 {
        let mut inflation = Inflation::prior(&PARAMS);
        for test_ratio in test_ratios {
            inflation.learn(&PARAMS, &update(test_ratio, 1.0, 1.0));
        }
        inflation.factor(&PARAMS)
    }

    #[test]
    fn test_ratios_of_one_change_nothing_others_by_their_weight() {
        assert_eq!(after([]), 1.0);
        assert!((after([1.0; 20]) - 1.0).abs() < 1e-12);
        // Ten test ratios of 3: the prior has half its weight, 4; theirs is (1 − 1/2) / (1 − 2^−0.1) = 7.4697.
        // √((4 + 3 × 7.4697) / (4 + 7.4697)) = √2.30253.
        assert!((after([3.0; 10]) - 2.302_53f64.sqrt()).abs() < 1e-4);
        // Long after, only the newest count.
        assert!((after([4.0; 200]) - 2.0).abs() < 1e-4);
        assert!((after([4.0; 40].into_iter().chain([1.0; 100])) - 1.0).abs() < 0.01);
    }

    #[test]
    fn it_stays_in_its_range() {
        assert_eq!(after([0.0; 100]), 0.8);
        assert!((after([1e9; 200]) - 3.0).abs() < 1e-4, "no pan counts for more than 9");
    }

    #[test]
    fn blunders_and_pans_that_tell_of_their_own_noise_teach_nothing() {
        for (weight, estimate_share) in [(0.0, 1.0), (1.0, 0.0)] {
            let mut inflation = Inflation::prior(&PARAMS);
            inflation.learn(&PARAMS, &update(9.0, weight, estimate_share));
            assert_eq!(inflation, Inflation::prior(&PARAMS));
        }
    }
}
