//! Smooth chance in the plane.

use crate::math::{cos, sin_cos};
use crate::random::Random;

/// How many waves make a texture: enough that a place looks normally distributed, few enough to be cheap.
const WAVES: usize = 40;

/// A smooth random surface with mean 0, variance 1 and exponentially falling correlation, the same at a place whenever
/// it is asked: a sum of random plane waves (random Fourier features, Rahimi & Recht 2007). The spectrum of
/// exp(-d/l) in the plane is (1 + l²k²)^(-3/2), so its wave numbers are drawn as k = sqrt(u⁻² - 1) / l.
pub(super) struct Texture {
    waves: [Wave; WAVES],
}

#[derive(Clone, Copy)]
struct Wave {
    across: f64,
    along: f64,
    phase: f64,
}

impl Texture {
    pub fn new(correlation_m: f64, random: &mut Random) -> Self {
        let wave = |_| {
            let u = random.uniform();
            // The heavy tail is cut at waves shorter than the header is wide.
            let number = ((1.0 / (u * u) - 1.0).sqrt() / correlation_m).min(2.0);
            let (sin, cos) = sin_cos(std::f64::consts::TAU * random.uniform());
            Wave { across: number * cos, along: number * sin, phase: std::f64::consts::TAU * random.uniform() }
        };
        Self { waves: std::array::from_fn(wave) }
    }

    pub fn at(&self, across_m: f64, along_m: f64) -> f64 {
        let sum: f64 = self.waves.iter().map(|w| cos(w.across * across_m + w.along * along_m + w.phase)).sum();
        sum * (2.0 / WAVES as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_texture_has_the_spread_and_correlation_asked_for() {
        let (mut variance, mut lagged, mut n) = (0.0, 0.0, 0.0);
        for seed in 0..60 {
            let texture = Texture::new(17.0, &mut Random::new(seed, Stream::Field));
            for step in 0..100 {
                let along = 40.0 * f64::from(step);
                let (here, there) = (texture.at(0.0, along), texture.at(0.0, along + 17.0));
                (variance, lagged, n) = (variance + here * here, lagged + here * there, n + 1.0);
            }
        }
        assert!((variance / n - 1.0).abs() < 0.1, "{}", variance / n);
        assert!((lagged / variance - (-1f64).exp()).abs() < 0.12, "{}", lagged / variance);
    }
}
