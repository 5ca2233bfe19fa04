//! Fusion of plate counts. Kernels follow a negative binomial law about a mean that grows with the loss, ever more slowly
//! where a plate cannot count for a while after each. The likelihood is taken on a grid over the one sum of states that
//! counts depend on.

use super::super::fusion::{Innovation, NotFusedReason};
use super::LossFilter;
use super::grid::{Grid, likelihoods, posterior};
use super::state::{Normal, OperatingPoint, RearPath, path_direction, plate_direction};
use crate::math::{exp, ln, ln_1p, ln_gamma, square};
use crate::params::CountParams;

/// How the dead time τ after a counted kernel acts on further kernels (counting statistics).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) enum DeadTimeModel {
    /// A kernel that hits meanwhile is lost and has no further effect: of r hits a second r / (1 + r τ) are counted.
    NonParalyzable,
    /// A kernel that hits meanwhile begins the dead time anew: of r hits a second r e^(−r τ) are counted, fewer and fewer
    /// beyond 1/τ.
    Paralyzable,
}

/// What the plates of a path counted over some seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct CountWindow {
    /// Kernels, as counted by all plates.
    pub kernels: f64,
    /// Its length, s.
    pub seconds: f64,
    /// Seconds of all plates together.
    pub plate_s: f64,
    /// Kernels of lost grain to be expected on all plates, by the model, at gain and efficiency 1.
    pub from_loss: f64,
    /// What they count besides that is not grain.
    pub from_straw: f64,
    /// ln of the factor on the modelled loss by which all grain that passed would be lost.
    pub most_log: f64,
    /// Load and settings, mean over the window.
    pub point: OperatingPoint,
    /// How far apart the loads lie that may have been counted: standard deviation of the modelled loss's logarithm.
    pub transit_sd: f64,
    /// Dead time of a plate after a kernel, s.
    pub dead_time_s: f64,
    /// How many levels of loss may have given so many.
    pub levels: CountLevels,
}

/// How many levels of loss may have given a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) enum CountLevels {
    /// More counts mean more loss.
    One,
    /// The plates are near the most that paralyzable plates can count, where the two levels below and above it meet.
    Meeting,
    /// They have been near it, so that fewer counts may mean more loss.
    Two,
}

/// The law that a count is expected to follow: negative binomial.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Mean.
    kernels: f64,
    /// Size parameter.
    size: f64,
}

impl CountWindow {
    /// Kernels that hit the plates at this logarithm of gain and efficiency together, and how many hit one plate in its dead
    /// time.
    pub fn hits(&self, log: f64) -> (f64, f64) {
        let hits = self.from_loss * exp(log) + self.from_straw;
        (hits, hits / self.plate_s * self.dead_time_s)
    }

    /// The least logarithm of gain and efficiency together that so many counts can mean: as if no kernel were lost in the
    /// dead time of another. Counting alone makes it uncertain by three standard deviations.
    fn least_log(&self) -> f64 {
        let kernels = self.kernels - self.from_straw - 3.0 * self.kernels.sqrt();
        if kernels > 0.0 { ln(kernels / self.from_loss) } else { f64::NEG_INFINITY }
    }

    /// Counts to be expected then, by a model of the dead time. Where plates are dead most of the time, what they count
    /// depends on it more than on the loss.
    fn expected(&self, params: &CountParams, log: f64, model: DeadTimeModel) -> Expected {
        let (hits, per_dead_time) = self.hits(log);
        let (kernels, dead_time_sd) = match model {
            DeadTimeModel::NonParalyzable => {
                (hits / (1.0 + per_dead_time), params.dead_time_sd * (per_dead_time / (1.0 + per_dead_time)))
            }
            DeadTimeModel::Paralyzable => (hits * exp(-per_dead_time), params.paralyzable_dead_time_sd * per_dead_time),
        };
        let size = 1.0 / (1.0 / params.size + square(dead_time_sd) + square(self.transit_sd));
        Expected { kernels, size }
    }

    /// How likely the count is at each level.
    fn likelihood<'a>(&'a self, params: &'a CountParams) -> WindowLikelihood<'a> {
        WindowLikelihood { window: self, params, count: Count::of(self.kernels) }
    }

    /// The measured count beside the one to be expected, linearised: ln((n + ½) / (expected + ½)); its variance is that of
    /// the prediction, by the slope of ln expected, and that of the counting.
    fn innovation(&self, params: &CountParams, prior: Normal) -> Innovation {
        let (hits, per_dead_time) = self.hits(prior.mean);
        let of_loss = (hits - self.from_straw) / hits;
        let (model, slope) = if self.levels != CountLevels::One && per_dead_time > 1.0 {
            (DeadTimeModel::Paralyzable, of_loss * (1.0 - per_dead_time))
        } else {
            (DeadTimeModel::NonParalyzable, of_loss / (1.0 + per_dead_time))
        };
        let Expected { kernels, size } = self.expected(params, prior.mean, model);
        let expected = kernels + 0.5;
        Innovation {
            log_ratio: ln((self.kernels + 0.5) / expected),
            variance: square(slope) * prior.variance + 1.0 / expected + 1.0 / size,
        }
    }

    fn is_possible(&self) -> bool {
        self.from_loss > 0.0
            && self.most_log.is_finite()
            && self.plate_s > 0.0
            && (0.0..1e9).contains(&self.kernels)
            && self.from_loss.is_finite()
            && self.from_straw.is_finite()
    }
}

/// ln of the likelihood of a window's count, by the logarithm of gain and efficiency together.
#[derive(Clone, Copy)]
struct WindowLikelihood<'a> {
    window: &'a CountWindow,
    params: &'a CountParams,
    count: Count,
}

impl WindowLikelihood<'_> {
    /// By one model of the dead time.
    fn by(&self, log: f64, model: DeadTimeModel) -> f64 {
        let Expected { kernels, size } = self.window.expected(self.params, log, model);
        self.count.ln_probability(kernels, size)
    }

    /// By the non-paralyzable model, or by either where the plates may be saturated.
    fn of(&self, log: f64) -> f64 {
        let non_paralyzable = self.by(log, DeadTimeModel::NonParalyzable);
        match self.window.levels {
            CountLevels::One => non_paralyzable,
            CountLevels::Meeting | CountLevels::Two => {
                either(non_paralyzable, self.by(log, DeadTimeModel::Paralyzable))
            }
        }
    }
}

/// Of two models, either of which is as likely.
fn either(one: f64, other: f64) -> f64 {
    let most = one.max(other);
    most + ln(0.5 * exp(one - most) + 0.5 * exp(other - most))
}

/// A count, with what its probability has in it under any law.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    number: f64,
    /// ln of its factorial.
    ln_factorial: f64,
}

impl Count {
    /// This many.
    pub fn of(number: f64) -> Self {
        Self { number, ln_factorial: ln_gamma(number + 1.0) }
    }

    /// ln of its probability under a negative binomial law of this mean and size.
    pub fn ln_probability(self, mean: f64, size: f64) -> f64 {
        let Self { number, ln_factorial } = self;
        // Nothing to be expected at all, and yet a count: as unlikely as a number can say.
        let mean = mean.max(1e-9);
        ln_gamma(number + size) - ln_gamma(size) - ln_factorial + number * ln(mean / (mean + size))
            - size * ln_1p(mean / size)
    }
}

/// How a window of counts was fused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct CountFusion {
    /// What was counted beside what was expected.
    pub innovation: Innovation,
    /// ln of how many times better the other level that fitted the counts before foretold these; 0 without one.
    pub other_evidence: f64,
    /// ln of what gain and efficiency would be together if all grain that passed were lost.
    pub most_log: f64,
}

/// What a count makes of a path's sum of states.
#[derive(Clone, Copy, Debug)]
struct CountUpdate {
    posterior: Normal,
    evidence: f64,
    jumped: bool,
}

/// A window whose count speaks of a jump of the loss, kept while those after it agree: plates that are hidden or shaken for
/// a moment are no jump, and what they counted then is not used.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldJump {
    window: CountWindow,
    /// How far the sum of states moves by it.
    moved: f64,
    /// The variance of the sum then.
    variance: f64,
    /// Length of the windows after it, all of which have agreed, s. Its own does not count: most of it may lie before the jump.
    agreed_s: f64,
}

/// ln of the likelihood of what is excluded.
const EXCLUDED: f64 = -1e9;

impl LossFilter {
    /// The same where only one level fitted the counts before.
    #[cfg(test)]
    pub fn fuse_counts(&mut self, path: RearPath, window: &CountWindow) -> Result<CountFusion, NotFusedReason> {
        self.fuse_counts_beside(path, window, 0.0)
    }

    /// Fuses one window of plate counts. By what paralyzable plates counted before, a loss that is e^`log_apart` times as high
    /// may be possible too; 0 where it is not.
    ///
    /// # Errors
    ///
    /// [`NotFusedReason::Impossible`] where a number is none or nothing is to be expected; the filter is not changed then.
    /// [`NotFusedReason::JumpUnconfirmed`] where the loss would have jumped, and it has not been seen for long enough.
    pub fn fuse_counts_beside(
        &mut self,
        path: RearPath,
        window: &CountWindow,
        log_apart: f64,
    ) -> Result<CountFusion, NotFusedReason> {
        let mut is_confirmed = false;
        if let Some(held) = self.held_jumps[path].take()
            && self.confirms(path, window, &held)
        {
            let agreed_s = held.agreed_s + window.seconds;
            if agreed_s < self.counts.jump_confirmed_s {
                self.held_jumps[path] = Some(HeldJump { agreed_s, ..held });
                return Err(NotFusedReason::JumpUnconfirmed);
            }
            is_confirmed = true;
            // Whatever becomes of it, this window counts.
            let _ = self.fuse_window(path, &held.window, log_apart, is_confirmed);
        }
        self.fuse_window(path, window, log_apart, is_confirmed)
    }

    /// What was counted before an interruption, such as a turn, speaks of no jump after it.
    pub fn forget_jump_after(&mut self, path: RearPath, why: Option<NotFusedReason>) {
        if why.is_some_and(NotFusedReason::interrupts) {
            self.forget_jump(path);
        }
    }

    /// The level has been moved by something else.
    pub(super) fn forget_jump(&mut self, path: RearPath) {
        self.held_jumps[path] = None;
    }

    /// Whether this window fits better after the jump than without it.
    fn confirms(&self, path: RearPath, window: &CountWindow, held: &HeldJump) -> bool {
        let prior = self.project(&plate_direction(path, &window.point));
        if !window.is_possible()
            || window.levels == CountLevels::Two
            || window.least_log() > self.most_seen(path, window)
        {
            return false;
        }
        let likelihood = window.likelihood(&self.counts);
        let likelihoods = likelihoods(prior.mean, |log| likelihood.of(log));
        // The local part may have changed since.
        let variance = held.variance + square(self.params.local_sd);
        let after = Normal { mean: prior.mean + held.moved, variance };
        let evidence = |law| posterior(law, prior.mean, &likelihoods).map(|(_, evidence)| evidence);
        evidence(after).zip(evidence(prior)).is_some_and(|(jumped, quiet)| jumped > quiet)
    }

    fn fuse_window(
        &mut self,
        path: RearPath,
        window: &CountWindow,
        log_apart: f64,
        jump_is_confirmed: bool,
    ) -> Result<CountFusion, NotFusedReason> {
        let direction = plate_direction(path, &window.point);
        let prior = self.project(&direction);
        if !(window.is_possible() && prior.variance > 0.0 && prior.mean.is_finite()) {
            return Err(NotFusedReason::Impossible);
        }
        let params = self.counts;
        let most_seen = self.most_seen(path, window);
        if window.least_log() > most_seen {
            return Err(NotFusedReason::MoreThanCameIn);
        }
        let likelihood = window.likelihood(&params);
        let foretold = |log: f64| likelihood.by(log, DeadTimeModel::Paralyzable);
        let other_evidence =
            if log_apart == 0.0 { 0.0 } else { foretold(prior.mean + log_apart) - foretold(prior.mean) };
        let update = if window.levels == CountLevels::Two {
            saturated_update(prior, &likelihood, most_seen)
        } else {
            let likelihoods =
                likelihoods(prior.mean, |log| if log > most_seen { EXCLUDED } else { likelihood.of(log) });
            CountUpdate::of(&params, prior, &likelihoods)
        };
        let update = update.ok_or(NotFusedReason::Impossible)?;
        if update.jumped && !jump_is_confirmed && window.levels != CountLevels::Two {
            let Normal { mean, variance } = update.posterior;
            self.held_jumps[path] =
                Some(HeldJump { window: *window, moved: mean - prior.mean, variance, agreed_s: 0.0 });
            return Err(NotFusedReason::JumpUnconfirmed);
        }
        if update.jumped {
            // What moves both plates of a path at once is the loss, not the plates.
            self.inflate(path, params.jump_sd);
        }
        self.update_projected(&direction, update.posterior);
        self.bound(&path_direction(path, &window.point), window.most_log);
        Ok(CountFusion {
            innovation: window.innovation(&params, prior),
            other_evidence,
            most_log: window.most_log + self.plate(path).mean,
        })
    }

    /// No more is lost than passes: what plates see of it, the logarithm, is bounded by that, and by how far their efficiency
    /// may be off.
    fn most_seen(&self, path: RearPath, window: &CountWindow) -> f64 {
        let plate = self.plate(path);
        window.most_log + plate.mean + self.counts.plate_sds_most * plate.variance.sqrt()
    }

    /// Kernels to be expected in a window, by the non-paralyzable model.
    pub fn expected_kernels(&self, path: RearPath, window: &CountWindow) -> f64 {
        window.expected(&self.counts, self.plate_view(path, &window.point).mean, DeadTimeModel::NonParalyzable).kernels
    }

    /// ln of the likelihood of a window at this logarithm of gain and efficiency together.
    pub fn count_likelihood(&self, window: &CountWindow, log: f64) -> f64 {
        window.likelihood(&self.counts).of(log)
    }
}

/// Plates that may be saturated: the level below one hit in a dead time, or the one above it, whichever the count makes
/// likelier. Only the paralyzable model allows the branch above; long operation near its maximum rate makes that the likelier
/// model.
fn saturated_update(prior: Normal, likelihood: &WindowLikelihood<'_>, most_seen: f64) -> Option<CountUpdate> {
    let params = likelihood.params;
    let is_above = |log: f64| likelihood.window.hits(log).1 > 1.0;
    let below = likelihoods(prior.mean, |log| if is_above(log) { EXCLUDED } else { likelihood.of(log) });
    let above = likelihoods(prior.mean, |log| {
        if is_above(log) && log <= most_seen { likelihood.by(log, DeadTimeModel::Paralyzable) } else { EXCLUDED }
    });
    match (CountUpdate::of(params, prior, &below), CountUpdate::of(params, prior, &above)) {
        (Some(below), Some(above)) => Some(if above.evidence > below.evidence { above } else { below }),
        (one, other) => one.or(other),
    }
}

impl CountUpdate {
    /// By these likelihoods about the prior's mean: as it was, or after a jump, if that explains them better.
    fn of(params: &CountParams, prior: Normal, likelihoods: &Grid) -> Option<Self> {
        let jump_prior = Normal { variance: prior.variance + params.jump_sd * params.jump_sd, ..prior };
        let (quiet, quiet_evidence) = posterior(prior, prior.mean, likelihoods)?;
        let (moved, moved_evidence) = posterior(jump_prior, prior.mean, likelihoods)?;
        let moved_evidence = moved_evidence + ln(params.jump_probability);
        Some(if moved_evidence > quiet_evidence {
            Self { posterior: moved, evidence: moved_evidence, jumped: true }
        } else {
            Self { posterior: quiet, evidence: quiet_evidence, jumped: false }
        })
    }
}
