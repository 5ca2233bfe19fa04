//! Plates that are hit faster than they can count.
//!
//! Paralyzable plates, in which every hit begins the dead time τ anew, count r e^(−rτ) of r, at most 1/(eτ), and fewer beyond
//! 1/τ: fewer counts may mean less loss or more. Non-paralyzable ones count ever more, up to 1/τ. Data sheets do not say which
//! a plate is. Once the plates have been near the most that paralyzable ones can count, the filter uses both models.

use super::super::filter::DeadTimeModel;
use crate::params::SaturationParams;
use crate::time::STEP_S;

/// Watches the plates of one path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saturation {
    params: SaturationParams,
    dead_time_s: f64,
    state: SaturationState,
}

/// What has been found, to be kept over an interruption.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct SaturationState {
    /// Of the plates then, s; today's data sheet holds.
    dead_time_s: f64,
    /// Counts of one plate, 1/s.
    rate_s: f64,
    /// For how long it has been above what paralyzable plates can count, s.
    beyond_s: f64,
    /// Share of the time near the limit.
    near_share: f64,
    /// For how much longer the plates may be saturated, s.
    left_s: f64,
    /// How often a plate is hit in its dead time, by the filter.
    #[serde(rename = "believed")]
    hits_per_dead_time: f64,
    /// Variance of the loss's logarithm since two levels fit the counts.
    #[serde(rename = "doubt")]
    ambiguity_variance: f64,
}

impl Saturation {
    pub fn new(params: SaturationParams, dead_time_s: f64) -> Self {
        Self { params, dead_time_s, state: SaturationState { dead_time_s, ..SaturationState::default() } }
    }

    /// What has been found.
    pub const fn state(&self) -> SaturationState {
        self.state
    }

    /// Continues from what was found before, on plates of today's data sheet.
    pub const fn restore(&mut self, state: SaturationState) {
        self.state = SaturationState { dead_time_s: self.dead_time_s, ..state };
    }

    /// One step of work: kernels counted in so many seconds of plates.
    pub fn step(&mut self, kernels: f64, plate_s: f64) {
        let Self { params, state, .. } = self;
        state.rate_s += (kernels / plate_s - state.rate_s) * (STEP_S / params.rate_mean_s);
        let share = state.rate_s * self.dead_time_s;
        state.beyond_s += if share > params.beyond_share { STEP_S } else { 0.0 };
        let near = share > params.near_share;
        state.near_share += (f64::from(u8::from(near)) - state.near_share) * (STEP_S / params.near_memory_s);
        let held = near && (state.left_s > 0.0 || state.near_share > params.near_time_share);
        let is_saturated = state.hits_per_dead_time > params.saturated_hits;
        let passes_s = if is_saturated { params.saturated_pace * STEP_S } else { STEP_S };
        state.left_s = if held { params.held_s } else { state.left_s - passes_s };
    }

    /// The filter has fused a window: how often it thinks that a plate is hit in its dead time, and the variance that is left
    /// because two levels fit. Ambiguity lasts until the plates are near their limit again, where the two levels meet.
    pub fn set_level(&mut self, hits_per_dead_time: f64, ambiguity_variance: f64) {
        let is_near = self.state.rate_s * self.dead_time_s > self.params.near_share;
        let ambiguity_variance = if !self.may_be_saturated() {
            0.0
        } else if is_near {
            self.params.near_log_variance.max(ambiguity_variance)
        } else {
            self.state.ambiguity_variance.max(ambiguity_variance)
        };
        self.state.hits_per_dead_time = hits_per_dead_time;
        self.state.ambiguity_variance = ambiguity_variance;
    }

    /// Variance of the loss's logarithm since two levels fit the counts; 0 where one does.
    pub const fn ambiguity_variance(&self) -> f64 {
        self.state.ambiguity_variance
    }

    /// Fewer counts may mean more loss.
    pub fn may_be_saturated(&self) -> bool {
        self.state.left_s > 0.0 && self.known_model().is_none()
    }

    /// How the dead time acts, where the plates have shown it.
    fn known_model(&self) -> Option<DeadTimeModel> {
        (self.state.beyond_s >= self.params.beyond_s).then_some(DeadTimeModel::NonParalyzable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> Saturation {
        Saturation::new(SaturationParams::default(), 0.0025)
    }

    fn run(saturation: &mut Saturation, rate: f64, seconds: usize) {
        (0..10 * seconds).for_each(|_| saturation.step(2.0 * rate * STEP_S, 2.0 * STEP_S));
    }

    /// After so long, s, at each of these rates, 1/s, on each of two plates with a dead time of 2.5 ms.
    fn after(rates: &[(f64, usize)]) -> bool {
        let mut saturation = new();
        for &(rate, seconds) in rates {
            run(&mut saturation, rate, seconds);
        }
        saturation.may_be_saturated()
    }

    #[test]
    fn plates_long_near_the_paralyzable_maximum_may_be_saturated() {
        // 1 / (e × 2.5 ms) = 147 a second.
        assert!(after(&[(140.0, 120)]) && !after(&[(100.0, 600)]));
        assert!(after(&[(140.0, 120), (20.0, 600)]), "the fall may be a rise");
        assert!(!after(&[(140.0, 120), (20.0, 1000)]));
        assert!(!after(&[(20.0, 300), (140.0, 20), (20.0, 10)]), "a heap that lasts a moment");
        // 250 a second are more than paralyzable plates can count.
        assert!(!after(&[(140.0, 120), (250.0, 10), (20.0, 10)]));
    }

    #[test]
    fn saturation_and_ambiguity_survive_a_restart_and_end_after_an_hour() {
        let mut saturation = new();
        run(&mut saturation, 140.0, 120);
        saturation.set_level(1.0, 0.0);
        assert_eq!(saturation.ambiguity_variance(), 0.64 * 0.64, "0.49 or 1.78 hits in a dead time");
        // Hit five times in a dead time, by the filter, with an ambiguity that later windows do not take away.
        run(&mut saturation, 13.0, 10);
        saturation.set_level(5.0, 2.0);
        saturation.set_level(5.0, 0.0);
        let mut restarted = new();
        restarted.restore(saturation.state());
        assert_eq!(restarted.state(), saturation.state());
        // 900 s at a quarter of the pace: an hour.
        run(&mut restarted, 13.0, 3000);
        assert!(restarted.may_be_saturated() && restarted.ambiguity_variance() > 1.9);
        run(&mut restarted, 13.0, 700);
        assert!(!restarted.may_be_saturated());
        restarted.set_level(0.1, 0.0);
        assert_eq!(restarted.ambiguity_variance(), 0.0);
    }
}
