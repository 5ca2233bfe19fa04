//! One path behind the machine: the model of its loss, and its sensors. A step predicts the loss, then decides whether there
//! is something to fuse, then fuses it.

mod counting;

use super::super::crop::{Crop, ORDINARY_LOAD, Setup};
use super::super::estimate::{Basis, PlateFault};
use super::super::filter::{
    Ambiguity, ChangeLaw, CountFusion, CountWindow, IndexReading, LossFilter, ModelLoss, OperatingPoint, RearPath,
};
use super::super::fusion::{DiscountReason, Fusion, FusionOutcome, Innovation, Measurement, NotFusedReason};
use super::super::loss_index::LossIndexWindow;
use super::super::plates::PlatePair;
use super::super::settings::Moves;
use super::super::zero::ZeroCheck;
use super::saturation::{Level, Saturation, SaturationState};
use super::transit::{CropFlow, PerHypothesis, StepCounts, Transit};
use super::window::{CountGathering, WindowStep};
use crate::machine::{Channel, LossPlates, Readings};
use crate::math::{exp, ln, pow, square};
use crate::params::{Params, RearParams};
use crate::time::STEP_S;
use counting::Plates;

/// One path.
#[derive(Debug)]
pub(super) struct PathModel {
    pub path: RearPath,
    params: RearParams,
    model: LossModel,
    transit: Transit,
    plates: Plates,
    /// There are plates: the profile has their figures, or they have counted.
    has_plates: bool,
    /// Used where there are no plates.
    index: LossIndexWindow,
    /// What passes the end by each hypothesis of the transit time, and what is lost of it by the model.
    flows: PerHypothesis<CropFlow>,
    lost_kg_s: PerHypothesis<f64>,
    /// Straw that passes the end, kg/s, and over the rated one.
    straw_kg_s: f64,
    straw_share: f64,
    predicted: ModelLoss,
    transit_sd: f64,
    since_fused_s: f64,
}

/// The share of the grain that is lost at gain 1, as a power of the load.
#[derive(Debug)]
struct LossModel {
    params: RearParams,
    usual_share: f64,
    power: f64,
    rated_straw_kg_s: f64,
}

/// Something to fuse.
#[derive(Clone, Copy, Debug)]
enum Ready {
    Counts(CountWindow),
    Index(IndexReading),
}

/// What one step has to know beside the readings.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepInput {
    /// Grain and straw at the feeder house.
    pub at_feeder: CropFlow,
    /// It is known what came in, now and as long ago as crop takes.
    pub feed_is_known: bool,
    /// How far the settings have moved.
    pub settings: Moves,
    /// ln of the factor on the loss in crop like this.
    pub conditions_log: f64,
    /// The engine was pulled down with crop in the machine, which comes out as no model says.
    pub is_disturbed: bool,
}

impl LossModel {
    /// The load that the model is followed to, over that of ordinary work, for a share of the rated straw.
    fn load(&self, share: f64) -> f64 {
        share.clamp(self.params.load_least, self.params.load_most) / ORDINARY_LOAD
    }

    /// The loss at gain 1, kg/s.
    fn loss_kg_s(&self, flow: &CropFlow) -> f64 {
        let share = flow.straw_kg_s / self.rated_straw_kg_s;
        self.usual_share * pow(self.load(share), self.power) * flow.grain_kg_s
    }
}

impl PathModel {
    pub fn new(setup: &Setup, params: &Params, path: RearPath, rated_straw_kg_s: f64) -> Self {
        let Crop { kernel_mass_kg, straw_to_grain, .. } = setup.crop;
        let (rear, residence) = (params.rear, params.residence);
        let (transit, usual_share, power, plates, index) = match path {
            RearPath::Separation => (
                Transit::new(params.transit, residence.separation()),
                setup.crop.separation_loss,
                rear.separation_power,
                [Channel::LossSeparationLeft, Channel::LossSeparationRight],
                [Channel::LossIndexSeparationLeft, Channel::LossIndexSeparationRight],
            ),
            RearPath::Cleaning => (
                Transit::new(params.transit, residence.cleaning()),
                setup.crop.cleaning_loss,
                rear.cleaning_power,
                [Channel::LossCleaningLeft, Channel::LossCleaningRight],
                [Channel::LossIndexCleaningLeft, Channel::LossIndexCleaningRight],
            ),
        };
        let sheet = setup.loss_plates.clone().unwrap_or(LossPlates {
            area_share: rear.unknown_area_share,
            detection_share: rear.unknown_detection_share,
            dead_time_s: rear.unknown_dead_time_s,
        });
        let plates = {
            let kernels_per_kg = sheet.area_share * sheet.detection_share / kernel_mass_kg;
            Plates {
                pair: PlatePair::new(params.plates, plates),
                zero: ZeroCheck::new(params.zero),
                saturation: Saturation::new(params.saturation, ChangeLaw::new(params, path), sheet.dead_time_s),
                gathering: CountGathering::default(),
                kernels_per_kg,
                dead_time_s: sheet.dead_time_s,
                false_per_kg_straw: rear.false_share * kernels_per_kg * usual_share / straw_to_grain,
                are_silent: false,
                are_contradicted: false,
            }
        };
        Self {
            path,
            params: rear,
            model: LossModel { params: rear, usual_share, power, rated_straw_kg_s },
            transit,
            plates,
            has_plates: setup.loss_plates.is_some(),
            index: LossIndexWindow::new(params.loss_index, index),
            flows: PerHypothesis::default(),
            lost_kg_s: PerHypothesis::default(),
            straw_kg_s: 0.0,
            straw_share: 0.0,
            predicted: ModelLoss::default(),
            transit_sd: 0.0,
            since_fused_s: f64::INFINITY,
        }
    }

    /// One step: the loss at gain 1, and what became of the path's measurement.
    pub fn step(&mut self, input: &StepInput, readings: &Readings, filter: &mut LossFilter) -> (ModelLoss, Fusion) {
        self.predict(input);
        let fused = self.control(input, readings, filter).and_then(|ready| self.fuse(&ready, readings.t_us, filter));
        filter.forget_jump_after(self.path, fused.err());
        let measurement = match (self.path, self.has_plates) {
            (RearPath::Separation, true) => Measurement::SeparationPlates,
            (RearPath::Cleaning, true) => Measurement::CleaningPlates,
            (RearPath::Separation, false) => Measurement::SeparationIndex,
            (RearPath::Cleaning, false) => Measurement::CleaningIndex,
        };
        let (innovation, outcome) = match fused {
            Ok((innovation, outcome)) => (Some(innovation), outcome),
            Err(reason) => (None, FusionOutcome::NotFused(reason)),
        };
        (self.predicted, Fusion { measurement, t_us: readings.t_us, innovation, outcome })
    }

    /// What leaves now, by the model.
    fn predict(&mut self, input: &StepInput) {
        self.flows = self.transit.step(input.at_feeder);
        self.straw_kg_s = self.transit.mean(&self.flows.map(|flow| flow.straw_kg_s));
        self.straw_share = self.straw_kg_s / self.model.rated_straw_kg_s;
        let conditions = exp(input.conditions_log);
        self.lost_kg_s = self.flows.map(|flow| conditions * self.model.loss_kg_s(&flow));
        self.transit_sd = self.transit.log_sd(&self.lost_kg_s);
        // The median of what has this mean.
        let kg_s = self.transit.mean(&self.lost_kg_s) / exp(0.5 * self.transit_sd * self.transit_sd);
        let log_load = ln(self.model.load(self.straw_share));
        let point = OperatingPoint { log_load, settings: input.settings, stand_sd: 0.0 };
        self.predicted = ModelLoss { kg_s, point };
        if self.is_working() {
            self.since_fused_s += STEP_S;
        }
    }

    /// Straw that passes the end of the path, kg/s.
    pub const fn straw_kg_s(&self) -> f64 {
        self.straw_kg_s
    }

    /// Grain that passes the end of the path, kg/s: more cannot be lost there.
    pub fn passing_grain_kg_s(&self) -> f64 {
        self.transit.mean(&self.flows.map(|flow| flow.grain_kg_s))
    }

    /// Enough straw passes for counts to tell of the loss.
    fn is_working(&self) -> bool {
        self.straw_share > self.params.working_share
    }

    /// Decides whether there is something to fuse.
    fn control(
        &mut self,
        input: &StepInput,
        readings: &Readings,
        filter: &LossFilter,
    ) -> Result<Ready, NotFusedReason> {
        let is_working = self.is_working();
        // Whatever becomes of it, or the next step would have the counts of several.
        let counted = self.plates.pair.step(readings);
        if input.is_disturbed {
            self.transit.interrupt();
            self.plates.gathering = CountGathering::default();
            return Err(NotFusedReason::Disturbed);
        }
        let grain_kg_s = self.passing_grain_kg_s();
        let plates = &mut self.plates;
        self.has_plates |= counted.plates > 0;
        if !self.has_plates {
            if !is_working {
                return Err(NotFusedReason::NotCutting);
            }
            return self.index.step(readings, self.predicted.kg_s).map(Ready::Index);
        }
        if counted.plates > 0 {
            plates.zero.step(readings, counted.kernels / counted.plates as f64, self.straw_share);
        }
        if plates.zero.is_noisy() {
            // What they count is not loss: they are left out until they have run empty in silence.
            plates.gathering = CountGathering::default();
            return Err(NotFusedReason::PlateNoise);
        }
        if counted.plates == 0 || !input.feed_is_known {
            self.transit.interrupt();
            return Err(if counted.plates > 0 {
                NotFusedReason::FeedUnknown
            } else if plates.pair.faults(false).iter().any(Option::is_some) {
                NotFusedReason::PlateFault
            } else {
                NotFusedReason::NoReading
            });
        }
        let plate_s = counted.plates as f64 * STEP_S;
        let point = self.predicted.point;
        let expected = |kg_s: f64| counted.worth * STEP_S * plates.kernels_per_kg * kg_s;
        // Of straw as the prior has it, or as the plates counted without grain, whichever is more.
        let zero_rate_s = plates.zero.rate_s();
        let from_straw = |kg_s: f64| plate_s * (plates.false_per_kg_straw * kg_s).max(zero_rate_s);
        if !plates.saturation.may_be_saturated() {
            let step = StepCounts {
                kernels: counted.kernels,
                plate_s,
                from_loss: self.lost_kg_s.map(expected),
                from_straw: self.flows.map(|flow| from_straw(flow.straw_kg_s)),
            };
            self.transit.learn(self.path, &point, plates.dead_time_s, &step, filter);
        }
        if !is_working {
            return Err(NotFusedReason::NotCutting);
        }
        if self.transit_sd >= self.params.transit_sd_most {
            return Err(NotFusedReason::TransitUnknown);
        }
        let step = WindowStep {
            kernels: counted.kernels,
            plate_s,
            from_loss: expected(self.predicted.kg_s),
            from_straw: from_straw(self.straw_kg_s),
            grain_kg_s,
            modelled_kg_s: self.predicted.kg_s,
            point,
            transit_sd: self.transit_sd,
        };
        plates.saturation.step(counted.kernels, plate_s);
        plates.gathering.add(&step);
        plates.full_window(self.path, &self.params, filter).map(Ready::Counts)
    }

    /// Fuses it.
    fn fuse(
        &mut self,
        ready: &Ready,
        t_us: i64,
        filter: &mut LossFilter,
    ) -> Result<(Innovation, FusionOutcome), NotFusedReason> {
        let fused = match ready {
            Ready::Index(reading) => {
                (filter.fuse_index(self.path, &self.predicted.point, *reading)?, FusionOutcome::Fused)
            }
            Ready::Counts(window) => {
                let fusion = filter.fuse_counts_beside(self.path, window, self.plates.saturation.log_apart());
                self.plates.judge_window(fusion.err());
                let fusion = fusion?;
                let (_, hits_per_dead_time) = window.hits(filter.plate_view(self.path, &window.point).mean);
                let (_, modelled_hits) = window.hits(0.0);
                let CountFusion { other_evidence: evidence, most_log, .. } = fusion;
                let level = Level { t_us, hits_per_dead_time, modelled_hits, most_log, point: window.point, evidence };
                let saturation = &mut self.plates.saturation;
                saturation.set_level(&level);
                if let Some(log_apart) = saturation.go_over() {
                    filter.go_over(self.path, &window.point, log_apart);
                }
                let outcome = if self.is_ambiguous() {
                    FusionOutcome::Discounted(DiscountReason::Saturated)
                } else {
                    FusionOutcome::Fused
                };
                (fusion.innovation, outcome)
            }
        };
        self.since_fused_s = 0.0;
        Ok(fused)
    }

    /// The plates that are out.
    pub fn faults(&self) -> [Option<PlateFault>; 2] {
        if self.has_plates { self.plates.pair.faults(self.plates.are_out()) } else { [None; 2] }
    }

    /// What counts have shown of the transit time.
    pub fn transit_evidence(&self) -> PerHypothesis<f64> {
        self.transit.evidence()
    }

    /// Continues from it.
    pub fn restore_transit(&mut self, evidence: &PerHypothesis<f64>) {
        self.transit.restore(evidence);
    }

    /// Spread of the loss now since the transit time is not known: standard deviation of the logarithm.
    pub const fn transit_sd(&self) -> f64 {
        self.transit_sd
    }

    /// The same beside the unevenness of ordinary work, which the filter knows of.
    pub fn unusual_transit_sd(&self) -> f64 {
        (square(self.transit_sd) - square(self.params.transit_sd_usual)).max(0.0).sqrt()
    }

    /// The plates may be hit faster than they can count.
    pub fn may_be_saturated(&self) -> bool {
        self.plates.saturation.may_be_saturated()
    }

    /// What has been found of plates that may be saturated, to be kept over an interruption.
    pub const fn saturation(&self) -> SaturationState {
        self.plates.saturation.state()
    }

    /// Continues from it.
    pub const fn restore(&mut self, state: &SaturationState) {
        self.plates.saturation.restore(state);
    }

    /// What plates that may be saturated make of the loss; nothing once they have not counted for some time.
    pub fn ambiguity(&self) -> Ambiguity {
        if self.is_counted() { self.plates.saturation.ambiguity() } else { Ambiguity::default() }
    }

    fn is_ambiguous(&self) -> bool {
        self.ambiguity().log_variance() > 0.0
    }

    /// A pan that was dropped then, bus time, says by this much that the plates were saturated: ln of the ratio of likelihoods.
    pub fn hear_pan(&mut self, saturated_evidence: f64, dropped_us: i64) {
        self.plates.saturation.hear_pan(saturated_evidence, dropped_us);
    }

    /// ln(load / load of ordinary work).
    pub const fn log_load(&self) -> f64 {
        self.predicted.point.log_load
    }

    fn plates_fused_within(&self, seconds: f64) -> bool {
        self.has_plates && !self.plates.are_out() && self.since_fused_s < seconds
    }

    /// Plates have just counted, and can be believed.
    pub fn is_fresh(&self) -> bool {
        self.plates_fused_within(self.params.fresh_for_s)
    }

    /// Plates carry the level, as far as pans have taught it.
    pub fn is_counted(&self) -> bool {
        self.plates_fused_within(self.params.sensed_for_s)
    }

    /// What the path's loss rests on; whether pans hold is not asked here.
    pub fn basis(&self) -> Basis {
        if self.faults().iter().any(Option::is_some) {
            Basis::Fault
        } else if self.since_fused_s < self.params.sensed_for_s {
            Basis::Sensed
        } else {
            Basis::ModelOnly
        }
    }
}

#[cfg(test)]
mod tests;
