//! The session so far.

use super::STEP_S;
use super::activity::{Activity, WorkKind};
use super::budget::{LossBudget, SessionBudget};
use super::estimate::{Basis, Estimate};
use super::filter::{LossFilter, OperatingPoint, PerPath, PerStream};
use super::interval::{Interval90, LogNormal};
use super::loss_sums::LossSums;
use super::pan::{PanEntry, SpreadFactors};
use super::rear::Rear;
use super::work_breakdown::{WorkBreakdown, WorkSum};

/// A sum of log-normal rates whose error is common to all of them: it does not average out with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct CommonSum {
    median: f64,
    weighted_sd: f64,
}

impl CommonSum {
    fn add(&mut self, rate: LogNormal, seconds: f64) {
        self.median += rate.median * seconds;
        self.weighted_sd += rate.median * seconds * rate.log_sd;
    }

    fn total(&self) -> Option<LogNormal> {
        (self.median > 0.0).then(|| LogNormal { median: self.median, log_sd: self.weighted_sd / self.median })
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
    before: Marks,
}

/// The marks of the step before, to count their beginnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Marks {
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
        rear: &Rear,
        filter: &mut LossFilter,
        inflation: SpreadFactors,
    ) {
        // What was lost before follows what is known now; what is lost now is told by it already.
        self.follow(filter);
        self.steps += 1;
        self.works.add(estimate);
        self.budget.add(estimate, area_m2_s.unwrap_or(0.0) * STEP_S);
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        let turning = estimate.doing.activity == Some(Activity::Turning);
        self.cutting_steps += u64::from(cutting);
        self.working_steps += u64::from(cutting || turning);
        self.area_m2 += area_m2_s.unwrap_or(0.0) * STEP_S;
        if let Some(grain) = estimate.grain_in {
            self.grain.add(grain, STEP_S);
        }
        // Losses are summed where all of them are known, and compared with the grain of the same time: a second of
        // unknown loss is not a second without loss.
        if let (Some(grain), Some(_), Some(_)) = (estimate.grain_in, estimate.header.loss, estimate.rear.loss) {
            self.known_steps += u64::from(cutting);
            self.grain_of_known_kg += grain.median * STEP_S;
            let PerPath([separation, cleaning]) = rear.modelled.unwrap_or_default();
            let points = PerStream([OperatingPoint::default(), separation.point, cleaning.point]);
            let PerPath([separation_sd, cleaning_sd]) = rear.other_sd;
            let other_sd = PerStream([grain.log_sd, separation_sd, cleaning_sd]);
            self.losses.add(estimate, &points, &other_sd, filter, inflation);
        }
        if cutting {
            // Of the present: what was wrong an hour ago is in the alarms, and in the interval.
            self.basis = Some(estimate.total.basis);
        }
        let now = Marks {
            turned: estimate.doing.turned,
            turning_cut: estimate.doing.corner == Some(true),
            lugging: estimate.doing.throttle == Some(true),
        };
        self.counts.turns += u32::from(now.turned && !self.before.turned);
        self.counts.turning_cuts += u32::from(now.turning_cut && !self.before.turning_cut);
        self.counts.luggings += u32::from(now.lugging && !self.before.lugging);
        self.before = now;
    }

    /// Counts or a pan have changed the gains: what was summed up with the old ones follows.
    pub(super) fn follow(&mut self, filter: &mut LossFilter) {
        let kg = |losses: &LossSums| [losses.header(), losses.rear()].map(|sum| sum.map_or(0.0, |sum| sum.median));
        let kg_before = kg(&self.losses);
        self.losses.follow(filter);
        self.works.recalibrate(kg_before, kg(&self.losses));
    }

    /// What was lost in each way; the pans bring the natural shed.
    pub(super) fn budget(&self, pans: &[PanEntry], kernel_mass_kg: f64) -> LossBudget {
        self.budget.budget(&self.losses, pans, kernel_mass_kg)
    }

    /// Bus time covered, s.
    pub fn duration_s(&self) -> f64 {
        self.steps as f64 * STEP_S
    }

    /// Of it cutting, s.
    pub fn cutting_s(&self) -> f64 {
        self.cutting_steps as f64 * STEP_S
    }

    /// Of it cutting or turning, s.
    pub fn working_s(&self) -> f64 {
        self.working_steps as f64 * STEP_S
    }

    /// Area cut, ha; `None` when nothing is known to have been cut.
    pub fn area_ha(&self) -> Option<f64> {
        (self.cutting_steps > 0).then_some(self.area_m2 * 1e-4)
    }

    /// Grain that came in with the crop, before any loss, kg.
    pub fn grain_kg(&self) -> Option<Interval90> {
        self.grain.total().map(LogNormal::band)
    }

    /// Grain left by the header, of the time in which all losses are known, kg.
    pub fn header_loss_kg(&self) -> Option<Interval90> {
        self.losses.header().map(LogNormal::band)
    }

    /// Grain that left the rear, of the same time, kg.
    pub fn rear_loss_kg(&self) -> Option<Interval90> {
        self.losses.rear().map(LogNormal::band)
    }

    /// Grain lost, of the same time, kg.
    pub fn total_loss_kg(&self) -> Option<Interval90> {
        self.total().map(LogNormal::band)
    }

    /// Grain lost over grain in, of the same time, per cent.
    pub fn total_loss_pct(&self) -> Option<Interval90> {
        (self.grain_of_known_kg > 0.0).then_some(())?;
        Some(self.total()?.scaled(1.0 / self.grain_of_known_kg).percent_band())
    }

    fn total(&self) -> Option<LogNormal> {
        Some(self.losses.header()?.plus(self.losses.rear()?))
    }

    /// What the session's loss rests on; `None` when nothing was cut.
    pub fn basis(&self) -> Option<Basis> {
        self.basis
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
