//! How far the loss of a path may move before anything measures it again.

use super::prior_sd;
use super::state::{OperatingPoint, RearPath, State, path_direction};
use crate::math::{exp, square};
use crate::params::Params;

/// By the priors, how far a path's factor on the modelled loss moves.
#[derive(Clone, Debug)]
pub(in crate::harvest) struct ChangeLaw {
    path: RearPath,
    prior_sd: State,
    wander_memory_s: f64,
}

impl ChangeLaw {
    /// Of this path.
    pub fn new(params: &Params, path: RearPath) -> Self {
        Self { path, prior_sd: prior_sd(params), wander_memory_s: params.filter.wander_memory_s }
    }

    /// Variance of the change of its logarithm from one load and setting to another, so many seconds later.
    pub fn variance(&self, from: &OperatingPoint, to: &OperatingPoint, elapsed_s: f64) -> f64 {
        let states = self.path.states();
        let wander = square(self.prior_sd[states.wander]) * (1.0 - exp(-elapsed_s / self.wander_memory_s));
        let load = self.prior_sd[states.power] * (to.log_load - from.log_load);
        self.moved(from, to) + square(load) + 2.0 * (wander + square(self.prior_sd[states.local]))
    }

    /// What of it comes from the settings.
    pub fn moved(&self, from: &OperatingPoint, to: &OperatingPoint) -> f64 {
        let at_load = OperatingPoint { log_load: from.log_load, ..*to };
        let moved = path_direction(self.path, &at_load) - path_direction(self.path, from);
        moved.component_mul(&self.prior_sd).norm_squared()
    }
}
