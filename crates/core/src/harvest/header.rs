//! Loss at the header. No sensor measures it: it is a model of reel, speed and height, and never more than "model only"
//! until pans calibrate it.
//!
//! The terms add up in shares of the yield: shatter, a reel that is too fast or too slow for the ground speed, stripping
//! by the knife when driving fast, and heads cut off above the knife. Loss need not rise with speed: below the best reel
//! ratio it falls, as several field trials found. The coefficients are assumed starting values; the wide prior of the
//! gain filter stands for their uncertainty.

use crate::math::{exp, hypot, square};
use std::f64::consts::PI;

use super::crop::Setup;
use super::filter::{LossFilter, ModelLoss, OperatingPoint};
use super::interval::LogNormal;
use super::state::MachineState;
use crate::crop_conditions::{CropConditions, Stand};
use crate::machine::{Channel, Readings};
use crate::params::{CropConditionParams, HeaderParams, Params};

/// What the model needs of crop and machine.
#[derive(Debug)]
pub(super) struct HeaderModel {
    params: HeaderParams,
    conditions: CropConditionParams,
    local_sd: f64,
    shatter: f64,
    reel_diameter_m: Option<f64>,
    lowest_head_m: Option<f64>,
    best_reel_ratio: Option<f64>,
}

/// What the header loses now.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeaderLoss {
    /// kg/s.
    pub loss: LogNormal,
    /// The same by the model.
    pub modelled: ModelLoss,
}

impl HeaderModel {
    pub fn new(setup: &Setup, params: &Params) -> Self {
        Self {
            params: params.header,
            conditions: params.crop_conditions,
            local_sd: params.filter.header_local_sd,
            shatter: setup.crop.header_loss,
            reel_diameter_m: setup.geometry.reel_diameter_m,
            lowest_head_m: setup.crop.lowest_head_m,
            best_reel_ratio: setup.crop.best_reel_ratio,
        }
    }

    /// ln of the factor on the loss in crop that stands like this, and its spread.
    const fn stand(&self, crop: CropConditions) -> (f64, f64) {
        let CropConditionParams { lodged_log, lodged_sd, leaning_log, leaning_sd, stand_unknown_sd, .. } =
            self.conditions;
        match crop.stand {
            Some(Stand::Standing) => (0.0, 0.0),
            Some(Stand::Leaning) => (leaning_log, leaning_sd),
            Some(Stand::Lodged) => (lodged_log, lodged_sd),
            None => (0.0, stand_unknown_sd),
        }
    }

    /// Loss at the header now, kg/s, with the filter's spread times `inflation`, as pans have shown it. `None` when the
    /// grain that comes in is not known, or the speed is no speed of cutting.
    pub fn loss(
        &self,
        doing: MachineState,
        readings: &Readings,
        crop: CropConditions,
        grain_in: Option<LogNormal>,
        filter: &LossFilter,
        inflation: f64,
    ) -> Option<HeaderLoss> {
        let grain_in = grain_in?;
        let speed_m_s = readings.value(Channel::GroundSpeed);
        if grain_in.median > 0.0 && speed_m_s.is_some_and(|v| v > self.params.no_cut_above_m_s) {
            return None;
        }
        let mut share = self.shatter;
        if let (Some(rpm), Some(diameter_m), Some(best), Some(v)) = (
            readings.value(Channel::ReelSpeed),
            self.reel_diameter_m,
            self.best_reel_ratio,
            speed_m_s.filter(|&v| v > self.params.reel_from_m_s),
        ) {
            let off = PI * diameter_m * rpm / 60.0 / v - best;
            let off = off.clamp(-self.params.max_reel_excess, self.params.max_reel_excess);
            share += if off > 0.0 { self.params.reel_fast } else { self.params.reel_slow } * off * off;
        }
        if let Some(v) = speed_m_s {
            share += self.params.stripping * square((v - self.params.fast_m_s).max(0.0));
        }
        if let (Some(height_m), Some(lowest_m)) = (readings.value(Channel::HeaderHeight), self.lowest_head_m) {
            let above = (height_m - lowest_m) / self.params.head_spread_m;
            share += 1.0 / (1.0 + exp(-above));
        }
        if doing.turning_cut == Some(true) {
            share *= self.params.curve;
        }
        let (stand_log, stand_sd) = self.stand(crop);
        let point = OperatingPoint { stand_sd, ..OperatingPoint::default() };
        let kg_s = grain_in.median * (share * exp(stand_log)).min(self.params.max_share);
        let (gain, gain_sd) = filter.header_factor(&point);
        let known_sd = if grain_in.median > 0.0 { hypot(inflation * gain_sd, grain_in.log_sd) } else { 0.0 };
        // What differs from place to place widens the interval and moves no mean.
        let mean = LogNormal { median: kg_s * gain, log_sd: known_sd }.mean();
        let log_sd = if grain_in.median > 0.0 { hypot(known_sd, self.local_sd) } else { 0.0 };
        let loss = LogNormal::of_mean(mean, log_sd).at_most(grain_in.mean());
        Some(HeaderLoss { loss, modelled: ModelLoss { kg_s, point } })
    }
}
