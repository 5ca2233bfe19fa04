//! Whether grain is being unloaded: by the auger's own flag, or else by a tank that empties.

use crate::time::STEP_S;
use crate::machine::{Channel, Readings};

/// The tank's level is compared with what it was so long ago, s.
const OVER_S: f64 = 5.0;
/// It empties when it falls by so much a second, of a full tank: tanks are emptied within one to five minutes.
const FALLS_S: f64 = 0.002;

/// Follows the tank.
#[derive(Clone, Debug, Default)]
pub(super) struct UnloadWatch {
    before: Option<f64>,
    elapsed_s: f64,
    on: bool,
}

impl UnloadWatch {
    /// The newest answer; `false` when it is not known.
    pub const fn is_on(&self) -> bool {
        self.on
    }

    /// One step; `None` when neither is known.
    pub fn step(&mut self, readings: &Readings) -> Option<bool> {
        if let Some(engaged) = readings.flag(Channel::UnloadEngaged) {
            self.on = engaged;
            return Some(engaged);
        }
        let Some(level) = readings.value(Channel::TankLevel) else {
            *self = Self::default();
            return None;
        };
        self.elapsed_s += STEP_S;
        let before = *self.before.get_or_insert(level);
        if self.elapsed_s >= OVER_S - 0.5 * STEP_S {
            self.on = before - level > FALLS_S * OVER_S;
            (self.before, self.elapsed_s) = (Some(level), 0.0);
        }
        Some(self.on)
    }
}
