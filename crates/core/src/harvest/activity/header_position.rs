//! Whether the header is at work: by the machine's own flag, by its height, and by whether crop comes in nevertheless.
//!
//! Heights may be counted from another zero than the ground, and the flag may switch at another height than the operator
//! cuts at. The crop decides then: crop that keeps coming through a header that is reported up is being cut by it.

use super::crop_evidence::CropEvidence;
use super::on_off_delay::OnOffDelay;
use super::two_levels::TwoLevels;
use crate::machine::{Channel, Readings};
use crate::params::{HeaderPositionParams, Params};
use crate::time::STEP_S;

/// How the machine drives.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is independent of the others")]
pub(super) struct DriveState {
    pub moving: bool,
    pub straight: bool,
    pub driven: bool,
    pub unloading: bool,
}

/// Derives whether the header is at work, step by step.
#[derive(Clone, Debug)]
pub(super) struct HeaderPosition {
    params: HeaderPositionParams,
    down: OnOffDelay,
    levels: TwoLevels,
    /// Highest height at which crop kept coming, m.
    highest_work_m: Option<f64>,
    up_but_fed_s: f64,
    /// The feeder has run empty since the header is reported up.
    empty_since_up: bool,
    down_unfed_s: f64,
    down_s: f64,
    fed_since_down: bool,
    flag_distrusted_s: f64,
    /// Height when the header was last at work, m.
    work_m: Option<f64>,
    /// Mean height of recent work, m.
    lately_m: Option<f64>,
}

impl HeaderPosition {
    pub fn new(params: &Params) -> Self {
        let HeaderPositionParams { delay_s, levels_apart_m, .. } = params.header_position;
        Self {
            params: params.header_position,
            down: OnOffDelay::new(delay_s, delay_s),
            levels: TwoLevels::of_heights(levels_apart_m, &params.two_levels),
            highest_work_m: None,
            up_but_fed_s: 0.0,
            empty_since_up: false,
            down_unfed_s: 0.0,
            down_s: 0.0,
            fed_since_down: false,
            flag_distrusted_s: 0.0,
            work_m: None,
            lately_m: None,
        }
    }

    /// One step. Whether the header is at work; `None` when neither flag nor height is known.
    pub fn step(&mut self, readings: &Readings, crop: CropEvidence, drive: DriveState) -> Option<bool> {
        let DriveState { moving, driven, .. } = drive;
        self.flag_distrusted_s = (self.flag_distrusted_s - STEP_S).max(0.0);
        let height = readings.value(Channel::HeaderHeight);
        if let Some(height_m) = height.filter(|_| moving && driven) {
            self.levels.add(height_m);
        }
        let flag = readings.flag(Channel::HeaderBelowWorkHeight);
        let by_height = height.map(|height_m| height_m < self.down_below_m());
        let reported = match flag {
            Some(below) if self.flag_distrusted_s <= 0.0 || by_height.is_none() => Some(below),
            _ => by_height,
        }?;
        let is_down = self.down.step(reported);
        Some(if is_down { self.works_down(crop, drive, height) } else { self.works_up(crop, drive, height, flag) })
    }

    fn down_below_m(&self) -> f64 {
        let HeaderPositionParams { down_below_m, hysteresis_m, lifted_m, .. } = self.params;
        let usual = self.levels.between(down_below_m).unwrap_or(down_below_m);
        let usual = self.lately_m.map_or(usual, |lately_m| usual.min(lately_m + lifted_m));
        let learned = self.highest_work_m.map_or(usual, |work_m| usual.max(work_m + hysteresis_m));
        if self.down.is_on() { learned + hysteresis_m } else { learned }
    }

    /// Whether a header that is reported down works.
    fn works_down(&mut self, crop: CropEvidence, drive: DriveState, height: Option<f64>) -> bool {
        let DriveState { moving, driven, .. } = drive;
        (self.up_but_fed_s, self.empty_since_up) = (0.0, false);
        if height.is_some() {
            self.work_m = height;
        }
        if let Some(height_m) = height.filter(|_| moving && driven && crop.by_feed != Some(false)) {
            let lately_m = self.lately_m.get_or_insert(height_m);
            *lately_m += (height_m - *lately_m) * STEP_S / self.params.lately_s;
        }
        // A feed-rate sensor alone may be dead: the engine's load must agree, where it is known.
        let no_crop = crop.by_feed == Some(false) && crop.by_load != Some(true);
        let unloaded = !crop.feed_known && crop.by_load == Some(false);
        let counts = moving && driven && (no_crop || unloaded && self.highest_work_m.is_some());
        self.down_unfed_s = if counts { self.down_unfed_s + STEP_S } else { 0.0 };
        if self.down_unfed_s >= self.params.feeder_empty_s {
            // No crop comes at the height that was learned as a working one either.
            self.highest_work_m = None;
        }
        self.down_s += if moving { STEP_S } else { 0.0 };
        self.fed_since_down |= crop.by_feed != Some(false);
        if self.fed_since_down {
            self.down_unfed_s < self.params.no_crop_s
        } else {
            self.down_s >= self.params.wait_s && self.down_unfed_s < self.params.no_crop_s
        }
    }

    /// Whether a header that is reported up works.
    fn works_up(&mut self, crop: CropEvidence, drive: DriveState, height: Option<f64>, flag: Option<bool>) -> bool {
        let raised = self.work_m.zip(height).is_some_and(|(work_m, height_m)| height_m > work_m + self.params.raised_m);
        // Turning and unloading load the engine as well.
        let by_load = crop.by_load.filter(|_| drive.straight && !drive.unloading);
        let coming = if crop.feed_known { crop.by_feed } else { by_load };
        self.empty_since_up |= coming == Some(false);
        // Crop that still comes was cut before the header was raised, unless it begins anew.
        let cut_now = self.empty_since_up || !raised;
        let fed = drive.moving && coming == Some(true) && crop.by_load != Some(false) && cut_now;
        self.up_but_fed_s = if fed { self.up_but_fed_s + STEP_S } else { 0.0 };
        if !fed {
            (self.down_unfed_s, self.down_s, self.fed_since_down) = (0.0, 0.0, false);
        }
        if self.up_but_fed_s >= self.params.feeder_empty_s {
            self.highest_work_m = match (self.highest_work_m, height) {
                (Some(before), Some(now)) => Some(before.max(now)),
                (before, now) => now.or(before),
            };
            self.lately_m = height;
            if flag == Some(false) {
                self.flag_distrusted_s = self.params.distrust_s;
            }
            return true;
        }
        false
    }
}
