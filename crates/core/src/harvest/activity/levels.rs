//! The two levels between which something goes: a header's heights at work and carried, an engine's load with crop and
//! without. EstimatorCheckpoint, since sensors are calibrated in many ways.

use crate::time::STEP_S;

const BINS: usize = 61;
/// Each of the two must have been seen for so long to tell anything, s.
const SEEN_S: f64 = 15.0;
/// Looked at anew every so many steps.
const EVERY: u32 = 50;
/// A value that has been on one side for less than this share of the time has not been there.
const STRAY: f64 = 0.02;

/// How long which value has been there.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// Values are gathered in bins of this width.
    bin: f64,
    /// The two must lie so far apart to tell anything.
    apart: f64,
    seconds: [f64; BINS],
    steps: u32,
    /// Mean of the lower and of the upper values.
    found: Option<(f64, f64)>,
}

impl Levels {
    /// Of heights, m.
    pub const fn of_heights() -> Self {
        Self { bin: 0.05, apart: 0.25, seconds: [0.0; BINS], steps: 0, found: None }
    }

    /// Of loads, as shares of what the engine can give.
    pub const fn of_loads() -> Self {
        Self { bin: 0.02, apart: 0.15, seconds: [0.0; BINS], steps: 0, found: None }
    }

    /// A step at this value.
    pub fn add(&mut self, value: f64) {
        self.seconds[((value / self.bin).max(0.0) as usize).min(BINS - 1)] += STEP_S;
        self.steps += 1;
        if self.steps.is_multiple_of(EVERY) {
            self.found = self.split();
        }
    }

    /// The two levels, once both are known.
    pub const fn both(&self) -> Option<(f64, f64)> {
        self.found
    }

    /// What parts the two where the usual value does not: all that was seen lies above or below it.
    pub fn between(&self, usual: f64) -> Option<f64> {
        let (low, high) = self.found?;
        let all: f64 = self.seconds.iter().sum();
        let below: f64 = self.seconds[..((usual / self.bin) as usize).min(BINS)].iter().sum();
        let parts = (STRAY..1.0 - STRAY).contains(&(below / all));
        (!parts).then_some(low + 0.4 * (high - low))
    }

    /// Otsu's split: where the variance between the two sides is largest.
    fn split(&self) -> Option<(f64, f64)> {
        let middle = |bin: usize| (bin as f64 + 0.5) * self.bin;
        let all: f64 = self.seconds.iter().sum();
        let sum: f64 = self.seconds.iter().enumerate().map(|(bin, s)| s * middle(bin)).sum();
        let (mut below, mut below_sum, mut best) = (0.0, 0.0, (0.0, None));
        for (bin, seconds) in self.seconds.iter().enumerate() {
            below += seconds;
            below_sum += seconds * middle(bin);
            let above = all - below;
            if below < SEEN_S || above < SEEN_S {
                continue;
            }
            let (low, high) = (below_sum / below, (sum - below_sum) / above);
            let variance = below * above * (high - low) * (high - low);
            if high - low >= self.apart && variance > best.0 {
                best = (variance, Some((low, high)));
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(heights: &[(f64, u32)]) -> Levels {
        let mut levels = Levels::of_heights();
        for &(height_m, seconds) in heights {
            (0..seconds * 10).for_each(|_| levels.add(height_m));
        }
        levels
    }

    #[test]
    fn two_levels_are_told_apart_where_the_usual_height_does_not() {
        // Both above half a metre: 0.625 and 1.225 m are the middles of their bins; 0.4 of the way is 0.865 m.
        let between = seen(&[(1.21, 60), (0.61, 200)]).between(0.5).unwrap();
        assert!((between - 0.865).abs() < 1e-9, "{between}");
        assert_eq!(seen(&[(0.9, 60), (0.15, 200)]).between(0.5), None, "the usual one will do");
        assert_eq!(
            seen(&[(0.9, 60), (0.4, 600), (0.15, 600)]).between(0.5),
            None,
            "so it will for two working heights"
        );
        assert_eq!(seen(&[(1.21, 60), (0.61, 10)]).between(0.5), None, "too little seen");
        assert_eq!(seen(&[(0.55, 100), (0.7, 100)]).between(0.5), None, "too near");
    }
}
