//! What a count says. Kernels follow a negative binomial law about a mean that grows with the loss, ever more slowly
//! where a plate is blind after each. The likelihood is taken as it is, on a grid over the one sum of states that counts
//! depend on, and what comes out is made normal again.

use super::{At, GainFilter, Normal, Path};
use crate::math::{exp, ln, ln_1p, ln_gamma, square};

/// Counts scatter more than Poisson's law, since grain comes in patches: size parameter for a window of some seconds
/// (proposed: 10 to 30; the patches that last are the filter's own).
const SIZE: f64 = 30.0;
/// The dead time on a data sheet is a bound: it may be off by so much, and more than that is not made of saturated
/// plates (our choice). Silenced plates answer to a power of it: half of that, or nothing would be made of them (our
/// choice).
const DEAD_TIME_SD: f64 = 0.25;
const SILENCED_DEAD_TIME_SD: f64 = 0.12;
/// Now and then the loss jumps, when somebody touches a setting: prior probability for a window, and how far, as a
/// standard deviation of the logarithm (our choice: some five jumps an hour, two in three within a factor of e).
const JUMP: f64 = 0.004;
const JUMP_SD: f64 = 1.0;
/// The grid: its spacing, which is fine enough for a count of any size, and how far it reaches.
const SPACING: f64 = 0.12;
const REACH: usize = 48;
pub(super) type Grid = [f64; 2 * REACH + 1];

/// What the plates of a path counted over some seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct Window {
    /// Kernels, as counted by all plates.
    pub kernels: f64,
    /// Seconds of all plates together.
    pub plate_s: f64,
    /// Kernels of lost grain to be expected on all plates, by the law, at gain and efficiency 1.
    pub from_loss: f64,
    /// What they count besides that is not grain.
    pub from_straw: f64,
    /// What the loss was at.
    pub at: At,
    /// How far apart the loads lie that may have been counted, as a standard deviation of the law's logarithm.
    pub transit_sd: f64,
    /// How long a plate is blind after a kernel.
    pub dead_time_s: f64,
    /// It may be that kernels which are not counted blind it as well: the plates have been near the most that they can
    /// count then.
    pub may_silence: bool,
}

impl Window {
    /// Kernels that hit the plates at this logarithm of gain and efficiency together, and how many hit one in its dead
    /// time.
    pub fn hits(&self, log: f64) -> (f64, f64) {
        let hits = self.from_loss * exp(log) + self.from_straw;
        (hits, hits / self.plate_s * self.dead_time_s)
    }

    /// Counts to be expected then, where a counted kernel alone blinds the plate, and how blind it is: the share of the
    /// time.
    fn expected(&self, log: f64) -> (f64, f64) {
        let (hits, blind) = self.hits(log);
        (hits / (1.0 + blind), blind / (1.0 + blind))
    }

    /// Logarithm of the likelihood.
    pub fn likelihood(&self, log: f64) -> f64 {
        let (expected, blind) = self.expected(log);
        let pausing = self.likelihood_of(expected, DEAD_TIME_SD * blind);
        if self.may_silence { either(pausing, self.silenced_likelihood(log)) } else { pausing }
    }

    /// The same where every kernel begins the dead time anew: of r a second r e^(−rτ) are counted, ever fewer beyond 1/τ.
    fn silenced_likelihood(&self, log: f64) -> f64 {
        let (hits, blind) = self.hits(log);
        self.likelihood_of(hits * exp(-blind), SILENCED_DEAD_TIME_SD * blind)
    }

    /// Of so much to be expected, with so much spread of its logarithm that comes from the dead time. Where plates are blind
    /// most of the time, what they count hangs on it more than on the loss.
    fn likelihood_of(&self, expected: f64, dead_time_sd: f64) -> f64 {
        let size = 1.0 / (1.0 / SIZE + square(dead_time_sd) + square(self.transit_sd));
        negative_binomial(self.kernels, expected, size)
    }
}

/// Of two laws, either of which is as likely.
fn either(one: f64, other: f64) -> f64 {
    let most = one.max(other);
    most + ln(0.5 * exp(one - most) + 0.5 * exp(other - most))
}

/// Logarithm of the probability of a count under a negative binomial law of this mean and size.
pub(super) fn negative_binomial(count: f64, mean: f64, size: f64) -> f64 {
    // Nothing to be expected at all, and yet a count: as unlikely as a number can say.
    let mean = mean.max(1e-9);
    ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0) + count * ln(mean / (mean + size))
        - size * ln_1p(mean / size)
}

/// Logarithms of a likelihood on the grid about this centre.
pub(super) fn likelihoods(centre: f64, log_likelihood: impl Fn(f64) -> f64) -> Grid {
    std::array::from_fn(|at| log_likelihood(centre + SPACING * (at as f64 - REACH as f64)))
}

/// A posterior on the grid, as a normal, and the logarithm of the evidence for its prior.
pub(super) fn posterior(prior: Normal, centre: f64, likelihoods: &Grid) -> Option<(Normal, f64)> {
    let place = |at: usize| centre + SPACING * (at as f64 - REACH as f64);
    let log = |at: usize| likelihoods[at] - 0.5 * square(place(at) - prior.mean) / prior.variance;
    let most = (0..likelihoods.len()).map(log).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
    for at in 0..likelihoods.len() {
        let (weight, off) = (exp(log(at) - most), place(at) - prior.mean);
        sum += weight;
        first += weight * off;
        second += weight * off * off;
    }
    let (first, second) = (first / sum, second / sum);
    // A peak between two points of the grid is no narrower than they lie apart.
    let variance = (second - first * first).max(SPACING * SPACING / 12.0);
    let evidence = most + ln(sum) - 0.5 * ln(prior.variance);
    (evidence.is_finite() && variance.is_finite()).then_some((Normal { mean: prior.mean + first, variance }, evidence))
}

/// What a count has made of a path's sum of states.
#[derive(Clone, Copy, Debug)]
struct Told {
    posterior: Normal,
    evidence: f64,
    jumped: bool,
}

/// Nothing is on the other side of this.
const NEVER: f64 = -1e9;

impl GainFilter {
    /// Takes in what a path's plates counted. What cannot be told from it: the variance of the logarithm of the loss that
    /// comes from two levels that would explain the same count, the one with plates that are hardly hit, the other with
    /// plates that are silenced.
    pub fn counted(&mut self, path: Path, window: &Window) -> f64 {
        let is_usable = window.from_loss > 0.0
            && window.plate_s > 0.0
            && (0.0..1e9).contains(&window.kernels)
            && window.from_loss.is_finite()
            && window.from_straw.is_finite();
        let direction = Self::counted_direction(path, &window.at);
        let prior = self.along(&direction);
        if !(is_usable && prior.variance > 0.0 && prior.mean.is_finite()) {
            return 0.0;
        }
        let on = |side: &dyn Fn(f64) -> f64| Told::of(prior, &likelihoods(prior.mean, side));
        let silenced = |log: f64| window.hits(log).1 > 1.0;
        let (told, doubt) = if window.may_silence {
            let near = on(&|log| if silenced(log) { NEVER } else { window.likelihood(log) });
            let far = on(&|log| if silenced(log) { window.silenced_likelihood(log) } else { NEVER });
            match (near, far) {
                (Some(near), Some(far)) => {
                    // One law of blindness alone leads there; but plates that have long been near its most speak for it.
                    let is_far = 1.0 / (1.0 + exp(near.evidence - far.evidence));
                    let apart = far.posterior.mean - near.posterior.mean;
                    // Mean square about the level that is followed.
                    let doubt = is_far.min(1.0 - is_far) * apart * apart;
                    (Some(if is_far > 0.5 { far } else { near }), doubt)
                }
                (one, other) => (one.or(other), 0.0),
            }
        } else {
            (on(&|log| window.likelihood(log)), 0.0)
        };
        let Some(told) = told else { return 0.0 };
        if told.jumped {
            // What moves both plates of a path at once is the loss, not the plates.
            self.unsettle(path, JUMP_SD);
        }
        self.settle(&direction, told.posterior);
        doubt
    }

    /// Kernels to be expected in a window.
    pub fn kernels(&self, path: Path, window: &Window) -> f64 {
        window.expected(self.seen(path, &window.at).mean).0
    }
}

impl Told {
    /// By these likelihoods about the prior's mean: as it was, or after a jump, if that explains them better.
    fn of(prior: Normal, likelihoods: &Grid) -> Option<Self> {
        let jumped = Normal { variance: prior.variance + JUMP_SD * JUMP_SD, ..prior };
        let (quiet, quiet_evidence) = posterior(prior, prior.mean, likelihoods)?;
        let (moved, moved_evidence) = posterior(jumped, prior.mean, likelihoods)?;
        let moved_evidence = moved_evidence + ln(JUMP);
        Some(if moved_evidence > quiet_evidence {
            Self { posterior: moved, evidence: moved_evidence, jumped: true }
        } else {
            Self { posterior: quiet, evidence: quiet_evidence, jumped: false }
        })
    }
}
