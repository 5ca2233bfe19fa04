//! The driven gear: whether it runs, whether it runs empty, whether it is plugged.

use crate::time::STEP_S;
use crate::machine::{Channel, Readings};

/// The drum turns above this speed, the feeder house above the other, r/min.
const DRUM_RPM: f64 = 200.0;
const FEEDER_RPM: f64 = 50.0;
/// Grain is seen to fall off over 10 to 14 s after the header has risen: later, the gear runs empty.
const EMPTY_AFTER_S: f64 = 12.0;
/// A drum or feeder house that turns this much slower against the engine than usual has its belts slipping; nearer to the
/// usual again than the other, it is free (our choice).
const SLIPS: f64 = 0.8;
const FREE: f64 = 0.92;
/// An engine that crop has pulled down to this share of its rated speed is about to stand (our choice).
const STALLS: f64 = 0.6;
/// Crop can have plugged the machine only so long after it last came in, s.
const CROP_WITHIN_S: f64 = 10.0;
/// What is usual is learned over this time of cutting, s, and known after the other.
const USUAL_S: f64 = 60.0;
const KNOWN_AFTER_S: f64 = 20.0;
/// Lasts so long before it counts, s.
const LASTS_S: f64 = 0.8;

/// Whether header or threshing gear are driven; `None` when nothing tells.
pub(super) fn driven(readings: &Readings) -> Option<bool> {
    let drum = || readings.value(Channel::ThresherSpeed).map(|rpm| rpm > DRUM_RPM);
    let feeder = || readings.value(Channel::FeederSpeed).map(|rpm| rpm > FEEDER_RPM);
    let header = readings.flag(Channel::HeaderEngaged);
    header.or_else(|| readings.flag(Channel::ThresherEngaged)).or_else(drum).or_else(feeder)
}

/// Whether the threshing gear is driven; the header may be off all the same.
fn threshing(readings: &Readings) -> Option<bool> {
    let drum = || readings.value(Channel::ThresherSpeed).map(|rpm| rpm > DRUM_RPM);
    readings.flag(Channel::ThresherEngaged).or_else(drum).or_else(|| driven(readings))
}

/// A shaft's speed against the engine's.
#[derive(Clone, Copy, Debug, Default)]
struct Shaft {
    usual: f64,
    learned_s: f64,
}

impl Shaft {
    /// Its speed against the engine's over what is usual, once that is known.
    fn step(&mut self, rpm: Option<f64>, engine_rpm: Option<f64>, learns: bool) -> Option<f64> {
        let ratio = rpm? / engine_rpm.filter(|&rpm| rpm > 300.0)?;
        if learns && (self.learned_s < KNOWN_AFTER_S || ratio > FREE * self.usual) {
            self.learned_s = (self.learned_s + STEP_S).min(USUAL_S);
            self.usual += (ratio - self.usual) * STEP_S / self.learned_s;
        }
        (self.learned_s >= KNOWN_AFTER_S && self.usual > 0.0).then(|| ratio / self.usual)
    }
}

/// What the gear does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gear {
    pub empty_running: Option<bool>,
    pub plugged: Option<bool>,
}

/// Follows the gear.
#[derive(Clone, Debug)]
pub(super) struct GearWatch {
    rated_rpm: f64,
    drum: Shaft,
    feeder: Shaft,
    since_crop_s: f64,
    slipping_s: f64,
    plugged: bool,
}

impl GearWatch {
    pub const fn new(rated_rpm: f64) -> Self {
        const SHAFT: Shaft = Shaft { usual: 0.0, learned_s: 0.0 };
        Self { rated_rpm, drum: SHAFT, feeder: SHAFT, since_crop_s: f64::INFINITY, slipping_s: 0.0, plugged: false }
    }

    /// One step, with crop coming in or not.
    pub fn step(&mut self, readings: &Readings, crop: bool) -> Gear {
        self.since_crop_s = if crop { 0.0 } else { self.since_crop_s + STEP_S };
        let threshing = threshing(readings);
        let engine_rpm = readings.value(Channel::EngineSpeed);
        let learns = crop && !self.plugged;
        let shafts = [
            self.drum.step(readings.value(Channel::ThresherSpeed), engine_rpm, learns),
            self.feeder.step(readings.value(Channel::FeederSpeed), engine_rpm, learns),
        ];
        let slowest = shafts.into_iter().flatten().reduce(f64::min);
        let stalls = engine_rpm.map(|rpm| rpm < STALLS * self.rated_rpm);
        Gear {
            empty_running: threshing.map(|threshing| threshing && self.since_crop_s > EMPTY_AFTER_S),
            plugged: (slowest.is_some() || stalls.is_some())
                .then(|| self.plug(slowest, stalls == Some(true), readings)),
        }
    }

    /// The drum's own switch tells a plug from a gear that was switched off; without it, crop that was still coming does.
    fn plug(&mut self, slowest: Option<f64>, stalls: bool, readings: &Readings) -> bool {
        let off = readings.flag(Channel::ThresherEngaged) == Some(false);
        let slips = slowest.is_some_and(|ratio| ratio < if self.plugged { FREE } else { SLIPS });
        let begins = (slips || stalls) && self.since_crop_s < CROP_WITHIN_S && !off;
        let goes_on = self.plugged && (slips || stalls) && !off;
        self.slipping_s = if begins { self.slipping_s + STEP_S } else { 0.0 };
        self.plugged = goes_on || self.slipping_s > LASTS_S - 0.5 * STEP_S;
        self.plugged
    }
}
