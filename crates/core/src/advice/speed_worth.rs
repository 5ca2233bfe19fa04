//! What other speeds are worth: loss and area rate at ten per cent less, as now, and ten per cent more.

use super::load_curve::Slope;
use crate::harvest::{Estimate, Interval90, LogNormal};
use crate::math::{Z90, exp, hypot, ln};

/// The speeds that are compared, over the present one.
const FACTORS: [f64; 3] = [0.9, 1.0, 1.1];
/// Price of grain and cost of time, in one currency; `None` until they are entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Economy {
    /// Price of the grain, money/kg.
    pub price_per_kg: Option<f64>,
    /// What an hour of harvesting costs, machine and people, money/h.
    pub cost_per_h: Option<f64>,
    /// What drying a kilogram costs that is cut after rain, money/kg.
    pub drying_per_kg: Option<f64>,
}

/// A pace of work: area in an hour, and loss on it.
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
    /// This speed over the present one.
    pub factor: f64,
    /// Area rate while cutting, ha/h.
    pub area_ha_h: f64,
    /// Loss, kg/h.
    pub loss_kg_h: Interval90,
    /// Loss beyond the present one, kg/ha.
    pub more_kg_ha: Interval90,
    /// Gain over the present speed, money/ha; `None` when price or cost is not known.
    pub gain_per_ha: Option<Interval90>,
}

/// The speeds at −10 %, now and +10 %.
pub type SpeedWorth = [SpeedStep; 3];

/// From an estimate in settled cutting, the grain that comes in now, the exponent of the loss behind the machine, and the
/// standard deviation of the exponent at the header. `None` when one of them is not known.
pub(super) fn speed_worth(
    estimate: &Estimate,
    grain_kg_s: f64,
    slope: Slope,
    header_slope_sd: f64,
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
        let header_now = LogNormal::of_mean(header, hypot(header_sd, header_slope_sd * log));
        let rear_then = LogNormal::of_mean(rear * exp(slope.mean * log), hypot(rear_sd, slope.sd * log));
        let loss_kg_h = header_now.plus(rear_then).scaled(grain_kg_s * factor * 3600.0).band();
        // The error of the loss is the same at both speeds: it scales the difference. To first order.
        let more = rear_then.mean() - LogNormal::of_mean(rear, rear_sd).mean();
        let spread = [more * rear_sd, rear_then.mean() * log * slope.sd, header * log * header_slope_sd];
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
