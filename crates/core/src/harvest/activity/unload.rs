//! Whether grain is being unloaded: by the auger's own flag, or else by a tank that empties.

use crate::machine::{Channel, Readings};
use crate::params::ActivityParams;
use crate::time::STEP_S;

/// Compares the tank's level with an earlier one.
#[derive(Clone, Debug)]
pub(super) struct UnloadWatch {
    over_s: f64,
    falls_per_s: f64,
    before: Option<f64>,
    elapsed_s: f64,
    on: bool,
}

impl UnloadWatch {
    pub fn new(params: &ActivityParams) -> Self {
        let (over_s, falls_per_s) = (params.tank_over_s, params.tank_falls_per_s);
        Self { over_s, falls_per_s, before: None, elapsed_s: 0.0, on: false }
    }

    /// The newest answer; `false` when it is not known.
    pub const fn is_on(&self) -> bool {
        self.on
    }

    /// One step; `None` when neither flag nor level is known.
    pub fn step(&mut self, readings: &Readings) -> Option<bool> {
        if let Some(engaged) = readings.flag(Channel::UnloadEngaged) {
            self.on = engaged;
            return Some(engaged);
        }
        let Some(level) = readings.value(Channel::TankLevel) else {
            (self.before, self.elapsed_s, self.on) = (None, 0.0, false);
            return None;
        };
        self.elapsed_s += STEP_S;
        let before = *self.before.get_or_insert(level);
        if self.elapsed_s >= self.over_s - 0.5 * STEP_S {
            self.on = before - level > self.falls_per_s * self.over_s;
            (self.before, self.elapsed_s) = (Some(level), 0.0);
        }
        Some(self.on)
    }
}
