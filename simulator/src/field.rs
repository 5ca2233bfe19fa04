//! The field: what grows where, how it stands, and the way through it.

mod path;
mod texture;
mod turn;
mod weather;

use std::f64::consts::PI;

pub(crate) use path::{Leg, Pose, Track};
pub(crate) use weather::Sky;

use crate::math::{cos, exp, logistic, sin_cos};
use crate::random::{Random, Stream};
use crate::scenario::{self, Crop};
use texture::Texture;

/// The distance over which straw and moisture vary, m; longer than yield does. Assumed.
const SLOW_CORRELATION_M: f64 = 70.0;
/// The same of lodged and of weedy patches. Assumed.
const PATCH_CORRELATION_M: f64 = 35.0;
/// How sharp their edges are: patch share per standard deviation of the texture. Assumed.
const PATCH_EDGE: f64 = 6.0;
/// Standard deviation of grain moisture in the field, points. Assumed.
const MOISTURE_SD_PCT: f64 = 0.4;
/// Lodged crop yields less, by this share: it filled its grain lying. Assumed.
const LODGED_YIELD: f64 = 0.15;
/// A full patch of green weeds adds this share to the straw, and takes this share of the yield. Assumed.
const WEED_STRAW: f64 = 0.9;
const WEED_YIELD: f64 = 0.2;
/// Green weeds wet the grain in the machine, points in a full patch. Assumed.
const WEED_MOISTURE_PCT: f64 = 1.5;

/// The crop at one place and moment, and how the ground lies under the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub yield_kg_m2: f64,
    pub straw_per_grain: f64,
    pub moisture_pct: f64,
    /// Share of the crop that lies, 0..=1.
    pub lodged: f64,
    /// 1 when the machine drives with the lodging, -1 against it.
    pub along_lodging: f64,
    /// Positive when the right side is low, rad.
    pub roll_rad: f64,
    /// Positive uphill, rad.
    pub pitch_rad: f64,
}

/// What grows in the field.
pub(crate) struct Field {
    yield_texture: Texture,
    straw_texture: Texture,
    moisture_texture: Texture,
    lodged: Patches,
    weedy: Patches,
    pass_offsets: Vec<f64>,
    /// Signed: a field may be better on either side.
    trend: f64,
    /// Where the lodged crop points, rad from north.
    lodging_rad: f64,
    width_m: f64,
    data: scenario::Field,
    yield_kg_m2: f64,
    straw_per_grain: f64,
}

impl Field {
    /// The field of the data, whose way has so many stretches.
    pub fn new(data: &scenario::Field, crop: &Crop, width_of_pass_m: f64, stretches: usize, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Field);
        Self {
            yield_texture: Texture::new(data.yield_correlation_m, &mut random),
            straw_texture: Texture::new(SLOW_CORRELATION_M, &mut random),
            moisture_texture: Texture::new(SLOW_CORRELATION_M, &mut random),
            pass_offsets: (0..stretches).map(|_| data.pass_to_pass_cv * random.gaussian()).collect(),
            trend: if random.chance(0.5) { data.yield_trend } else { -data.yield_trend },
            lodged: Patches::new(data.lodged_share, &mut random),
            weedy: Patches::new(data.weedy_share, &mut random),
            // The storm came from anywhere.
            lodging_rad: 2.0 * PI * random.uniform(),
            width_m: width_of_pass_m * f64::from(data.passes),
            data: data.clone(),
            yield_kg_m2: crop.yield_kg_ha / 1e4,
            straw_per_grain: crop.straw_per_grain,
        }
    }

    /// The crop at a place of the field under this sky; `wetter_pct` is what rain put on it. Outside the field it is
    /// that of the nearest edge.
    pub fn at(&self, pose: &Pose, dew_pct: f64, wetter_pct: f64) -> Place {
        let across_m = pose.across_m.clamp(0.0, self.width_m);
        let along_m = pose.along_m.clamp(0.0, self.data.pass_length_m);
        let pass = self.pass_offsets.get(pose.pass).copied().unwrap_or(0.0);
        let drift = self.trend * (across_m / self.width_m - 0.5);
        let lodged = self.lodged.at(across_m, along_m);
        let weedy = self.weedy.at(across_m, along_m);
        let log_yield = self.data.yield_cv * self.yield_texture.at(across_m, along_m) + pass + drift;
        let log_straw = self.data.straw_cv * self.straw_texture.at(across_m, along_m);
        let patch = MOISTURE_SD_PCT * self.moisture_texture.at(across_m, along_m) + WEED_MOISTURE_PCT * weedy;
        let fall = self.data.slope_pct / 100.0;
        let (aside, ahead) = sin_cos(self.data.slope_to_deg.to_radians() - pose.heading_rad);
        Place {
            yield_kg_m2: self.yield_kg_m2 * exp(log_yield) * (1.0 - LODGED_YIELD * lodged) * (1.0 - WEED_YIELD * weedy),
            straw_per_grain: self.straw_per_grain * exp(log_straw) * (1.0 + WEED_STRAW * weedy),
            moisture_pct: (self.data.moisture_pct + dew_pct + wetter_pct + patch).clamp(1.0, 60.0),
            lodged,
            along_lodging: cos(self.lodging_rad - pose.heading_rad),
            // Farm slopes are small: the angle is its tangent.
            roll_rad: fall * aside,
            pitch_rad: -fall * ahead,
        }
    }
}

/// Patches that cover a share of the field.
struct Patches {
    texture: Texture,
    share: f64,
    threshold: f64,
}

impl Patches {
    fn new(share: f64, random: &mut Random) -> Self {
        // The threshold of a smoothed step whose mean is the share: a logistic curve of a normal variable is, by the
        // usual approximation, a logistic curve whose scale is wider by sqrt(1 + π s² / 8).
        let odds = crate::math::ln((share.clamp(1e-9, 1.0 - 1e-9)) / (1.0 - share.clamp(1e-9, 1.0 - 1e-9)));
        let wider = (1.0 + PI * PATCH_EDGE * PATCH_EDGE / 8.0).sqrt();
        Self { texture: Texture::new(PATCH_CORRELATION_M, random), share, threshold: -odds * wider / PATCH_EDGE }
    }

    /// How much of a patch is here, 0..=1.
    fn at(&self, across_m: f64, along_m: f64) -> f64 {
        if self.share <= 0.0 {
            return 0.0;
        }
        logistic(PATCH_EDGE * (self.texture.at(across_m, along_m) - self.threshold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_cover_the_share_asked_for() {
        for share in [0.1, 0.35, 0.8] {
            let mut sum = 0.0;
            for seed in 0..40 {
                let patches = Patches::new(share, &mut Random::new(seed, Stream::Field));
                sum += (0..100).map(|n| patches.at(0.0, 60.0 * f64::from(n))).sum::<f64>();
            }
            assert!((sum / 4000.0 - share).abs() < 0.04, "{share}: {}", sum / 4000.0);
        }
    }
}
