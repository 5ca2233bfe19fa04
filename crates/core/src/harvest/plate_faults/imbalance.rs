//! A plate that counts next to nothing beside its neighbour, pass after pass: fouled, loose or badly set.

use crate::params::PlateFaultParams;
use crate::time::STEP_S;

/// Watches the two plates of a path.
#[derive(Clone, Debug)]
pub(super) struct ImbalanceDetector {
    params: PlateFaultParams,
    kernels: [f64; 2],
    cut_s: f64,
    paused_s: f64,
    /// Which one was low in the newest passes, 0 left and 1 right, and in how many.
    low_in: Option<(usize, u32)>,
}

impl ImbalanceDetector {
    pub const fn new(params: &PlateFaultParams) -> Self {
        Self { params: *params, kernels: [0.0; 2], cut_s: 0.0, paused_s: 0.0, low_in: None }
    }

    /// One step with what both counted; `None` when not both have a value.
    pub fn step(&mut self, kernels: Option<(f64, f64)>, cutting: bool) {
        if let Some((left, right)) = kernels.filter(|_| cutting) {
            self.kernels[0] += left;
            self.kernels[1] += right;
            self.cut_s += STEP_S;
            self.paused_s = 0.0;
        } else {
            self.paused_s += STEP_S;
        }
        if self.cut_s > self.params.piece_s || self.paused_s > self.params.pass_ends_after_s && self.cut_s > 0.0 {
            self.end_pass();
        }
    }

    fn end_pass(&mut self) {
        let [left, right] = std::mem::take(&mut self.kernels);
        let cut_s = std::mem::take(&mut self.cut_s);
        let (low, share) = if left < right { (0, left / (left + right)) } else { (1, right / (left + right)) };
        let PlateFaultParams { pass_s, pass_kernels, low_share, well_share, .. } = self.params;
        if cut_s < pass_s || left.max(right) < pass_kernels {
            return;
        }
        self.low_in = match self.low_in {
            Some((before, passes)) if share < low_share && before == low => Some((low, passes.saturating_add(1))),
            _ if share < low_share => Some((low, 1)),
            Some((before, passes)) if share < well_share && before == low => Some((before, passes)),
            _ => None,
        };
    }

    /// The plate that is always low, 0 left and 1 right; `None` when there is none.
    pub fn low(&self) -> Option<usize> {
        self.low_in.filter(|&(_, passes)| f64::from(passes) >= self.params.low_passes).map(|(low, _)| low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes of a minute at these kernels a second, left and right, each with a turn of ten seconds after it.
    fn low(passes: &[(f64, f64)]) -> Option<usize> {
        let mut pair = ImbalanceDetector::new(&PlateFaultParams::default());
        for &(left, right) in passes {
            (0..600).for_each(|_| pair.step(Some((left * 0.1, right * 0.1)), true));
            (0..100).for_each(|_| pair.step(Some((0.0, 0.0)), false));
        }
        pair.low()
    }

    #[test]
    fn a_plate_low_in_every_pass_is_faulty_and_one_low_by_turns_is_not() {
        assert_eq!(low(&[(0.5, 20.0); 3]), Some(0));
        assert_eq!(low(&[(0.5, 20.0); 2]), None, "two passes may be one direction and a half");
        assert_eq!(low(&[(0.5, 20.0), (20.0, 0.5)].repeat(4)), None, "to and fro on a slope");
        assert_eq!(low(&[(2.5, 20.0); 6]), None, "a ninth of both is no fault");
        assert_eq!(low(&[(0.01, 0.5); 6]), None, "too few kernels");
        assert_eq!(low(&[(20.0, 0.5), (20.0, 0.5), (20.0, 0.5), (20.0, 15.0)]), None, "it counts again");
    }
}
