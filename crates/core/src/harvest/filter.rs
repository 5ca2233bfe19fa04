//! The loss filter: what is not known about the level of the losses. One Kalman filter over logarithms, with likelihoods
//! that are not normal taken on a grid and made normal again. `docs/estimator.md` has states, equations and parameters.
//!
//! ```text
//! loss of a path  = modelled loss × exp(gain + wander + local + power · ln load + Σ power · ln setting)
//! kernels counted = loss × exp(plate), through the plates' dead time, + false counts
//! loss at the header = modelled loss × exp(gain + wander + stand)
//! ```
//!
//! Counts depend on the sum of a path's states alone, so that without a pan the level rests on the priors, and the
//! covariance says so. A pan measures what is lost; beside what the plates counted at its drop it tells the plates' error.
//! That error, `plate`, is common to a whole session, and so is what is left of it.

mod ambiguity;
mod carry;
mod change;
mod checkpoint;
mod fuse_counts;
mod fuse_index;
mod fuse_pan;
mod grid;
mod pan_context;
mod pan_trial;
mod predict;
mod session;
mod state;
#[cfg(test)]
mod tests;

use crate::math::{exp, normal_cdf, square};
use crate::params::{CountParams, FilterParams, LossIndexParams, PanParams, Params};

pub(super) use ambiguity::Ambiguity;
pub(super) use carry::LongLived;
pub(super) use change::ChangeLaw;
pub(super) use checkpoint::FilterState;
use fuse_counts::HeldJump;
pub(super) use fuse_counts::{CountFusion, CountLevels, CountWindow, DeadTimeModel};
pub(super) use fuse_index::IndexReading;
pub(super) use fuse_pan::{CaughtStreams, PanObservation, PanUpdate};
pub(super) use pan_context::PanContext;
use state::{Covariance, N, State, header_direction, path_direction, plate_direction};
pub(super) use state::{ModelLoss, ModelLosses, Normal, OperatingPoint, PerPath, PerStream, RearPath, StateIndex};

/// What is known to a millionth is not updated: it would divide by next to nothing.
const LEAST_VARIANCE: f64 = 1e-12;

/// The filter.
#[derive(Clone, Debug)]
pub(super) struct LossFilter {
    params: FilterParams,
    counts: CountParams,
    index: LossIndexParams,
    pans: PanParams,
    mean: State,
    covariance: Covariance,
    /// For paths with a loss index instead of plates: ln of the loss (kg/s) when the index was first read. The state `plate`
    /// then holds the index's unknown scale.
    index_reference: PerPath<Option<f64>>,
    /// Counts that speak of a jump, while it is not confirmed.
    held_jumps: PerPath<Option<HeldJump>>,
}

impl LossFilter {
    /// The priors.
    pub fn new(params: &Params) -> Self {
        let sd = prior_sd(params);
        let mut covariance = Covariance::from_diagonal(&sd.component_mul(&sd));
        let [separation, cleaning] = RearPath::ALL.map(RearPath::states);
        let filter = &params.filter;
        for (a, b, common) in [
            (separation.gain, cleaning.gain, filter.gain_common),
            (separation.power, cleaning.power, filter.gain_common),
            (separation.plate, cleaning.plate, filter.plate_common),
        ] {
            let shared = common * sd[a] * sd[b];
            covariance[(a as usize, b as usize)] = shared;
            covariance[(b as usize, a as usize)] = shared;
        }
        let mut filter = Self {
            params: params.filter,
            counts: params.counts,
            index: params.loss_index,
            pans: params.pans,
            mean: prior_mean(params, &sd),
            covariance,
            index_reference: PerPath::default(),
            held_jumps: PerPath::default(),
        };
        filter.reset_sums();
        filter
    }

    /// The profile has no figures of the plates: what they count tells of changes only, until a pan has measured the loss.
    pub fn forget_sheet(&mut self) {
        let sds = self.params.plate_unknown_sd / self.params.plate_sd;
        for path in RearPath::ALL {
            let plate = path.states().plate as usize;
            self.covariance.row_mut(plate).scale_mut(sds);
            self.covariance.column_mut(plate).scale_mut(sds);
        }
    }

    /// Plates tell the level of the loss, not only its changes: by their data sheet or by pans.
    pub fn plates_tell_level(&self, path: RearPath) -> bool {
        self.plate(path).variance < square(self.params.plate_level_sd_most)
    }

    /// The factor on a path's modelled loss: median, and standard deviation of the logarithm.
    pub fn path_factor(&self, path: RearPath, point: &OperatingPoint) -> (f64, f64) {
        self.median_along(&path_direction(path, point))
    }

    /// What the plates of a path see of that factor: its logarithm with their own error.
    pub fn plate_view(&self, path: RearPath, point: &OperatingPoint) -> Normal {
        self.project(&plate_direction(path, point))
    }

    /// Counts that two levels explain are explained by the other one from now on: what the plates see is so much more, of the
    /// logarithm. As after a jump, it is the gain that has moved.
    pub fn go_over(&mut self, path: RearPath, point: &OperatingPoint, log_apart: f64) {
        let direction = plate_direction(path, point);
        let view = self.project(&direction);
        self.inflate(path, self.counts.jump_sd);
        self.forget_jump(path);
        self.update_projected(&direction, Normal { mean: view.mean + log_apart, ..view });
    }

    /// The error of a path's plates.
    fn plate(&self, path: RearPath) -> Normal {
        let plate = path.states().plate;
        Normal { mean: self.mean[plate], variance: self.covariance[(plate as usize, plate as usize)] }
    }

    /// The factor on the modelled header loss: median, and standard deviation of the logarithm.
    pub fn header_factor(&self, point: &OperatingPoint) -> (f64, f64) {
        self.median_along(&header_direction(point))
    }

    /// What both paths lose together, kg/s: median of the sum, and standard deviation of its logarithm, linearised. Pans
    /// measure the sum, so it is better known than its parts.
    pub fn rear_loss(&self, losses: PerPath<ModelLoss>) -> (f64, f64) {
        self.rear_loss_at(losses, PerPath::from_fn(|path| self.path_factor(path, &losses[path].point).0))
    }

    /// The same, where the medians of the paths' factors are known.
    pub fn rear_loss_at(&self, losses: PerPath<ModelLoss>, factors: PerPath<f64>) -> (f64, f64) {
        let expected = PerPath::from_fn(|path| factors[path] * losses[path].kg_s);
        let sum: f64 = expected.0.iter().sum();
        if sum <= 0.0 {
            return (0.0, 0.0);
        }
        let mut direction = State::zeros();
        for path in RearPath::ALL {
            direction += path_direction(path, &losses[path].point) * (expected[path] / sum);
        }
        (sum, self.project(&direction).variance.sqrt())
    }

    /// A weighted sum of states: hᵀx, with variance hᵀPh.
    fn project(&self, direction: &State) -> Normal {
        self.project_by(direction, &self.covariance_with(direction))
    }

    /// The covariance of each state with a sum of states, Ph. Few of the states have a part in a sum, and only theirs are
    /// read.
    fn covariance_with(&self, direction: &State) -> State {
        let mut product = State::zeros();
        for (column, &part) in self.covariance.as_slice().chunks_exact(N).zip(direction) {
            if part != 0.0 {
                for (product, covariance) in product.as_mut_slice().iter_mut().zip(column) {
                    *product += part * covariance;
                }
            }
        }
        product
    }

    /// [`project`](Self::project), where Ph is known.
    fn project_by(&self, direction: &State, covariance_with: &State) -> Normal {
        Normal { mean: direction.dot(&self.mean), variance: direction.dot(covariance_with).max(0.0) }
    }

    fn median_along(&self, direction: &State) -> (f64, f64) {
        let Normal { mean, variance } = self.project(direction);
        (exp(mean), variance.sqrt())
    }

    /// Kalman update by a measurement of a sum of states with a normal error of this variance. False, and nothing is
    /// changed, where a number is none.
    fn update(&mut self, direction: &State, innovation: f64, variance: f64) -> bool {
        if !(innovation.is_finite() && variance > 0.0 && variance.is_finite()) {
            return false;
        }
        let covariance_with = self.covariance_with(direction);
        let prior = self.project_by(direction, &covariance_with);
        let share = prior.variance / (prior.variance + variance);
        let mean = prior.mean + share * innovation;
        self.update_by(&covariance_with, prior, Normal { mean, variance: share * variance });
        true
    }

    /// A sum of states cannot be above `most`: no more is lost than passes. Where a tenth or more of its normal law lies
    /// beyond, it becomes a normal law with the mean and variance of what is left (truncation; Simon 2010, IET Control Theory
    /// & Applications 4:1303).
    fn bound(&mut self, direction: &State, most: f64) {
        let Normal { mean, variance } = self.project(direction);
        let sd = variance.sqrt();
        let z = (most - mean) / sd;
        if !z.is_finite() || z > 1.28 {
            return;
        }
        // Beyond this the ratio below is that of two numbers next to 0; the law hugs the bound.
        let z = z.max(-6.0);
        let hazard = exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt() / normal_cdf(z);
        let left = Normal {
            mean: (mean - sd * hazard).min(most),
            variance: variance * (1.0 - z * hazard - hazard * hazard).max(0.02),
        };
        self.update_projected(direction, left);
    }

    /// A sum of states has become known as `posterior`; the states follow by their covariance with it. A rank-one change that
    /// leaves the covariance symmetric, and positive since a variance is.
    fn update_projected(&mut self, direction: &State, posterior: Normal) {
        let covariance_with = self.covariance_with(direction);
        self.update_by(&covariance_with, self.project_by(direction, &covariance_with), posterior);
    }

    /// The same, where the covariance of each state with the sum and the sum's law before are known.
    fn update_by(&mut self, covariance_with: &State, prior: Normal, posterior: Normal) {
        let is_usable = prior.variance > LEAST_VARIANCE && posterior.mean.is_finite() && posterior.variance.is_finite();
        if !is_usable {
            return;
        }
        let gain = covariance_with / prior.variance;
        self.mean += gain * (posterior.mean - prior.mean);
        let change = posterior.variance.max(0.0) - prior.variance;
        for (column, &of_column) in self.covariance.as_mut_slice().chunks_exact_mut(N).zip(&gain) {
            for (covariance, of_row) in column.iter_mut().zip(gain.as_slice()) {
                *covariance += of_row * of_column * change;
            }
        }
        for at in 0..N {
            // Rounding alone must not make a variance less than nothing.
            self.covariance[(at, at)] = self.covariance[(at, at)].max(LEAST_VARIANCE);
        }
    }
}

/// The priors' means. The model's loss is the mean of what is to be expected, and the mean of a log-normal factor is
/// e^(variance / 2) times its median: constant gains begin so far below 0.
fn prior_mean(params: &Params, sd: &State) -> State {
    let mut mean = State::zeros();
    for states in RearPath::ALL.map(RearPath::states) {
        let variance = square(sd[states.gain]) + square(sd[states.wander]) + square(params.filter.local_unseen_sd);
        mean[states.gain] = -0.5 * variance.min(1.0);
    }
    let header = square(sd[StateIndex::HeaderGain])
        + square(sd[StateIndex::HeaderWander])
        + square(params.crop_conditions.stand_unknown_sd);
    mean[StateIndex::HeaderGain] = -0.5 * header.min(1.0);
    mean
}

/// The priors' standard deviations; those of the session sums are set by [`LossFilter::reset_sums`].
fn prior_sd(params: &Params) -> State {
    let filter = &params.filter;
    let mut sd = State::zeros();
    for (path, power_sd) in
        [(RearPath::Separation, filter.separation_power_sd), (RearPath::Cleaning, filter.cleaning_power_sd)]
    {
        let states = path.states();
        sd[states.gain] = filter.gain_sd;
        sd[states.wander] = filter.wander_sd;
        sd[states.local] = filter.local_unseen_sd;
        sd[states.power] = power_sd;
        sd[states.plate] = filter.plate_sd;
        sd[states.index_exponent] = params.loss_index.exponent_sd;
    }
    sd[StateIndex::HeaderGain] = filter.header_sd;
    sd[StateIndex::HeaderWander] = filter.header_wander_sd;
    sd[StateIndex::HeaderStand] = 1.0;
    let settings = &params.settings;
    sd[StateIndex::FanPower] = settings.fan_power_sd;
    sd[StateIndex::UpperSievePower] = settings.upper_sieve_power_sd;
    sd[StateIndex::LowerSievePower] = settings.lower_sieve_power_sd;
    sd[StateIndex::ThresherSeparationPower] = settings.thresher_separation_power_sd;
    sd[StateIndex::ConcavePower] = settings.concave_power_sd;
    sd[StateIndex::ThresherCleaningPower] = settings.thresher_cleaning_power_sd;
    sd
}
