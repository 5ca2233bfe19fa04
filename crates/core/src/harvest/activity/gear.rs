//! Header drive and threshing gear: driven, running empty, plugged.

use crate::machine::{Channel, Readings};
use crate::params::GearParams;
use crate::time::STEP_S;

/// A shaft's speed against the engine's.
#[derive(Clone, Copy, Debug, Default)]
struct Shaft {
    usual: f64,
    learned_s: f64,
}

impl Shaft {
    /// Ratio of its speed to the engine's, over the usual ratio; `None` until that is known.
    fn step(&mut self, rpm: Option<f64>, engine_rpm: Option<f64>, learns: bool, params: &GearParams) -> Option<f64> {
        let ratio = rpm? / engine_rpm.filter(|&rpm| rpm > params.engine_from_rpm)?;
        if learns && (self.learned_s < params.known_after_s || ratio > params.free_share * self.usual) {
            self.learned_s = (self.learned_s + STEP_S).min(params.usual_s);
            self.usual += (ratio - self.usual) * STEP_S / self.learned_s;
        }
        (self.learned_s >= params.known_after_s && self.usual > 0.0).then(|| ratio / self.usual)
    }
}

/// What the gear does; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GearState {
    pub empty_running: Option<bool>,
    pub plugged: Option<bool>,
}

/// Derives what the gear does, step by step.
#[derive(Clone, Debug)]
pub(super) struct GearWatch {
    params: GearParams,
    rated_rpm: f64,
    drum: Shaft,
    feeder: Shaft,
    since_crop_s: f64,
    slipping_s: f64,
    plugged: bool,
}

impl GearWatch {
    pub fn new(rated_rpm: f64, params: &GearParams) -> Self {
        Self {
            params: *params,
            rated_rpm,
            drum: Shaft::default(),
            feeder: Shaft::default(),
            since_crop_s: f64::INFINITY,
            slipping_s: 0.0,
            plugged: false,
        }
    }

    /// Whether header or threshing gear are driven; `None` when no channel shows it.
    pub fn driven(&self, readings: &Readings) -> Option<bool> {
        let feeder = || readings.value(Channel::FeederSpeed).map(|rpm| rpm > self.params.feeder_rpm);
        let header = readings.flag(Channel::HeaderEngaged);
        let thresher = || readings.flag(Channel::ThresherEngaged);
        header.or_else(thresher).or_else(|| self.drum_turns(readings)).or_else(feeder)
    }

    fn drum_turns(&self, readings: &Readings) -> Option<bool> {
        readings.value(Channel::ThresherSpeed).map(|rpm| rpm > self.params.drum_rpm)
    }

    /// Whether the threshing gear is driven; the header may be off.
    fn threshing(&self, readings: &Readings) -> Option<bool> {
        let flag = readings.flag(Channel::ThresherEngaged);
        flag.or_else(|| self.drum_turns(readings)).or_else(|| self.driven(readings))
    }

    /// One step, with crop coming in or not.
    pub fn step(&mut self, readings: &Readings, crop: bool) -> GearState {
        self.since_crop_s = if crop { 0.0 } else { self.since_crop_s + STEP_S };
        let threshing = self.threshing(readings);
        let engine_rpm = readings.value(Channel::EngineSpeed);
        let learns = crop && !self.plugged;
        let shafts = [
            self.drum.step(readings.value(Channel::ThresherSpeed), engine_rpm, learns, &self.params),
            self.feeder.step(readings.value(Channel::FeederSpeed), engine_rpm, learns, &self.params),
        ];
        let slowest = shafts.into_iter().flatten().reduce(f64::min);
        let stalls = engine_rpm.map(|rpm| rpm < self.params.stall_share * self.rated_rpm);
        GearState {
            empty_running: threshing.map(|threshing| threshing && self.since_crop_s > self.params.empty_after_s),
            plugged: (slowest.is_some() || stalls.is_some())
                .then(|| self.plug(slowest, stalls == Some(true), readings)),
        }
    }

    /// Whether the gear is plugged. The drum's own switch separates a plug from a gear that was switched off; without it,
    /// crop that was still coming does.
    fn plug(&mut self, slowest: Option<f64>, stalls: bool, readings: &Readings) -> bool {
        let off = readings.flag(Channel::ThresherEngaged) == Some(false);
        let slips = slowest
            .is_some_and(|ratio| ratio < if self.plugged { self.params.free_share } else { self.params.slip_share });
        let begins = (slips || stalls) && self.since_crop_s < self.params.crop_within_s && !off;
        let continues = self.plugged && (slips || stalls) && !off;
        self.slipping_s = if begins { self.slipping_s + STEP_S } else { 0.0 };
        self.plugged = continues || self.slipping_s > self.params.on_delay_s - 0.5 * STEP_S;
        self.plugged
    }
}
