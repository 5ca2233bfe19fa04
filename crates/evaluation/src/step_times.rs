//! How long single steps took: a histogram of processor times, so that hours of steps pool in a few kilobytes.

use std::time::Duration;

/// Bins are so much apart in the natural logarithm: a quantile is right to 1 %.
const BIN: f64 = 0.02;
/// Up to e^(0.02 × 1200) ns, 26 s.
const BINS: usize = 1200;

/// Processor times of single steps: readings, estimate, advice and record.
#[derive(Clone, Debug, Default)]
pub struct StepTimes {
    bins: Vec<u64>,
}

impl StepTimes {
    /// Adds a step.
    pub fn add(&mut self, took: Duration) {
        self.bins.resize(BINS, 0);
        let bin = ((took.as_nanos().max(1) as f64).ln() / BIN) as usize;
        self.bins[bin.min(BINS - 1)] += 1;
    }

    /// Adds another harvest's.
    pub fn join(&mut self, other: &Self) {
        self.bins.resize(BINS.min(self.bins.len().max(other.bins.len())), 0);
        self.bins.iter_mut().zip(&other.bins).for_each(|(sum, more)| *sum += more);
    }

    /// The time, µs, within which this share of the steps was done; `None` of none.
    pub fn quantile_us(&self, share: f64) -> Option<f64> {
        let all: u64 = self.bins.iter().sum();
        let least = (share * all as f64).ceil().max(1.0);
        let mut below = 0;
        let bin = self.bins.iter().position(|steps| {
            below += steps;
            below as f64 >= least
        })?;
        Some(((bin as f64 + 0.5) * BIN).exp() * 1e-3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_pooled_times_are_those_of_the_times() {
        // 98 steps of 5 µs and 2 of 300 µs, in two harvests: p50 is 5, p99 is 300.
        let (mut one, mut other) = (StepTimes::default(), StepTimes::default());
        (0..98).for_each(|_| one.add(Duration::from_micros(5)));
        (0..2).for_each(|_| other.add(Duration::from_micros(300)));
        assert_eq!(StepTimes::default().quantile_us(0.5), None);
        one.join(&other);
        let near = |share: f64, us: f64| (one.quantile_us(share).unwrap() / us - 1.0).abs() < 0.011;
        assert!(near(0.5, 5.0) && near(0.98, 5.0) && near(0.99, 300.0) && near(1.0, 300.0), "{one:?}");
    }
}
