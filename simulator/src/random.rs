//! Chance that is the same on every machine: one seeded stream for each part of the simulation, so that a part that
//! draws more often does not shift the others.

use crate::math::{exp, ln, sin_cos};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The parts that draw from a stream of their own.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Field = 1,
    Driver,
    Plant,
    Sensors,
    Plates,
    Overlap,
    Bus,
    Faults,
    Pans,
}

/// A stream of random numbers.
pub(crate) struct Random {
    chacha: ChaCha8Rng,
    spare: Option<f64>,
}

impl Random {
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream(stream as u64);
        Self { chacha, spare: None }
    }

    /// Uniform in 0 < x < 1: never 0, so that its logarithm is finite.
    pub fn uniform(&mut self) -> f64 {
        ((self.chacha.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Normal with mean 0 and standard deviation 1, by Box and Muller's transform.
    pub fn gaussian(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * ln(self.uniform())).sqrt();
        let (sin, cos) = sin_cos(std::f64::consts::TAU * self.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// The time to the next event of a Poisson process, s.
    pub fn wait_s(&mut self, events_per_s: f64) -> f64 {
        -ln(self.uniform()) / events_per_s
    }
}

/// A value that wanders about zero: an Ornstein-Uhlenbeck process, sampled at a fixed step.
pub(crate) struct Wander {
    value: f64,
    keep: f64,
    kick: f64,
}

impl Wander {
    /// `sd` is its standard deviation, `memory_s` the time after which 1/e of a deviation is left.
    pub fn new(sd: f64, memory_s: f64, step_s: f64, random: &mut Random) -> Self {
        let keep = exp(-step_s / memory_s);
        Self { value: sd * random.gaussian(), keep, kick: sd * (1.0 - keep * keep).sqrt() }
    }

    /// One step on.
    pub fn step(&mut self, random: &mut Random) -> f64 {
        self.value = self.keep * self.value + self.kick * random.gaussian();
        self.value
    }

    /// The value of the last step.
    pub fn value(&self) -> f64 {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut random = Random::new(3, Stream::Field);
        let n = 20_000;
        let normal: Vec<f64> = (0..n).map(|_| random.gaussian()).collect();
        let mean = normal.iter().sum::<f64>() / n as f64;
        let variance = normal.iter().map(|x| x * x).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let wait = (0..n).map(|_| random.wait_s(4.0)).sum::<f64>() / n as f64;
        assert!((wait - 0.25).abs() < 0.01, "{wait}");
    }

    #[test]
    fn a_wander_keeps_its_spread_and_its_memory() {
        let mut random = Random::new(4, Stream::Field);
        let mut wander = Wander::new(2.0, 5.0, 0.5, &mut random);
        let values: Vec<f64> = (0..40_000).map(|_| wander.step(&mut random)).collect();
        let variance = values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
        let lagged = values.windows(11).map(|w| w[0] * w[10]).sum::<f64>() / values.len() as f64;
        assert!((variance - 4.0).abs() < 0.5, "{variance}");
        assert!((lagged / variance - (-1f64).exp()).abs() < 0.08, "{}", lagged / variance);
    }
}
