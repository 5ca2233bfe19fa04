//! How far apart samples of one kind lie, learned from samples: a few laws at once, from patches that hardly differ to a few
//! spots that carry most of the loss, weighed by what was found (a discrete Bayesian choice of model).

use super::super::filter::PanUpdate;
use super::types::PanKind;

/// The number of laws.
pub(in crate::harvest) const LAWS: usize = 6;
/// Coefficient of variation from sample to sample by each law (our choice: patches behind machines have 0.2 to 0.6; where a
/// tenth of the ground carries most of the loss it is near 2.6).
const VARIATION: [f64; LAWS] = [0.25, 0.4, 0.65, 1.0, 1.6, 2.6];
/// Probability of each before any sample, behind the machine and over the whole width (our choice).
const PRIOR_REAR: [f64; LAWS] = [0.20, 0.33, 0.27, 0.12, 0.05, 0.03];
/// The same in front, where lodged spots and a swath that is missed lie (our choice).
const PRIOR_FRONT: [f64; LAWS] = [0.05, 0.11, 0.18, 0.22, 0.24, 0.20];
/// No law becomes less likely than this share of its prior: a few samples do not exclude what is rare.
const LEAST_SHARE: f64 = 0.25;

/// What is known of it: the probability of each law.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(in crate::harvest) struct Dispersion([f64; LAWS]);

impl Dispersion {
    /// Before any sample.
    pub const fn prior(kind: PanKind) -> Self {
        Self(if matches!(kind, PanKind::Front) { PRIOR_FRONT } else { PRIOR_REAR })
    }

    /// The numbers are probabilities that add up to one.
    pub fn is_possible(&self) -> bool {
        let Self(weights) = self;
        weights.iter().all(|weight| (0.0..=1.0).contains(weight)) && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-6
    }

    /// Squared coefficient of variation of each law, and its probability.
    pub fn laws(self) -> [(f64, f64); LAWS] {
        std::array::from_fn(|nth| (VARIATION[nth] * VARIATION[nth], self.0[nth]))
    }

    /// As far as the sample is no blunder, each law is weighed by how well it foretold the sample.
    pub fn learn(&mut self, kind: PanKind, update: &PanUpdate) {
        let Self(prior) = Self::prior(kind);
        let told: [f64; LAWS] = std::array::from_fn(|nth| self.0[nth] * update.law_evidence[nth]);
        let sum: f64 = told.iter().sum();
        if sum <= 0.0 || !sum.is_finite() {
            return;
        }
        for nth in 0..LAWS {
            let learned = update.weight * told[nth] / sum + (1.0 - update.weight) * self.0[nth];
            self.0[nth] = learned.max(LEAST_SHARE * prior[nth]);
        }
        let sum: f64 = self.0.iter().sum();
        self.0.iter_mut().for_each(|weight| *weight /= sum);
    }
}
