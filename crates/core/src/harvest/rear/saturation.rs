//! Plates that are hit faster than they can count.
//!
//! Paralyzable plates, in which every hit begins the dead time τ anew, count r e^(−rτ) of r, at most 1/(eτ), and fewer beyond
//! 1/τ: fewer counts may mean less loss or more. Non-paralyzable ones count ever more, up to 1/τ. Data sheets do not say which
//! a plate is. Once the plates have been near the most that paralyzable ones can count, the filter uses both models.

use super::super::filter::DeadTimeModel;
use crate::math::{exp, ln};
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
    /// ln of the hits of the other level that fits the counts over those of the filter's; 0 where one level fits.
    #[serde(default)]
    log_apart: f64,
    /// ln of the odds that the other level is right.
    #[serde(default)]
    other_log_odds: f64,
    /// The plates are near their limit, where both levels meet.
    #[serde(default)]
    is_near: bool,
}

/// What two levels that fit the counts make of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ambiguity {
    /// How far their mean lies from the filter's level: of the logarithm.
    pub log_shift: f64,
    /// Standard deviation of the logarithm about it.
    pub log_sd: f64,
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

    /// The filter has fused a window: how often it thinks now that a plate is hit in its dead time. `evidence` is by how much
    /// the other level foretold the counts better: ln of the ratio of likelihoods. Near the limit both levels meet, and which
    /// is left by which way is open; from there on each is judged by how it foretells counts.
    pub fn set_level(&mut self, hits_per_dead_time: f64, evidence: f64) {
        self.state.is_near = self.state.rate_s * self.dead_time_s > self.params.near_share;
        let was_above = self.state.hits_per_dead_time > 1.0;
        self.state.hits_per_dead_time = hits_per_dead_time;
        if !self.may_be_saturated() || self.state.is_near {
            (self.state.log_apart, self.state.other_log_odds) = (0.0, 0.0);
            return;
        }
        if was_above != (hits_per_dead_time > 1.0) {
            self.state.other_log_odds = -self.state.other_log_odds;
        }
        let most = self.params.evidence_most;
        let odds = self.state.other_log_odds + evidence.clamp(-most, most);
        self.state.other_log_odds = odds.clamp(-self.params.log_odds_most, self.params.log_odds_most);
        self.state.log_apart = ln(other_level(hits_per_dead_time) / hits_per_dead_time);
    }

    /// ln of the other level's hits over the filter's; 0 where one level fits.
    pub const fn log_apart(&self) -> f64 {
        self.state.log_apart
    }

    /// What two levels make of the loss; nothing where one fits.
    pub fn ambiguity(&self) -> Ambiguity {
        if !self.may_be_saturated() {
            return Ambiguity::default();
        }
        if self.state.is_near {
            return Ambiguity { log_shift: 0.0, log_sd: self.params.near_log_variance.sqrt() };
        }
        let other = 1.0 / (1.0 + exp(-self.state.other_log_odds));
        let apart = self.state.log_apart;
        Ambiguity { log_shift: other * apart, log_sd: (other * (1.0 - other)).sqrt() * apart.abs() }
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

/// The other solution of y e^(−y) = x e^(−x): on the other side of 1.
fn other_level(hits: f64) -> f64 {
    let counted = ln(hits) - hits;
    let (mut low, mut high) = if hits > 1.0 { (1e-6, 1.0) } else { (1.0, 50.0) };
    // The logarithm of what is counted rises up to 1 and falls beyond. Forty halvings of at most 49.
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let is_above = ln(middle) - middle > counted;
        if is_above == (hits > 1.0) {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
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
    fn two_levels_count_the_same() {
        // x e^(−x) = 0.3 has the solutions 0.489402 and 1.781337 (Lambert's W).
        assert!((other_level(0.489_402) - 1.781_337).abs() < 1e-5, "{}", other_level(0.489_402));
        assert!((other_level(1.781_337) - 0.489_402).abs() < 1e-5);
    }

    #[test]
    fn which_way_the_limit_is_left_is_open_until_counts_tell() {
        let mut saturation = new();
        run(&mut saturation, 140.0, 120);
        saturation.set_level(1.0, 0.0);
        let near = saturation.ambiguity();
        assert!((near.log_sd - 0.64).abs() < 1e-12 && near.log_shift == 0.0, "0.49 or 1.78 hits in a dead time");
        // Half of what plates can count at most: 0.2317 or 2.678 hits, ln 11.56 = 2.447 apart, each as likely.
        run(&mut saturation, 73.6, 10);
        saturation.set_level(0.2317, 0.0);
        let open = saturation.ambiguity();
        assert!((open.log_shift - 1.2237).abs() < 1e-3 && (open.log_sd - 1.2237).abs() < 1e-3, "{open:?}");
        // Counts that the other level foretells better by e and more: 0.7311 of 2.447, which is as sure as it gets.
        (0..4).for_each(|_| saturation.set_level(0.2317, 0.5));
        assert!((saturation.ambiguity().log_shift - 0.7311 * 2.4474).abs() < 1e-3, "{:?}", saturation.ambiguity());
        // The filter goes over to it: the same from there.
        saturation.set_level(2.678, 0.0);
        let over = saturation.ambiguity();
        assert!((over.log_shift + 0.2689 * 2.4474).abs() < 1e-3 && over.log_sd < 1.1, "{over:?}");
    }

    #[test]
    fn saturation_and_ambiguity_survive_a_restart_and_end_after_an_hour() {
        let mut saturation = new();
        run(&mut saturation, 140.0, 120);
        saturation.set_level(1.0, 0.0);
        // Hit five times in a dead time, by the filter.
        run(&mut saturation, 13.0, 10);
        saturation.set_level(5.0, 0.0);
        let mut restarted = new();
        restarted.restore(saturation.state());
        assert_eq!(restarted.state(), saturation.state());
        // 900 s at a quarter of the pace: an hour.
        run(&mut restarted, 13.0, 3000);
        assert!(restarted.may_be_saturated() && restarted.ambiguity().log_sd > 1.5);
        run(&mut restarted, 13.0, 700);
        assert!(!restarted.may_be_saturated());
        restarted.set_level(0.1, 0.0);
        assert_eq!(restarted.ambiguity(), Ambiguity::default());
    }
}
