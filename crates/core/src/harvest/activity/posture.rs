//! Whether the header is at work: by the machine's own word, by its height, and by whether crop comes in all the same.
//!
//! Where heights are counted from another zero than the ground, or the flag switches at another height than the operator
//! cuts at, the crop knows better: crop that keeps coming through a header that is said to be up is cut by it.

use crate::time::STEP_S;
use super::crop_sign::CropSign;
use super::hold::Hold;
use super::levels::Levels;
use crate::machine::{Channel, Readings};

/// Down below this height, m (Wang et al.), while nothing better has been learned; up again so much higher.
const DOWN_M: f64 = 0.5;
const BAND_M: f64 = 0.05;
/// Risen by so much above where crop has lately been cut, the header is up as well, m (our choice: more than it moves
/// while it follows the ground, less than it is lifted).
const LIFTED_M: f64 = 0.3;
/// Where crop has lately been cut: over so long, s.
const LATELY_S: f64 = 20.0;
/// The feeder runs empty within this time after the header has risen: crop that comes for longer is being cut, s.
const FEEDER_EMPTY_S: f64 = 4.0;
/// A header that has risen by so much since then is up whatever comes in, m.
const RISEN_M: f64 = 0.15;
/// What has once been wrong about the header is not asked for so long, s (our choice).
const DISTRUST_S: f64 = 900.0;
/// A header that is down and brings nothing for so long cuts nothing, s (our choice: longer than a gap in the crop).
const NOTHING_S: f64 = 8.0;
/// A header that has just come down waits for its crop for so long at most, s: operators lower it some metres ahead, and
/// the feeder shows crop a second or more late.
const WAIT_S: f64 = 1.5;

/// How the machine goes.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a thing of its own")]
pub(super) struct Way {
    pub moving: bool,
    pub straight: bool,
    pub driven: bool,
    pub unloading: bool,
}

/// Follows the header.
#[derive(Clone, Debug)]
pub(super) struct Posture {
    held: Hold,
    levels: Levels,
    /// Highest at which crop has kept coming, m.
    highest_work_m: Option<f64>,
    up_but_fed_s: f64,
    /// The feeder has run empty since the header is said to be up.
    empty_since_up: bool,
    down_unfed_s: f64,
    down_s: f64,
    fed_since_down: bool,
    flag_distrusted_s: f64,
    /// Height when the header was last at work, m, and the mean of late.
    work_m: Option<f64>,
    lately_m: Option<f64>,
}

impl Default for Posture {
    fn default() -> Self {
        Self {
            held: Hold::new(0.3, 0.3),
            levels: Levels::of_heights(),
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
}

impl Posture {
    /// One step while the machine moves or stands; `None` when nothing is known of the header.
    pub fn step(&mut self, readings: &Readings, crop: CropSign, way: Way) -> Option<bool> {
        let Way { moving, driven, .. } = way;
        self.flag_distrusted_s = (self.flag_distrusted_s - STEP_S).max(0.0);
        let height = readings.value(Channel::HeaderHeight);
        if let Some(height_m) = height.filter(|_| moving && driven) {
            self.levels.add(height_m);
        }
        let flag = readings.flag(Channel::HeaderBelowWorkHeight);
        let by_height = height.map(|height_m| height_m < self.down_below_m());
        let said = match flag {
            Some(below) if self.flag_distrusted_s <= 0.0 || by_height.is_none() => Some(below),
            _ => by_height,
        }?;
        let said = self.held.step(said);
        Some(if said { self.down(crop, way, height) } else { self.up(crop, way, height, flag) })
    }

    fn down_below_m(&self) -> f64 {
        let usual = self.levels.between(DOWN_M).unwrap_or(DOWN_M);
        let usual = self.lately_m.map_or(usual, |lately_m| usual.min(lately_m + LIFTED_M));
        let learned = self.highest_work_m.map_or(usual, |work_m| usual.max(work_m + BAND_M));
        if self.held.is_on() { learned + BAND_M } else { learned }
    }

    /// The header is said to be down.
    fn down(&mut self, crop: CropSign, Way { moving, driven, .. }: Way, height: Option<f64>) -> bool {
        (self.up_but_fed_s, self.empty_since_up) = (0.0, false);
        if height.is_some() {
            self.work_m = height;
        }
        if let Some(height_m) = height.filter(|_| moving && driven && crop.by_feed != Some(false)) {
            let lately_m = self.lately_m.get_or_insert(height_m);
            *lately_m += (height_m - *lately_m) * STEP_S / LATELY_S;
        }
        // A feed-rate sensor alone may be dead: the engine must feel it too, where it is known.
        let nothing = crop.by_feed == Some(false) && crop.by_load != Some(true);
        let unloaded = !crop.feed_known && crop.by_load == Some(false);
        let counts = moving && driven && (nothing || unloaded && self.highest_work_m.is_some());
        self.down_unfed_s = if counts { self.down_unfed_s + STEP_S } else { 0.0 };
        if self.down_unfed_s >= FEEDER_EMPTY_S {
            // Nor does crop come at the height that was taken for a working one.
            self.highest_work_m = None;
        }
        self.down_s += if moving { STEP_S } else { 0.0 };
        self.fed_since_down |= crop.by_feed != Some(false);
        if self.fed_since_down {
            self.down_unfed_s < NOTHING_S
        } else {
            self.down_s >= WAIT_S && self.down_unfed_s < NOTHING_S
        }
    }

    /// The header is said to be up.
    fn up(&mut self, crop: CropSign, way: Way, height: Option<f64>, flag: Option<bool>) -> bool {
        let risen = self.work_m.zip(height).is_some_and(|(work_m, height_m)| height_m > work_m + RISEN_M);
        // Turning and unloading load the engine as well.
        let by_load = crop.by_load.filter(|_| way.straight && !way.unloading);
        let comes = if crop.feed_known { crop.by_feed } else { by_load };
        self.empty_since_up |= comes == Some(false);
        // Crop that still comes was cut before the header rose, unless it begins anew.
        let cut_now = self.empty_since_up || !risen;
        let fed = way.moving && comes == Some(true) && crop.by_load != Some(false) && cut_now;
        self.up_but_fed_s = if fed { self.up_but_fed_s + STEP_S } else { 0.0 };
        if !fed {
            (self.down_unfed_s, self.down_s, self.fed_since_down) = (0.0, 0.0, false);
        }
        if self.up_but_fed_s >= FEEDER_EMPTY_S {
            self.highest_work_m = match (self.highest_work_m, height) {
                (Some(before), Some(now)) => Some(before.max(now)),
                (before, now) => now.or(before),
            };
            self.lately_m = height;
            if flag == Some(false) {
                self.flag_distrusted_s = DISTRUST_S;
            }
            return true;
        }
        false
    }
}
