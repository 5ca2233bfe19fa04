//! Drop pans: what was found on the ground, and what it tells the loss filter.
//!
//! A pan is dropped now and counted minutes later. What was known at the drop is remembered for two hours, so that the count
//! can be compared with it when it comes. How much pans scatter is learned from them.

mod carried;
mod dispersion;
mod doubtful;
mod envelope;
mod inflation;
mod state;
pub(super) mod types;

use crate::crop_conditions::{CropConditions, Stand};
use crate::math::square;
use crate::params::{PanParams, PanSpreadParams, Params};
use std::collections::VecDeque;

use super::calibration::Carried;
use super::conditions::Conditions;
use super::filter::{LossFilter, Normal, PanContext, PanObservation, PanUpdate, PerPath};
use super::fusion::{Fusion, FusionOutcome, Measurement, NotFusedReason};
use crate::time::{STEP_US, us_to_s};
pub(super) use dispersion::{Belief, Dispersion, Kept, LAWS, PatchLaw};
pub(super) use envelope::Envelope;
pub use envelope::OutsidePans;
pub(super) use inflation::{Inflation, SpreadFactors};
pub(super) use state::PanBookState;
pub(super) use types::PanFusion;
pub use types::{Pan, PanEntry, PanKind, PanOutcome, PanRejection, PendingDrop};

/// For how long what was known is remembered, s.
const REMEMBERED_S: usize = 7200;
/// A pan belongs to the second nearest to its drop, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;
/// So many doubtful pans wait for another one that confirms them.
const DOUBTFUL_MOST: usize = 8;

/// What was known in one second of cutting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct SecondContext {
    t_us: i64,
    #[serde(rename = "drop")]
    context: PanContext,
    area_m2_s: f64,
    conditions: Conditions,
    /// The crop was said to be lodged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_lodged: bool,
}

/// What was known in the last two hours, and the pans so far.
#[derive(Debug)]
pub(super) struct PanBook {
    params: PanParams,
    spread: PanSpreadParams,
    seconds: VecDeque<SecondContext>,
    ledger: Vec<PanEntry>,
    first_us: Option<i64>,
    now_us: i64,
    /// Of rear pans, of front samples, and over the whole width: in the order of [`PanKind`].
    dispersion: [Dispersion; 3],
    /// Pans that were not used since they may be blunders.
    doubtful: Vec<PanObserved>,
    /// One of them that another has confirmed since this was last asked for.
    confirmed: Option<PanEntry>,
    /// When it was dropped, and what it says of saturated plates.
    confirmed_saturated: Option<(i64, PerPath<f64>)>,
    header: Taught,
    rear: Taught,
    /// The pans of an earlier field that count here.
    carried: Carried,
}

/// A pan beside what was known at its drop.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct PanObserved {
    pan: Pan,
    second: SecondContext,
    shed_kg_m2: f64,
    kernel_mass_kg: f64,
}

/// What became of a pan that could be compared.
#[derive(Clone, Copy, Debug)]
enum Judged {
    Used(PanUpdate),
    Doubtful(PanUpdate),
}

impl Judged {
    const fn update(&self) -> &PanUpdate {
        match self {
            Self::Used(update) | Self::Doubtful(update) => update,
        }
    }

    const fn outcome(self) -> PanOutcome {
        let PanUpdate { innovation, weight, .. } = *self.update();
        let residual = innovation.log_ratio;
        match self {
            Self::Used(_) => PanOutcome::Used { residual, weight },
            Self::Doubtful(_) => PanOutcome::Doubtful { residual, weight },
        }
    }
}

/// What pans have taught of the header's loss, or of that behind the machine.
#[derive(Clone, Copy, Debug)]
struct Taught {
    inflation: Inflation,
    /// Pans that were fused.
    pans: u32,
    /// The conditions of those pans; `None` before the first.
    envelope: Option<Envelope>,
}

impl PanBook {
    pub fn new(params: &Params) -> Self {
        let spread = params.pan_spread;
        let taught = Taught { inflation: Inflation::prior(&spread), pans: 0, envelope: None };
        Self {
            params: params.pans,
            spread,
            seconds: VecDeque::with_capacity(REMEMBERED_S),
            ledger: Vec::new(),
            first_us: None,
            now_us: 0,
            dispersion: PanKind::ALL.map(Dispersion::prior),
            doubtful: Vec::new(),
            confirmed: None,
            confirmed_saturated: None,
            header: taught,
            rear: taught,
            carried: Carried::default(),
        }
    }

    /// The ledger begins with these.
    pub fn restore_ledger(&mut self, ledger: Vec<PanEntry>) {
        self.ledger = ledger;
    }

    /// Every pan so far, as they became known.
    pub fn ledger(&self) -> &[PanEntry] {
        &self.ledger
    }

    /// What pans have taught of the spreads in these conditions. Elsewhere than where they were taken, they make nothing
    /// surer.
    pub fn inflation(&self, conditions: &Conditions) -> SpreadFactors {
        let rear = self.rear.inflation.factor(&self.spread);
        SpreadFactors {
            // Samples between the spots that carry most of a header's loss agree well, and say nothing of the spots.
            header: self.header.inflation.factor(&self.spread).max(1.0),
            rear: if self.rear_holds(conditions) { rear } else { rear.max(1.0) },
        }
    }

    /// What pans have taught of the loss behind the machine holds in these conditions.
    pub fn rear_holds(&self, conditions: &Conditions) -> bool {
        self.holds(&self.rear, conditions) || self.carried_hold(self.carried.rear.as_ref(), conditions)
    }

    /// The same of the header's.
    pub fn header_holds(&self, conditions: &Conditions) -> bool {
        self.holds(&self.header, conditions) || self.carried_hold(self.carried.header.as_ref(), conditions)
    }

    fn holds(&self, taught: &Taught, conditions: &Conditions) -> bool {
        taught.envelope.is_some_and(|envelope| envelope.holds(&self.params, conditions))
    }

    /// Bus time of the newest step; 0 before the first.
    pub const fn now_us(&self) -> i64 {
        self.now_us
    }

    /// Time passes.
    pub fn set_time(&mut self, t_us: i64) {
        self.first_us.get_or_insert(t_us);
        self.now_us = t_us;
    }

    /// Remembers what is known in a second of cutting.
    #[allow(clippy::large_types_passed_by_value, reason = "it is kept")]
    pub fn remember(
        &mut self,
        t_us: i64,
        context: PanContext,
        area_m2_s: f64,
        conditions: Conditions,
        crop: CropConditions,
    ) {
        if self.seconds.len() == REMEMBERED_S {
            self.seconds.pop_front();
        }
        let is_lodged = crop.stand == Some(Stand::Lodged);
        self.seconds.push_back(SecondContext { t_us, context, area_m2_s, conditions, is_lodged });
    }

    /// Compares a pan with what was known at its drop, fuses it, and writes it into the ledger; with the record of it, which
    /// is of the step that follows. A pan that may be a blunder changes nothing until another one finds the same.
    pub fn fuse(&mut self, pan: &Pan, kernel_mass_kg: f64, filter: &mut LossFilter) -> PanFusion {
        let outcome = match self.observed(pan, kernel_mass_kg) {
            Ok(observed) => self.judge(observed, filter),
            Err(why) => Err(why),
        };
        let entry = PanEntry { pan: *pan, outcome: outcome.map_or_else(PanOutcome::Rejected, Judged::outcome) };
        self.ledger.push(entry);
        let fusion = Fusion {
            measurement: Measurement::from(pan.kind),
            t_us: self.now_us.saturating_add(STEP_US),
            innovation: outcome.ok().map(|judged| judged.update().innovation),
            outcome: match outcome {
                Ok(Judged::Used(_)) => FusionOutcome::Fused,
                Ok(Judged::Doubtful(_)) => FusionOutcome::NotFused(NotFusedReason::BlunderProbable),
                Err(why) => FusionOutcome::NotFused(why.into()),
            },
        };
        let of_pan = |judged: Judged| (pan.t_us, judged.update().saturated_evidence);
        PanFusion { entry, fusion, saturated: [outcome.ok().map(of_pan), self.confirmed_saturated.take()] }
    }

    /// What a pan shows, beside what was known at its drop.
    fn observed(&self, pan: &Pan, kernel_mass_kg: f64) -> Result<PanObserved, PanRejection> {
        if !pan.is_possible() {
            return Err(PanRejection::Impossible);
        }
        let second = self.second(pan)?;
        let shed_kg_m2 = match (pan.kind, pan.shed_kg_m2) {
            (PanKind::Rear, _) => 0.0,
            (PanKind::Front | PanKind::Whole, Some(shed)) => shed,
            (PanKind::Front | PanKind::Whole, None) => return Err(PanRejection::ShedUnknown),
        };
        Ok(PanObserved { pan: *pan, second, shed_kg_m2, kernel_mass_kg })
    }

    /// Fuses a pan, unless it may be a blunder that no other pan confirms.
    #[allow(clippy::large_types_passed_by_value, reason = "it is kept")]
    fn judge(&mut self, observed: PanObserved, filter: &mut LossFilter) -> Result<Judged, PanRejection> {
        let update = self.fuse_if_believed(&observed, filter)?;
        let partner = self.confirming(&observed, &update, filter);
        let judged = if update.weight >= self.params.used_weight_least {
            Judged::Used(update)
        } else if let Some(other) = partner {
            // Two that agree, however far from what was expected, are no blunders.
            let update = self.fuse_confirmed(&observed, filter)?;
            self.confirm(&other, filter);
            Judged::Used(update)
        } else {
            if self.doubtful.len() < DOUBTFUL_MOST {
                self.doubtful.push(observed);
            }
            return Ok(Judged::Doubtful(update));
        };
        // What was doubtful may be believed beside what is known now.
        if self.confirmed.is_none()
            && let Some(other) = self.believable(observed.pan.kind, filter)
        {
            self.confirm(&other, filter);
        }
        Ok(judged)
    }

    /// Fuses a pan if it is more likely a measurement than a blunder; the filter is not changed otherwise.
    fn fuse_if_believed(&mut self, observed: &PanObserved, filter: &mut LossFilter) -> Result<PanUpdate, PanRejection> {
        let mut trial = filter.clone();
        let update = self.update(observed, false, &mut trial)?;
        if update.weight >= self.params.used_weight_least {
            *filter = trial;
            self.learn(observed, &update);
        }
        Ok(update)
    }

    fn fuse_confirmed(&mut self, observed: &PanObserved, filter: &mut LossFilter) -> Result<PanUpdate, PanRejection> {
        let update = self.update(observed, true, filter)?;
        self.learn(observed, &update);
        Ok(update)
    }

    fn update(
        &self,
        observed: &PanObserved,
        is_confirmed: bool,
        filter: &mut LossFilter,
    ) -> Result<PanUpdate, PanRejection> {
        let PanObserved { pan, second, shed_kg_m2, kernel_mass_kg } = observed;
        let caught_m2 = pan.sample().field_area_m2();
        let shed = shed_kg_m2 * caught_m2 / kernel_mass_kg;
        let elapsed_s = us_to_s(self.now_us - second.t_us);
        let observation = PanObservation {
            kernels: pan.grain_kg / kernel_mass_kg,
            before: Normal { mean: shed, variance: square(self.params.shed_patchy * shed) },
            per_kg_s: caught_m2 / (kernel_mass_kg * second.area_m2_s),
            laws: self.dispersion[pan.kind as usize].laws(pan.kind, second.is_lodged, self.now_us, |since_s| {
                filter.wander_kept(since_s) * filter.wander_kept(elapsed_s)
            }),
            is_confirmed,
            elapsed_s,
        };
        filter.fuse_pan(&second.context, pan.kind.caught(), &observation).ok_or(PanRejection::NotCutting)
    }

    /// A fused pan teaches how far pans lie apart, how far to trust the estimate, and where it holds.
    fn learn(&mut self, observed: &PanObserved, update: &PanUpdate) {
        let kind = observed.pan.kind;
        self.dispersion[kind as usize].learn(update, kind, observed.second.is_lodged, self.now_us);
        let caught = kind.caught();
        for (is_caught, taught) in [(caught.rear, &mut self.rear), (caught.header, &mut self.header)] {
            if is_caught {
                taught.inflation.learn(&self.spread, update);
                taught.pans += 1;
                let conditions = &observed.second.conditions;
                taught.envelope.get_or_insert_with(|| Envelope::of(conditions)).stretch(conditions);
            }
        }
    }

    /// What was known at the drop.
    fn second(&self, pan: &Pan) -> Result<SecondContext, PanRejection> {
        let first_us = self.first_us.ok_or(PanRejection::OutsideSession)?;
        if !(first_us - NEAR_US..=self.now_us + NEAR_US).contains(&pan.t_us) {
            return Err(PanRejection::OutsideSession);
        }
        self.nearest(pan.t_us).ok_or_else(|| {
            let is_full = self.seconds.len() == REMEMBERED_S;
            let is_old = is_full && self.seconds.front().is_some_and(|first| pan.t_us < first.t_us);
            if is_old { PanRejection::TooOld } else { PanRejection::NotCutting }
        })
    }

    /// What is remembered of the second that a drop belongs to.
    fn nearest(&self, t_us: i64) -> Option<SecondContext> {
        let at = self.seconds.partition_point(|second| second.t_us < t_us);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| self.seconds.get(at));
        let second = near.min_by_key(|second| (second.t_us - t_us).abs()).copied();
        second.filter(|second| (second.t_us - t_us).abs() <= NEAR_US)
    }
}
