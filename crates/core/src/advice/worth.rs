//! What the speed is worth: loss and capacity at ten per cent less, as now, and ten per cent more.

use crate::harvest::{Estimate, Interval90, LogNormal};
use crate::math::{Z90, exp, hypot, ln};

/// The speeds looked at, over that of now.
const FACTORS: [f64; 3] = [0.9, 1.0, 1.1];
/// Elasticity of the header's loss share with speed: trials found both signs, so none is assumed, and this spread.
const HEADER_SLOPE_SD: f64 = 0.5;

/// What a kilogram and an hour are worth, in one currency. Unknown unless somebody says so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Economy {
    /// Price of the grain, money/kg.
    pub price_per_kg: Option<f64>,
    /// What an hour of harvesting costs, machine and people, money/h.
    pub cost_per_h: Option<f64>,
}

/// A way to work: how much area in an hour, and what is lost on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Area rate, ha/h.
    pub area_ha_h: f64,
    /// Loss, kg/ha.
    pub loss_kg_ha: f64,
}

/// What changing from one pace to another gains on an area: hours saved at their cost, less the grain that is lost more,
/// at its price. Negative when the change costs.
pub fn net_gain(area_ha: f64, from: Pace, to: Pace, price_per_kg: f64, cost_per_h: f64) -> f64 {
    let saved_h = area_ha / from.area_ha_h - area_ha / to.area_ha_h;
    saved_h * cost_per_h - (to.loss_kg_ha - from.loss_kg_ha) * area_ha * price_per_kg
}

/// One speed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SpeedStep {
    /// Over the speed of now.
    pub factor: f64,
    /// Area rate while cutting, ha/h.
    pub area_ha_h: f64,
    /// Loss, kg/h.
    pub loss_kg_h: Interval90,
    /// Loss beyond that of now, kg/ha.
    pub more_kg_ha: Interval90,
    /// What it gains over the speed of now, money/ha; `None` when price or cost is not known.
    pub gain_per_ha: Option<Interval90>,
}

/// What the speed is worth, at −10 %, now and +10 %.
pub type SpeedWorth = [SpeedStep; 3];

/// From an estimate in settled cutting, the grain that comes in now, and the exponent of the loss behind the machine
/// with its standard deviation. `None` when a part is not known.
pub(super) fn speed_worth(
    estimate: &Estimate,
    grain_kg_s: f64,
    (slope, slope_sd): (f64, f64),
    economy: Economy,
) -> Option<SpeedWorth> {
    let [header, separation, cleaning] = estimate.stream_shares?;
    let (header_sd, rear_sd) = (estimate.header.loss?.log_sd, estimate.rear.loss?.log_sd);
    let area_m2_s = estimate.working_width_m? * estimate.ground_speed_m_s?;
    let rear = separation + cleaning;
    let known = [header, rear, header_sd, rear_sd, grain_kg_s, area_m2_s].iter().all(|value| value.is_finite());
    if !known || area_m2_s <= 0.0 || grain_kg_s <= 0.0 {
        return None;
    }
    // m²/s to ha/h, and kg/m² to kg/ha.
    let area_ha_h = area_m2_s * 0.36;
    let yield_kg_ha = grain_kg_s / area_m2_s * 1e4;
    Some(FACTORS.map(|factor| {
        let log = ln(factor);
        let header_now = LogNormal { median: header, log_sd: hypot(header_sd, HEADER_SLOPE_SD * log) };
        let rear_then = LogNormal { median: rear * exp(slope * log), log_sd: hypot(rear_sd, slope_sd * log) };
        let loss_kg_h = header_now.plus(rear_then).scaled(grain_kg_s * factor * 3600.0).band();
        // The error of the loss is the same at both speeds: it scales the difference. To first order.
        let more = rear_then.median - rear;
        let spread = [more * rear_sd, rear_then.median * log * slope_sd, header * log * HEADER_SLOPE_SD];
        let spread = Z90 * spread.iter().map(|part| part * part).sum::<f64>().sqrt();
        let per_ha = |share: f64| share * yield_kg_ha;
        let more_kg_ha = Interval90 { value: per_ha(more), lo: per_ha(more - spread), hi: per_ha(more + spread) };
        let gain_per_ha = economy.price_per_kg.zip(economy.cost_per_h).map(|(price, cost)| {
            let now = Pace { area_ha_h, loss_kg_ha: 0.0 };
            let gain = |loss_kg_ha| net_gain(1.0, now, Pace { area_ha_h: area_ha_h * factor, loss_kg_ha }, price, cost);
            Interval90 { value: gain(more_kg_ha.value), lo: gain(more_kg_ha.hi), hi: gain(more_kg_ha.lo) }
        });
        SpeedStep { factor, area_ha_h: area_ha_h * factor, loss_kg_h, more_kg_ha, gain_per_ha }
    }))
}
