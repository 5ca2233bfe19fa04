//! What a pan says, minutes after its drop.

use super::super::crop::ORDINARY_LOAD;
use super::super::estimate::Stream;
use super::counts::{Grid, likelihoods, negative_binomial, posterior};
use super::{
    GainFilter, HEADER, HEADER_WANDER, HEADER_WANDER_SD, LOCAL, LOCAL_UNSEEN_SD, Lost, Normal, PLATE, Path, State,
    WANDER, WANDER_MEMORY_S, WANDER_SD,
};
use crate::math::{exp, ln, ln_1p, square};

/// Plates whose sight of the loss was better than this at the drop are asked; otherwise the law is (our choice: a factor
/// of 1.6).
const SEEN_VARIANCE: f64 = 0.09;

/// One pan in twenty is a blunder: a heap scooped up, a slip of the pen. Its count is off by a factor of e, or of much
/// more (our choice).
const BLUNDERS: f64 = 0.05;
const BLUNDER_SD: f64 = 1.0;

/// What was known at the drop of a pan.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Drop {
    /// By the law, at gain 1.
    pub lost: Lost,
    /// What the plates of the separator and of the sieves saw of the factor on it; `None` where they did not count.
    pub seen: [Option<Normal>; 2],
    /// How far apart the loads lie that may have left just then, as a standard deviation of the law's logarithm.
    transit_sd: [f64; 2],
    /// Logarithms of the wandering gains: separation, cleaning, header.
    wanders: [f64; 3],
}

/// What was found in a pan.
#[derive(Clone, Copy, Debug)]
pub(in crate::harvest) struct Observed {
    /// Kernels, with those that lay there before.
    pub kernels: f64,
    /// Kernels thought to have lain there before, and their variance.
    pub before: Normal,
    /// Kernels that fall into it for each kg/s that is lost.
    pub per_kg_s: f64,
    /// Loss lies in patches: squared coefficient of variation from pan to pan.
    pub patchy_variance: f64,
    /// How long ago the drop was, s.
    pub elapsed_s: f64,
}

impl Observed {
    /// Logarithm of what was lost, kg/s, and its variance: counting, patches, and what lay there before, which weighs the
    /// more the less is left. The logarithm of one patch lies low by half their squared spread; half a kernel stands for
    /// none.
    fn log_kg_s(&self) -> Normal {
        let left = (self.kernels - self.before.mean).max(0.0) + 0.5;
        let counting = (self.kernels + 0.5 + self.before.variance) / (left * left);
        Normal {
            mean: ln(left / self.per_kg_s) + 0.5 * self.patchy_variance,
            variance: counting + self.patchy_variance,
        }
    }

    /// Logarithm of the likelihood of what was found where so much was lost (its logarithm, kg/s): negative binomial.
    fn likelihood(&self, log_kg_s: f64) -> f64 {
        let lost = self.per_kg_s * exp(log_kg_s);
        let mean = lost + self.before.mean;
        let variance = self.patchy_variance * lost * lost + self.before.variance;
        negative_binomial(self.kernels, mean, (mean * mean / variance).clamp(1e-3, 1e6))
    }

    /// The same of a blunder: the count's logarithm is anywhere about the truth, under Student's t with 4 degrees of freedom,
    /// whose density is 3/8 (1 + z²/4)^(−5/2).
    fn blunder_likelihood(&self, log_kg_s: f64) -> f64 {
        let (found, mean) = (self.kernels + 0.5, self.per_kg_s * exp(log_kg_s) + self.before.mean);
        let z = ln(found / mean) / BLUNDER_SD;
        ln(0.375 / BLUNDER_SD) - 2.5 * ln_1p(0.25 * z * z) - ln(found)
    }
}

/// How a pan fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct Judged {
    /// The logarithm of found over expected, before the pan was taken in.
    pub residual: f64,
    /// Its square over the variance it was expected to have: 1 on average.
    pub surprise: f64,
    /// How probable it is that it is no blunder, 0..=1.
    pub weight: f64,
    /// Whose part of that variance it was: what the estimate did not know, and patches; the rest is counting.
    pub estimates_part: f64,
    pub patches_part: f64,
}

/// What is expected of one stream at the drop.
#[derive(Clone, Copy, Debug)]
struct Part {
    kg_s: f64,
    gradient: State,
    /// Of what cannot be learned any more.
    variance: f64,
}

/// Which streams lie in a pan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) struct Caught {
    pub header: bool,
    pub rear: bool,
}

impl GainFilter {
    /// What has to be kept of this second for a pan that may have been dropped in it.
    pub fn drop(&self, lost: Lost, counted: [bool; 2], transit_sd: [f64; 2]) -> Drop {
        let seen = lost.paths().map(|(path, law)| self.seen(path, &law.at));
        let kept = |at: usize| Some(seen[at]).filter(|seen| counted[at] && seen.variance < SEEN_VARIANCE);
        let wander = |path: Path| self.mean[path as usize + WANDER];
        Drop {
            lost,
            seen: [kept(0), kept(1)],
            transit_sd,
            wanders: [wander(Path::Separation), wander(Path::Cleaning), self.mean[HEADER_WANDER]],
        }
    }

    /// Takes a pan in. `None` when nothing was to be expected.
    pub fn pan(&mut self, drop: &Drop, caught: Caught, observed: &Observed) -> Option<Judged> {
        // A sum of exponentials is linearised where the filter stands, and again where it has moved to.
        let start = self.clone();
        let mut judged = None;
        for _ in 0..3 {
            let parts = [
                self.header_part(drop, observed).filter(|_| caught.header),
                self.path_part(Path::Separation, drop, observed).filter(|_| caught.rear),
                self.path_part(Path::Cleaning, drop, observed).filter(|_| caught.rear),
            ];
            let sum: f64 = parts.iter().flatten().map(|part| part.kg_s).sum();
            if !(sum > 0.0 && sum.is_finite()) {
                *self = start;
                return None;
            }
            let (mut direction, mut variance) = (State::zeros(), 0.0);
            for part in parts.iter().flatten() {
                direction += part.gradient * (part.kg_s / sum);
                variance += part.variance * square(part.kg_s / sum);
            }
            // The expectation where the filter began, by the tangent at where it stands now.
            let expected = ln(sum) - direction.dot(&(self.mean - start.mean));
            self.clone_from(&start);
            let of_now = self.weigh(&direction, Normal { mean: expected, variance }, observed)?;
            judged.get_or_insert(of_now);
        }
        for (path, law) in drop.lost.paths() {
            self.bar_follows(path, Self::factor_direction(path, &law.at).dot(&(self.mean - start.mean)));
        }
        judged
    }

    /// A path at the drop: by what its plates saw, less what they are off by; or by the law, with the wander of then.
    fn path_part(&self, path: Path, drop: &Drop, observed: &Observed) -> Option<Part> {
        let at = path as usize;
        let (law, nth) = if path == Path::Separation { (drop.lost.separation, 0) } else { (drop.lost.cleaning, 1) };
        let mut gradient = State::zeros();
        let (log, variance) = if let Some(seen) = drop.seen[nth] {
            gradient[at + PLATE] = -1.0;
            (seen.mean - self.plate(path).mean, seen.variance)
        } else {
            let keep = Self::kept_wander(observed);
            gradient = Self::factor_direction(path, &law.at);
            gradient[at + LOCAL] = 0.0;
            gradient[at + WANDER] = 0.0;
            let log = gradient.dot(&self.mean) + Self::at_drop(keep, drop.wanders[nth], self.mean[at + WANDER]);
            gradient[at + WANDER] = keep;
            (log, Self::forgotten(WANDER_SD, keep) + square(LOCAL_UNSEEN_SD) + square(drop.transit_sd[nth]))
        };
        Part::of(law.kg_s, log, gradient, variance)
    }

    fn header_part(&self, drop: &Drop, observed: &Observed) -> Option<Part> {
        let keep = Self::kept_wander(observed);
        let mut gradient = State::zeros();
        gradient[HEADER] = 1.0;
        gradient[HEADER_WANDER] = keep;
        let wander = Self::at_drop(keep, drop.wanders[2], self.mean[HEADER_WANDER]);
        Part::of(drop.lost.header, self.mean[HEADER] + wander, gradient, Self::forgotten(HEADER_WANDER_SD, keep))
    }

    /// A wander at the drop, from what it was taken for `then` and what has been learned until `now`: the smoother of
    /// a stationary process that keeps the share `keep` (Rauch, Tung and Striebel 1965).
    fn at_drop(keep: f64, then: f64, now: f64) -> f64 {
        then + keep * (now - keep * then)
    }

    /// How much of a wander at the drop is in that of now.
    fn kept_wander(observed: &Observed) -> f64 {
        exp(-observed.elapsed_s.max(0.0) / WANDER_MEMORY_S)
    }

    /// The rest of a wander that spreads so far.
    fn forgotten(sd: f64, keep: f64) -> f64 {
        sd * sd * (1.0 - keep * keep)
    }

    /// Takes in what was found where so much was expected, with so much variance that cannot be learned any more. A count
    /// far from everything expected is more likely a blunder than a miracle.
    fn weigh(&mut self, direction: &State, expected: Normal, observed: &Observed) -> Option<Judged> {
        let learned = self.along(direction).variance;
        let prior = Normal { mean: expected.mean, variance: expected.variance + learned };
        let found = observed.log_kg_s();
        let residual = found.mean - expected.mean;
        let surprise = residual * residual / (prior.variance + found.variance);
        if !(prior.variance > 0.0 && surprise.is_finite()) {
            return None;
        }
        let honest = likelihoods(prior.mean, |log| ln(1.0 - BLUNDERS) + observed.likelihood(log));
        let blunder = likelihoods(prior.mean, |log| ln(BLUNDERS) + observed.blunder_likelihood(log));
        let either: Grid = std::array::from_fn(|at| {
            let most = honest[at].max(blunder[at]);
            most + ln(exp(honest[at] - most) + exp(blunder[at] - most))
        });
        let (after, evidence) = posterior(prior, prior.mean, &either)?;
        let weight = posterior(prior, prior.mean, &honest).map_or(0.0, |(_, honest)| exp(honest - evidence).min(1.0));
        // What of the change is the states', and what the rest's.
        let share = learned / prior.variance;
        let states = Normal {
            mean: self.along(direction).mean + share * (after.mean - prior.mean),
            variance: learned - share * share * (prior.variance - after.variance),
        };
        self.settle(direction, states);
        let expected_variance = prior.variance + found.variance;
        Some(Judged {
            residual,
            surprise,
            weight,
            estimates_part: prior.variance / expected_variance,
            patches_part: observed.patchy_variance / expected_variance,
        })
    }
}

impl Part {
    fn of(modelled_kg_s: f64, log_factor: f64, gradient: State, variance: f64) -> Option<Self> {
        let kg_s = modelled_kg_s * exp(log_factor);
        (kg_s > 0.0).then_some(Self { kg_s, gradient, variance })
    }
}

impl Lost {
    /// The same crop at another load, as a share of the rated one, by the law that the filter starts from; what it has learned of the power is its own.
    pub fn at_load(mut self, load: f64) -> Self {
        let log_load = ln(load / ORDINARY_LOAD);
        self.separation.at.log_load = log_load;
        self.cleaning.at.log_load = log_load;
        self
    }
}

/// Kernels whose counting hardly matters.
const PLENTY: f64 = 1000.0;

impl Observed {
    /// So much grain that counting hardly matters, from a loss of so many kg/s.
    pub fn plenty(kg_s: f64, patchy_variance: f64) -> Self {
        let before = Normal { mean: 0.0, variance: 0.0 };
        Self { kernels: PLENTY, before, per_kg_s: PLENTY / kg_s, patchy_variance, elapsed_s: 0.0 }
    }
}

impl GainFilter {
    /// What would be known after a pan behind the machine that finds what is expected.
    pub fn as_if_pan_behind(&mut self, lost: Lost, patchy_variance: f64) {
        let drop = self.drop(lost, [false; 2], [0.0; 2]);
        let expected = self.rear(lost).0;
        if expected > 0.0 {
            self.pan(&drop, Caught { header: false, rear: true }, &Observed::plenty(expected, patchy_variance));
        }
    }

    /// The same of a sample in front.
    pub fn as_if_pan_in_front(&mut self, patchy_variance: f64) {
        let drop = self.drop(Lost { header: 1.0, ..Lost::default() }, [false; 2], [0.0; 2]);
        let observed = Observed::plenty(self.header().0, patchy_variance);
        self.pan(&drop, Caught { header: true, rear: false }, &observed);
    }

    /// The path that adds most to what is not known of the rear.
    pub fn worst_known(&self, lost: Lost) -> Stream {
        let [separation, cleaning] = lost.paths().map(|(path, law)| {
            let (factor, log_sd) = self.path(path, &law.at);
            factor * law.kg_s * log_sd
        });
        if separation >= cleaning { Stream::Separation } else { Stream::Cleaning }
    }
}
