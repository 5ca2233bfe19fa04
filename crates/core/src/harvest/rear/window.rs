//! Counts of a path on their way to the filter.

use super::super::filter::{CountLevels, CountWindow, OperatingPoint};
use super::super::settings::Moves;
use crate::math::ln;
use crate::params::RearParams;
use crate::time::STEP_S;

/// A window that is being filled.
#[derive(Debug, Default)]
pub(super) struct CountGathering {
    pub kernels: f64,
    plate_s: f64,
    from_loss: f64,
    from_straw: f64,
    grain_kg: f64,
    modelled_kg: f64,
    log_load_s: f64,
    moves_s: Moves,
    transit_s: f64,
    pub elapsed_s: f64,
}

/// One step of counts, for the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct WindowStep {
    pub kernels: f64,
    /// Seconds of all plates together.
    pub plate_s: f64,
    /// Kernels of lost grain to be expected at gain and efficiency 1.
    pub from_loss: f64,
    /// Kernels to be expected that are no grain.
    pub from_straw: f64,
    /// Grain that passes, and what is lost of it by the model, kg/s.
    pub grain_kg_s: f64,
    pub modelled_kg_s: f64,
    pub point: OperatingPoint,
    pub transit_sd: f64,
}

impl CountGathering {
    pub fn add(&mut self, step: &WindowStep) {
        self.kernels += step.kernels;
        self.plate_s += step.plate_s;
        self.from_loss += step.from_loss;
        self.from_straw += step.from_straw;
        self.grain_kg += step.grain_kg_s * STEP_S;
        self.modelled_kg += step.modelled_kg_s * STEP_S;
        self.log_load_s += step.point.log_load * STEP_S;
        self.moves_s = std::array::from_fn(|nth| self.moves_s[nth] + step.point.settings[nth] * STEP_S);
        self.transit_s += step.transit_sd * STEP_S;
        self.elapsed_s += STEP_S;
    }

    /// It holds enough to be fused. A window without a single kernel stays open: it may be a harvest with little loss, or
    /// two dead plates.
    pub fn is_full(&self, params: &RearParams) -> bool {
        let enough = self.kernels >= params.window_kernels && self.elapsed_s > params.window_least_s;
        enough || self.elapsed_s >= params.window_most_s && self.kernels > 0.0
    }

    /// What has been gathered.
    pub fn window(&self, dead_time_s: f64, levels: CountLevels) -> CountWindow {
        CountWindow {
            kernels: self.kernels,
            seconds: self.elapsed_s,
            plate_s: self.plate_s,
            from_loss: self.from_loss,
            from_straw: self.from_straw,
            most_log: ln(self.grain_kg / self.modelled_kg),
            point: OperatingPoint {
                log_load: self.log_load_s / self.elapsed_s,
                settings: self.moves_s.map(|moves_s| moves_s / self.elapsed_s),
                stand_sd: 0.0,
            },
            transit_sd: self.transit_s / self.elapsed_s,
            dead_time_s,
            levels,
        }
    }
}
