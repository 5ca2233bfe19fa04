//! A plate that counts next to nothing beside its neighbour, pass after pass: fouled, loose or badly set.

use crate::time::STEP_S;

/// Below this share of what both count a plate is the low one of a pass. On a 9 % slope the low side sees up to nine tenths.
const LOW: f64 = 0.07;
/// A pass tells when its neighbour has counted so many kernels in it, and the machine has cut for so long, s.
const LEAST_KERNELS: f64 = 60.0;
const LEAST_S: f64 = 30.0;
/// A pass is over when the machine has not cut for so long, s; without turns it is cut up into such pieces.
const APART_S: f64 = 5.0;
const PIECE_S: f64 = 300.0;
/// Low in so many passes on end, in both directions then, is a fault; one pass well above it ends that.
const PASSES: u32 = 3;
const WELL: f64 = 0.12;

/// Watches the two plates of a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Lopsided {
    kernels: [f64; 2],
    cut_s: f64,
    paused_s: f64,
    /// Which one was low in the newest passes, and in how many.
    low_in: Option<(usize, u32)>,
}

impl Lopsided {
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
        if self.cut_s > PIECE_S || self.paused_s > APART_S && self.cut_s > 0.0 {
            self.pass_over();
        }
    }

    fn pass_over(&mut self) {
        let [left, right] = std::mem::take(&mut self.kernels);
        let cut_s = std::mem::take(&mut self.cut_s);
        let (low, share) = if left < right { (0, left / (left + right)) } else { (1, right / (left + right)) };
        if cut_s < LEAST_S || left.max(right) < LEAST_KERNELS {
            return;
        }
        self.low_in = match self.low_in {
            Some((before, passes)) if share < LOW && before == low => Some((low, passes.saturating_add(1))),
            _ if share < LOW => Some((low, 1)),
            Some((before, passes)) if share < WELL && before == low => Some((before, passes)),
            _ => None,
        };
    }

    /// The plate that is always low, 0 left and 1 right.
    pub fn low(&self) -> Option<usize> {
        self.low_in.filter(|&(_, passes)| passes >= PASSES).map(|(low, _)| low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes of a minute at these kernels a second, left and right, each with a turn of ten seconds after it.
    fn low(passes: &[(f64, f64)]) -> Option<usize> {
        let mut pair = Lopsided::default();
        for &(left, right) in passes {
            (0..600).for_each(|_| pair.step(Some((left * 0.1, right * 0.1)), true));
            (0..100).for_each(|_| pair.step(Some((0.0, 0.0)), false));
        }
        pair.low()
    }

    #[test]
    fn always_the_same_one_is_a_fault_and_by_turns_is_a_slope() {
        assert_eq!(low(&[(0.5, 20.0); 3]), Some(0));
        assert_eq!(low(&[(0.5, 20.0); 2]), None, "two passes may be one direction and a half");
        assert_eq!(low(&[(0.5, 20.0), (20.0, 0.5)].repeat(4)), None, "to and fro on a slope");
        assert_eq!(low(&[(2.5, 20.0); 6]), None, "a ninth of both is no fault");
        assert_eq!(low(&[(0.01, 0.5); 6]), None, "too few kernels to tell");
        assert_eq!(low(&[(20.0, 0.5), (20.0, 0.5), (20.0, 0.5), (20.0, 15.0)]), None, "it has come back");
    }
}
