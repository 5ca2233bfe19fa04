//! What is not known about the level of the losses: one Bayesian filter in logarithms, normal after every step.
//!
//! ```text
//! loss of a path  = law × exp(gain + wander + local + power · ln load + Σ power · ln setting)
//! kernels counted = loss × exp(plate), through the plates' dead time, + false counts
//! loss at the header = model × exp(gain + wander)
//! ```
//!
//! Counts see the sum of a path's states and nothing else, so without a pan the level rests on the priors, and the
//! covariance says so. A pan sees what is lost; beside what the plates saw at its drop it tells what the plates are
//! off by. That error, `plate`, is common to a whole session, and so is what is left of it.

mod bars;
mod counts;
mod kept;
mod pans;
mod session;
#[cfg(test)]
mod tests;

use crate::math::exp;
use nalgebra::{SMatrix, SVector};

use super::settings::{Moves, SETTINGS};
pub(super) use bars::Shown;
pub(super) use counts::Window;
pub(super) use kept::GainState;
pub(super) use pans::{Caught, Drop, Judged, Observed};

/// The number of states: five of each path, two of the header, one of each stream's sum over the session, the exponents of
/// two bars, and the power of each setting.
const N: usize = POWERS + SETTINGS.len();
type State = SVector<f64, N>;

/// The constant part of a path's gain. Processing loss without a loss sensor is known to a factor of 3 to 4 (90 %), by the
/// best published analogue (Xinjiang-2A, R² 0.83 when fitted to the same machine and field): a standard deviation of
/// 0.76 for both paths together. Crop and machine are the same for both, so half of the variance is common (our choice),
/// and likewise of the exponent's.
const GAIN_SD: f64 = 0.85;
const GAIN_COMMON: f64 = 0.5;
/// The wandering part, with a memory of a quarter of an hour: the crop (proposed: 10 to 20 min; spread assumed).
const WANDER_SD: f64 = 0.4;
const WANDER_MEMORY_S: f64 = 900.0;
/// What the law gets wrong from place to place. Load varies by some 12 % within a pass with a memory of 4 to 26 s (yield
/// maps of seven machines), which loss takes to the power of about 1.9, 0.23: where no sensor sees the feed, all
/// of that; where one does, its own noise of 6 % likewise, 0.11. Beside it straw that is not like straw (assumed: 0.19).
const LOCAL_UNSEEN_SD: f64 = 0.30;
const LOCAL_SD: f64 = 0.22;
const LOCAL_MEMORY_S: f64 = 15.0;
/// How badly the exponent of the load is known. Separator: log-normal about 1.9 with 0.45, of 1.0 to 3.8 seen. Sieves:
/// loss is least at a middling load (Craessaerts et al. 2010), so that either sign is possible.
const SEPARATION_POWER_SD: f64 = 0.8;
const CLEANING_POWER_SD: f64 = 1.0;
/// A constant gain ages, by 10 % in a root hour (assumed): a pan does not calibrate for ever.
const GAIN_DRIFT_PER_SQRT_H: f64 = 0.10;
/// The plates' efficiency, drifting by 15 % in a root hour (both proposed): a data sheet leaves a factor of 1.65. Data
/// sheet, moisture, kernel mass and threshold are the same for both paths' plates: most of the variance is common (our
/// choice).
const PLATE_SD: f64 = 0.50;
const PLATE_COMMON: f64 = 0.75;
const PLATE_DRIFT_PER_SQRT_H: f64 = 0.15;
/// The header model is known to a factor of 3 (90 %), the wide end of what is thought of it, in a crop that stands: whether
/// it stands no sensor says, and lodged wheat loses about 13 % in ordinary work (a Chinese trade magazine), which is far
/// outside. The wander is that of the crop, as behind the machine.
const HEADER_SD: f64 = 0.67;
const HEADER_WANDER_SD: f64 = WANDER_SD;

/// A path behind the machine with plates to watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// Behind the separator.
    Separation = 0,
    /// Behind the sieves.
    Cleaning = 5,
}

impl Path {
    pub const ALL: [Self; 2] = [Self::Separation, Self::Cleaning];
}

/// Positions of a path's states, from the path's own.
const GAIN: usize = 0;
const WANDER: usize = 1;
const LOCAL: usize = 2;
const POWER: usize = 3;
const PLATE: usize = 4;
const HEADER: usize = 10;
const HEADER_WANDER: usize = 11;
/// One of each stream, in the order of `Stream::ALL`.
const SUMS: usize = 12;
/// Of the bars of each path, and of the settings.
const EXPONENTS: usize = 15;
const POWERS: usize = 17;

/// What the law says a path loses at gain 1, and what it says so for.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Modelled {
    pub kg_s: f64,
    pub at: At,
}

/// What a path's factor depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct At {
    /// Logarithm of the load over that of ordinary work.
    pub log_load: f64,
    /// How far the settings have gone.
    pub settings: Moves,
}

/// What the model says is lost at gain 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Lost {
    /// kg/s.
    pub header: f64,
    pub separation: Modelled,
    pub cleaning: Modelled,
}

impl Lost {
    fn paths(&self) -> [(Path, Modelled); 2] {
        [(Path::Separation, self.separation), (Path::Cleaning, self.cleaning)]
    }
}

/// A normal variable.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Normal {
    pub mean: f64,
    pub variance: f64,
}

/// The filter.
#[derive(Clone, Debug)]
pub(super) struct GainFilter {
    mean: State,
    covariance: SMatrix<f64, N, N>,
    /// Paths watched by a bar in place of plates: its secret scale stands where their efficiency would. The logarithm of the
    /// loss at which it was first seen, kg/s.
    barred: [Option<f64>; 2],
}

impl GainFilter {
    /// The priors.
    pub fn new() -> Self {
        let path = |power_sd| [GAIN_SD, WANDER_SD, LOCAL_UNSEEN_SD, power_sd, PLATE_SD];
        let sd =
            path(SEPARATION_POWER_SD).into_iter().chain(path(CLEANING_POWER_SD)).chain([HEADER_SD, HEADER_WANDER_SD]);
        let powers = SETTINGS.map(|setting| setting.power_sd);
        let sd = State::from_iterator(sd.chain([0.0; 3]).chain([bars::EXPONENT_SD; 2]).chain(powers));
        let mut covariance = SMatrix::from_diagonal(&sd.component_mul(&sd));
        let [separation, cleaning] = Path::ALL.map(|path| path as usize);
        for (part, common) in [(GAIN, GAIN_COMMON), (POWER, GAIN_COMMON), (PLATE, PLATE_COMMON)] {
            let shared = common * sd[separation + part] * sd[cleaning + part];
            covariance[(separation + part, cleaning + part)] = shared;
            covariance[(cleaning + part, separation + part)] = shared;
        }
        let mut filter = Self { mean: State::zeros(), covariance, barred: [None; 2] };
        filter.forget_sums();
        filter
    }

    /// Time passes; the feed is seen by a sensor or not.
    pub fn wander(&mut self, elapsed_s: f64, feed_is_seen: bool) {
        let local_sd = if feed_is_seen { LOCAL_SD } else { LOCAL_UNSEEN_SD };
        for path in Path::ALL {
            let at = path as usize;
            self.forget(at + WANDER, WANDER_SD, WANDER_MEMORY_S, elapsed_s);
            self.forget(at + LOCAL, local_sd, LOCAL_MEMORY_S, elapsed_s);
            self.drift(at + GAIN, GAIN_DRIFT_PER_SQRT_H, elapsed_s);
            self.drift(at + PLATE, PLATE_DRIFT_PER_SQRT_H, elapsed_s);
        }
        self.forget(HEADER_WANDER, HEADER_WANDER_SD, WANDER_MEMORY_S, elapsed_s);
        self.drift(HEADER, GAIN_DRIFT_PER_SQRT_H, elapsed_s);
    }

    /// A state goes back to 0, with what is forgotten made up for by noise (Ornstein and Uhlenbeck 1930).
    fn forget(&mut self, at: usize, sd: f64, memory_s: f64, elapsed_s: f64) {
        let keep = exp(-elapsed_s / memory_s);
        self.mean[at] *= keep;
        for other in 0..N {
            self.covariance[(at, other)] *= keep;
            self.covariance[(other, at)] *= keep;
        }
        self.covariance[(at, at)] += sd * sd * (1.0 - keep * keep);
    }

    fn drift(&mut self, at: usize, per_sqrt_h: f64, elapsed_s: f64) {
        self.covariance[(at, at)] += per_sqrt_h * per_sqrt_h * elapsed_s / 3600.0;
    }

    /// Something has happened to this path that the law does not know of, and that stays: so much more spread of its
    /// logarithm.
    fn unsettle(&mut self, path: Path, log_sd: f64) {
        let at = path as usize + GAIN;
        self.covariance[(at, at)] += log_sd * log_sd;
    }

    /// The crop has become wetter or drier: law and plates answer to that, on both paths alike, by an unknown part of
    /// this spread.
    pub fn moisten(&mut self, log_sd: f64) {
        let [separation, cleaning] = Path::ALL.map(|path| path as usize);
        for part in [GAIN, PLATE] {
            for (row, column) in
                [(separation, separation), (separation, cleaning), (cleaning, separation), (cleaning, cleaning)]
            {
                self.covariance[(row + part, column + part)] += log_sd * log_sd;
            }
        }
    }

    /// The states that make up a path's factor.
    fn factor_direction(path: Path, at: &At) -> State {
        let mut direction = State::zeros();
        for part in [GAIN, WANDER, LOCAL] {
            direction[path as usize + part] = 1.0;
        }
        direction[path as usize + POWER] = at.log_load;
        for (nth, (setting, gone)) in SETTINGS.iter().zip(at.settings).enumerate() {
            direction[POWERS + nth] = if setting.path == path { gone } else { 0.0 };
        }
        direction
    }

    /// The same with the plates' error: what counts see.
    fn counted_direction(path: Path, at: &At) -> State {
        let mut direction = Self::factor_direction(path, at);
        direction[path as usize + PLATE] = 1.0;
        direction
    }

    /// The factor on a path's modelled loss: median and standard deviation of the logarithm.
    pub fn path(&self, path: Path, at: &At) -> (f64, f64) {
        self.median_along(&Self::factor_direction(path, at))
    }

    /// What the plates of a path see of the factor.
    pub fn seen(&self, path: Path, at: &At) -> Normal {
        self.along(&Self::counted_direction(path, at))
    }

    /// What the plates of a path are off by.
    fn plate(&self, path: Path) -> Normal {
        let at = path as usize + PLATE;
        Normal { mean: self.mean[at], variance: self.covariance[(at, at)] }
    }

    fn header_direction() -> State {
        let mut direction = State::zeros();
        direction[HEADER] = 1.0;
        direction[HEADER_WANDER] = 1.0;
        direction
    }

    /// The factor on the modelled header loss.
    pub fn header(&self) -> (f64, f64) {
        self.median_along(&Self::header_direction())
    }

    /// What both paths lose together, kg/s: median of the sum, and standard deviation of its logarithm, linearised. Pans
    /// see the sum, so it is better known than its parts.
    pub fn rear(&self, lost: Lost) -> (f64, f64) {
        let expected = lost.paths().map(|(path, law)| self.path(path, &law.at).0 * law.kg_s);
        let sum = expected[0] + expected[1];
        if sum <= 0.0 {
            return (0.0, 0.0);
        }
        let mut direction = State::zeros();
        for ((path, law), part) in lost.paths().into_iter().zip(expected) {
            direction += Self::factor_direction(path, &law.at) * (part / sum);
        }
        (sum, self.along(&direction).variance.sqrt())
    }

    /// A sum of states.
    fn along(&self, direction: &State) -> Normal {
        let variance = direction.dot(&(self.covariance * direction));
        Normal { mean: direction.dot(&self.mean), variance: variance.max(0.0) }
    }

    fn median_along(&self, direction: &State) -> (f64, f64) {
        let Normal { mean, variance } = self.along(direction);
        (exp(mean), variance.sqrt())
    }

    /// One observation of a sum of states with a normal error.
    fn observe(&mut self, direction: &State, innovation: f64, variance: f64) {
        if !(innovation.is_finite() && variance > 0.0 && variance.is_finite()) {
            return;
        }
        let prior = self.along(direction);
        let share = prior.variance / (prior.variance + variance);
        let mean = prior.mean + share * innovation;
        self.settle(direction, Normal { mean, variance: share * variance });
    }

    /// A sum of states has become known as `posterior`: what it has in common with the other states follows. A rank-one
    /// change that leaves the covariance symmetric, and positive since a variance is.
    fn settle(&mut self, direction: &State, posterior: Normal) {
        /// What is known to a millionth needs no teaching, and would divide by next to nothing.
        const LEAST: f64 = 1e-12;
        let prior = self.along(direction);
        let is_usable = prior.variance > LEAST && posterior.mean.is_finite() && posterior.variance.is_finite();
        if !is_usable {
            return;
        }
        let gain = self.covariance * direction / prior.variance;
        self.mean += gain * (posterior.mean - prior.mean);
        self.covariance += gain * gain.transpose() * (posterior.variance.max(0.0) - prior.variance);
        for at in 0..N {
            // Rounding alone must not make a variance less than nothing.
            self.covariance[(at, at)] = self.covariance[(at, at)].max(LEAST);
        }
    }
}
