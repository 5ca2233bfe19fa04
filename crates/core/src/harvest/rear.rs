//! Loss behind the machine: what the separator and the sieves let go, some seconds after the crop came in.

mod carry;
mod path;
mod saturation;
mod transit;
mod window;

use super::conditions::Conditions;
use super::crop::Setup;
use super::estimate::{Basis, PlateFault, StreamLoss};
use super::feed::Feed;
use super::filter::{Ambiguity, LossFilter, ModelLoss, PerPath, RearPath};
use super::fusion::Fusion;
use super::interval::LogNormal;
use super::pan::PanBook;
use super::settings::{FirstSettings, Settings};
use crate::crop_conditions::CropConditions;
use crate::machine::{Channel, Readings};
use crate::math::hypot;
use crate::params::{CropConditionParams, Params, RearParams};
use crate::time::STEP_S;
pub(super) use carry::RearCarry;
use path::{PathModel, StepInput};
use saturation::SaturationState;
use transit::{CropFlow, PerHypothesis};

/// What has to be kept of it over an interruption.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct RearState {
    /// Where the settings were first: what is learned of them counts from there.
    settings: FirstSettings,
    /// Whether the plates of each path may be saturated.
    #[serde(rename = "blinded")]
    saturation: PerPath<SaturationState>,
    /// What counts have shown of the transit times; `None` was stored by an earlier version.
    #[serde(default)]
    transit: Option<PerPath<PerHypothesis<f64>>>,
}

/// Both paths.
#[derive(Debug)]
pub(super) struct RearModel {
    params: RearParams,
    conditions: CropConditionParams,
    /// What the driver has said of the crop; the spread that comes with it has been added.
    crop: CropConditions,
    conditions_are_unsure: bool,
    rated_straw_kg_s: f64,
    separation: PathModel,
    cleaning: PathModel,
    settings: Settings,
    unknown_for_s: f64,
    rated_engine_rpm: f64,
    /// For so much longer what leaves is as no model says, s.
    disturbed_for_s: f64,
}

/// What leaves the rear now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rear {
    pub separation: StreamLoss,
    pub cleaning: StreamLoss,
    /// Both together, kg/s.
    pub total: Option<LogNormal>,
    /// Both at gain 1; `None` while they are not known.
    pub modelled: Option<PerPath<ModelLoss>>,
    /// Whose plates have just counted.
    pub plates_are_fresh: PerPath<bool>,
    /// What plates that may be saturated make of the loss.
    pub ambiguity: PerPath<Ambiguity>,
    /// How far apart the loads lie that may be leaving now: standard deviation of the modelled loss's logarithm.
    pub transit_sd: PerPath<f64>,
    pub plate_faults: [Option<PlateFault>; 4],
    pub conditions: Conditions,
    /// What is not known of each beside the filter's own spread: standard deviation of the logarithm.
    pub other_sd: PerPath<f64>,
    /// What became of each path's measurement.
    pub fusions: PerPath<Fusion>,
}

impl Rear {
    /// What both together rest on.
    pub fn basis(&self) -> Basis {
        Basis::of_total([self.separation, self.cleaning].map(|stream| (stream.loss, stream.basis)))
    }
}

impl RearModel {
    pub fn new(setup: &Setup, params: &Params) -> Self {
        let straw_to_grain = setup.crop.straw_to_grain;
        let rated_straw_kg_s = setup.geometry.rated_feed_kg_s * straw_to_grain / (1.0 + straw_to_grain);
        Self {
            params: params.rear,
            conditions: params.crop_conditions,
            crop: CropConditions::UNKNOWN,
            conditions_are_unsure: false,
            rated_straw_kg_s,
            separation: PathModel::new(setup, params, RearPath::Separation, rated_straw_kg_s),
            cleaning: PathModel::new(setup, params, RearPath::Cleaning, rated_straw_kg_s),
            settings: Settings::new(params.settings),
            unknown_for_s: params.rear.unknown_for_s,
            rated_engine_rpm: setup.geometry.rated_engine_rpm,
            disturbed_for_s: 0.0,
        }
    }

    /// Whether the plates of each path, separation and cleaning, may be hit faster than they can count.
    pub fn may_be_saturated(&self) -> [bool; 2] {
        [&self.separation, &self.cleaning].map(PathModel::may_be_saturated)
    }

    /// The driver says what the crop is like.
    pub fn set_crop(&mut self, crop: CropConditions, filter: &mut LossFilter) {
        self.crop = crop;
        let is_unusual = PerPath::from_fn(|path| self.conditions_log(path) > 0.0);
        if is_unusual.0.contains(&true) && !std::mem::replace(&mut self.conditions_are_unsure, true) {
            for path in RearPath::ALL {
                filter.inflate(path, self.conditions.rear_sd);
            }
        }
    }

    /// The driver had said so before an interruption: the filter knows of it.
    pub fn restore_crop(&mut self, crop: CropConditions) {
        self.crop = crop;
        self.conditions_are_unsure = RearPath::ALL.into_iter().any(|path| self.conditions_log(path) > 0.0);
    }

    /// ln of the factor on a path's loss in such crop.
    fn conditions_log(&self, path: RearPath) -> f64 {
        let CropConditionParams { wet_log, weedy_log, slope_log, lodged_rear_log, .. } = self.conditions;
        let crop = &self.crop;
        let slope_log = if path == RearPath::Cleaning { slope_log } else { 0.0 };
        [
            (crop.is_wet(), wet_log),
            (crop.is_weedy(), weedy_log),
            (crop.is_on_slope(), slope_log),
            (crop.is_lodged(), lodged_rear_log),
        ]
        .into_iter()
        .map(|(is_so, log)| if is_so { log } else { 0.0 })
        .sum()
    }

    /// An engine that is pulled far down, or stands, with crop in the machine: it lies there, and comes out in a heap when the
    /// engine is back.
    fn watch_engine(&mut self, straw_kg_s: f64, readings: &Readings) {
        let Some(rpm) = readings.value(Channel::EngineSpeed) else { return };
        let share = rpm / self.rated_engine_rpm;
        let has_crop = [straw_kg_s, self.separation.straw_kg_s(), self.cleaning.straw_kg_s()]
            .into_iter()
            .any(|straw| straw > self.params.settings_share * self.rated_straw_kg_s);
        if share < self.params.disturbed_rpm_share && (has_crop || self.disturbed_for_s > 0.0) {
            self.disturbed_for_s = self.params.disturbed_for_s;
        } else if self.disturbed_for_s > 0.0 {
            self.disturbed_for_s -= STEP_S;
        }
    }

    /// What was inside is no longer known.
    pub const fn interrupt(&mut self) {
        self.unknown_for_s = self.params.unknown_for_s;
    }

    /// What has to be kept over an interruption.
    pub fn state(&self) -> RearState {
        RearState {
            settings: self.settings.first(),
            saturation: PerPath([self.separation.saturation(), self.cleaning.saturation()]),
            transit: Some(PerPath::from_fn(|path| self.path(path).transit_evidence())),
        }
    }

    /// Continues from it.
    #[allow(clippy::large_types_passed_by_value, reason = "once, at a start")]
    pub fn restore(&mut self, state: RearState) {
        let PerPath([separation, cleaning]) = state.saturation;
        self.settings.restore(state.settings);
        self.separation.restore(&separation);
        self.cleaning.restore(&cleaning);
        if let Some(PerPath([separation, cleaning])) = &state.transit {
            self.separation.restore_transit(separation);
            self.cleaning.restore_transit(cleaning);
        }
    }

    /// A pan that was dropped then, bus time, has measured the loss in this crop, and says of each path's plates by so much
    /// that they were saturated then: ln of the ratio of likelihoods.
    pub fn calibrated(&mut self, saturated_evidence: PerPath<f64>, dropped_us: i64) {
        self.settings.calibrated();
        for model in [&mut self.separation, &mut self.cleaning] {
            model.hear_pan(saturated_evidence[model.path], dropped_us);
        }
    }

    /// One step, with the pans that have been fused so far.
    pub fn step(&mut self, feed: &Feed, readings: &Readings, filter: &mut LossFilter, pans: &PanBook) -> Rear {
        filter.predict(STEP_S, feed.is_measured);
        // While the feed is unknown nothing is known of what leaves, and for as long after as it stays inside.
        self.unknown_for_s =
            if feed.at_feeder.is_some() { self.unknown_for_s - STEP_S } else { self.params.unknown_for_s };
        let (grain_kg_s, straw_kg_s) = feed.at_feeder.unwrap_or((0.0, 0.0));
        let at_feeder = CropFlow { grain_kg_s, straw_kg_s };
        let feed_is_known = self.unknown_for_s <= 0.0;
        if straw_kg_s > self.params.settings_share * self.rated_straw_kg_s {
            self.settings.step(readings, filter);
        }
        self.watch_engine(straw_kg_s, readings);
        let is_disturbed = self.disturbed_for_s > 0.0;
        let settings = self.settings.moves();
        let conditions_log = PerPath::from_fn(|path| self.conditions_log(path));
        let [separation, cleaning] = [&mut self.separation, &mut self.cleaning].map(|model| {
            let conditions_log = conditions_log[model.path];
            let input = StepInput { at_feeder, feed_is_known, settings, conditions_log, is_disturbed };
            model.step(&input, readings, filter)
        });
        let modelled = PerPath([separation.0, cleaning.0]);
        let fusions = PerPath([separation.1, cleaning.1]);
        self.result(feed, readings, filter, pans, modelled, fusions)
    }

    fn path(&self, path: RearPath) -> &PathModel {
        match path {
            RearPath::Separation => &self.separation,
            RearPath::Cleaning => &self.cleaning,
        }
    }

    fn result(
        &self,
        feed: &Feed,
        readings: &Readings,
        filter: &LossFilter,
        pans: &PanBook,
        modelled: PerPath<ModelLoss>,
        fusions: PerPath<Fusion>,
    ) -> Rear {
        let is_known = self.unknown_for_s <= 0.0;
        let conditions =
            Conditions { log_load: self.separation.log_load(), moisture: readings.value(Channel::GrainMoisture) };
        let is_calibrated = pans.rear_holds(&conditions);
        let inflation = pans.inflation(&conditions).rear;
        // Plates measure the loss itself, however much grain it is of; the model alone scales with the grain. A loss index
        // tells changes, and the model alone the level.
        let disturbed_sd = if self.disturbed_for_s > 0.0 { self.params.disturbed_sd } else { 0.0 };
        let ambiguity = PerPath::from_fn(|path| self.path(path).ambiguity());
        let at_a_level_sd = PerPath::from_fn(|path| {
            let model = self.path(path);
            let fault_sd = if model.basis() == Basis::Fault { self.params.fault_sd } else { 0.0 };
            let fault_sd = hypot(fault_sd, disturbed_sd);
            let grain_sd = if model.is_counted() { 0.0 } else { feed.grain_log_sd };
            hypot(hypot(fault_sd, grain_sd), ambiguity[path].variance.sqrt())
        });
        let other_sd = PerPath::from_fn(|path| hypot(at_a_level_sd[path], ambiguity[path].between().sqrt()));
        let unusual_transit_sd = PerPath::from_fn(|path| self.path(path).unusual_transit_sd());
        let model_is_counted = |path: RearPath| self.path(path).is_counted();
        let factors = PerPath::from_fn(|path| filter.path_factor(path, &modelled[path].point));
        let stream = |path: RearPath| {
            let (gain, gain_sd) = factors[path];
            let basis = match self.path(path).basis() {
                Basis::Sensed | Basis::ModelOnly if is_calibrated => Basis::Calibrated,
                Basis::Sensed if model_is_counted(path) && !filter.plates_tell_level(path) => Basis::ModelOnly,
                basis => basis,
            };
            let log_sd = hypot(hypot(inflation * gain_sd, at_a_level_sd[path]), unusual_transit_sd[path]);
            let at_a_level = LogNormal { median: modelled[path].kg_s * gain, log_sd };
            let mean_kg_s = at_a_level.mean() * ambiguity[path].mean_factor();
            let loss = LogNormal::of_mean(mean_kg_s, hypot(log_sd, ambiguity[path].between().sqrt()));
            (loss.at_most(self.path(path).passing_grain_kg_s()), basis)
        };
        let streams = RearPath::ALL.map(stream);
        // Both together lose no more than passes.
        let passing_kg_s = 0.5 * (self.separation.passing_grain_kg_s() + self.cleaning.passing_grain_kg_s());
        let means_kg_s = streams.map(|(loss, _)| loss.mean());
        let lost_kg_s: f64 = means_kg_s.iter().sum();
        let share = if lost_kg_s > passing_kg_s { passing_kg_s / lost_kg_s } else { 1.0 };
        let [separation, cleaning] =
            streams.map(|(loss, basis)| StreamLoss { loss: is_known.then_some(loss.scaled(share)), basis });
        let (_, gain_sd) = filter.rear_loss_at(modelled, PerPath::from_fn(|path| factors[path].0));
        // What is not known beside the filter's own spread weighs by the paths' shares.
        let weighted = |sd: PerPath<f64>| {
            let kg_sd: f64 = means_kg_s.iter().zip(sd.0).map(|(mean, sd)| mean * sd).sum();
            if lost_kg_s > 0.0 { kg_sd / lost_kg_s } else { 0.0 }
        };
        let log_sd = hypot(hypot(inflation * gain_sd, weighted(other_sd)), weighted(unusual_transit_sd));
        let total = LogNormal::of_mean(share * lost_kg_s, log_sd).narrowed_to(passing_kg_s);
        let [[a, b], [c, d]] = RearPath::ALL.map(|path| self.path(path).faults());
        Rear {
            separation,
            cleaning,
            total: is_known.then_some(total),
            modelled: is_known.then_some(modelled),
            plates_are_fresh: PerPath::from_fn(|path| self.path(path).is_fresh()),
            ambiguity,
            transit_sd: PerPath::from_fn(|path| self.path(path).transit_sd()),
            plate_faults: [a, b, c, d],
            conditions,
            other_sd,
            fusions,
        }
    }
}
