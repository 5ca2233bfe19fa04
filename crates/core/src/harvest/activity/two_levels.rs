//! The two levels that a value alternates between: a header's heights at work and in transport, an engine's load with
//! crop and without. Learned, since sensors are calibrated in many ways.

use crate::params::TwoLevelsParams;
use crate::time::STEP_S;

/// Bins of the histogram.
const BINS: usize = 61;
/// The split is renewed every so many steps.
const RENEWED_EVERY: u32 = 50;

/// A histogram of time over the value.
#[derive(Clone, Debug)]
pub(super) struct TwoLevels {
    params: TwoLevelsParams,
    /// Width of a bin, in the value's unit.
    bin: f64,
    /// The two levels must lie this far apart, in the value's unit.
    apart: f64,
    seconds: [f64; BINS],
    steps: u32,
    /// Mean of the lower and of the upper values.
    found: Option<(f64, f64)>,
}

impl TwoLevels {
    /// Of heights, which differ by at least `apart_m`.
    pub fn of_heights(apart_m: f64, params: &TwoLevelsParams) -> Self {
        Self { params: *params, bin: 0.05, apart: apart_m, seconds: [0.0; BINS], steps: 0, found: None }
    }

    /// Of loads, as shares of what the engine can give, which differ by at least `apart`.
    pub fn of_loads(apart: f64, params: &TwoLevelsParams) -> Self {
        Self { params: *params, bin: 0.02, apart, seconds: [0.0; BINS], steps: 0, found: None }
    }

    /// A step at this value.
    pub fn add(&mut self, value: f64) {
        self.seconds[((value / self.bin).max(0.0) as usize).min(BINS - 1)] += STEP_S;
        self.steps += 1;
        if self.steps.is_multiple_of(RENEWED_EVERY) {
            self.found = self.split();
        }
    }

    /// The two levels, once both are known.
    pub const fn both(&self) -> Option<(f64, f64)> {
        self.found
    }

    /// A limit between the two levels where the usual limit does not separate them: all values lie above or below it.
    pub fn between(&self, usual: f64) -> Option<f64> {
        let (low, high) = self.found?;
        let TwoLevelsParams { stray_share, split_share, .. } = self.params;
        let all: f64 = self.seconds.iter().sum();
        let below: f64 = self.seconds[..((usual / self.bin) as usize).min(BINS)].iter().sum();
        let separates = (stray_share..1.0 - stray_share).contains(&(below / all));
        (!separates).then_some(low + split_share * (high - low))
    }

    /// Otsu's method: the split with the largest variance between the two sides.
    fn split(&self) -> Option<(f64, f64)> {
        let middle = |bin: usize| (bin as f64 + 0.5) * self.bin;
        let all: f64 = self.seconds.iter().sum();
        let sum: f64 = self.seconds.iter().enumerate().map(|(bin, s)| s * middle(bin)).sum();
        let (mut below, mut below_sum, mut best) = (0.0, 0.0, (0.0, None));
        for (bin, seconds) in self.seconds.iter().enumerate() {
            below += seconds;
            below_sum += seconds * middle(bin);
            let above = all - below;
            if below < self.params.seen_s || above < self.params.seen_s {
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

    fn histogram(heights: &[(f64, u32)]) -> TwoLevels {
        let mut levels = TwoLevels::of_heights(0.25, &TwoLevelsParams::default());
        for &(height_m, seconds) in heights {
            (0..seconds * 10).for_each(|_| levels.add(height_m));
        }
        levels
    }

    #[test]
    fn a_limit_is_found_only_where_the_usual_height_separates_nothing() {
        // Both above half a metre: 0.625 and 1.225 m are the middles of their bins; 0.4 of the way is 0.865 m.
        let between = histogram(&[(1.21, 60), (0.61, 200)]).between(0.5).unwrap();
        assert!((between - 0.865).abs() < 1e-9, "{between}");
        assert_eq!(histogram(&[(0.9, 60), (0.15, 200)]).between(0.5), None, "the usual one will do");
        assert_eq!(
            histogram(&[(0.9, 60), (0.4, 600), (0.15, 600)]).between(0.5),
            None,
            "two working heights: the usual one will do"
        );
        assert_eq!(histogram(&[(1.21, 60), (0.61, 10)]).between(0.5), None, "too little seen");
        assert_eq!(histogram(&[(0.55, 100), (0.7, 100)]).between(0.5), None, "too near");
    }
}
