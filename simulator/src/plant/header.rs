//! The header: cuts what stands before it and drops some of it.

use std::f64::consts::PI;

use super::flows::{Crops, Offer};
use crate::controls::Controls;
use crate::math::{exp, logistic};
use crate::scenario::{self, Crop, Machine};
use crate::time::TICK_S;

/// Above this height the knife finds no stalks worth a name, m: working heights end at 0.5 m in Chinese trials of
/// working-area measurement.
const HIGHEST_CUT_M: f64 = 0.45;
/// Moisture to which the crop's shatter is given, % wet basis.
const REFERENCE_MOISTURE_PCT: f64 = 15.0;
/// How much yawing shakes the ears: factor on shatter per rad/s. Assumed; no measurement of it was found.
const YAW_SHATTER_S: f64 = 6.0;
/// Speed over the bunching speed at which that loss has grown by a factor of e, m/s. Assumed.
const BUNCHING_SCALE_M_S: f64 = 0.35;
/// The bats should not be slower than this over the ground speed before heads drop forward. Assumed.
const SLACK_INDEX: f64 = 1.05;
/// A knife lower than usual lifts more of the lodged ears; what it saves, as a share of their loss. Assumed.
const LODGED_BY_HEIGHT: f64 = 0.6;
/// Lodged crop is lost more when the machine drives with it, less against it (Chinese guidance: against it, or at 45
/// degrees). Share assumed.
const ALONG_LODGING: f64 = 0.35;
/// A reel that stands forward and down brings lodged ears in before they are cut; what it saves, as a share of their loss.
/// The advice is Chinese guidance, the figure assumed.
const REEL_FORWARD_SAVES: f64 = 0.3;
/// In crop that stands it strikes the ears instead; the loss, % of the grain. Assumed.
const REEL_FORWARD_STRIKES_PCT: f64 = 0.3;
/// The reel drive follows its valve with this time constant, s. Assumed.
const REEL_TIME_S: f64 = 1.0;

/// The header.
pub(crate) struct Header {
    data: scenario::Header,
    crop: Crop,
    width_m: f64,
    height_m: f64,
    reel_rpm: f64,
    reel_forward: bool,
    running: bool,
    width_share: f64,
}

/// What the knife takes and drops.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// Grain and straw at the knife, kg/s.
    pub entering: Crops,
    /// Grain left on the ground, kg/s.
    pub loss_kg_s: f64,
}

impl Header {
    pub(super) fn new(machine: &Machine, crop: &Crop, height_m: f64) -> Self {
        Self {
            data: machine.header.clone(),
            crop: crop.clone(),
            width_m: machine.header_width_m,
            height_m,
            reel_rpm: 0.0,
            reel_forward: false,
            running: false,
            width_share: 0.0,
        }
    }

    /// Moves it; `run` is the speed of its drive over that at rated engine speed, 0 when it is off.
    pub(super) fn step(&mut self, controls: &Controls, run: f64) {
        let way = controls.header_height_m - self.height_m;
        self.height_m += way.clamp(-self.data.lower_m_s * TICK_S, self.data.lift_m_s * TICK_S);
        self.reel_rpm += (controls.reel_rpm * run - self.reel_rpm) * TICK_S / REEL_TIME_S;
        self.reel_forward = controls.reel_forward;
        self.running = run > 0.3;
    }

    /// What it takes from the field at this speed.
    pub(super) fn cut(&mut self, speed_m_s: f64, offer: &Offer) -> Cut {
        self.width_share = if self.running && self.height_m < HIGHEST_CUT_M { offer.width_share } else { 0.0 };
        let grain = speed_m_s * self.width_m * self.width_share * offer.place.yield_kg_m2;
        // The stems under the knife stay: a longer stubble feeds less straw.
        let longer_m = self.height_m - self.crop.usual_cut_m;
        let fed = (1.0 - self.crop.straw_per_m * longer_m).clamp(0.3, 1.5);
        let entering = Crops { grain, straw: grain * offer.place.straw_per_grain * fed };
        let lost = if grain > 0.0 { self.loss(speed_m_s, offer) } else { 0.0 };
        Cut { entering, loss_kg_s: grain * lost }
    }

    /// The share of the grain that it drops. A turning header goes faster at its outer end and slower at its inner.
    fn loss(&self, speed_m_s: f64, offer: &Offer) -> f64 {
        let yaw = offer.yaw_rate_rad_s.abs();
        let end_m_s = yaw * self.width_m / 2.0;
        let along: f64 =
            [-1.0, 0.0, 1.0].map(|side| self.speed_loss_pct((speed_m_s + side * end_m_s).max(0.0))).iter().sum();
        let (crop, place) = (&self.crop.header, &offer.place);
        let dry = exp(crop.dry_shatter_per_pct * (REFERENCE_MOISTURE_PCT - place.moisture_pct));
        let shatter = crop.shatter_pct * dry * (1.0 + YAW_SHATTER_S * yaw);
        // The dividers tear the crop at both edges, whatever the width: narrow headers lose more by the hectare.
        let cut_kg_m = self.width_m * self.width_share * place.yield_kg_m2;
        let edges = if cut_kg_m > 0.0 { crop.edge_g_m * 1e-3 * dry / cut_kg_m } else { 0.0 };
        // Low ears stay under a high knife; their heights are spread as a logistic curve.
        let cut_above = logistic((self.height_m - crop.ear_height_m) / crop.ear_height_spread_m);
        let height = (self.height_m / self.crop.usual_cut_m).clamp(0.0, 3.0);
        let lodged = place.lodged * crop.lodged_pct / 100.0
            * (1.0 - LODGED_BY_HEIGHT + LODGED_BY_HEIGHT * height)
            * (1.0 + ALONG_LODGING * place.along_lodging);
        let standing = (along / 3.0 + shatter) / 100.0 + edges + cut_above;
        if self.reel_forward {
            let strikes = (1.0 - place.lodged) * REEL_FORWARD_STRIKES_PCT / 100.0;
            return (standing + strikes + lodged * (1.0 - REEL_FORWARD_SAVES)).min(1.0);
        }
        (standing + lodged).min(1.0)
    }

    /// What reel and knife drop at this ground speed, %.
    fn speed_loss_pct(&self, speed_m_s: f64) -> f64 {
        let bat_m_s = PI * self.data.reel_diameter_m * self.reel_rpm / 60.0;
        let strike = (bat_m_s - speed_m_s).max(0.0);
        let slack = (SLACK_INDEX * speed_m_s - bat_m_s).max(0.0);
        let crop = &self.crop.header;
        let over = (speed_m_s - crop.bunching_speed_m_s).max(0.0);
        let bunching = crop.bunching_pct * (exp(over / BUNCHING_SCALE_M_S) - 1.0);
        crop.reel_strike_pct * strike * strike + crop.reel_slack_pct * slack + bunching
    }

    /// Of the knife above ground, m.
    pub fn height_m(&self) -> f64 {
        self.height_m
    }

    /// r/min.
    pub fn reel_rpm(&self) -> f64 {
        self.reel_rpm
    }

    /// Whether its drive runs.
    pub fn running(&self) -> bool {
        self.running
    }

    /// Low enough to cut.
    pub fn is_down(&self) -> bool {
        self.height_m < HIGHEST_CUT_M
    }

    /// Share of the width that is cutting now.
    pub fn width_share(&self) -> f64 {
        self.width_share
    }
}
