//! Loss behind the machine: what the separator and the sieves let go, some seconds after the crop came in.

mod blinded;
mod path;
mod transit;

use super::crop::Setup;
use super::estimate::{Basis, PlateFault, StreamLoss};
use super::feed::Feed;
use super::gain::{GainFilter, Lost, Modelled, Path};
use super::interval::LogNormal;
use super::pan::PanBook;
use super::settings::{First, Settings};
use crate::machine::{Channel, Readings};
use crate::math::hypot;
use crate::time::STEP_S;
use blinded::Blinded;
use path::PathModel;

/// With a plate out, nobody sees how the loss lies across the machine (our choice).
const FAULT_SD: f64 = 0.3;
/// What was in the machine when the feed became known again is gone after this, s: nine tenths even of the slowest way
/// that is followed.
const UNKNOWN_FOR_S: f64 = 20.0;

/// What the crop behind the machine is like, as far as it tells whether an old pan still holds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Conditions {
    /// Logarithm of the separator's load over that of ordinary work.
    pub log_load: f64,
    /// Water in the grain, share of wet mass.
    pub moisture: Option<f64>,
}

/// What has to be kept of it over an interruption.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct KeptRear {
    /// Where the settings first were: what is learned of them counts from there.
    settings: First,
    /// Whether the plates of each path may be silenced.
    blinded: [Blinded; 2],
}

/// Both paths.
#[derive(Debug)]
pub(super) struct RearModel {
    rated_straw_kg_s: f64,
    separation: PathModel,
    cleaning: PathModel,
    settings: Settings,
    unknown_for_s: f64,
}

/// What leaves the rear now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rear {
    pub separation: StreamLoss,
    pub cleaning: StreamLoss,
    /// Both together, kg/s.
    pub total: Option<LogNormal>,
    /// Both at gain 1; `None` while they are not known.
    pub modelled: Option<[Modelled; 2]>,
    /// Whose plates have just counted.
    pub fresh: [bool; 2],
    /// How far apart the loads lie that may be leaving now, as a standard deviation of the law's logarithm.
    pub transit_sd: [f64; 2],
    pub plate_faults: [Option<PlateFault>; 4],
    pub conditions: Conditions,
    /// What is not known of each besides the filter's own spread: standard deviation of the logarithm.
    pub more_sd: [f64; 2],
}

impl Rear {
    /// What both together rest on: a fault of either, or else the best that either has.
    pub fn basis(&self) -> Basis {
        let bases = [self.separation.basis, self.cleaning.basis];
        [Basis::Fault, Basis::Calibrated, Basis::Sensed]
            .into_iter()
            .find(|b| bases.contains(b))
            .unwrap_or(Basis::ModelOnly)
    }
}

impl RearModel {
    pub fn new(setup: &Setup) -> Self {
        let straw_to_grain = setup.crop.straw_to_grain;
        Self {
            rated_straw_kg_s: setup.geometry.rated_feed_kg_s * straw_to_grain / (1.0 + straw_to_grain),
            separation: PathModel::new(setup, Path::Separation),
            cleaning: PathModel::new(setup, Path::Cleaning),
            settings: Settings::default(),
            unknown_for_s: UNKNOWN_FOR_S,
        }
    }

    /// What was inside is no longer known.
    pub fn interrupt(&mut self) {
        self.unknown_for_s = UNKNOWN_FOR_S;
    }

    /// What has to be kept over an interruption.
    pub const fn kept(&self) -> KeptRear {
        KeptRear { settings: self.settings.first(), blinded: [self.separation.blinded(), self.cleaning.blinded()] }
    }

    /// Goes on with it.
    pub fn go_on(&mut self, kept: KeptRear) {
        self.settings.go_on(kept.settings);
        self.separation.go_on(kept.blinded[0]);
        self.cleaning.go_on(kept.blinded[1]);
    }

    /// A pan has said what the loss is in this crop.
    pub fn calibrated(&mut self) {
        self.settings.calibrated();
    }

    /// One step, with the pans that have taught the gains so far.
    pub fn step(&mut self, feed: &Feed, readings: &Readings, gains: &mut GainFilter, pans: &PanBook) -> Rear {
        gains.wander(STEP_S, feed.is_measured);
        // While the feed is unknown nothing is known of what leaves, and for as long after as it stays inside.
        self.unknown_for_s = if feed.at_feeder.is_some() { self.unknown_for_s - STEP_S } else { UNKNOWN_FOR_S };
        let at_feeder = feed.at_feeder.unwrap_or((0.0, 0.0));
        let known = self.unknown_for_s <= 0.0;
        if at_feeder.1 > 0.1 * self.rated_straw_kg_s {
            self.settings.step(readings, gains);
        }
        let (rated, moves) = (self.rated_straw_kg_s, self.settings.moves());
        let modelled = [&mut self.separation, &mut self.cleaning]
            .map(|model| model.step(at_feeder, rated, known, moves, readings, gains));
        let paths = [&self.separation, &self.cleaning];
        let conditions =
            Conditions { log_load: self.separation.log_load(), moisture: readings.value(Channel::GrainMoisture) };
        let calibrated = pans.holds_behind(&conditions);
        let [_, inflation] = pans.inflation(&conditions);
        // Plates see the loss itself, however much grain it is of; the law alone scales with the grain. A bar sees
        // changes, and the law alone the level.
        let more = paths.map(|model| {
            let fault_sd = if model.basis() == Basis::Fault { FAULT_SD } else { 0.0 };
            let grain_sd = if model.is_counted() { 0.0 } else { feed.grain_log_sd };
            hypot(hypot(fault_sd, grain_sd), model.doubt_sd())
        });
        let transit = paths.map(PathModel::unusual_transit_sd);
        let stream = |at: usize| {
            let law = modelled[at];
            let (gain, gain_sd) = gains.path(paths[at].path, &law.at);
            let basis = match paths[at].basis() {
                Basis::Sensed | Basis::ModelOnly if calibrated => Basis::Calibrated,
                basis => basis,
            };
            let loss =
                LogNormal { median: law.kg_s * gain, log_sd: hypot(hypot(inflation * gain_sd, more[at]), transit[at]) };
            StreamLoss { loss: known.then_some(loss), basis }
        };
        let (separation, cleaning) = (stream(0), stream(1));
        let (median, gain_sd) = gains.rear(Lost { header: 0.0, separation: modelled[0], cleaning: modelled[1] });
        let more_sd = more[0].max(more[1]);
        let log_sd = hypot(hypot(inflation * gain_sd, more_sd), transit[0].max(transit[1]));
        let total = known.then_some(LogNormal { median, log_sd });
        let [[a, b], [c, d]] = paths.map(PathModel::faults);
        Rear {
            separation,
            cleaning,
            total,
            modelled: known.then_some(modelled),
            fresh: paths.map(PathModel::is_fresh),
            transit_sd: paths.map(PathModel::transit_sd),
            plate_faults: [a, b, c, d],
            conditions,
            more_sd: more,
        }
    }
}
