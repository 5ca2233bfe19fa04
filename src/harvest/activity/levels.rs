//! The two heights between which a header goes: work and carrying. Learned, since sensors are calibrated in many ways.

use super::super::STEP_S;

/// Heights are gathered in bins of so many metres.
const BIN_M: f64 = 0.05;
const BINS: usize = 61;
/// Each of the two must have been seen for so long, s, and they must lie so far apart, m, to tell anything.
const SEEN_S: f64 = 15.0;
const APART_M: f64 = 0.25;
/// Looked at anew every so many steps.
const EVERY: u32 = 50;

/// How long the header has been at which height.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    seconds: [f64; BINS],
    steps: u32,
    /// Mean of the lower and of the upper heights, m.
    found: Option<(f64, f64)>,
}

impl Default for Levels {
    fn default() -> Self {
        Self { seconds: [0.0; BINS], steps: 0, found: None }
    }
}

impl Levels {
    /// A step at this height, moving.
    pub fn add(&mut self, height_m: f64) {
        self.seconds[((height_m / BIN_M).max(0.0) as usize).min(BINS - 1)] += STEP_S;
        self.steps += 1;
        if self.steps % EVERY == 0 {
            self.found = self.split();
        }
    }

    /// What parts work from carrying, m, where the usual height does not: it lies above or below both.
    pub fn between(&self, usual_m: f64) -> Option<f64> {
        let (low, high) = self.found?;
        let parts = (low..high).contains(&usual_m);
        (!parts).then(|| low + 0.4 * (high - low))
    }

    /// Otsu's split: where the variance between the two sides is largest.
    fn split(&self) -> Option<(f64, f64)> {
        let middle = |bin: usize| (bin as f64 + 0.5) * BIN_M;
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
            if high - low >= APART_M && variance > best.0 {
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
        let mut levels = Levels::default();
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
        assert_eq!(seen(&[(1.21, 60), (0.61, 10)]).between(0.5), None, "too little seen");
        assert_eq!(seen(&[(0.55, 100), (0.7, 100)]).between(0.5), None, "too near");
    }
}
