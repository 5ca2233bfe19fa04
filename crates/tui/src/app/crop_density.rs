//! Crop mass per metre of travel, from which the screen derives the speed for a given feed rate.

use grainloss_core::harvest::{Activity, Estimate};
use grainloss_protocol::snapshot::Snapshot;

/// Time constant of the smoothing, µs (our choice: half a minute of cutting).
const TIME_CONSTANT_US: f64 = 30e6;
/// Below this share of the rated feed rate the machine is filling or emptying (our choice).
const MIN_LOAD: f64 = 0.2;
/// Below this ground speed feed over speed is meaningless, m/s (our choice).
const MIN_SPEED_M_S: f64 = 0.3;

/// Feed rate over ground speed, smoothed: both are noisy, and the feed rate lags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CropDensity {
    newest: Option<Smoothed>,
}

#[derive(Clone, Copy, Debug)]
struct Smoothed {
    t_us: i64,
    kg_m: f64,
}

impl CropDensity {
    /// kg/m; `None` before any crop was cut.
    pub fn kg_m(self) -> Option<f64> {
        self.newest.map(|newest| newest.kg_m)
    }

    /// Takes the newest estimate, if the machine is cutting at a usable load.
    pub fn update(&mut self, snapshot: &Snapshot) {
        let cutting = |estimate: &&Estimate| estimate.doing.activity == Some(Activity::Cutting);
        let Some(estimate) = snapshot.estimate.as_ref().filter(cutting) else { return };
        let Some((feed, speed)) = estimate.feed_kg_s.zip(estimate.ground_speed_m_s) else { return };
        let rated = snapshot.session.measures.rated_feed_kg_s;
        if feed < MIN_LOAD * rated || speed < MIN_SPEED_M_S {
            return;
        }
        let (t_us, now) = (estimate.t_us, feed / speed);
        let kg_m = match self.newest {
            Some(before) if t_us >= before.t_us => {
                let weight = (-((t_us - before.t_us) as f64) / TIME_CONSTANT_US).exp();
                weight * before.kg_m + (1.0 - weight) * now
            }
            _ => now,
        };
        self.newest = Some(Smoothed { t_us, kg_m });
    }
}
