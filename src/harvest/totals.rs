//! The session so far.

use super::STEP_S;
use super::activity::Activity;
use super::band::{Band, LogNormal};
use super::estimate::{Basis, Estimate};
use super::gain::{GainFilter, Lost, Path};

/// A sum of log-normal rates whose gain error is common to all of them: it does not average out with time.
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

    /// A pan has moved the gain that is common to all of the sum, and narrowed it.
    fn recalibrate(&mut self, factor: f64, narrower: f64) {
        self.median *= factor;
        self.weighted_sd *= factor * narrower;
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
    header: CommonSum,
    separation_kg: f64,
    cleaning_kg: f64,
    rear: CommonSum,
    counts: FaultCounts,
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
    /// Adds a step; `rear_common_log_sd` is how much of the rear's uncertainty is the same all session.
    pub(super) fn add(&mut self, estimate: &Estimate, area_m2_s: Option<f64>, rear_common_log_sd: f64) {
        self.steps += 1;
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
        if let (Some(grain), Some(header), Some(separation), Some(cleaning), Some(rear)) = (
            estimate.grain_in,
            estimate.header.loss,
            estimate.separation.loss,
            estimate.cleaning.loss,
            estimate.rear.loss,
        ) {
            self.known_steps += u64::from(cutting);
            self.grain_of_known_kg += grain.median * STEP_S;
            self.header.add(header, STEP_S);
            self.separation_kg += separation.median * STEP_S;
            self.cleaning_kg += cleaning.median * STEP_S;
            // What the law of the load gets wrong from moment to moment averages out.
            self.rear.add(LogNormal { log_sd: rear_common_log_sd, ..rear }, STEP_S);
        }
        if cutting {
            // The newest, but a fault at any time is a fault of the whole.
            let basis = estimate.total.basis;
            self.basis = Some(match self.basis {
                Some(Basis::Fault) => Basis::Fault,
                _ => basis,
            });
        }
        let now = Marks {
            turned: estimate.doing.turned,
            turning_cut: estimate.doing.turning_cut == Some(true),
            lugging: estimate.doing.lugging == Some(true),
        };
        self.counts.turns += u32::from(now.turned && !self.before.turned);
        self.counts.turning_cuts += u32::from(now.turning_cut && !self.before.turning_cut);
        self.counts.luggings += u32::from(now.lugging && !self.before.lugging);
        self.before = now;
    }

    /// A pan has changed the gains: what was summed up with the old ones follows.
    pub(super) fn recalibrate(&mut self, before: &GainFilter, after: &GainFilter) {
        let factor = after.constant_header() / before.constant_header();
        self.header.recalibrate(factor, after.header().1 / before.header().1);
        if self.rear.median > 0.0 {
            let factor = |path| after.constant(path) / before.constant(path);
            // As the filter takes them: at gain 1.
            let at_one = |kg: f64, path| kg / before.path(path).0;
            let session = Lost {
                header: 0.0,
                separation: at_one(self.separation_kg, Path::Separation),
                cleaning: at_one(self.cleaning_kg, Path::Cleaning),
            };
            let narrower = after.rear(session).1 / before.rear(session).1;
            self.separation_kg *= factor(Path::Separation);
            self.cleaning_kg *= factor(Path::Cleaning);
            let rear_kg = self.separation_kg + self.cleaning_kg;
            self.rear.recalibrate(rear_kg / self.rear.median, narrower);
        }
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
    pub fn grain_kg(&self) -> Option<Band> {
        self.grain.total().map(LogNormal::band)
    }

    /// Grain left by the header, of the time in which all losses are known, kg.
    pub fn header_loss_kg(&self) -> Option<Band> {
        self.header.total().map(LogNormal::band)
    }

    /// Grain that left the rear, of the same time, kg.
    pub fn rear_loss_kg(&self) -> Option<Band> {
        self.rear.total().map(LogNormal::band)
    }

    /// Grain lost, of the same time, kg.
    pub fn total_loss_kg(&self) -> Option<Band> {
        self.total().map(LogNormal::band)
    }

    /// Grain lost over grain in, of the same time, per cent.
    pub fn total_loss_pct(&self) -> Option<Band> {
        (self.grain_of_known_kg > 0.0).then_some(())?;
        Some(self.total()?.scaled(100.0 / self.grain_of_known_kg).band())
    }

    fn total(&self) -> Option<LogNormal> {
        Some(self.header.total()?.plus(self.rear.total()?))
    }

    /// What the session's loss rests on; `None` when nothing was cut.
    pub fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// The operator faults so far.
    pub fn counts(&self) -> FaultCounts {
        self.counts
    }

    /// Share of the cutting time for which the loss is known, 0..1; `None` when nothing was cut.
    pub fn known_share(&self) -> Option<f64> {
        (self.cutting_steps > 0).then(|| self.known_steps as f64 / self.cutting_steps as f64)
    }
}
