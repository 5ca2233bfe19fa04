//! What is not known of a sum over the session, and what a pan changes of it.

use super::{GAIN, GainFilter, PLATE, POWER, Path, State};

/// A path's part in a sum over the session, and what it was summed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct SessionPart {
    /// kg while the plates were believed: they are off by the same factor all of the time.
    pub by_plates_kg: f64,
    /// kg by the law alone.
    pub by_law_kg: f64,
    /// Its mean log load, weighted by loss.
    pub log_load: f64,
}

impl GainFilter {
    /// How the sum of a session changes its logarithm with the states: what plates have counted goes against their
    /// error, what the law alone has said goes with the constants. Wander averages out, as far as it is forgotten.
    fn session_direction(parts: &[SessionPart; 2]) -> State {
        let sum: f64 = parts.iter().map(|part| part.by_plates_kg + part.by_law_kg).sum();
        let mut direction = State::zeros();
        if sum <= 0.0 {
            return direction;
        }
        for (path, part) in Path::ALL.into_iter().zip(parts) {
            let at = path as usize;
            direction[at + PLATE] = -part.by_plates_kg / sum;
            direction[at + GAIN] = part.by_law_kg / sum;
            direction[at + POWER] = part.by_law_kg / sum * part.log_load;
        }
        direction
    }

    /// Standard deviation of the logarithm of a session's sum, as far as it does not average out.
    pub fn session_sd(&self, parts: &[SessionPart; 2]) -> f64 {
        self.along(&Self::session_direction(parts)).variance.sqrt()
    }

    /// The factors by which a path's two sums follow what `after` knows better than this filter: by plates, and by law.
    pub fn session_factors(&self, after: &Self, path: Path, log_load: f64) -> (f64, f64) {
        let at = path as usize;
        let change = |part: usize| after.mean[at + part] - self.mean[at + part];
        ((-change(PLATE)).exp(), (change(GAIN) + change(POWER) * log_load).exp())
    }
}
