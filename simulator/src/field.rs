//! The field: what grows where, and the way through it.

mod path;

pub(crate) use path::{Leg, Pose, Track};

use crate::random::{Random, Stream};
use crate::scenario::{self, Crop};

/// How many waves make a texture: enough that a place looks normally distributed, few enough to be cheap.
const WAVES: usize = 40;
/// The distance over which straw and moisture vary, m; longer than yield does. Assumed.
const SLOW_CORRELATION_M: f64 = 70.0;
/// Standard deviation of grain moisture in the field, points. Assumed.
const MOISTURE_SD_PCT: f64 = 0.4;

/// The crop at one place and moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub yield_kg_m2: f64,
    pub straw_per_grain: f64,
    pub moisture_pct: f64,
}

/// What grows in the field.
pub(crate) struct Field {
    yield_texture: Texture,
    straw_texture: Texture,
    moisture_texture: Texture,
    pass_offsets: Vec<f64>,
    /// Signed: a field may be better on either side.
    trend: f64,
    width_m: f64,
    data: scenario::Field,
    yield_kg_m2: f64,
    straw_per_grain: f64,
}

impl Field {
    pub fn new(data: &scenario::Field, crop: &Crop, width_of_pass_m: f64, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Field);
        Self {
            yield_texture: Texture::new(data.yield_correlation_m, &mut random),
            straw_texture: Texture::new(SLOW_CORRELATION_M, &mut random),
            moisture_texture: Texture::new(SLOW_CORRELATION_M, &mut random),
            pass_offsets: (0..data.passes).map(|_| data.pass_to_pass_cv * random.gaussian()).collect(),
            trend: if random.chance(0.5) { data.yield_trend } else { -data.yield_trend },
            width_m: width_of_pass_m * f64::from(data.passes),
            data: data.clone(),
            yield_kg_m2: crop.yield_kg_ha / 1e4,
            straw_per_grain: crop.straw_per_grain,
        }
    }

    /// The crop at a place of the field, `t_s` after the start. Outside the field it is that of the nearest edge.
    pub fn at(&self, pose: &Pose, t_s: f64) -> Place {
        let across_m = pose.across_m.clamp(0.0, self.width_m);
        let along_m = pose.along_m.clamp(0.0, self.data.pass_length_m);
        let pass = self.pass_offsets.get(pose.pass).copied().unwrap_or(0.0);
        let drift = self.trend * (across_m / self.width_m - 0.5);
        let log_yield = self.data.yield_cv * self.yield_texture.at(across_m, along_m) + pass + drift;
        let log_straw = self.data.straw_cv * self.straw_texture.at(across_m, along_m);
        let dry = self.data.moisture_pct - self.data.moisture_drop_pct_per_h * t_s / 3600.0;
        let patch = MOISTURE_SD_PCT * self.moisture_texture.at(across_m, along_m);
        Place {
            yield_kg_m2: self.yield_kg_m2 * log_yield.exp(),
            straw_per_grain: self.straw_per_grain * log_straw.exp(),
            moisture_pct: (dry.max(self.data.moisture_min_pct) + patch).clamp(1.0, 60.0),
        }
    }
}

/// A smooth random surface with mean 0, variance 1 and exponentially falling correlation, the same at a place whenever
/// it is asked: a sum of random plane waves (random Fourier features, Rahimi & Recht 2007). The spectrum of
/// exp(-d/l) in the plane is (1 + l²k²)^(-3/2), so its wave numbers are drawn as k = sqrt(u⁻² - 1) / l.
struct Texture {
    waves: [Wave; WAVES],
}

#[derive(Clone, Copy)]
struct Wave {
    across: f64,
    along: f64,
    phase: f64,
}

impl Texture {
    fn new(correlation_m: f64, random: &mut Random) -> Self {
        let wave = |_| {
            // The heavy tail is cut at waves shorter than the header is wide.
            let number = ((random.uniform().powi(-2) - 1.0).sqrt() / correlation_m).min(2.0);
            let (sin, cos) = (std::f64::consts::TAU * random.uniform()).sin_cos();
            Wave { across: number * cos, along: number * sin, phase: std::f64::consts::TAU * random.uniform() }
        };
        Self { waves: std::array::from_fn(wave) }
    }

    fn at(&self, across_m: f64, along_m: f64) -> f64 {
        let sum: f64 = self.waves.iter().map(|w| (w.across * across_m + w.along * along_m + w.phase).cos()).sum();
        sum * (2.0 / WAVES as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
