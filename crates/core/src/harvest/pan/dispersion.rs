//! How far apart samples of one kind lie, learned from samples: a few laws at once, from patches that hardly differ to a few
//! spots that carry most of the loss, weighed by what was found (a discrete Bayesian choice of model).

use super::super::filter::PanUpdate;
use super::types::PanKind;
use crate::math::square;

/// The number of laws.
pub(in crate::harvest) const LAWS: usize = 6;

/// How the loss lies on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct PatchLaw {
    /// Squared coefficient of variation from sample to sample, where there is no spot.
    pub variation: f64,
    /// Share of the loss that lies in a few spots, 0..1.
    pub in_spots: f64,
}

impl PatchLaw {
    /// Share of the ground that spots take (our choice: swaths that the pick-up misses, patches that lie flat).
    pub const SPOT_GROUND: f64 = 0.12;
    /// Squared coefficient of variation from spot to spot (our choice).
    pub const SPOT_VARIATION: f64 = 1.44;

    /// No spots, with this coefficient of variation from sample to sample.
    const fn even(variation: f64) -> Self {
        Self { variation: variation * variation, in_spots: 0.0 }
    }

    /// With this share of the loss in spots, and this coefficient of variation between them.
    const fn spotted(in_spots: f64, variation: f64) -> Self {
        Self { variation: variation * variation, in_spots }
    }

    /// Squared coefficient of variation from sample to sample, spots and the ground between them together: the mean square
    /// of both over the square of the mean.
    pub fn whole_variation(&self) -> f64 {
        let between = square(1.0 - self.in_spots) / (1.0 - Self::SPOT_GROUND) * (1.0 + self.variation);
        let spots = square(self.in_spots) / Self::SPOT_GROUND * (1.0 + Self::SPOT_VARIATION);
        if self.in_spots > 0.0 { between + spots - 1.0 } else { self.variation }
    }
}

/// Behind the machine and over the whole width: patches behind machines have a coefficient of variation of 0.2 to 0.6.
const REAR: [PatchLaw; LAWS] = [
    PatchLaw::even(0.25),
    PatchLaw::even(0.4),
    PatchLaw::even(0.65),
    PatchLaw::even(1.0),
    PatchLaw::even(1.6),
    PatchLaw::even(2.6),
];
/// In front, where lodged spots and swaths that are missed may carry most of the loss.
const FRONT: [PatchLaw; LAWS] = [
    PatchLaw::even(0.25),
    PatchLaw::even(0.4),
    PatchLaw::even(0.65),
    PatchLaw::even(1.0),
    PatchLaw::spotted(0.35, 0.4),
    PatchLaw::spotted(0.65, 0.5),
];
/// Probability of each before any sample, behind the machine and over the whole width (our choice).
const PRIOR_REAR: [f64; LAWS] = [0.20, 0.33, 0.27, 0.12, 0.05, 0.03];
/// The same in front (our choice).
const PRIOR_FRONT: [f64; LAWS] = [0.07, 0.16, 0.18, 0.15, 0.22, 0.22];
/// No law becomes less likely than this share of its prior: a few samples do not exclude what is rare, least of all spots in
/// front, which most samples miss.
const LEAST_SHARE_REAR: f64 = 0.25;
/// The same in front.
const LEAST_SHARE_FRONT: f64 = 0.5;

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

    /// Each law, and its probability.
    pub fn laws(self, kind: PanKind) -> [(PatchLaw, f64); LAWS] {
        let laws = if matches!(kind, PanKind::Front) { &FRONT } else { &REAR };
        std::array::from_fn(|nth| (laws[nth], self.0[nth]))
    }

    /// As far as the sample is no blunder, each law is weighed by how well it foretold the sample.
    pub fn learn(&mut self, kind: PanKind, update: &PanUpdate) {
        let Self(prior) = Self::prior(kind);
        let least = if matches!(kind, PanKind::Front) { LEAST_SHARE_FRONT } else { LEAST_SHARE_REAR };
        let told: [f64; LAWS] = std::array::from_fn(|nth| self.0[nth] * update.law_evidence[nth]);
        let sum: f64 = told.iter().sum();
        if sum <= 0.0 || !sum.is_finite() {
            return;
        }
        for nth in 0..LAWS {
            let learned = update.weight * told[nth] / sum + (1.0 - update.weight) * self.0[nth];
            self.0[nth] = learned.max(least * prior[nth]);
        }
        let sum: f64 = self.0.iter().sum();
        self.0.iter_mut().for_each(|weight| *weight /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_spots_scatter_as_much_as_the_mean_square_of_samples_says() {
        // Two thirds of the loss on 12 % of the ground. Between the spots a sample holds 0.35/0.88 of the mean, in them
        // 0.65/0.12: 0.88 (0.35/0.88)² (1 + 0.25) + 0.12 (0.65/0.12)² (1 + 1.44) − 1 = 0.1740 + 8.5908 − 1.
        assert!((PatchLaw::spotted(0.65, 0.5).whole_variation() - 7.7648).abs() < 1e-3);
        assert_eq!(PatchLaw::even(0.4).whole_variation(), 0.4 * 0.4);
    }

    #[test]
    fn the_probabilities_of_the_laws_add_up() {
        for kind in [PanKind::Rear, PanKind::Front, PanKind::Whole] {
            assert!(Dispersion::prior(kind).is_possible(), "{kind:?}");
        }
    }
}
