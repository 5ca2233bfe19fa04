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
use super::filter::LossFilter;
use super::interval::LogNormal;
use super::state::MachineState;
use crate::machine::{Channel, Readings};
use crate::params::HeaderParams;

/// What the model needs of crop and machine.
#[derive(Debug)]
pub(super) struct HeaderModel {
    params: HeaderParams,
    shatter: f64,
    reel_diameter_m: Option<f64>,
    lowest_head_m: Option<f64>,
    best_reel_ratio: Option<f64>,
}

impl HeaderModel {
    pub fn new(setup: &Setup, params: &HeaderParams) -> Self {
        Self {
            params: *params,
            shatter: setup.crop.header_loss,
            reel_diameter_m: setup.geometry.reel_diameter_m,
            lowest_head_m: setup.crop.lowest_head_m,
            best_reel_ratio: setup.crop.best_reel_ratio,
        }
    }

    /// Loss at the header now, kg/s, with the filter's spread times `inflation`, as pans have shown it. `None` when the
    /// grain that comes in is not known, or the speed is no speed of cutting.
    pub fn loss(
        &self,
        doing: MachineState,
        readings: &Readings,
        grain_in: Option<LogNormal>,
        filter: &LossFilter,
        inflation: f64,
    ) -> Option<LogNormal> {
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
        let (gain, gain_sd) = filter.header_factor();
        let log_sd = if grain_in.median > 0.0 { hypot(inflation * gain_sd, grain_in.log_sd) } else { 0.0 };
        let loss = LogNormal { median: grain_in.median * share.min(self.params.max_share) * gain, log_sd };
        Some(loss.at_most(grain_in.mean()))
    }
}
