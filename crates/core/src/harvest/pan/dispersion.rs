//! How far apart samples of one kind lie, learned from samples: a few laws at once, from patches that hardly differ to a few
//! spots that carry most of the loss, weighed by what was found.

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
/// The same in front (our choice: more than one field in ten lies in part, and swaths are missed besides).
const PRIOR_FRONT: [f64; LAWS] = [0.10, 0.22, 0.24, 0.16, 0.06, 0.22];
/// On another field no law is less likely than this share of its prior: a few samples here do not exclude what is rare there,
/// least of all spots in front, which most samples miss.
const LEAST_SHARE_REAR: f64 = 0.25;
/// The same in front.
const LEAST_SHARE_FRONT: f64 = 0.5;

/// One law, and what the samples so far mean if it holds. The same samples mean a larger loss where spots may have been
/// missed, so that each law has its own normal law of what is sampled. It is kept beside that of all laws together, in their
/// standard deviations: the mixture always has mean 0 and variance 1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "[f64; 3]", into = "[f64; 3]")]
pub(in crate::harvest) struct Belief {
    /// That it holds, 0..=1.
    pub probability: f64,
    /// Mean of the logarithm under it, less that of all laws, over their standard deviation.
    pub mean_sds: f64,
    /// Variance of the logarithm under it, over that of all laws.
    pub variance_share: f64,
}

impl From<[f64; 3]> for Belief {
    fn from([probability, mean_sds, variance_share]: [f64; 3]) -> Self {
        Self { probability, mean_sds, variance_share }
    }
}

impl From<Belief> for [f64; 3] {
    fn from(Belief { probability, mean_sds, variance_share }: Belief) -> Self {
        [probability, mean_sds, variance_share]
    }
}

/// What is known of it: a Gaussian sum over the laws (Alspach and Sorenson 1972).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "StoredDispersion", into = "StoredDispersion")]
pub(in crate::harvest) struct Dispersion([Belief; LAWS]);

/// As it is kept: probabilities alone where the laws differ in nothing else.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum StoredDispersion {
    Probabilities([f64; LAWS]),
    Beliefs([Belief; LAWS]),
}

impl From<StoredDispersion> for Dispersion {
    fn from(stored: StoredDispersion) -> Self {
        match stored {
            StoredDispersion::Probabilities(probabilities) => Self::alike(probabilities),
            StoredDispersion::Beliefs(beliefs) => Self(beliefs),
        }
    }
}

impl From<Dispersion> for StoredDispersion {
    fn from(dispersion: Dispersion) -> Self {
        let probabilities = dispersion.probabilities();
        if dispersion == Dispersion::alike(probabilities) {
            Self::Probabilities(probabilities)
        } else {
            Self::Beliefs(dispersion.0)
        }
    }
}

impl Dispersion {
    /// Before any sample.
    pub const fn prior(kind: PanKind) -> Self {
        Self::alike(if matches!(kind, PanKind::Front) { PRIOR_FRONT } else { PRIOR_REAR })
    }

    /// The same is known under each law.
    const fn alike(probabilities: [f64; LAWS]) -> Self {
        let mut beliefs = [Belief { probability: 0.0, mean_sds: 0.0, variance_share: 1.0 }; LAWS];
        let mut nth = 0;
        while nth < LAWS {
            beliefs[nth].probability = probabilities[nth];
            nth += 1;
        }
        Self(beliefs)
    }

    fn probabilities(self) -> [f64; LAWS] {
        self.0.map(|belief| belief.probability)
    }

    /// The numbers are probabilities that add up to one, and laws that can be.
    pub fn is_possible(&self) -> bool {
        let is_belief = |belief: &Belief| {
            let Belief { probability, mean_sds, variance_share } = *belief;
            (0.0..=1.0).contains(&probability) && mean_sds.abs() <= 100.0 && (0.0..=100.0).contains(&variance_share)
        };
        self.0.iter().all(is_belief) && (self.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-6
    }

    /// Each law, and what holds if it does.
    pub fn laws(self, kind: PanKind) -> [(PatchLaw, Belief); LAWS] {
        let laws = if matches!(kind, PanKind::Front) { &FRONT } else { &REAR };
        std::array::from_fn(|nth| (laws[nth], self.0[nth]))
    }

    /// After a sample.
    pub fn learn(&mut self, update: &PanUpdate) {
        let learned = Self(update.beliefs);
        if learned.is_possible() {
            *self = learned;
        }
    }

    /// What of it holds on another field: how likely each law is.
    pub fn elsewhere(self, kind: PanKind) -> Self {
        let least = if matches!(kind, PanKind::Front) { LEAST_SHARE_FRONT } else { LEAST_SHARE_REAR };
        let prior = Self::prior(kind).probabilities();
        let learned = self.probabilities();
        let raised: [f64; LAWS] = std::array::from_fn(|nth| learned[nth].max(least * prior[nth]));
        let sum: f64 = raised.iter().sum();
        Self::alike(raised.map(|probability| probability / sum))
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

    #[test]
    fn it_is_kept_as_probabilities_until_samples_teach_more_and_both_are_read_back() {
        let prior = Dispersion::prior(PanKind::Rear);
        assert_eq!(serde_json::to_value(prior).unwrap(), serde_json::json!(PRIOR_REAR));
        let mut learned = prior;
        learned.0[0].mean_sds = -0.5;
        for dispersion in [prior, learned] {
            let text = serde_json::to_string(&dispersion).unwrap();
            assert_eq!(serde_json::from_str::<Dispersion>(&text).unwrap(), dispersion, "{text}");
        }
    }

    #[test]
    fn on_another_field_nothing_is_known_but_how_likely_each_law_is_and_none_is_excluded() {
        let mut sure = Dispersion::alike([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        sure.0[0].mean_sds = 1.0;
        let elsewhere = sure.elsewhere(PanKind::Front);
        assert!(elsewhere.is_possible());
        // Half of the priors of the others, 0.45, beside 1.
        let expected = [1.0, 0.11, 0.12, 0.08, 0.03, 0.11].map(|probability| probability / 1.45);
        for (found, expected) in elsewhere.probabilities().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
        }
        assert_eq!(elsewhere, Dispersion::alike(elsewhere.probabilities()));
    }
}
