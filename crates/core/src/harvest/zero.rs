//! The plates' zero: what they count while the machine runs empty is shaking, not grain.

use crate::machine::{Channel, Readings};
use crate::params::ZeroParams;
use crate::time::STEP_S;

/// Watches the plates of one path run empty. All rates are kernels a second and plate.
#[derive(Clone, Debug)]
pub(super) struct ZeroCheck {
    params: ZeroParams,
    kernels: f64,
    elapsed_s: f64,
    at_zero_s: Option<f64>,
    at_work_s: Option<f64>,
}

impl ZeroCheck {
    pub const fn new(params: ZeroParams) -> Self {
        Self { params, kernels: 0.0, elapsed_s: 0.0, at_zero_s: None, at_work_s: None }
    }

    /// One step in which each plate counted so many, with this share of the rated straw inside.
    pub fn step(&mut self, readings: &Readings, kernels: f64, load: f64) {
        if load > self.params.working_share {
            (self.kernels, self.elapsed_s) = (0.0, 0.0);
            let rate = kernels / STEP_S;
            let work = self.at_work_s.get_or_insert(rate);
            *work += (rate - *work) * STEP_S / self.params.work_s;
        } else if load < self.params.empty_share && self.is_driven(readings) {
            self.kernels += kernels;
            self.elapsed_s += STEP_S;
            if self.elapsed_s >= self.params.look_s {
                let rate = std::mem::take(&mut self.kernels) / std::mem::take(&mut self.elapsed_s);
                let zero = self.at_zero_s.get_or_insert(rate);
                *zero = rate.min(*zero + self.params.follow_share * (rate - *zero));
            }
        }
    }

    /// What a plate counts without grain; 0 while the machine has not run empty.
    pub fn rate_s(&self) -> f64 {
        self.at_zero_s.unwrap_or(0.0)
    }

    /// The plates count about as much without grain as with it.
    pub fn is_noisy(&self) -> bool {
        let (Some(zero), Some(work)) = (self.at_zero_s, self.at_work_s) else { return false };
        zero >= self.params.noise_rate_s && zero > self.params.noise_share * work
    }

    /// The drum is known to turn: plates that are silent behind a standing drum have shown nothing.
    fn is_driven(&self, readings: &Readings) -> bool {
        let by_speed = || readings.value(Channel::ThresherSpeed).map(|rpm| rpm > self.params.driven_rpm);
        readings.flag(Channel::ThresherEngaged).or_else(by_speed) == Some(true)
    }
}
