//! Loss at the header. No sensor sees it: it is a model of reel, speed and height, and never more than "model only".
//!
//! The terms add up in shares of the yield: shatter, a reel that is too fast or too slow for the ground speed, stripping
//! by the knife when driving fast, and heads cut off above the knife. Loss need not rise with speed: below the best reel
//! ratio it falls, as several field trials found. The coefficients are assumed starting values; the gain filter's wide
//! prior stands for what they do not know.

use crate::math::{exp, hypot, square};
use std::f64::consts::PI;

use super::activity::MachineState;
use super::crop::Setup;
use super::filter::LossFilter;
use super::interval::LogNormal;
use crate::machine::{Channel, Readings};

/// Share of yield for each unit of squared excess, reel too fast and too slow (assumed).
const REEL_FAST: f64 = 0.04;
const REEL_SLOW: f64 = 0.015;
/// Above 4 mph header loss rises substantially (PAMI, 2019); slope for each (m/s)² (assumed).
const FAST_M_S: f64 = 1.8;
const STRIPPING: f64 = 0.008;
/// Heads and pods hang at heights that spread by so much, m (assumed); those below the knife stay in the field.
const HEAD_SPREAD_M: f64 = 0.05;
/// WorkKind speeds are 4 to 7 km/h in guidance for operators, stripper headers go over 6.4 km/h: at twice that, 14 km/h, no
/// combine cuts (our choice). A speed above it is one in another unit, of which the model knows nothing.
pub const NO_CUT_ABOVE_M_S: f64 = 14.0 / 3.6;
/// Cutting in a curve: one end of the header runs faster than the reel suits (assumed).
const CURVE: f64 = 1.5;
/// Beyond this share the model has left what anybody measured (over 20 % in rapeseed).
const MOST: f64 = 0.3;

/// The header's part of a setup.
#[derive(Debug)]
pub(super) struct HeaderModel {
    shatter: f64,
    reel_diameter_m: Option<f64>,
    lowest_head_m: Option<f64>,
    best_reel_ratio: Option<f64>,
}

impl HeaderModel {
    pub fn new(setup: &Setup) -> Self {
        Self {
            shatter: setup.crop.header_loss,
            reel_diameter_m: setup.geometry.reel_diameter_m,
            lowest_head_m: setup.crop.lowest_head_m,
            best_reel_ratio: setup.crop.best_reel_ratio,
        }
    }

    /// kg/s left at the header now, where pans have taught this factor on the filter's spread; `None` when it is not known
    /// what comes in, or how fast.
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
        if grain_in.median > 0.0 && speed_m_s.is_some_and(|v| v > NO_CUT_ABOVE_M_S) {
            return None;
        }
        let mut share = self.shatter;
        if let (Some(rpm), Some(diameter_m), Some(best), Some(v)) = (
            readings.value(Channel::ReelSpeed),
            self.reel_diameter_m,
            self.best_reel_ratio,
            speed_m_s.filter(|&v| v > 0.3),
        ) {
            let off = PI * diameter_m * rpm / 60.0 / v - best;
            // A wrongly mapped reel must not run away with the model.
            let off = off.clamp(-1.0, 1.0);
            share += if off > 0.0 { REEL_FAST } else { REEL_SLOW } * off * off;
        }
        if let Some(v) = speed_m_s {
            share += STRIPPING * square((v - FAST_M_S).max(0.0));
        }
        if let (Some(height_m), Some(lowest_m)) = (readings.value(Channel::HeaderHeight), self.lowest_head_m) {
            let above = (height_m - lowest_m) / HEAD_SPREAD_M;
            share += 1.0 / (1.0 + exp(-above));
        }
        if doing.turning_cut == Some(true) {
            share *= CURVE;
        }
        let (gain, gain_sd) = filter.header_factor();
        let log_sd = if grain_in.median > 0.0 { hypot(inflation * gain_sd, grain_in.log_sd) } else { 0.0 };
        Some(LogNormal { median: grain_in.median * share.min(MOST) * gain, log_sd })
    }
}
