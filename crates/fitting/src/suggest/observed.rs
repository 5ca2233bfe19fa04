//! What a log shows of a signal.

use grainloss_can::{State, Value};

/// So many of its values are kept, spread over the log.
const KEPT: usize = 256;

/// What a log shows of a signal, in the unit of its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub frames: u64,
    pub valid: u64,
    pub range: Option<(f64, f64)>,
    /// It has gone down.
    pub falls: bool,
    last: Option<f64>,
    /// Sum of the squared differences from one value to the next.
    steps: f64,
    /// Mean and sum of the squared differences from it (Welford 1962).
    mean: f64,
    spread: f64,
    /// Every so many values one is kept.
    every: u64,
    kept: Vec<f64>,
}

impl Observed {
    /// Takes one value in.
    pub fn take(&mut self, value: Value) {
        self.frames += 1;
        if value.state != State::Valid {
            return;
        }
        let new = value.physical;
        if self.valid.is_multiple_of(self.every.max(1)) {
            if self.kept.len() == KEPT {
                let mut nth = 0;
                self.kept.retain(|_| {
                    nth += 1;
                    nth % 2 == 1
                });
                self.every = self.every.max(1) * 2;
            }
            self.kept.push(new);
        }
        self.valid += 1;
        let (low, high) = self.range.unwrap_or((new, new));
        self.range = Some((low.min(new), high.max(new)));
        if let Some(last) = self.last {
            self.falls |= new < last;
            self.steps += (new - last) * (new - last);
        }
        self.last = Some(new);
        let off = new - self.mean;
        self.mean += off / self.valid as f64;
        self.spread += off * (new - self.mean);
    }

    /// The share of its values within these limits, once converted: 0..=1.
    pub fn share_within(&self, (low, high): (f64, f64), convert: impl Fn(f64) -> f64) -> f64 {
        let within = self.kept.iter().filter(|&&value| (low..=high).contains(&convert(value))).count();
        within as f64 / self.kept.len().max(1) as f64
    }

    /// How smoothly it changes, 0..=1: 1 for what moves in steps that are small beside its range, 0 for what jumps about at
    /// random, and for what never changes. From von Neumann's ratio (1941), which is 2 for unrelated values.
    pub fn smoothness(&self) -> f64 {
        if self.spread > 0.0 { (1.0 - self.steps / self.spread / 2.0).clamp(0.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: impl IntoIterator<Item = f64>) -> Observed {
        let mut observed = Observed::default();
        for physical in values {
            observed.take(Value { raw: 0, physical, state: State::Valid });
        }
        observed
    }

    #[test]
    fn a_ramp_is_smooth_and_a_jumble_is_not() {
        let ramp = seen((0..1000).map(f64::from));
        assert!(ramp.smoothness() > 0.99 && !ramp.falls);
        // Multiples of 397 modulo 1000: each far from the one before.
        let jumble = seen((0..1000).map(|n| f64::from(n * 397 % 1000)));
        assert!(jumble.smoothness() < 0.1 && jumble.falls);
        assert_eq!(seen([5.0; 10]).smoothness(), 0.0);
    }

    #[test]
    fn the_values_that_are_kept_are_of_the_whole_log() {
        let ramp = seen((0..10_000).map(f64::from));
        assert!(ramp.kept.len() <= KEPT && ramp.kept.len() > KEPT / 2);
        assert!((ramp.share_within((0.0, 50.0), |value| value * 0.01) - 0.5).abs() < 0.02);
    }
}
