//! A sensor that always says the same, however much goes through the machine.

use crate::time::STEP_S;

/// Looked at in seconds, so many of them.
const SECONDS: usize = 30;
/// Kernels fall as they like: at so many a second on average, thirty seconds that all differ by less than the share below
/// are a sensor that is stuck, since chance alone spreads them by their square root.
const LEAST_PER_S: f64 = 3.0;
const SPREAD: f64 = 0.02;
/// The feed has moved by this share of its mean meanwhile.
const FEED_MOVED: f64 = 0.15;

/// Extremes of something, and its mean.
#[derive(Clone, Copy, Debug)]
struct Range {
    least: f64,
    most: f64,
    sum: f64,
}

impl Range {
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
pub(super) struct Flat {
    kernels: f64,
    steps: u32,
    counts: Range,
    feeds: Range,
    seconds: usize,
    stuck: bool,
}

impl Default for Flat {
    fn default() -> Self {
        Self { kernels: 0.0, steps: 0, counts: Range::NONE, feeds: Range::NONE, seconds: 0, stuck: false }
    }
}

impl Flat {
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
            let moved = !self.feeds.is_within(FEED_MOVED);
            let stuck = self.counts.mean() >= LEAST_PER_S && self.counts.is_within(SPREAD);
            // A steady feed neither proves it nor clears it.
            self.stuck = stuck && (moved || self.stuck);
            (self.counts, self.feeds, self.seconds) = (Range::NONE, Range::NONE, 0);
        }
    }

    pub const fn is_flat(&self) -> bool {
        self.stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute at these kernels a second and feed rates, changing from second to second.
    fn flat(kernels_s: impl Fn(u32) -> f64, feed_kg_s: impl Fn(u32) -> f64) -> bool {
        let mut flat = Flat::default();
        (0..600).for_each(|step| flat.step(Some(kernels_s(step / 10) * 0.1), Some(feed_kg_s(step / 10))));
        flat.is_flat()
    }

    #[test]
    fn a_plate_that_says_the_same_while_the_feed_moves_is_stuck() {
        let swings = |second| 6.0 + f64::from(second % 10) * 0.2;
        assert!(flat(|_| 20.0, swings));
        assert!(!flat(|_| 20.0, |_| 6.0), "at a steady feed it may be so");
        assert!(!flat(|second| 20.0 + f64::from(second % 5), swings), "kernels fall as they like");
        assert!(!flat(|_| 1.0, swings), "too few to tell");
        assert!(!flat(|_| 0.0, swings), "silence is for the neighbour to judge");
    }
}
