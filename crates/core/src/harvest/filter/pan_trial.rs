//! What a pan would teach, before it is taken.

use super::super::crop::ORDINARY_LOAD;
use super::super::estimate::Stream;
use super::super::pan::{Belief, LAWS, PatchLaw};
use super::state::{ModelLoss, ModelLosses, Normal, OperatingPoint, PerPath};
use super::{CaughtStreams, LossFilter, PanObservation};
use crate::math::ln;

/// So many kernels that counting hardly matters.
const MANY_KERNELS: f64 = 1000.0;

impl ModelLosses {
    /// The same crop at another load, a share of the rated one: by the model that the filter starts from; what it has learned
    /// of the exponent it adds itself.
    pub fn at_load(mut self, load: f64) -> Self {
        let log_load = ln(load / ORDINARY_LOAD);
        self.separation.point.log_load = log_load;
        self.cleaning.point.log_load = log_load;
        self
    }
}

impl PanObservation {
    /// So many kernels that counting hardly matters, from a loss of so many kg/s.
    pub fn of_loss(kg_s: f64, patchy_variance: f64) -> Self {
        let before = Normal { mean: 0.0, variance: 0.0 };
        let law = PatchLaw::even(patchy_variance.sqrt());
        let belief = Belief { probability: 1.0 / LAWS as f64, mean_off: 0.0, variance_off: 0.0 };
        let laws = [(law, belief); LAWS];
        Self { kernels: MANY_KERNELS, before, per_kg_s: MANY_KERNELS / kg_s, laws, is_confirmed: true, elapsed_s: 0.0 }
    }
}

impl LossFilter {
    /// What would be known after a pan behind the machine that finds what is expected.
    pub fn simulate_rear_pan(&mut self, losses: ModelLosses, patchy_variance: f64) {
        let context = self.pan_context(losses, PerPath::default(), PerPath::default(), PerPath::default());
        let expected = self.rear_loss(losses.rear()).0;
        if expected > 0.0 {
            let observation = PanObservation::of_loss(expected, patchy_variance);
            self.fuse_pan(&context, CaughtStreams { header: false, rear: true }, &observation);
        }
    }

    /// The same of a sample in front.
    pub fn simulate_front_pan(&mut self, point: OperatingPoint, patchy_variance: f64) {
        let losses = ModelLosses { header: ModelLoss { kg_s: 1.0, point }, ..ModelLosses::default() };
        let context = self.pan_context(losses, PerPath::default(), PerPath::default(), PerPath::default());
        let observation = PanObservation::of_loss(self.header_factor(&point).0, patchy_variance);
        self.fuse_pan(&context, CaughtStreams { header: true, rear: false }, &observation);
    }

    /// The path that adds most to what is not known of the rear.
    pub fn least_known_path(&self, losses: ModelLosses) -> Stream {
        let [separation, cleaning] = losses.paths().map(|(path, loss)| {
            let (factor, log_sd) = self.path_factor(path, &loss.point);
            factor * loss.kg_s * log_sd
        });
        if separation >= cleaning { Stream::Separation } else { Stream::Cleaning }
    }
}
