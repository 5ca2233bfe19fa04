//! Chatter and noise taken off: a flag that must hold for a while, the middle of several values, a first-order lag.

use crate::math::exp;
use crate::time::us_to_s;

/// The most values that a median is taken of.
pub(super) const MOST_MEDIAN: usize = 9;

/// A flag that changes only when it has been different for long enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Debounced {
    stable: Option<bool>,
    different_since_us: Option<i64>,
}

impl Debounced {
    pub const EMPTY: Self = Self { stable: None, different_since_us: None };

    /// Takes a reading of the flag.
    pub fn take(&mut self, on: bool, (hold_on_us, hold_off_us): (i64, i64), now_us: i64) {
        let stable = self.at((hold_on_us, hold_off_us), now_us).unwrap_or(on);
        let begun_us = self.different_since_us.filter(|_| self.stable == Some(stable));
        let different_since_us = (on != stable).then(|| begun_us.unwrap_or(now_us));
        *self = Self { stable: Some(stable), different_since_us };
    }

    /// The flag as it counts at this moment, whether or not a frame has come: what is sent on change only comes once.
    pub fn at(&self, (hold_on_us, hold_off_us): (i64, i64), now_us: i64) -> Option<bool> {
        let stable = self.stable?;
        let hold_us = if stable { hold_off_us } else { hold_on_us };
        Some(stable != self.different_since_us.is_some_and(|since_us| now_us - since_us >= hold_us))
    }
}

/// The last few values, and the smoothed one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoother {
    recent: [f64; MOST_MEDIAN],
    len: usize,
    next: usize,
    smooth: Option<(i64, f64)>,
}

impl Smoother {
    pub const EMPTY: Self = Self { recent: [0.0; MOST_MEDIAN], len: 0, next: 0, smooth: None };

    /// The middle one of the last `median` values, lagged by `smooth_s`.
    pub fn take(&mut self, value: f64, median: usize, smooth_s: f64, now_us: i64) -> f64 {
        let value = if median > 1 { self.median(value, median) } else { value };
        if smooth_s <= 0.0 {
            return value;
        }
        let smooth = match self.smooth {
            None => value,
            Some((then_us, before)) => {
                let share = 1.0 - exp(-us_to_s(now_us - then_us) / smooth_s);
                before + share * (value - before)
            }
        };
        self.smooth = Some((now_us, smooth));
        smooth
    }

    fn median(&mut self, value: f64, of: usize) -> f64 {
        self.recent[self.next] = value;
        self.next = (self.next + 1) % of;
        self.len = (self.len + 1).min(of);
        let mut sorted = self.recent;
        let sorted = &mut sorted[..self.len];
        sorted.sort_by(f64::total_cmp);
        sorted[(self.len - 1) / 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chatter_is_no_change() {
        let mut flag = Debounced::EMPTY;
        let hold_us = (500_000, 1_000_000);
        let mut take = |at_ms: i64, on| {
            flag.take(on, hold_us, at_ms * 1000);
            flag.at(hold_us, at_ms * 1000).unwrap()
        };
        assert!(!take(0, false));
        assert!(!take(100, true));
        assert!(!take(200, false));
        assert!(!take(300, true));
        assert!(!take(799, true));
        assert!(take(800, true), "on for 500 ms");
        assert!(take(900, false));
        assert!(take(1899, false));
        assert!(!take(1900, false), "off for 1000 ms");
    }

    #[test]
    fn a_spike_is_not_in_the_middle() {
        let mut smoother = Smoother::EMPTY;
        let middle: Vec<f64> = [1.0, 2.0, 90.0, 3.0, 4.0, 5.0].iter().map(|v| smoother.take(*v, 3, 0.0, 0)).collect();
        // Of {1}, {1 2}, {1 2 90}, {2 90 3}, {90 3 4}, {3 4 5}; of two the lower one.
        assert_eq!(middle, [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
    }

    #[test]
    fn a_step_is_followed_with_the_time_constant() {
        let mut smoother = Smoother::EMPTY;
        smoother.take(0.0, 1, 2.0, 0);
        // 1 - 1/e after one time constant.
        let after = smoother.take(1.0, 1, 2.0, 2_000_000);
        assert!((after - 0.632_120_558_8).abs() < 1e-9, "{after}");
    }
}
