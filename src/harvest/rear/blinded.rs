//! Plates that are hit faster than they can count.
//!
//! In some electronics every kernel, counted or not, begins the dead time τ anew: they count r e^(−rτ) of r, at most
//! 1/(eτ), and fewer and fewer beyond. There, fewer counts may mean less loss or more, and nothing tells which. In others
//! a pause follows counted kernels only, and the count goes on to rise towards 1/τ. Data sheets do not say which.

use super::super::STEP_S;

/// Counts above this share of 1/τ are near the most that the first kind can reach, 0.368.
const NEAR: f64 = 0.30;
/// Counts above this share, over some seconds, are more than the first kind can reach: it is the second.
const BEYOND: f64 = 0.46;
const SURE_S: f64 = 5.0;
/// Rates are means over so long, s.
const MEAN_S: f64 = 1.0;
/// A path that is near its limit half of the time, over so long, s, is blinded. It is so until it has not been near the
/// limit for so long: at the end of a pass the crop that runs out brings silenced plates near it again (our choice).
const OFTEN: f64 = 0.5;
const OFTEN_S: f64 = 120.0;
const HELD_S: f64 = 900.0;

/// Watches the plates of one path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blinded {
    dead_time_s: f64,
    rate_s: f64,
    beyond_s: f64,
    near_share: f64,
    left_s: f64,
}

impl Blinded {
    pub const fn new(dead_time_s: f64) -> Self {
        Self { dead_time_s, rate_s: 0.0, beyond_s: 0.0, near_share: 0.0, left_s: 0.0 }
    }

    /// One step of work: kernels counted in so many seconds of plates.
    pub fn step(&mut self, kernels: f64, plate_s: f64) {
        self.rate_s += (kernels / plate_s - self.rate_s) * (STEP_S / MEAN_S);
        let blind = self.rate_s * self.dead_time_s;
        self.beyond_s += if blind > BEYOND { STEP_S } else { 0.0 };
        let near = blind > NEAR;
        self.near_share += (f64::from(u8::from(near)) - self.near_share) * (STEP_S / OFTEN_S);
        let held = near && (self.left_s > 0.0 || self.near_share > OFTEN);
        self.left_s = if held { HELD_S } else { self.left_s - STEP_S };
    }

    /// Fewer counts may mean more loss.
    pub fn is_on(&self) -> bool {
        self.left_s > 0.0 && self.beyond_s < SURE_S
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After so long, s, at each of these rates, 1/s, on each of two plates that are blind for 2.5 ms.
    fn after(rates: &[(f64, usize)]) -> bool {
        let mut blinded = Blinded::new(0.0025);
        for &(rate, seconds) in rates {
            (0..10 * seconds).for_each(|_| blinded.step(2.0 * rate * STEP_S, 2.0 * STEP_S));
        }
        blinded.is_on()
    }

    #[test]
    fn counts_near_the_most_that_there_can_be_are_doubted() {
        // 1 / (e × 2.5 ms) = 147 a second.
        assert!(after(&[(140.0, 120)]) && !after(&[(100.0, 600)]));
        assert!(after(&[(140.0, 120), (20.0, 600)]), "the fall may be a rise");
        assert!(!after(&[(140.0, 120), (20.0, 1000)]));
        assert!(!after(&[(20.0, 300), (140.0, 20), (20.0, 10)]), "a moment's heap is no state of things");
        // 250 a second are more than plates that are silenced can count: these are not.
        assert!(!after(&[(140.0, 120), (250.0, 10), (20.0, 10)]));
    }
}
