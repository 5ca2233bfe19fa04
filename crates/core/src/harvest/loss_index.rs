//! The machine's own loss bars: without a unit, and without anybody saying what a full one means. They are looked at
//! where there are no plates that count, and tell of changes only.

use super::gain::Shown;
use crate::machine::{Channel, Readings};
use crate::math::ln;
use crate::time::STEP_S;

/// A bar is looked at as a mean over so long, s: it is coarse, and the machine has smoothed it already.
const WINDOW_S: f64 = 10.0;
/// An empty bar says "little" and a full one "much": beyond these shares of full scale it says no more.
const READABLE: (f64, f64) = (0.01, 0.97);

/// The bars of one path.
#[derive(Clone, Debug)]
pub(super) struct LossIndexWindow {
    channels: [Channel; 2],
    shown: f64,
    modelled: f64,
    elapsed_s: f64,
}

impl LossIndexWindow {
    pub const fn new(channels: [Channel; 2]) -> Self {
        Self { channels, shown: 0.0, modelled: 0.0, elapsed_s: 0.0 }
    }

    /// One step, in which `modelled_kg_s` is to be expected at gain 1; what was shown at the end of a window. `None` also
    /// where the bars are at an end of their scale.
    pub fn step(&mut self, readings: &Readings, modelled_kg_s: f64) -> Option<Shown> {
        let (sum, bars) = (self.channels.iter().filter_map(|&channel| readings.value(channel)))
            .fold((0.0, 0.0), |(sum, bars), shown| (sum + shown, bars + 1.0));
        if bars == 0.0 {
            return None;
        }
        self.shown += sum / bars * STEP_S;
        self.modelled += modelled_kg_s * STEP_S;
        self.elapsed_s += STEP_S;
        if self.elapsed_s < WINDOW_S {
            return None;
        }
        let full = std::mem::replace(self, Self::new(self.channels));
        let (low, high) = READABLE;
        let shown = full.shown / full.elapsed_s;
        let readable = (low..=high).contains(&shown) && full.modelled > 0.0;
        readable.then(|| Shown { log_bar: ln(shown), log_modelled: ln(full.modelled / full.elapsed_s) })
    }
}
