//! Fusion of a drop pan, minutes after its drop.

use super::super::fusion::Innovation;
use super::super::pan::{Belief, Kept, LAWS, PatchLaw};
use super::fuse_counts::Count;
use super::grid::{Grid, likelihoods, posterior};
use super::pan_context::{PanContext, Wanders};
use super::state::{Normal, PerPath, RearPath, State, StateIndex, header_direction, path_direction};
use super::{LEAST_VARIANCE, LossFilter};
use crate::math::{exp, ln, ln_1p, square};
use crate::params::PanParams;

/// What was found in a pan.
#[derive(Clone, Copy, Debug)]
pub(in crate::harvest) struct PanObservation {
    /// Kernels, with those that lay there before.
    pub kernels: f64,
    /// Kernels that lay there before, by the natural shed.
    pub before: Normal,
    /// Kernels that fall into it for each kg/s that is lost.
    pub per_kg_s: f64,
    /// Loss lies in patches, by one of several laws; what is known if it does so by this one.
    pub laws: [(PatchLaw, Belief); LAWS],
    /// Another pan has found the same: it is no blunder.
    pub is_confirmed: bool,
    /// How long ago the drop was, s.
    pub elapsed_s: f64,
}

impl PanObservation {
    /// ln of what was lost, kg/s, and its variance: counting, patches, and what lay there before, which weighs the more the
    /// less is left. The logarithm of one patch lies low by half their squared spread; half a kernel stands for none.
    fn log_kg_s(&self) -> Normal {
        let left = (self.kernels - self.before.mean).max(0.0) + 0.5;
        let counting = (self.kernels + 0.5 + self.before.variance) / (left * left);
        let patchy = self.patchy_log_variance();
        Normal { mean: ln(left / self.per_kg_s) + 0.5 * patchy, variance: counting + patchy }
    }

    /// Variance of the logarithm of a log-normal with the mean squared variation of the laws.
    fn patchy_log_variance(&self) -> f64 {
        ln_1p(self.laws.iter().map(|(law, belief)| law.whole_variation() * belief.probability).sum())
    }

    /// ln of the likelihood of what was found where so much was lost on average (its logarithm, kg/s), by this law: negative
    /// binomial, about a mean that differs between spots and the ground between them.
    fn likelihood(&self, law: &PatchLaw, log_kg_s: f64) -> f64 {
        let all = self.per_kg_s * exp(log_kg_s);
        if law.in_spots <= 0.0 {
            return self.likelihood_of(all, law.variation);
        }
        let ground = law.spot_ground;
        let between = self.likelihood_of(all * (1.0 - law.in_spots) / (1.0 - ground), law.variation);
        let in_a_spot = self.likelihood_of(all * law.in_spots / ground, law.spot_variation);
        log_sum([ln(1.0 - ground) + between, ln(ground) + in_a_spot].into_iter())
    }

    /// The same where so many kernels of the loss are expected, and patches have this squared coefficient of variation.
    fn likelihood_of(&self, lost: f64, variation: f64) -> f64 {
        let mean = lost + self.before.mean;
        let variance = variation * lost * lost + self.before.variance;
        Count::of(self.kernels).ln_probability(mean, (mean * mean / variance).clamp(1e-3, 1e6))
    }

    /// The same of a blunder: the count's logarithm is anywhere about the truth, under Student's t with 4 degrees of freedom,
    /// whose density is 3/8 (1 + z²/4)^(−5/2).
    fn blunder_likelihood(&self, params: &PanParams, log_kg_s: f64) -> f64 {
        let (found, mean) = (self.kernels + 0.5, self.per_kg_s * exp(log_kg_s) + self.before.mean);
        let z = ln(found / mean) / params.blunder_sd;
        ln(0.375 / params.blunder_sd) - 2.5 * ln_1p(0.25 * z * z) - ln(found)
    }
}

/// How a pan was fused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct PanUpdate {
    /// ln(found / expected), before the pan was fused.
    pub innovation: Innovation,
    /// How probable it is that it is no blunder, 0..=1.
    pub weight: f64,
    /// Share of the innovation's variance that comes from the estimate.
    pub estimate_share: f64,
    /// What is known afterwards under each law of patches.
    pub beliefs: [Belief; LAWS],
    /// In which states these differ.
    pub kept: Kept,
    /// By how much it says of each path's plates that they were hit more than once in a dead time at the drop: ln of the ratio
    /// of likelihoods; 0 where the counts then had one meaning.
    pub saturated_evidence: PerPath<f64>,
}

/// What is expected of one stream at the drop.
#[derive(Clone, Copy, Debug)]
struct ExpectedPart {
    kg_s: f64,
    /// Of its logarithm by the states.
    gradient: State,
    /// Of its logarithm, as far as it cannot be learned any more.
    variance: f64,
}

/// Which streams lie in a pan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) struct CaughtStreams {
    /// The header's loss.
    pub header: bool,
    /// What leaves the rear.
    pub rear: bool,
}

impl LossFilter {
    /// Fuses a pan. `None`, and nothing is changed, when nothing was to be expected.
    pub fn fuse_pan(
        &mut self,
        context: &PanContext,
        caught: CaughtStreams,
        observation: &PanObservation,
    ) -> Option<PanUpdate> {
        // A sum of exponentials is linearised where the filter stands, and again where it has moved to (iterated EKF).
        let start = self.clone();
        let mut update: Option<PanUpdate> = None;
        let mut saturated_evidence = PerPath::default();
        for _ in 0..3 {
            let parts = [
                self.header_part(context, observation).filter(|_| caught.header),
                self.path_part(RearPath::Separation, context, observation).filter(|_| caught.rear),
                self.path_part(RearPath::Cleaning, context, observation).filter(|_| caught.rear),
            ];
            let sum: f64 = parts.iter().flatten().map(|part| part.kg_s).sum();
            if !(sum > 0.0 && sum.is_finite()) {
                *self = start;
                return None;
            }
            if update.is_none() && caught.rear {
                saturated_evidence = PerPath::from_fn(|path| self.saturated_evidence(path, sum, context, observation));
            }
            let (mut direction, mut variance) = (State::zeros(), 0.0);
            for part in parts.iter().flatten() {
                direction += part.gradient * (part.kg_s / sum);
                variance += part.variance * square(part.kg_s / sum);
            }
            // The expectation where the filter began, by the tangent at where it stands now.
            let expected = ln(sum) - direction.dot(&(self.mean - start.mean));
            self.clone_from(&start);
            let of_now = self.update_by_pan(&direction, Normal { mean: expected, variance }, observation)?;
            let PanUpdate { beliefs, kept, .. } = of_now;
            update = Some(PanUpdate { beliefs, kept, saturated_evidence, ..update.unwrap_or(of_now) });
        }
        for (path, loss) in context.losses.paths() {
            let moved = path_direction(path, &loss.point).dot(&(self.mean - start.mean));
            self.shift_index_reference(path, moved);
            self.forget_jump(path);
        }
        update
    }

    /// A path at the drop: by what its plates saw, less their error; or by the model, with the wander of then.
    fn path_part(&self, path: RearPath, context: &PanContext, observation: &PanObservation) -> Option<ExpectedPart> {
        let states = path.states();
        let loss = context.losses[path];
        let mut gradient = State::zeros();
        let (log, variance) = if let Some(view) = context.plate_views[path] {
            gradient[states.plate] = -1.0;
            let ambiguity = &context.ambiguity[path];
            let log = view.mean - self.plate(path).mean + ambiguity.log_mean();
            (log, view.variance + ambiguity.log_variance())
        } else {
            let keep = self.remaining_wander(observation);
            gradient = path_direction(path, &loss.point);
            gradient[states.local] = 0.0;
            gradient[states.wander] = 0.0;
            let then = match path {
                RearPath::Separation => context.wanders.separation,
                RearPath::Cleaning => context.wanders.cleaning,
            };
            let log = gradient.dot(&self.mean) + Wanders::smoothed(keep, then, self.mean[states.wander]);
            gradient[states.wander] = keep;
            let params = &self.params;
            let lost_wander = Wanders::lost_variance(params.wander_sd, keep);
            (log, lost_wander + square(params.local_unseen_sd) + square(context.transit_sd[path]))
        };
        ExpectedPart::of(loss.kg_s, log, gradient, variance)
    }

    /// By how much a pan says that a path's plates were hit more than once in a dead time at its drop, where so much was expected
    /// of all streams, kg/s: ln of the ratio of likelihoods, by Student's t with 4 degrees of freedom.
    fn saturated_evidence(&self, path: RearPath, sum: f64, context: &PanContext, observation: &PanObservation) -> f64 {
        let ambiguity = &context.ambiguity[path];
        let (Some(view), Some(part)) = (context.plate_views[path], self.path_part(path, context, observation)) else {
            return 0.0;
        };
        if ambiguity.log_apart == 0.0 {
            return 0.0;
        }
        let found = observation.log_kg_s();
        let variance = found.variance + view.variance + ambiguity.variance + self.plate(path).variance;
        let log_density = |log_shift: f64| {
            let log = ln((sum - part.kg_s).max(0.0) + part.kg_s * exp(log_shift - ambiguity.log_mean()));
            -2.5 * ln_1p(0.25 * square(found.mean - log) / variance)
        };
        let other = log_density(ambiguity.log_apart) - log_density(0.0);
        if ambiguity.log_apart > 0.0 { other } else { -other }
    }

    fn header_part(&self, context: &PanContext, observation: &PanObservation) -> Option<ExpectedPart> {
        let keep = self.remaining_wander(observation);
        let header = context.losses.header;
        let mut gradient = header_direction(&header.point);
        gradient[StateIndex::HeaderWander] = 0.0;
        let constant = gradient.dot(&self.mean);
        gradient[StateIndex::HeaderWander] = keep;
        let wander = Wanders::smoothed(keep, context.wanders.header, self.mean[StateIndex::HeaderWander]);
        let variance = Wanders::lost_variance(self.params.header_wander_sd, keep);
        ExpectedPart::of(header.kg_s, constant + wander, gradient, variance)
    }

    /// How much of a wander at the drop is in that of now.
    fn remaining_wander(&self, observation: &PanObservation) -> f64 {
        self.wander_kept(observation.elapsed_s)
    }

    /// How much of a wander is left after so many seconds, 0..=1.
    pub fn wander_kept(&self, elapsed_s: f64) -> f64 {
        exp(-elapsed_s.max(0.0) / self.params.wander_memory_s)
    }

    /// In which states a sum of states moves when it is measured, by their covariance with it.
    fn kept_along(&self, direction: &State, observation: &PanObservation) -> Kept {
        let covariance_with = self.covariance_with(direction);
        let wanders = [StateIndex::HeaderWander, StateIndex::SeparationWander, StateIndex::CleaningWander];
        let wander: f64 = wanders.iter().map(|&at| direction[at] * covariance_with[at]).sum();
        let share = wander / direction.dot(&covariance_with).max(LEAST_VARIANCE);
        // The direction has what of the wander of now was there at the drop.
        let at_drop = self.remaining_wander(observation).max(1e-6);
        Kept { constant: 1.0 - share, wander: share / at_drop }
    }

    /// Update by what was found where so much was expected, with so much variance that cannot be learned any more. The
    /// likelihood is a mixture: a measurement, or with a small probability a blunder, which tells little.
    fn update_by_pan(
        &mut self,
        direction: &State,
        expected: Normal,
        observation: &PanObservation,
    ) -> Option<PanUpdate> {
        let params = self.pans;
        let learned = self.project(direction).variance;
        let prior = Normal { mean: expected.mean, variance: expected.variance + learned };
        let found = observation.log_kg_s();
        let expected_variance = prior.variance + found.variance;
        let innovation = Innovation { log_ratio: found.mean - expected.mean, variance: expected_variance };
        if !(prior.variance > 0.0 && innovation.test_ratio().is_finite()) {
            return None;
        }
        let blunder_probability = if observation.is_confirmed { 0.0 } else { params.blunder_probability };
        let blunder =
            likelihoods(prior.mean, |log| ln(blunder_probability) + observation.blunder_likelihood(&params, log));
        let under = observation.laws.map(|(law, belief)| {
            let known = Normal { mean: belief.mean_off, variance: (learned + belief.variance_off).max(0.02 * learned) };
            let prior_here = Normal { mean: expected.mean + known.mean, variance: expected.variance + known.variance };
            let measured =
                likelihoods(prior.mean, |log| ln(1.0 - blunder_probability) + observation.likelihood(&law, log));
            let either: Grid = std::array::from_fn(|at| log_sum([measured[at], blunder[at]].into_iter()));
            let (after, evidence) = posterior(prior_here, prior.mean, &either)?;
            let of_measured = posterior(prior_here, prior.mean, &measured).map_or(f64::NEG_INFINITY, |(_, e)| e);
            // What of the change is the states', and what the rest's.
            let share = known.variance / prior_here.variance;
            let states = Normal {
                mean: known.mean + share * (after.mean - prior_here.mean),
                variance: known.variance - share * share * (prior_here.variance - after.variance),
            };
            let log_probability = ln(belief.probability);
            Some(UnderLaw {
                states,
                log_weight: log_probability + evidence,
                log_measured: log_probability + of_measured,
            })
        });
        let all = log_sum(under.iter().flatten().map(|law| law.log_weight));
        if !all.is_finite() {
            return None;
        }
        let probability = |law: &UnderLaw| exp(law.log_weight - all);
        let moved: f64 = under.iter().flatten().map(|law| probability(law) * law.states.mean).sum();
        let spread = |law: &UnderLaw| law.states.variance + square(law.states.mean - moved);
        let variance: f64 = under.iter().flatten().map(|law| probability(law) * spread(law)).sum();
        let kept = self.kept_along(direction, observation);
        self.update_projected(direction, Normal { mean: self.project(direction).mean + moved, variance });
        Some(PanUpdate {
            innovation,
            weight: exp(log_sum(under.iter().flatten().map(|law| law.log_measured)) - all).min(1.0),
            estimate_share: prior.variance / expected_variance,
            beliefs: under.map(|law| {
                law.map_or(Belief { probability: 0.0, mean_off: 0.0, variance_off: 0.0 }, |law| Belief {
                    probability: probability(&law),
                    mean_off: law.states.mean - moved,
                    variance_off: law.states.variance - variance,
                })
            }),
            kept,
            saturated_evidence: PerPath::default(),
        })
    }
}

/// What a pan says if one law of patches holds.
#[derive(Clone, Copy, Debug)]
struct UnderLaw {
    /// The sum of states under it, less its mean under all laws before the pan.
    states: Normal,
    /// ln(probability of the law × evidence), but for a constant.
    log_weight: f64,
    /// The same of the law and of no blunder.
    log_measured: f64,
}

/// ln of a sum of exponentials.
fn log_sum(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY { most } else { most + ln(terms.map(|term| exp(term - most)).sum()) }
}

impl ExpectedPart {
    fn of(modelled_kg_s: f64, log_factor: f64, gradient: State, variance: f64) -> Option<Self> {
        let kg_s = modelled_kg_s * exp(log_factor);
        (kg_s > 0.0).then_some(Self { kg_s, gradient, variance })
    }
}
