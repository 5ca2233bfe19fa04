//! How long crop takes through the machine: a pure delay, then two equal first-order lags (an Erlang-2 residence law).

use crate::math::exp;
use crate::time::STEP_S;

/// Steps of the longest delay and one.
const LONGEST: usize = 256;
/// Less than this, kg/s, is taken for nothing.
const NEGLIGIBLE: f64 = 1e-12;

/// A value delayed by a fixed time.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    values: [f64; LONGEST],
    at: usize,
    steps: usize,
}

impl Delay {
    /// Delays by this many seconds, up to 25.
    pub fn new(delay_s: f64) -> Self {
        let steps = (delay_s / STEP_S).round() as usize;
        Self { values: [0.0; LONGEST], at: 0, steps: steps.min(LONGEST - 1) }
    }

    /// Puts the newest value in, gets the delayed one out.
    pub fn step(&mut self, value: f64) -> f64 {
        self.values[self.at] = value;
        let delayed = self.values[(self.at + LONGEST - self.steps) % LONGEST];
        self.at = (self.at + 1) % LONGEST;
        delayed
    }
}

/// A delay followed by two first-order lags.
#[derive(Clone, Debug)]
pub(super) struct Residence {
    delay: Delay,
    first: f64,
    second: f64,
    share: f64,
}

impl Residence {
    /// `delay_s` of pure delay and a mean of `mean_lag_s` in the two lags together.
    pub fn new(delay_s: f64, mean_lag_s: f64) -> Self {
        // Exact for an input that is constant over a step.
        let share = 1.0 - exp(-STEP_S / (0.5 * mean_lag_s));
        Self { delay: Delay::new(delay_s), first: 0.0, second: 0.0, share }
    }

    /// Puts the newest value in, gets what leaves now.
    pub fn step(&mut self, value: f64) -> f64 {
        let delayed = self.delay.step(value);
        self.first += self.share * (delayed - self.first);
        self.second += self.share * (self.first - self.second);
        // A nanogram a second is nothing; without this it would shrink for hours, to numbers that slow a processor.
        if self.first < NEGLIGIBLE && self.second < NEGLIGIBLE && delayed == 0.0 {
            (self.first, self.second) = (0.0, 0.0);
        }
        self.second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_later_by_delay_and_lag() {
        let mut residence = Residence::new(2.0, 3.0);
        let outputs: Vec<f64> = (0..600).map(|i| residence.step(if i < 10 { 1.0 } else { 0.0 })).collect();
        // Ten steps of 1: all of it leaves again.
        assert!((outputs.iter().sum::<f64>() - 10.0).abs() < 1e-6);
        assert!(outputs[..20].iter().all(|&o| o == 0.0), "nothing before the delay");
        // The centre of gravity is the input's (4.5 steps) later by delay and lag: 20 + 30 steps, less the one half
        // step each that a sampled lag is early (30 / (2 × 15) × ... below one step in all).
        let centre = outputs.iter().enumerate().map(|(i, o)| i as f64 * o).sum::<f64>() / 10.0;
        assert!((centre - 54.5).abs() < 1.1, "{centre}");
    }
}
