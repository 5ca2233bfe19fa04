//! Drop pans: what was found on the ground, and what it tells the loss filter.
//!
//! A pan is dropped now and counted minutes later. What was known at the drop is remembered for two hours, so that the count
//! can be compared with it when it comes. How much pans scatter is learned from them.

mod carried;
mod envelope;
mod inflation;
mod scatter;
pub(super) mod types;

use crate::math::square;
use crate::params::{PanParams, PanSpreadParams, Params};
use std::collections::VecDeque;

use super::calibration::Carried;
use super::conditions::Conditions;
use super::filter::{CaughtStreams, LossFilter, Normal, PanContext, PanObservation, PanUpdate};
use super::fusion::{DiscountReason, Fusion, FusionOutcome, Measurement};
use crate::time::{STEP_US, us_to_s};
pub(super) use envelope::Envelope;
pub(super) use inflation::{Inflation, SpreadFactors};
pub(super) use scatter::Scatter;
pub use types::{Pan, PanEntry, PanKind, PanOutcome, PanRejection, PendingDrop};

/// For how long what was known is remembered, s.
const REMEMBERED_S: usize = 7200;
/// A pan belongs to the second nearest to its drop, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;

/// What was known in one second of cutting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct SecondContext {
    t_us: i64,
    #[serde(rename = "drop")]
    context: PanContext,
    area_m2_s: f64,
    conditions: Conditions,
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
    scatter: [Scatter; 3],
    header: Taught,
    rear: Taught,
    /// The pans of an earlier field that count here.
    carried: Carried,
}

/// What pans have taught of the header's loss, or of that behind the machine.
#[derive(Clone, Copy, Debug)]
struct Taught {
    inflation: Inflation,
    /// The conditions of those pans; `None` before the first.
    envelope: Option<Envelope>,
}

/// What pans have taught, and what is needed to fuse those that lie on the ground.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct PanBookState {
    first_us: Option<i64>,
    scatter: [Scatter; 3],
    /// The header's, and that of what is behind the machine.
    inflation: [Inflation; 2],
    #[serde(rename = "behind")]
    rear_envelope: Option<Envelope>,
    #[serde(rename = "in_front")]
    header_envelope: Option<Envelope>,
    /// Of the pans that wait.
    #[serde(rename = "moments")]
    seconds: Vec<SecondContext>,
    /// The pans of an earlier field that count here.
    #[serde(default)]
    carried: Carried,
}

impl PanKind {
    const fn caught(self) -> CaughtStreams {
        CaughtStreams { header: !matches!(self, Self::Rear), rear: !matches!(self, Self::Front) }
    }

    /// Coefficient of variation from pan to pan.
    const fn patchy(self, params: &PanParams) -> f64 {
        if matches!(self, Self::Front) { params.patchy_front } else { params.patchy_rear }
    }
}

impl PanBook {
    pub fn new(params: &Params) -> Self {
        let spread = params.pan_spread;
        let taught = Taught { inflation: Inflation::prior(&spread), envelope: None };
        Self {
            params: params.pans,
            spread,
            seconds: VecDeque::with_capacity(REMEMBERED_S),
            ledger: Vec::new(),
            first_us: None,
            now_us: 0,
            scatter: [Scatter::prior(&spread); 3],
            header: taught,
            rear: taught,
            carried: Carried::default(),
        }
    }

    /// What has to be kept over an interruption, with these pans waiting to be counted.
    pub fn state(&self, drops: &[PendingDrop]) -> PanBookState {
        let mut seconds: Vec<SecondContext> = drops.iter().filter_map(|drop| self.nearest(drop.t_us)).collect();
        seconds.sort_by_key(|second| second.t_us);
        PanBookState {
            first_us: self.first_us,
            scatter: self.scatter,
            inflation: [self.header.inflation, self.rear.inflation],
            rear_envelope: self.rear.envelope,
            header_envelope: self.header.envelope,
            seconds,
            carried: self.carried.clone(),
        }
    }

    /// Continues from it.
    pub fn restore(&mut self, state: PanBookState) {
        let PanBookState {
            first_us,
            scatter,
            inflation: [header, rear],
            rear_envelope,
            header_envelope,
            seconds,
            carried,
        } = state;
        (self.first_us, self.scatter, self.carried) = (first_us, scatter, carried);
        self.header = Taught { inflation: header, envelope: header_envelope };
        self.rear = Taught { inflation: rear, envelope: rear_envelope };
        self.seconds.extend(seconds);
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
        let factor =
            |taught: &Taught, holds: bool| taught.inflation.factor(&self.spread).max(if holds { 0.0 } else { 1.0 });
        SpreadFactors {
            header: factor(&self.header, self.header_holds(conditions)),
            rear: factor(&self.rear, self.rear_holds(conditions)),
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

    /// Time passes.
    pub fn set_time(&mut self, t_us: i64) {
        self.first_us.get_or_insert(t_us);
        self.now_us = t_us;
    }

    /// Remembers what is known in a second of cutting.
    pub fn remember(&mut self, t_us: i64, context: PanContext, area_m2_s: f64, conditions: Conditions) {
        if self.seconds.len() == REMEMBERED_S {
            self.seconds.pop_front();
        }
        self.seconds.push_back(SecondContext { t_us, context, area_m2_s, conditions });
    }

    /// Compares a pan with what was known at its drop, fuses it, and writes it into the ledger; with the record of it, which
    /// is of the step that follows.
    pub fn fuse(&mut self, pan: &Pan, kernel_mass_kg: f64, filter: &mut LossFilter) -> (PanEntry, Fusion) {
        let update = self.try_fuse(pan, kernel_mass_kg, filter);
        let outcome = match update {
            Ok(update) => PanOutcome::Used { residual: update.innovation.log_ratio, weight: update.weight },
            Err(why) => PanOutcome::Rejected(why),
        };
        let entry = PanEntry { pan: *pan, outcome };
        self.ledger.push(entry);
        let outcome = match update {
            Ok(update) if update.weight < 0.5 => FusionOutcome::Discounted(DiscountReason::BlunderProbable),
            Ok(_) => FusionOutcome::Fused,
            Err(why) => FusionOutcome::NotFused(why.into()),
        };
        let fusion = Fusion {
            measurement: Measurement::from(pan.kind),
            t_us: self.now_us.saturating_add(STEP_US),
            innovation: update.ok().map(|update| update.innovation),
            outcome,
        };
        (entry, fusion)
    }

    fn try_fuse(&mut self, pan: &Pan, kernel_mass_kg: f64, filter: &mut LossFilter) -> Result<PanUpdate, PanRejection> {
        if !pan.is_possible() {
            return Err(PanRejection::Impossible);
        }
        let second = self.second(pan)?;
        let shed = match (pan.kind, pan.shed_kg_m2) {
            (PanKind::Rear, _) => 0.0,
            (PanKind::Front | PanKind::Whole, Some(shed)) => shed,
            (PanKind::Front | PanKind::Whole, None) => return Err(PanRejection::ShedUnknown),
        };
        let caught_m2 = pan.sample().field_area_m2();
        let shed = shed * caught_m2 / kernel_mass_kg;
        let scatter = &mut self.scatter[pan.kind as usize];
        let observation = PanObservation {
            kernels: pan.grain_kg / kernel_mass_kg,
            before: Normal { mean: shed, variance: square(self.params.shed_patchy * shed) },
            per_kg_s: caught_m2 / (kernel_mass_kg * second.area_m2_s),
            patchy_variance: square(pan.kind.patchy(&self.params)) * scatter.variance_factor(&self.spread),
            elapsed_s: us_to_s(self.now_us - second.t_us),
        };
        let caught = pan.kind.caught();
        let update = filter.fuse_pan(&second.context, caught, &observation).ok_or(PanRejection::NotCutting)?;
        scatter.learn(&self.spread, &update);
        for (is_caught, taught) in [(caught.rear, &mut self.rear), (caught.header, &mut self.header)] {
            if is_caught {
                taught.inflation.learn(&self.spread, &update);
                let envelope = taught.envelope.get_or_insert_with(|| Envelope::of(&second.conditions));
                envelope.stretch(&second.conditions);
            }
        }
        Ok(update)
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
