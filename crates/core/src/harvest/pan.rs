//! Drop pans: what somebody found on the ground, and what it teaches the gains.
//!
//! A pan is dropped now and counted minutes later. What was known at the drop is kept for two hours, so that the count
//! can be compared with it when it comes. How much pans scatter is learned from them.

mod envelope;
mod inflation;
mod scatter;
mod types;

use crate::math::square;
use crate::time::us_to_s;
use std::collections::VecDeque;

use super::gain::{Caught, Drop, GainFilter, Judged, Normal, Observed};
use super::rear::Conditions;
use envelope::Envelope;
use inflation::Inflation;
use scatter::Scatter;
pub use types::{Pan, PanEntry, PanKind, PanOutcome, PanRejection, PendingDrop};

/// How long what was known is kept, s.
const KEPT_S: usize = 7200;
/// A pan belongs to the second nearest to its drop, and to none that is further away, µs.
const NEAR_US: i64 = 2_000_000;
/// Loss lies in patches: variation from pan to pan (assumed, 0.2 to 0.6), more so between the frames in front. Over the
/// whole width it evens out to about that behind the machine.
const PATCHY_BEHIND: f64 = 0.40;
const PATCHY_IN_FRONT: f64 = 0.50;
/// The shed that was measured apart is of other ground: variation from spot to spot (assumed, as in front).
const SHED_PATCHY: f64 = 0.40;

/// What was known in one second of cutting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Moment {
    t_us: i64,
    drop: Drop,
    area_m2_s: f64,
    conditions: Conditions,
}

/// What was known in the last two hours, and the pans so far.
#[derive(Debug)]
pub(super) struct PanBook {
    moments: VecDeque<Moment>,
    ledger: Vec<PanEntry>,
    first_us: Option<i64>,
    now_us: i64,
    /// Of rear pans, of front samples, and over the whole width.
    scatter: [Scatter; 3],
    /// Of the header's spread, and of what is behind.
    inflation: [Inflation; 2],
    /// What the pans that hold loss from behind the machine were taken under, and those that hold the header's.
    behind: Option<Envelope>,
    in_front: Option<Envelope>,
}

/// What pans have taught, and what is needed to judge those that lie on the ground.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct KeptPans {
    first_us: Option<i64>,
    scatter: [Scatter; 3],
    inflation: [Inflation; 2],
    behind: Option<Envelope>,
    in_front: Option<Envelope>,
    /// Of the pans that wait.
    moments: Vec<Moment>,
}

impl PanKind {
    const fn caught(self) -> Caught {
        Caught { header: !matches!(self, Self::Rear), rear: !matches!(self, Self::Front) }
    }

    const fn patchy(self) -> f64 {
        if matches!(self, Self::Front) { PATCHY_IN_FRONT } else { PATCHY_BEHIND }
    }
}

impl PanBook {
    pub fn new() -> Self {
        Self {
            moments: VecDeque::with_capacity(KEPT_S),
            ledger: Vec::new(),
            first_us: None,
            now_us: 0,
            scatter: [Scatter::PRIOR; 3],
            inflation: [Inflation::PRIOR; 2],
            behind: None,
            in_front: None,
        }
    }

    /// What has to be kept over an interruption, with these pans waiting to be counted.
    pub fn kept(&self, drops: &[PendingDrop]) -> KeptPans {
        let mut moments: Vec<Moment> = drops.iter().filter_map(|drop| self.nearest(drop.t_us)).collect();
        moments.sort_by_key(|moment| moment.t_us);
        let Self { first_us, scatter, inflation, behind, in_front, .. } = *self;
        KeptPans { first_us, scatter, inflation, behind, in_front, moments }
    }

    /// Goes on with what was kept.
    pub fn go_on(&mut self, kept: KeptPans) {
        let KeptPans { first_us, scatter, inflation, behind, in_front, moments } = kept;
        (self.first_us, self.scatter, self.inflation) = (first_us, scatter, inflation);
        (self.behind, self.in_front) = (behind, in_front);
        self.moments.extend(moments);
    }

    /// The ledger begins with these.
    pub fn judged_before(&mut self, ledger: Vec<PanEntry>) {
        self.ledger = ledger;
    }

    /// Every pan so far, as they became known.
    pub fn ledger(&self) -> &[PanEntry] {
        &self.ledger
    }

    /// What pans have taught of the spreads in these conditions: factors on the header's, and on that of what is behind.
    /// Elsewhere than where they were taken, they make nothing surer.
    pub fn inflation(&self, conditions: &Conditions) -> [f64; 2] {
        let [header, behind] = self.inflation.map(Inflation::factor);
        let least = |holds: bool| if holds { 0.0 } else { 1.0 };
        [header.max(least(self.holds_in_front(conditions))), behind.max(least(self.holds_behind(conditions)))]
    }

    /// What pans have taught of the loss behind the machine holds in these conditions.
    pub fn holds_behind(&self, conditions: &Conditions) -> bool {
        self.behind.is_some_and(|envelope| envelope.holds(conditions))
    }

    /// The same of the header's.
    pub fn holds_in_front(&self, conditions: &Conditions) -> bool {
        self.in_front.is_some_and(|envelope| envelope.holds(conditions))
    }

    /// Time passes.
    pub fn at(&mut self, t_us: i64) {
        self.first_us.get_or_insert(t_us);
        self.now_us = t_us;
    }

    /// Keeps what is known in a second of cutting.
    pub fn keep(&mut self, t_us: i64, drop: Drop, area_m2_s: f64, conditions: Conditions) {
        if self.moments.len() == KEPT_S {
            self.moments.pop_front();
        }
        self.moments.push_back(Moment { t_us, drop, area_m2_s, conditions });
    }

    /// Compares a pan with what was known at its drop, teaches the gains, and writes it down.
    pub fn judge(&mut self, pan: &Pan, kernel_mass_kg: f64, gains: &mut GainFilter) -> PanEntry {
        let outcome = match self.teach(pan, kernel_mass_kg, gains) {
            Ok(judged) => PanOutcome::Used { residual: judged.residual, weight: judged.weight },
            Err(why) => PanOutcome::Rejected(why),
        };
        let entry = PanEntry { pan: *pan, outcome };
        self.ledger.push(entry);
        entry
    }

    fn teach(&mut self, pan: &Pan, kernel_mass_kg: f64, gains: &mut GainFilter) -> Result<Judged, PanRejection> {
        if !pan.is_possible() {
            return Err(PanRejection::Impossible);
        }
        let moment = self.moment(pan)?;
        let (concentration, shed) = match (pan.kind, pan.shed_kg_m2) {
            (PanKind::Rear, _) => (pan.concentration, 0.0),
            (PanKind::Front | PanKind::Whole, Some(shed)) => (1.0, shed),
            (PanKind::Front | PanKind::Whole, None) => return Err(PanRejection::ShedUnknown),
        };
        let caught_m2 = pan.area_m2 * concentration;
        let shed = shed * caught_m2 / kernel_mass_kg;
        let scatter = &mut self.scatter[pan.kind as usize];
        let observed = Observed {
            kernels: pan.grain_kg / kernel_mass_kg,
            before: Normal { mean: shed, variance: square(SHED_PATCHY * shed) },
            per_kg_s: caught_m2 / (kernel_mass_kg * moment.area_m2_s),
            patchy_variance: square(pan.kind.patchy()) * scatter.variance_factor(),
            elapsed_s: us_to_s(self.now_us - moment.t_us),
        };
        let caught = pan.kind.caught();
        let judged = gains.pan(&moment.drop, caught, &observed).ok_or(PanRejection::NotCutting)?;
        scatter.learn(&judged);
        let [header, behind] = &mut self.inflation;
        for (taught, inflation, envelope) in
            [(caught.rear, behind, &mut self.behind), (caught.header, header, &mut self.in_front)]
        {
            if taught {
                inflation.learn(&judged);
                envelope.get_or_insert_with(|| Envelope::of(&moment.conditions)).stretch(&moment.conditions);
            }
        }
        Ok(judged)
    }

    /// What was known at the drop.
    fn moment(&self, pan: &Pan) -> Result<Moment, PanRejection> {
        let first_us = self.first_us.ok_or(PanRejection::OutsideSession)?;
        if !(first_us - NEAR_US..=self.now_us + NEAR_US).contains(&pan.t_us) {
            return Err(PanRejection::OutsideSession);
        }
        self.nearest(pan.t_us).ok_or_else(|| {
            let old = self.moments.len() == KEPT_S && self.moments.front().is_some_and(|first| pan.t_us < first.t_us);
            if old { PanRejection::TooOld } else { PanRejection::NotCutting }
        })
    }

    /// What is kept of the second that a drop belongs to.
    fn nearest(&self, t_us: i64) -> Option<Moment> {
        let at = self.moments.partition_point(|moment| moment.t_us < t_us);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| self.moments.get(at));
        let moment = near.min_by_key(|moment| (moment.t_us - t_us).abs()).copied();
        moment.filter(|moment| (moment.t_us - t_us).abs() <= NEAR_US)
    }
}
