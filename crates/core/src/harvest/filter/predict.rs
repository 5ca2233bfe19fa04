//! Prediction: what time, and what the model does not know of, do to the states.

use super::state::{RearPath, StateIndex};
use super::{LossFilter, N};
use crate::math::exp;

impl LossFilter {
    /// Time passes; the feed is measured by a sensor, or reckoned from speed and yield.
    ///
    /// Wander and local part go back to 0 (Ornstein and Uhlenbeck 1930); constants and efficiencies are random walks; the
    /// exponents and the sums stay.
    pub fn predict(&mut self, elapsed_s: f64, feed_is_measured: bool) {
        let params = self.params;
        let local_sd = if feed_is_measured { params.local_sd } else { params.local_unseen_sd };
        for path in RearPath::ALL {
            let states = path.states();
            self.decay(states.wander, params.wander_sd, params.wander_memory_s, elapsed_s);
            self.decay(states.local, local_sd, params.local_memory_s, elapsed_s);
            self.random_walk(states.gain, params.gain_drift_per_sqrt_h, elapsed_s);
            self.random_walk(states.plate, params.plate_drift_per_sqrt_h, elapsed_s);
        }
        self.decay(StateIndex::HeaderWander, params.header_wander_sd, params.wander_memory_s, elapsed_s);
        self.random_walk(StateIndex::HeaderGain, params.gain_drift_per_sqrt_h, elapsed_s);
    }

    /// A state goes back to 0 and keeps its stationary spread: x ← ρ x + noise of variance sd² (1 − ρ²), ρ = e^(−t/memory).
    fn decay(&mut self, state: StateIndex, sd: f64, memory_s: f64, elapsed_s: f64) {
        let keep = exp(-elapsed_s / memory_s);
        let at = state as usize;
        self.mean[at] *= keep;
        for other in 0..N {
            self.covariance[(at, other)] *= keep;
            self.covariance[(other, at)] *= keep;
        }
        self.covariance[(at, at)] += sd * sd * (1.0 - keep * keep);
    }

    /// A state drifts by so much in a root hour.
    fn random_walk(&mut self, state: StateIndex, per_sqrt_h: f64, elapsed_s: f64) {
        self.covariance[(state as usize, state as usize)] += per_sqrt_h * per_sqrt_h * elapsed_s / 3600.0;
    }

    /// Something has happened to a path that the model does not know of, and that stays: so much more spread of its gain.
    pub fn inflate(&mut self, path: RearPath, log_sd: f64) {
        let gain = path.states().gain as usize;
        self.covariance[(gain, gain)] += log_sd * log_sd;
    }

    /// The crop has become wetter or drier: model and plates change with it, on both paths alike, by an unknown part of this
    /// spread.
    pub fn inflate_for_moisture(&mut self, log_sd: f64) {
        let [separation, cleaning] = RearPath::ALL.map(RearPath::states);
        for (s, c) in [(separation.gain, cleaning.gain), (separation.plate, cleaning.plate)] {
            for (row, column) in [(s, s), (s, c), (c, s), (c, c)] {
                self.covariance[(row as usize, column as usize)] += log_sd * log_sd;
            }
        }
    }
}
