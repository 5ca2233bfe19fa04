//! Plates that are hit faster than they can count.
//!
//! In some electronics every kernel, counted or not, begins the dead time τ anew: they count r e^(−rτ) of r, at most
//! 1/(eτ), and fewer and fewer beyond: fewer counts may mean less loss or more. In others a pause follows counted kernels
//! only, and the count goes on to rise towards 1/τ. Data sheets do not say which. Once the plates have been near the most
//! that the first kind can count, the filter takes their counts by either law.

use crate::time::STEP_S;

/// Counts above this share of 1/τ are near the most that the first kind can reach, 0.368.
const NEAR: f64 = 0.30;
/// Counts above this share, over some seconds, are more than the first kind can reach: it is the second.
const BEYOND: f64 = 0.46;
const SURE_S: f64 = 5.0;
/// Rates are means over so long, s.
const MEAN_S: f64 = 1.0;
/// A path that is near its limit half of the time, over so long, s, is blinded. It is so until it has not been near the
/// limit for so long: at the end of a pass the crop that runs out brings silenced plates near it again. While the filter
/// believes that they are silenced, hit more often than so many times in their dead time, it is four times as long: not
/// for ever, since the belief may be what is wrong (our choice).
const OFTEN: f64 = 0.5;
const OFTEN_S: f64 = 120.0;
const HELD_S: f64 = 900.0;
const SILENCED: f64 = 1.0;
const SLOWER: f64 = 0.25;
/// Near their most, 0.3 of 1/τ, plates have been hit 0.49/τ or 1.78/τ times a second (the two solutions of x e^(−x) = 0.3):
/// half of the logarithm of 3.6, squared.
const NEAR_DOUBT: f64 = 0.64 * 0.64;

/// Watches the plates of one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Blinded {
    dead_time_s: f64,
    rate_s: f64,
    beyond_s: f64,
    near_share: f64,
    left_s: f64,
    /// How often a plate is hit in its dead time, as the filter believes.
    believed: f64,
    /// Variance of the loss's logarithm that comes from the choice between two levels.
    doubt: f64,
}

impl Blinded {
    pub const fn new(dead_time_s: f64) -> Self {
        Self { dead_time_s, rate_s: 0.0, beyond_s: 0.0, near_share: 0.0, left_s: 0.0, believed: 0.0, doubt: 0.0 }
    }

    /// Goes on with what was found before, on plates of today's data sheet.
    pub const fn go_on(&mut self, before: Self) {
        *self = Self { dead_time_s: self.dead_time_s, ..before };
    }

    /// One step of work: kernels counted in so many seconds of plates.
    pub fn step(&mut self, kernels: f64, plate_s: f64) {
        self.rate_s += (kernels / plate_s - self.rate_s) * (STEP_S / MEAN_S);
        let blind = self.rate_s * self.dead_time_s;
        self.beyond_s += if blind > BEYOND { STEP_S } else { 0.0 };
        let near = blind > NEAR;
        self.near_share += (f64::from(u8::from(near)) - self.near_share) * (STEP_S / OFTEN_S);
        let held = near && (self.left_s > 0.0 || self.near_share > OFTEN);
        let passes_s = if self.believed > SILENCED { SLOWER * STEP_S } else { STEP_S };
        self.left_s = if held { HELD_S } else { self.left_s - passes_s };
    }

    /// The filter believes that a plate is hit so often in its dead time, with so much doubt which of two levels it is. A
    /// choice that was doubtful stays so until the plates are near their limit again, where the two meet.
    pub fn believe(&mut self, believed: f64, doubt: f64) {
        self.believed = believed;
        self.doubt = if !self.may_be_silenced() {
            0.0
        } else if self.rate_s * self.dead_time_s > NEAR {
            NEAR_DOUBT.max(doubt)
        } else {
            self.doubt.max(doubt)
        };
    }

    /// Variance of the loss's logarithm that comes from the choice between two levels.
    pub const fn doubt(&self) -> f64 {
        self.doubt
    }

    /// Fewer counts may mean more loss.
    pub fn may_be_silenced(&self) -> bool {
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
        blinded.may_be_silenced()
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

    #[test]
    fn what_is_believed_and_doubted_outlasts_the_limit_and_a_restart_but_not_for_ever() {
        let run = |blinded: &mut Blinded, rate: f64, seconds: usize| {
            (0..10 * seconds).for_each(|_| blinded.step(2.0 * rate * STEP_S, 2.0 * STEP_S));
        };
        let mut blinded = Blinded::new(0.0025);
        run(&mut blinded, 140.0, 120);
        blinded.believe(1.0, 0.0);
        assert_eq!(blinded.doubt(), NEAR_DOUBT, "0.49 or 1.78 hits in a dead time");
        // Hit five times in a dead time, as the filter thinks, with a doubt that later windows do not take away.
        run(&mut blinded, 13.0, 10);
        blinded.believe(5.0, 2.0);
        blinded.believe(5.0, 0.0);
        let mut restarted = Blinded::new(0.0025);
        restarted.go_on(blinded);
        assert_eq!(restarted, blinded);
        // 900 s at a quarter of the pace: an hour.
        run(&mut restarted, 13.0, 3000);
        assert!(restarted.may_be_silenced() && restarted.doubt() > 1.9);
        run(&mut restarted, 13.0, 700);
        assert!(!restarted.may_be_silenced());
        restarted.believe(0.1, 0.0);
        assert_eq!(restarted.doubt(), 0.0);
    }
}
