//! Whether the engine is pulled below its droop line.

use super::super::STEP_S;

/// A governor lets the engine drop by about two revolutions for each per cent of load (−1.9 and −2.1 r/min measured on
/// two maize combines).
const DROOP_RPM: f64 = 200.0;
/// Load assumed when the bus does not tell it.
const USUAL_LOAD: f64 = 0.75;
/// Below the line by this share of engine speed is pulled down: three standard deviations of the scatter about the
/// droop line, 13 to 17 r/min, on a 2200 r/min engine.
const PULLED_DOWN: f64 = 0.022;
/// Below this share of the rated speed the machine cannot thresh and clean well, whatever was usual before (our choice).
const FAR_BELOW_RATED: f64 = 0.90;
/// The line is learned over this time; upward sooner, since a lugging engine must not become the usual one.
const LEARN_DOWN_S: f64 = 600.0;
const LEARN_UP_S: f64 = 30.0;

/// Learns the droop line of the working engine.
#[derive(Clone, Debug)]
pub(super) struct EngineWatch {
    rated_rpm: f64,
    no_load_rpm: Option<f64>,
}

impl EngineWatch {
    pub const fn new(rated_rpm: f64) -> Self {
        Self { rated_rpm, no_load_rpm: None }
    }

    /// True when the engine is pulled down; `None` when its speed is unknown.
    pub fn step(&mut self, rpm: Option<f64>, load: Option<f64>, feeding: bool, lugging: bool) -> Option<bool> {
        let rpm = rpm?;
        if !feeding {
            return Some(false);
        }
        let at_no_load = rpm + DROOP_RPM * load.unwrap_or(USUAL_LOAD);
        // Begin no lower than an engine that is near its rated speed at the usual load.
        let line = *self.no_load_rpm.get_or_insert(at_no_load.max(0.95 * self.rated_rpm + DROOP_RPM * USUAL_LOAD));
        let down = at_no_load < line * (1.0 - PULLED_DOWN) || rpm < FAR_BELOW_RATED * self.rated_rpm;
        if !down && !lugging {
            let over_s = if at_no_load > line { LEARN_UP_S } else { LEARN_DOWN_S };
            self.no_load_rpm = Some(line + (at_no_load - line) * STEP_S / over_s);
        }
        Some(down)
    }
}
