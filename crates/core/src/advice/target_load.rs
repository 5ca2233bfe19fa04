//! The feed rate at which to work, from which the screen computes the goal of the speed. Its basis is what this session
//! lost at its loads, or what the driver has said of the crop; without either there is none. The nameplate, less what
//! lodged or wet crop takes off, is the upper end of both.

use super::load_curve::LoadCurve;
use crate::crop_conditions::{CropConditions, Stand};
use crate::harvest::{Activity, Estimate, Stream};
use crate::math::exp;
use crate::params::TargetLoadParams;

/// What a goal of the load rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadBasis {
    /// The losses of this session at its loads: the loss would be at the limit at the upper end, or that end is as far as
    /// the session has tried.
    Learned,
    /// Ordinary load, less what the driver's words on the crop, and its moisture, take off.
    Stated,
}

impl LoadBasis {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Learned => "learned",
            Self::Stated => "stated",
        }
    }
}

/// The feed rates at which to work.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TargetLoad {
    /// Lower end, kg/s.
    pub low_kg_s: f64,
    /// Upper end, kg/s.
    pub high_kg_s: f64,
    /// What it rests on.
    pub basis: LoadBasis,
}

/// Load in this crop over that in dry crop that stands, 0..1.
pub(crate) fn load_factor(crop: CropConditions, moisture: Option<f64>, params: &TargetLoadParams) -> f64 {
    let stand = match crop.stand {
        Some(Stand::Lodged) => params.lodged,
        Some(Stand::Leaning) => params.leaning,
        Some(Stand::Standing) | None => 1.0,
    };
    let is_wet = crop.is_wet() || moisture.is_some_and(|moisture| moisture > params.damp_from);
    let or_one = |is: bool, factor: f64| if is { factor } else { 1.0 };
    stand
        * or_one(is_wet, params.wet)
        * or_one(crop.is_weedy(), params.weedy)
        * or_one(crop.is_on_slope(), params.slope)
}

/// The goal now; `None` when the machine does not cut, its nameplate is not known, or there is no basis.
pub(super) fn target_load(
    estimate: &Estimate,
    moisture: Option<f64>,
    (limit_share, rated_feed_kg_s): (Option<f64>, f64),
    curve: &LoadCurve,
    params: &TargetLoadParams,
) -> Option<TargetLoad> {
    let is_rated = rated_feed_kg_s.is_finite() && rated_feed_kg_s > 0.0;
    if estimate.doing.activity != Some(Activity::Cutting) || !is_rated {
        return None;
    }
    let factor = load_factor(estimate.crop, moisture, params);
    let goal = |high_kg_s: f64, basis| TargetLoad { low_kg_s: params.low_share * high_kg_s, high_kg_s, basis };
    let header = estimate.stream_shares.map(|shares| shares[Stream::Header as usize]);
    // What the header loses is not the load's doing: the rest of the limit is left for the loss behind.
    let left = limit_share.zip(header).map(|(limit, header)| limit - header).filter(|left| *left > 0.0);
    let learned = left.and_then(|left| curve.load_at(left, params)).map(exp);
    if let Some(learned_kg_s) = learned.filter(|load| load.is_finite()) {
        return Some(goal(learned_kg_s.min(factor * rated_feed_kg_s), LoadBasis::Learned));
    }
    // Ordinary load is the middle of the range.
    let high = factor * params.ordinary_load * rated_feed_kg_s * 2.0 / (1.0 + params.low_share);
    (!estimate.crop.is_unknown()).then(|| goal(high, LoadBasis::Stated))
}

#[cfg(test)]
mod tests;
