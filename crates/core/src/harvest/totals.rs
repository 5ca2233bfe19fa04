//! The session so far.

use super::budget::{LossBudget, NaturalShed, SessionBudget};
use super::estimate::{Basis, Estimate};
use super::filter::{LossFilter, OperatingPoint, PerPath, PerStream};
use super::interval::{Interval90, LogNormal};
use super::loss_sums::LossSums;
use super::pan::SpreadFactors;
use super::rear::Rear;
use super::state::Activity;
use super::work_breakdown::{WorkBreakdown, WorkSum};
use super::work_kind::WorkKind;
use crate::params::TotalsParams;
use crate::time::STEP_S;

/// A sum of log-normal rates whose error is common to all of them: it does not average out with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct CommonSum {
    /// Mean. Named as in older journals.
    #[serde(rename = "median")]
    mean: f64,
    weighted_sd: f64,
}

impl CommonSum {
    pub(super) fn add(&mut self, rate: LogNormal, seconds: f64) {
        let mean = rate.mean() * seconds;
        self.mean += mean;
        self.weighted_sd += mean * rate.log_sd;
    }

    pub(super) fn total(&self) -> Option<LogNormal> {
        (self.mean > 0.0).then(|| LogNormal::of_mean(self.mean, self.weighted_sd / self.mean))
    }
}

/// How often each operator fault of the training has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FaultCounts {
    /// Turns at the end of a pass.
    pub turns: u32,
    /// Curves with the header down.
    pub turning_cuts: u32,
    /// Times the engine was pulled down while feeding.
    pub luggings: u32,
}

/// Sums over the session.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    steps: u64,
    cutting_steps: u64,
    working_steps: u64,
    known_steps: u64,
    area_m2: f64,
    grain: CommonSum,
    grain_of_known_kg: f64,
    losses: LossSums,
    counts: FaultCounts,
    works: WorkBreakdown,
    budget: SessionBudget,
    basis: Option<Basis>,
    before: Flags,
}

/// The flags of the step before, to count how often each begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Flags {
    turned: bool,
    turning_cut: bool,
    lugging: bool,
}

impl Totals {
    /// Adds a step.
    pub(super) fn add(
        &mut self,
        estimate: &Estimate,
        area_m2_s: Option<f64>,
        (header_point, rear): (&OperatingPoint, &Rear),
        filter: &mut LossFilter,
        inflation: SpreadFactors,
        params: &TotalsParams,
    ) {
        // Past losses are corrected by what is known now; the present ones are computed with it already.
        self.follow(filter);
        self.steps += 1;
        self.works.add(estimate, params.same_event_within_s);
        self.budget.add(estimate, area_m2_s.unwrap_or(0.0) * STEP_S);
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        let turning = estimate.doing.activity == Some(Activity::Turning);
        self.cutting_steps += u64::from(cutting);
        self.working_steps += u64::from(cutting || turning);
        self.area_m2 += area_m2_s.unwrap_or(0.0) * STEP_S;
        if let Some(grain) = estimate.grain_in {
            self.grain.add(grain, STEP_S);
        }
        // Losses are summed where all of them are known, and compared with the grain of the same time: unknown loss is not
        // zero loss.
        if let (Some(grain), Some(_), Some(_)) = (estimate.grain_in, estimate.header.loss, estimate.rear.loss) {
            self.known_steps += u64::from(cutting);
            self.grain_of_known_kg += grain.mean() * STEP_S;
            let PerPath([separation, cleaning]) = rear.modelled.unwrap_or_default();
            let points = PerStream([*header_point, separation.point, cleaning.point]);
            let PerPath([separation_sd, cleaning_sd]) = rear.other_sd;
            let other_sd = PerStream([grain.log_sd, separation_sd, cleaning_sd]);
            self.losses.add(estimate, &points, &other_sd, filter, inflation);
            if self.losses.is_beyond(self.grain_of_known_kg) {
                self.correct(LossSums::bound);
            }
        }
        if cutting {
            // The present basis: an earlier fault is in the alarms and in the interval.
            self.basis = Some(estimate.total.basis);
        }
        let now = Flags {
            turned: estimate.doing.turned,
            turning_cut: estimate.doing.corner == Some(true),
            lugging: estimate.doing.throttle == Some(true),
        };
        self.counts.turns += u32::from(now.turned && !self.before.turned);
        self.counts.turning_cuts += u32::from(now.turning_cut && !self.before.turning_cut);
        self.counts.luggings += u32::from(now.lugging && !self.before.lugging);
        self.before = now;
    }

    /// Counts or a pan have changed the gains: corrects what was summed with the old ones.
    pub(super) fn follow(&mut self, filter: &mut LossFilter) {
        if self.losses.are_current(filter, self.grain_of_known_kg) {
            return;
        }
        self.correct(|losses, grain_kg| losses.follow(filter, grain_kg));
    }

    /// Corrects the sums of the losses, and those by work with them.
    fn correct(&mut self, correct: impl FnOnce(&mut LossSums, f64)) {
        let kg = |losses: &LossSums| [losses.header(), losses.rear()].map(|sum| sum.map_or(0.0, LogNormal::mean));
        let kg_before = kg(&self.losses);
        correct(&mut self.losses, self.grain_of_known_kg);
        self.works.recalibrate(kg_before, kg(&self.losses));
    }

    /// The loss of the session by category.
    pub(super) fn budget(&self, shed: Option<NaturalShed>) -> LossBudget {
        self.budget.budget(&self.losses, shed)
    }

    /// Bus time covered, s.
    pub fn duration_s(&self) -> f64 {
        self.steps as f64 * STEP_S
    }

    /// Time spent cutting, s.
    pub fn cutting_s(&self) -> f64 {
        self.cutting_steps as f64 * STEP_S
    }

    /// Time spent cutting or turning, s.
    pub fn working_s(&self) -> f64 {
        self.working_steps as f64 * STEP_S
    }

    /// Area cut, ha; `None` when the machine has not cut.
    pub fn area_ha(&self) -> Option<f64> {
        (self.cutting_steps > 0).then_some(self.area_m2 * 1e-4)
    }

    /// Grain that came in with the crop, before any loss, kg; `None` when none is known.
    pub fn grain_kg(&self) -> Option<Interval90> {
        self.grain.total().map(LogNormal::band)
    }

    /// Grain lost at the header, of the time in which all losses are known, kg; `None` when there is none.
    pub fn header_loss_kg(&self) -> Option<Interval90> {
        self.lost(self.losses.header())
    }

    /// Grain lost behind the machine, of the same time, kg; `None` when there is none.
    pub fn rear_loss_kg(&self) -> Option<Interval90> {
        self.lost(self.losses.rear())
    }

    /// All grain lost, of the same time, kg; `None` when there is none.
    pub fn total_loss_kg(&self) -> Option<Interval90> {
        self.lost(self.total())
    }

    /// Grain lost over grain in, of the same time, per cent; `None` when nothing came in.
    pub fn total_loss_pct(&self) -> Option<Interval90> {
        if self.grain_of_known_kg <= 0.0 {
            return None;
        }
        Some(self.total()?.scaled(1.0 / self.grain_of_known_kg).percent_band())
    }

    /// No more than came in.
    fn lost(&self, kg: Option<LogNormal>) -> Option<Interval90> {
        Some(kg?.band().at_most(self.grain_of_known_kg))
    }

    fn total(&self) -> Option<LogNormal> {
        Some(self.losses.header()?.plus(self.losses.rear()?))
    }

    /// What the loss rests on since the machine last cut; `None` when it has not cut.
    pub fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// The same of header and rear apart.
    pub fn stream_bases(&self) -> [Option<Basis>; 2] {
        self.budget.stream_bases()
    }

    /// The operator faults so far.
    pub fn counts(&self) -> FaultCounts {
        self.counts
    }

    /// A kind of work so far: for how long, how often, and how much grain was lost meanwhile.
    pub fn work(&self, work: WorkKind) -> WorkSum {
        self.works.sum(work, self.working_s())
    }

    /// Share of the cutting time for which the loss is known, 0..1; `None` when nothing was cut.
    pub fn known_share(&self) -> Option<f64> {
        (self.cutting_steps > 0).then(|| self.known_steps as f64 / self.cutting_steps as f64)
    }
}
