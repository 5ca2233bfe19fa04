//! How far apart samples of one kind lie, learned from samples: a few laws at once, from patches that hardly differ to a few
//! spots that carry most of the loss, weighed by what was found.

use super::super::filter::PanUpdate;
use super::types::PanKind;
use crate::math::square;
use crate::time::us_to_s;

/// The number of laws.
pub(in crate::harvest) const LAWS: usize = 6;

/// How the loss lies on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct PatchLaw {
    /// Squared coefficient of variation from sample to sample, where there is no spot.
    pub variation: f64,
    /// Share of the loss that lies in a few spots, 0..1.
    pub in_spots: f64,
    /// Share of the ground that these take, 0..1.
    pub spot_ground: f64,
    /// Squared coefficient of variation from sample to sample in them.
    pub spot_variation: f64,
}

impl PatchLaw {
    /// Lodged wheat loses about 13 % where it is flat, and between about 1.2 %: on 0.35 of the ground (our choice) that is 0.85 of
    /// the loss. What is lost between differs much from field to field (our choice).
    const LODGED: Self = Self { variation: 1.0, in_spots: 0.85, spot_ground: 0.35, spot_variation: 0.5 };

    /// No spots, with this coefficient of variation from sample to sample.
    pub const fn even(variation: f64) -> Self {
        Self::few_spots(0.0, variation)
    }

    /// With this share of the loss in a few spots, and this coefficient of variation between them. They take 12 % of the ground,
    /// and have a coefficient of variation of 1.2 (our choice: swaths that the pick-up misses, patches that lie flat).
    const fn few_spots(in_spots: f64, variation: f64) -> Self {
        Self { variation: variation * variation, in_spots, spot_ground: 0.12, spot_variation: 1.44 }
    }

    /// Squared coefficient of variation from sample to sample, spots and the ground between them together: the mean square
    /// of both over the square of the mean.
    pub fn whole_variation(&self) -> f64 {
        let between = square(1.0 - self.in_spots) / (1.0 - self.spot_ground) * (1.0 + self.variation);
        let spots = square(self.in_spots) / self.spot_ground * (1.0 + self.spot_variation);
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
    PatchLaw::few_spots(0.35, 0.4),
    PatchLaw::few_spots(0.65, 0.5),
];
/// The same in crop that is said to be lodged: all but one are the same laws.
const LODGED: [PatchLaw; LAWS] = [FRONT[0], FRONT[1], FRONT[2], FRONT[3], PatchLaw::LODGED, FRONT[5]];
/// The law that is another one in crop that is said to be lodged.
const OTHER_IF_LODGED: usize = 4;
/// Probability of each before any sample, behind the machine and over the whole width (our choice).
const PRIOR_REAR: [f64; LAWS] = [0.20, 0.33, 0.27, 0.12, 0.05, 0.03];
/// The same in front (our choice: more than one field in ten lies in part, and swaths are missed besides).
const PRIOR_FRONT: [f64; LAWS] = [0.10, 0.22, 0.24, 0.16, 0.06, 0.22];
/// The same in crop that is said to be lodged (our choice: a field seldom lies everywhere).
const PRIOR_LODGED: [f64; LAWS] = [0.03, 0.07, 0.13, 0.20, 0.30, 0.27];
/// On another field no law is less likely than this share of its prior: a few samples here do not exclude what is rare there,
/// least of all spots in front, which most samples miss.
const LEAST_SHARE_REAR: f64 = 0.25;
/// The same in front.
const LEAST_SHARE_FRONT: f64 = 0.5;

/// One law, and what the samples so far mean if it holds. The same samples mean a larger loss where spots may have been
/// missed, so that each law has its own normal law of what is sampled, kept beside that of all laws together.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "[f64; 3]", into = "[f64; 3]")]
pub(in crate::harvest) struct Belief {
    /// That it holds, 0..=1.
    pub probability: f64,
    /// Mean of the logarithm under it, less that of all laws.
    pub mean_off: f64,
    /// Variance of the logarithm under it, less that of all laws.
    pub variance_off: f64,
}

impl From<[f64; 3]> for Belief {
    fn from([probability, mean_off, variance_off]: [f64; 3]) -> Self {
        Self { probability, mean_off, variance_off }
    }
}

impl From<Belief> for [f64; 3] {
    fn from(Belief { probability, mean_off, variance_off }: Belief) -> Self {
        [probability, mean_off, variance_off]
    }
}

/// How much of what sets the laws apart is still in the states, as a share of what the newest sample measured.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Kept {
    /// In states that stay.
    pub constant: f64,
    /// In the wandering parts, which are forgotten.
    pub wander: f64,
}

impl Kept {
    const ALL: Self = Self { constant: 1.0, wander: 0.0 };
}

/// What is known of it: a Gaussian sum over the laws (Alspach and Sorenson 1972).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "StoredDispersion", into = "StoredDispersion")]
pub(in crate::harvest) struct Dispersion {
    beliefs: [Belief; LAWS],
    kept: Kept,
    /// When the newest sample was fused, bus time; 0 before the first.
    fused_us: i64,
    /// The newest sample was of crop that is said to be lodged: the probabilities are for such crop.
    is_lodged: bool,
}

/// As it is kept in files: probabilities alone where no sample has taught more.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum StoredDispersion {
    Probabilities([f64; LAWS]),
    Learned {
        beliefs: [Belief; LAWS],
        kept: Kept,
        fused_us: i64,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_lodged: bool,
    },
}

impl From<StoredDispersion> for Dispersion {
    fn from(stored: StoredDispersion) -> Self {
        match stored {
            StoredDispersion::Probabilities(probabilities) => Self::alike(probabilities),
            StoredDispersion::Learned { beliefs, kept, fused_us, is_lodged } => {
                Self { beliefs, kept, fused_us, is_lodged }
            }
        }
    }
}

impl From<Dispersion> for StoredDispersion {
    fn from(dispersion: Dispersion) -> Self {
        let probabilities = dispersion.probabilities();
        if dispersion == Dispersion::alike(probabilities) {
            Self::Probabilities(probabilities)
        } else {
            let Dispersion { beliefs, kept, fused_us, is_lodged } = dispersion;
            Self::Learned { beliefs, kept, fused_us, is_lodged }
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
        let mut beliefs = [Belief { probability: 0.0, mean_off: 0.0, variance_off: 0.0 }; LAWS];
        let mut nth = 0;
        while nth < LAWS {
            beliefs[nth].probability = probabilities[nth];
            nth += 1;
        }
        Self { beliefs, kept: Kept::ALL, fused_us: 0, is_lodged: false }
    }

    fn probabilities(self) -> [f64; LAWS] {
        self.beliefs.map(|belief| belief.probability)
    }

    /// The same in crop that is said to be lodged or is not: Bayes' rule with another prior. Samples of the one have taught
    /// nothing of the law that only the other has.
    fn beliefs_in(self, is_lodged: bool) -> [Belief; LAWS] {
        let mut beliefs = self.beliefs;
        if is_lodged == self.is_lodged {
            return beliefs;
        }
        let (before, then) = if is_lodged { (&PRIOR_FRONT, &PRIOR_LODGED) } else { (&PRIOR_LODGED, &PRIOR_FRONT) };
        beliefs[OTHER_IF_LODGED].probability = 0.0;
        for ((belief, then), before) in beliefs.iter_mut().zip(then).zip(before) {
            belief.probability *= then / before;
        }
        let all: f64 = beliefs.iter().map(|belief| belief.probability).sum();
        if all <= 0.0 {
            // Only the law that is another one had any probability.
            return Self::alike(*then).beliefs;
        }
        let other = Belief { probability: then[OTHER_IF_LODGED], mean_off: 0.0, variance_off: 0.0 };
        for belief in &mut beliefs {
            belief.probability *= (1.0 - other.probability) / all;
        }
        beliefs[OTHER_IF_LODGED] = other;
        beliefs
    }

    /// The numbers are probabilities that add up to one, and laws whose mixture is what the filter holds.
    pub fn is_possible(&self) -> bool {
        let is_belief = |belief: &Belief| {
            let Belief { probability, mean_off, variance_off } = *belief;
            (0.0..=1.0).contains(&probability) && mean_off.abs() <= 100.0 && variance_off.abs() <= 100.0
        };
        let sum = |of: fn(&Belief) -> f64| self.beliefs.iter().map(|law| law.probability * of(law)).sum::<f64>();
        let Kept { constant, wander } = self.kept;
        self.beliefs.iter().all(is_belief)
            && (sum(|_| 1.0) - 1.0).abs() < 1e-6
            && sum(|law| law.mean_off).abs() < 1e-3
            && sum(|law| law.variance_off + square(law.mean_off)).abs() < 1e-3
            && [constant, wander].iter().all(|share| share.abs() <= 100.0)
    }

    /// Each law, and what holds if it does, for a sample that is fused now, of crop that was said to be lodged or was not.
    /// `wander_kept` is how much of a wander after so many seconds is left at the drop.
    pub fn laws(
        self,
        kind: PanKind,
        is_lodged: bool,
        now_us: i64,
        wander_kept: impl FnOnce(f64) -> f64,
    ) -> [(PatchLaw, Belief); LAWS] {
        let (laws, beliefs) = match kind {
            PanKind::Front => (if is_lodged { &LODGED } else { &FRONT }, self.beliefs_in(is_lodged)),
            PanKind::Rear | PanKind::Whole => (&REAR, self.beliefs),
        };
        let kept = self.kept.constant + self.kept.wander * wander_kept(us_to_s(now_us - self.fused_us));
        std::array::from_fn(|nth| {
            let Belief { probability, mean_off, variance_off } = beliefs[nth];
            let belief = Belief { probability, mean_off: kept * mean_off, variance_off: kept * kept * variance_off };
            (laws[nth], belief)
        })
    }

    /// After a sample of this kind that is fused now, of crop that was said to be lodged or was not.
    pub fn learn(&mut self, update: &PanUpdate, kind: PanKind, is_lodged: bool, now_us: i64) {
        let is_lodged = is_lodged && matches!(kind, PanKind::Front);
        let learned = Self { beliefs: update.beliefs, kept: update.kept, fused_us: now_us, is_lodged };
        if learned.is_possible() {
            *self = learned;
        }
    }

    /// What of it holds on another field: how likely each law is.
    pub fn elsewhere(self, kind: PanKind) -> Self {
        let least_share = if matches!(kind, PanKind::Front) { LEAST_SHARE_FRONT } else { LEAST_SHARE_REAR };
        let least = Self::prior(kind).probabilities().map(|prior| least_share * prior);
        let learned = self.beliefs_in(false).map(|belief| belief.probability);
        let mut is_raised = [false; LAWS];
        // What some laws are raised by is taken from the others, which may then have to be raised too.
        loop {
            let (mut free, mut left) = (0.0, 1.0);
            for nth in 0..LAWS {
                if is_raised[nth] { left -= least[nth] } else { free += learned[nth] }
            }
            let low = (0..LAWS).find(|&nth| !is_raised[nth] && learned[nth] * left < least[nth] * free);
            let Some(low) = low else {
                let of = |nth: usize| if is_raised[nth] { least[nth] } else { learned[nth] * left / free };
                return Self::alike(std::array::from_fn(of));
            };
            is_raised[low] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_spots_scatter_as_much_as_the_mean_square_of_samples_says() {
        // Two thirds of the loss on 12 % of the ground. Between the spots a sample holds 0.35/0.88 of the mean, in them
        // 0.65/0.12: 0.88 (0.35/0.88)² (1 + 0.25) + 0.12 (0.65/0.12)² (1 + 1.44) − 1 = 0.1740 + 8.5908 − 1.
        assert!((PatchLaw::few_spots(0.65, 0.5).whole_variation() - 7.7648).abs() < 1e-3);
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
        learned.beliefs[0].mean_off = -0.5;
        learned.fused_us = 7;
        for dispersion in [prior, learned] {
            let text = serde_json::to_string(&dispersion).unwrap();
            assert_eq!(serde_json::from_str::<Dispersion>(&text).unwrap(), dispersion, "{text}");
        }
    }

    #[test]
    fn on_another_field_nothing_is_known_but_how_likely_each_law_is_and_none_is_excluded() {
        let mut sure = Dispersion::alike([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        sure.beliefs[0].mean_off = 1.0;
        let elsewhere = sure.elsewhere(PanKind::Front);
        assert!(elsewhere.is_possible());
        // Half of the priors of the others.
        let expected = [0.55, 0.11, 0.12, 0.08, 0.03, 0.11];
        for (found, expected) in elsewhere.probabilities().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
        }
        // From field to field without a sample nothing more is forgotten.
        let again = elsewhere.elsewhere(PanKind::Front).probabilities();
        assert!(again.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{again:?}");
    }

    #[test]
    fn crop_that_is_said_to_be_lodged_weighs_the_laws_anew_and_what_samples_taught_is_kept() {
        let probabilities = |dispersion: Dispersion, is_lodged| {
            dispersion.laws(PanKind::Front, is_lodged, 0, |_| 1.0).map(|(_, belief)| belief.probability)
        };
        let near = |found: [f64; LAWS], expected: [f64; LAWS]| {
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6)
        };
        let prior = Dispersion::prior(PanKind::Front);
        assert!(near(probabilities(prior, true), PRIOR_LODGED));
        // Samples in it have doubled the odds of the law that only lodged crop has. Of the others they say that each is a
        // factor of 0.10/0.03, 0.22/0.07, 0.24/0.13, 0.16/0.20 and 0.22/0.27 more likely where the crop stands:
        // 0.033333, 0.094286, 0.110769, 0.08 and 0.162963 of 0.481351, and 0.94 of that, since the law in its place has 0.06.
        let mut lodged = Dispersion::alike([0.01, 0.03, 0.06, 0.10, 0.60, 0.20]);
        lodged.beliefs[OTHER_IF_LODGED].mean_off = 0.2;
        lodged.beliefs[5].mean_off = -0.6;
        lodged.is_lodged = true;
        let standing = [0.065_095, 0.184_124, 0.216_314, 0.156_227, 0.06, 0.318_240];
        let laws = lodged.laws(PanKind::Front, false, 0, |_| 1.0);
        assert_eq!([laws[OTHER_IF_LODGED].1.mean_off, laws[5].1.mean_off], [0.0, -0.6]);
        assert!(near(probabilities(lodged, false), standing));
        assert!(near(probabilities(lodged.elsewhere(PanKind::Front), false), standing));
        let text = serde_json::to_string(&lodged).unwrap();
        assert_eq!(serde_json::from_str::<Dispersion>(&text).unwrap(), lodged, "{text}");
        // Behind the machine the word changes nothing.
        let [is, was] =
            [true, false].map(|lodged| Dispersion::prior(PanKind::Rear).laws(PanKind::Rear, lodged, 0, |_| 1.0));
        assert_eq!(is, was);
    }

    #[test]
    fn what_sets_the_laws_apart_is_forgotten_as_far_as_it_is_in_the_wander() {
        let mut learned = Dispersion::alike([0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
        for (nth, off) in [-1.0, 1.0].into_iter().enumerate() {
            learned.beliefs[nth] = Belief { probability: 0.5, mean_off: off, variance_off: -1.0 };
        }
        (learned.kept, learned.fused_us) = (Kept { constant: 0.6, wander: 0.4 }, 1_000_000);
        assert!(learned.is_possible());
        let [(_, low), (_, high), ..] =
            learned.laws(PanKind::Front, false, 11_000_000, |s| if s == 10.0 { 0.5 } else { 9.0 });
        // 0.6 + 0.4 / 2.
        assert!((low.mean_off + 0.8).abs() < 1e-12 && (high.variance_off + 0.64).abs() < 1e-12, "{low:?} {high:?}");
        learned.beliefs[0].mean_off = 3.0;
        assert!(!learned.is_possible(), "the mixture has another mean");
    }
}
