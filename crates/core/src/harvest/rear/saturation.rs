//! Plates that are hit faster than they can count.
//!
//! Paralyzable plates, in which every hit begins the dead time τ anew, count r e^(−rτ) of r, at most 1/(eτ), and fewer beyond
//! 1/τ: fewer counts may mean less loss or more. Non-paralyzable ones count ever more, up to 1/τ. Data sheets do not say which
//! a plate is. Once the plates have been near the most that paralyzable ones can count, the filter uses both models.

use super::super::filter::{Ambiguity, ChangeLaw, CountLevels, DeadTimeModel, OperatingPoint};
use crate::math::{exp, ln, ln_1p, square};
use crate::params::SaturationParams;
use crate::time::STEP_S;

/// Watches the plates of one path.
#[derive(Clone, Debug)]
pub(super) struct Saturation {
    params: SaturationParams,
    change: ChangeLaw,
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
    /// ln of the odds that the other level is right, by how each foretold counts.
    #[serde(default)]
    other_log_odds: f64,
    /// The same, by how far each is from the loss at the limit.
    #[serde(default)]
    change_log_odds: f64,
    /// The same, by pans.
    #[serde(default)]
    pan_log_odds: f64,
    /// The plates are near their limit, where both levels meet.
    #[serde(default)]
    is_near: bool,
    /// For how long they have been near it, s.
    #[serde(default)]
    near_for_s: f64,
    /// When they were near it for some time, and not only passed it.
    #[serde(default)]
    limit: Option<Reference>,
    /// When they counted so few that these had one meaning.
    #[serde(default)]
    usual: Option<Reference>,
}

/// When the loss was last known, and how high it was.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Reference {
    /// ln of the factor on the modelled loss.
    log_factor: f64,
    /// Load and settings.
    point: OperatingPoint,
    /// Bus time.
    t_us: i64,
    /// Work since then, s.
    elapsed_s: f64,
}

impl Reference {
    /// A mean that follows: each window has this weight.
    fn follow(before: Option<Self>, weight: f64, log_factor: f64, level: &Level) -> Self {
        let new = Self { log_factor, point: level.point, t_us: level.t_us, elapsed_s: 0.0 };
        let Some(before) = before else { return new };
        let mean = |before: f64, now: f64| before + weight * (now - before);
        let settings = std::array::from_fn(|at| mean(before.point.settings[at], level.point.settings[at]));
        let log_load = mean(before.point.log_load, level.point.log_load);
        let point = OperatingPoint { log_load, settings, ..level.point };
        Self { log_factor: mean(before.log_factor, log_factor), point, ..new }
    }
}

/// What the filter makes of a window of counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Bus time.
    pub t_us: i64,
    /// How often a plate is hit in its dead time.
    pub hits_per_dead_time: f64,
    /// The same by the model, at gain and efficiency 1.
    pub modelled_hits: f64,
    /// ln of the most that gain and efficiency can be together.
    pub most_log: f64,
    /// Load and settings.
    pub point: OperatingPoint,
    /// By how much the other level foretold the counts better: ln of the ratio of likelihoods.
    pub evidence: f64,
}

impl Saturation {
    pub fn new(params: SaturationParams, change: ChangeLaw, dead_time_s: f64) -> Self {
        Self { params, change, dead_time_s, state: SaturationState { dead_time_s, ..SaturationState::default() } }
    }

    /// What has been found.
    pub const fn state(&self) -> SaturationState {
        self.state
    }

    /// Continues from what was found before, on plates of today's data sheet.
    pub const fn restore(&mut self, state: &SaturationState) {
        self.state = SaturationState { dead_time_s: self.dead_time_s, ..*state };
    }

    /// One step of work: kernels counted in so many seconds of plates.
    pub fn step(&mut self, kernels: f64, plate_s: f64) {
        let Self { params, state, .. } = self;
        state.rate_s += (kernels / plate_s - state.rate_s) * (STEP_S / params.rate_mean_s);
        let share = state.rate_s * self.dead_time_s;
        state.beyond_s += if share > params.beyond_share { STEP_S } else { 0.0 };
        let near = share > params.near_share;
        state.near_for_s = if near { state.near_for_s + STEP_S } else { 0.0 };
        state.near_share += (f64::from(u8::from(near)) - state.near_share) * (STEP_S / params.near_memory_s);
        let held = near && (state.left_s > 0.0 || state.near_share > params.near_time_share);
        let is_saturated = state.hits_per_dead_time > params.saturated_hits;
        for reference in [&mut state.limit, &mut state.usual].into_iter().flatten() {
            reference.elapsed_s += STEP_S;
        }
        let passes_s = if is_saturated { params.saturated_pace * STEP_S } else { STEP_S };
        state.left_s = if held { params.held_s } else { state.left_s - passes_s };
    }

    /// The filter has fused a window. Near the limit both levels meet; from there on each is judged by how far it is from the
    /// loss when that was known, and by how it foretells counts.
    pub fn set_level(&mut self, level: &Level) {
        self.state.is_near = self.is_near_limit();
        self.remember(level);
        if self.state.log_apart != 0.0 {
            let most = self.params.evidence_most;
            let odds = self.state.other_log_odds + level.evidence.clamp(-most, most);
            self.state.other_log_odds = odds.clamp(-self.params.log_odds_most, self.params.log_odds_most);
        }
        let was_above = self.state.hits_per_dead_time > 1.0;
        self.state.hits_per_dead_time = level.hits_per_dead_time;
        if was_above != (level.hits_per_dead_time > 1.0) {
            self.turn();
        }
        self.state.log_apart = 0.0;
        let stays_near = self.state.near_for_s > self.params.limit_after_s;
        if !self.may_be_saturated() || stays_near {
            (self.state.other_log_odds, self.state.change_log_odds, self.state.pan_log_odds) = (0.0, 0.0, 0.0);
            return;
        }
        if self.state.is_near {
            return;
        }
        let other = other_level(level.hits_per_dead_time);
        if ln(other / level.modelled_hits) < level.most_log {
            self.state.change_log_odds = self.change_log_odds(level, other);
            self.state.log_apart = ln(other / level.hits_per_dead_time);
        }
    }

    /// Remembers how high the loss is where it is known: at the limit, and far below it.
    fn remember(&mut self, level: &Level) {
        let Self { params, state, .. } = self;
        if state.near_for_s > params.limit_after_s {
            let of_now = state.limit.filter(|limit| limit.elapsed_s < params.limit_after_s);
            let log_factor = ln(params.limit_hits / level.modelled_hits);
            state.limit = Some(Reference::follow(of_now, params.limit_weight, log_factor, level));
        }
        if !self.may_be_saturated() && self.state.rate_s * self.dead_time_s < self.params.usual_share {
            let log_factor = ln(level.hits_per_dead_time / level.modelled_hits);
            if log_factor.is_finite() {
                let usual = Reference::follow(self.state.usual, self.params.limit_weight, log_factor, level);
                self.state.usual = Some(usual);
            }
        }
    }

    /// ln of the odds of the other level by how far the loss must have moved to either since it was known: Student's t with 4
    /// degrees of freedom, since losses jump.
    fn change_log_odds(&self, level: &Level, other: f64) -> f64 {
        let Some(limit) = self.state.limit else { return 0.0 };
        let params = &self.params;
        let moved = |reference: &Reference| self.change.moved(&reference.point, &level.point);
        // Settings that have gone back: the loss of then says more than that at the limit.
        let usual = self.state.usual.filter(|usual| 2.0 * moved(usual) + params.settings_margin < moved(&limit));
        let (reference, known_sd) = usual.map_or((limit, params.limit_log_sd), |usual| (usual, 0.0));
        let variance = square(known_sd) + self.change.variance(&reference.point, &level.point, reference.elapsed_s);
        let density = |hits: f64, log_factor: f64| {
            let moved = ln(hits / level.modelled_hits) - log_factor;
            exp(-2.5 * ln_1p(0.25 * moved * moved / variance))
        };
        let (below, above) = (other.min(level.hits_per_dead_time), other.max(level.hits_per_dead_time));
        // Plates may be non-paralyzable all the same: then the loss at the limit was less, and counts that fell mean that it
        // fell.
        let if_non_paralyzable = match usual {
            Some(_) => reference.log_factor,
            None => reference.log_factor + ln(params.limit_hits_non_paralyzable / params.limit_hits),
        };
        let (non_paralyzable, paralyzable) = (params.non_paralyzable, 1.0 - params.non_paralyzable);
        let below =
            paralyzable * density(below, reference.log_factor) + non_paralyzable * density(below, if_non_paralyzable);
        let odds = ln(paralyzable * density(above, reference.log_factor) / below);
        let odds = odds.clamp(-params.change_log_odds_most, params.change_log_odds_most);
        if other > level.hits_per_dead_time { odds } else { -odds }
    }

    /// The filter is at what was the other level.
    fn turn(&mut self) {
        let state = &mut self.state;
        (state.other_log_odds, state.change_log_odds, state.pan_log_odds) =
            (-state.other_log_odds, -state.change_log_odds, -state.pan_log_odds);
    }

    fn log_odds(&self) -> f64 {
        self.state.other_log_odds + self.state.change_log_odds + self.state.pan_log_odds
    }

    /// The filter goes over to the other level where that is the likelier one by some margin: ln of its loss over that of the
    /// filter's. `None` where it stays.
    pub fn go_over(&mut self) -> Option<f64> {
        let apart = self.state.log_apart;
        let is_likelier = apart != 0.0 && self.log_odds() >= self.params.go_over_log_odds;
        if !is_likelier {
            return None;
        }
        self.turn();
        self.state.hits_per_dead_time *= exp(apart);
        self.state.log_apart = -apart;
        Some(apart)
    }

    /// A pan that was dropped then, bus time, says by this much, ln of the ratio of likelihoods, that the plates were hit more
    /// than once in a dead time.
    pub fn hear_pan(&mut self, above_evidence: f64, dropped_us: i64) {
        let is_of_now = self.state.limit.is_some_and(|limit| dropped_us > limit.t_us);
        if above_evidence.is_finite() && self.state.log_apart != 0.0 && is_of_now {
            let evidence = if self.state.log_apart > 0.0 { above_evidence } else { -above_evidence };
            let most = self.params.pan_log_odds_most;
            self.state.pan_log_odds = (self.state.pan_log_odds + evidence).clamp(-most, most);
        }
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
            return Ambiguity { variance: self.params.near_log_variance, ..Ambiguity::default() };
        }
        let other = if self.state.log_apart == 0.0 { 0.0 } else { 1.0 / (1.0 + exp(-self.log_odds())) };
        Ambiguity { other, log_apart: self.state.log_apart, variance: 0.0 }
    }

    /// How many levels of loss may give what the plates count now.
    pub fn levels(&self) -> CountLevels {
        match (self.may_be_saturated(), self.is_near_limit()) {
            (false, _) => CountLevels::One,
            (true, true) => CountLevels::Meeting,
            (true, false) => CountLevels::Two,
        }
    }

    /// The plates count about as much as paralyzable ones can.
    fn is_near_limit(&self) -> bool {
        self.state.rate_s * self.dead_time_s > self.params.near_share
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
mod tests;
