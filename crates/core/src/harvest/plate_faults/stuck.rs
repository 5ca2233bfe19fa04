//! A stuck plate: it counts the same every second, however much goes through the machine.

use crate::params::PlateFaultParams;
use crate::time::STEP_S;

/// Length of a window, s.
const SECONDS: usize = 30;

/// Extremes and sum of a window.
#[derive(Clone, Copy, Debug)]
struct Extremes {
    least: f64,
    most: f64,
    sum: f64,
}

impl Extremes {
    const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY, sum: 0.0 };

    fn add(&mut self, value: f64) {
        *self = Self { least: self.least.min(value), most: self.most.max(value), sum: self.sum + value };
    }

    fn mean(&self) -> f64 {
        self.sum / SECONDS as f64
    }

    fn is_within(&self, share: f64) -> bool {
        self.most - self.least <= share * self.mean()
    }
}

/// Watches one plate.
#[derive(Clone, Debug)]
pub(super) struct StuckDetector {
    params: PlateFaultParams,
    kernels: f64,
    steps: u32,
    counts: Extremes,
    feeds: Extremes,
    seconds: usize,
    stuck: bool,
}

impl StuckDetector {
    pub fn new(params: &PlateFaultParams) -> Self {
        Self {
            params: *params,
            kernels: 0.0,
            steps: 0,
            counts: Extremes::NONE,
            feeds: Extremes::NONE,
            seconds: 0,
            stuck: false,
        }
    }

    /// One step of cutting with this many kernels counted; `None` when it does not cut or has no value.
    pub fn step(&mut self, kernels: Option<f64>, feed_kg_s: Option<f64>) {
        let (Some(kernels), Some(feed_kg_s)) = (kernels, feed_kg_s) else { return };
        self.kernels += kernels;
        self.steps += 1;
        if f64::from(self.steps) * STEP_S < 1.0 - 0.5 * STEP_S {
            return;
        }
        self.counts.add(std::mem::take(&mut self.kernels));
        self.feeds.add(feed_kg_s);
        self.steps = 0;
        self.seconds += 1;
        if self.seconds == SECONDS {
            let moved = !self.feeds.is_within(self.params.feed_moved);
            let stuck =
                self.counts.mean() >= self.params.stuck_from_per_s && self.counts.is_within(self.params.stuck_spread);
            // A steady feed neither shows a stuck plate nor clears it.
            self.stuck = stuck && (moved || self.stuck);
            (self.counts, self.feeds, self.seconds) = (Extremes::NONE, Extremes::NONE, 0);
        }
    }

    pub const fn is_stuck(&self) -> bool {
        self.stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute at these kernels a second and feed rates, changing from second to second.
    fn is_stuck_after_a_minute(kernels_s: impl Fn(u32) -> f64, feed_kg_s: impl Fn(u32) -> f64) -> bool {
        let mut plate = StuckDetector::new(&PlateFaultParams::default());
        (0..600).for_each(|step| plate.step(Some(kernels_s(step / 10) * 0.1), Some(feed_kg_s(step / 10))));
        plate.is_stuck()
    }

    #[test]
    fn a_plate_with_constant_counts_while_the_feed_moves_is_stuck() {
        let swings = |second| 6.0 + f64::from(second % 10) * 0.2;
        assert!(is_stuck_after_a_minute(|_| 20.0, swings));
        assert!(!is_stuck_after_a_minute(|_| 20.0, |_| 6.0), "constant counts are possible at a steady feed");
        assert!(!is_stuck_after_a_minute(|second| 20.0 + f64::from(second % 5), swings), "counts scatter");
        assert!(!is_stuck_after_a_minute(|_| 1.0, swings), "too few kernels");
        assert!(!is_stuck_after_a_minute(|_| 0.0, swings), "a silent plate is compared with its neighbour instead");
    }
}
