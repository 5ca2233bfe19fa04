//! What a learner's driving was worth: points that add up, where the grain went, and how a trained driver does in the same
//! field and time. All of it is from the plant's truth, none of it from an estimate.
//!
//! | Part | Points | All of them | None |
//! |---|---|---|---|
//! | loss | 35 | at most the allowed loss | twice the allowed loss |
//! | time | 10 | never above the allowed loss while cutting | always |
//! | area | 25 | 90 % of the trained driver's area | 40 % of it |
//! | faults | 20 | no fault | see [`Faults::deduction`] |
//! | alarms | 10 | a control was moved within 30 s of every alarm | of none |
//!
//! The allowed loss is the limit, or the trained driver's own by a tenth more where that is higher: a lodged field cannot be
//! cut below the limit by anybody. With less than 30 % of the trained driver's area there is nothing to judge, and no point.

mod cause;
mod faults;
mod task;
mod work;

pub use cause::{Cause, CauseCost};
pub use faults::Faults;
pub use task::{Task, tasks};
pub use work::Work;

use std::collections::VecDeque;

use crate::learner::Cab;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::truth::{Activity, TruthRow};
use cause::Causes;
use work::rear_kg_s;

// All of it is our choice.
/// The trained driver's own loss is allowed with so much more.
const ALLOWED_OVER_TRAINED: f64 = 1.1;
/// Shares of the trained driver's area: no point for area, all of them, and nothing to judge at all.
const AREA_NONE: f64 = 0.4;
const AREA_ALL: f64 = 0.9;
const LEAST_AREA: f64 = 0.3;
/// The loss at a moment is that of so many seconds of cutting, since single seconds are uneven.
const WINDOW_S: usize = 20;
/// An alarm is answered when a control is moved within this time, s.
pub(crate) const ANSWER_S: f64 = 30.0;

/// A part of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Loss over grain.
    Loss,
    /// Time above the allowed loss.
    Time,
    /// Area cut.
    Area,
    /// Faults of the hands.
    Faults,
    /// Alarms answered.
    Alarms,
}

impl Part {
    /// Every part, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Loss, Self::Time, Self::Area, Self::Faults, Self::Alarms];

    /// Its most points; together 100.
    pub const fn most(self) -> f64 {
        match self {
            Self::Loss => 35.0,
            Self::Time | Self::Alarms => 10.0,
            Self::Area => 25.0,
            Self::Faults => 20.0,
        }
    }

    /// The word in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Time => "time",
            Self::Area => "area",
            Self::Faults => "faults",
            Self::Alarms => "alarms",
        }
    }
}

/// Watches a learner second by second.
#[derive(Clone, Debug)]
pub struct Scoring {
    scenario: Scenario,
    seed: u64,
    work: Work,
    causes: Causes,
    faults: Faults,
    /// Loss and grain of the newest seconds of cutting, kg.
    recent: VecDeque<(f64, f64)>,
    /// Loss over grain of each moment of cutting, %.
    moments_pct: Vec<f64>,
    /// When a control was moved, s since 1970.
    moved_unix: Vec<f64>,
}

impl Scoring {
    /// For a learner in this scenario.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        Self {
            scenario: scenario.clone(),
            seed,
            work: Work::default(),
            causes: Causes::new(scenario),
            faults: Faults::default(),
            recent: VecDeque::new(),
            moments_pct: Vec::new(),
            moved_unix: Vec::new(),
        }
    }

    /// A second of truth, and the cab at its end.
    pub fn look(&mut self, row: &TruthRow, cab: &Cab) {
        self.work.add(row);
        self.causes.look(row, cab);
        self.faults.look(row, cab);
        if row.state != Activity::Cutting {
            return;
        }
        self.recent.push_back((row.header_loss_kg_s + rear_kg_s(row), row.grain_in_kg_s));
        if self.recent.len() > WINDOW_S {
            self.recent.pop_front();
        }
        let (loss_kg, grain_kg) = self.recent.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if grain_kg > 0.0 {
            self.moments_pct.push(100.0 * loss_kg / grain_kg);
        }
    }

    /// A control was moved, s since 1970.
    pub fn moved(&mut self, t_unix: f64) {
        self.moved_unix.push(t_unix);
    }

    /// The score so far. `limit_pct` is the loss limit, `alarms_unix` when each alarm was raised, s since 1970. Drives the
    /// trained driver through the same field for as long.
    pub fn score(&self, limit_pct: Option<f64>, alarms_unix: &[f64]) -> Score {
        let trained = trained(&self.scenario, self.seed, self.work.seconds);
        let own_pct = trained.loss_pct().unwrap_or(0.0) * ALLOWED_OVER_TRAINED;
        let allowed_pct = limit_pct.unwrap_or(0.0).max(own_pct);
        let above = self.moments_pct.iter().filter(|pct| **pct > allowed_pct).count() as f64;
        let answered = alarms_unix
            .iter()
            .filter(|raised| self.moved_unix.iter().any(|moved| (0.0..=ANSWER_S).contains(&(moved - **raised))));
        let mut score = Score {
            work: self.work,
            trained,
            allowed_pct,
            cutting_s: self.moments_pct.len() as f64,
            above_s: above,
            causes: self.causes.costs(&trained),
            faults: self.faults,
            alarms: alarms_unix.len(),
            answered: answered.count(),
            points: [0.0; 5],
        };
        score.points = Part::ALL.map(|part| score.part(part));
        score
    }
}

/// What the trained driver does in this field in so many seconds.
fn trained(scenario: &Scenario, seed: u64, seconds: f64) -> Work {
    let mut simulation = Simulation::new(&scenario.well_driven(), seed);
    let (mut work, mut seen) = (Work::default(), Vec::new());
    while work.seconds < seconds {
        seen.clear();
        simulation.tick_events(&mut seen);
        if let Some(row) = simulation.take_truth() {
            work.add(&row);
        }
    }
    work
}

/// The score of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// What the learner cut and lost.
    pub work: Work,
    /// What a trained driver does in the same field and time.
    pub trained: Work,
    /// Up to this loss there are all points, %.
    pub allowed_pct: f64,
    /// Seconds of cutting.
    pub cutting_s: f64,
    /// Of these above the allowed loss.
    pub above_s: f64,
    /// Where the grain went, the dearest first; the kg add up to those of `work`.
    pub causes: Vec<CauseCost>,
    /// What the hands did wrong.
    pub faults: Faults,
    /// Alarms raised.
    pub alarms: usize,
    /// Alarms that were answered.
    pub answered: usize,
    points: [f64; 5],
}

impl Score {
    /// The points of a part, to a tenth.
    pub fn points(&self, part: Part) -> f64 {
        self.points[part as usize]
    }

    /// All points, 0..=100: the sum of the parts.
    pub fn total(&self) -> f64 {
        (self.points.iter().sum::<f64>() * 10.0).round() / 10.0
    }

    /// Enough was cut to be judged.
    pub fn is_judged(&self) -> bool {
        self.work.area_m2 > LEAST_AREA * self.trained.area_m2 && self.work.area_m2 > 0.0
    }

    /// The part that cost most points.
    pub fn weakest(&self) -> Part {
        let lost = |part: &Part| part.most() - self.points(*part);
        Part::ALL.into_iter().rev().max_by(|one, other| lost(one).total_cmp(&lost(other))).unwrap_or(Part::Loss)
    }

    fn part(&self, part: Part) -> f64 {
        if !self.is_judged() {
            return 0.0;
        }
        let share = match part {
            Part::Loss => 2.0 - self.work.loss_pct().unwrap_or(f64::INFINITY) / self.allowed_pct.max(1e-9),
            Part::Time => 1.0 - self.above_s / self.cutting_s.max(1.0),
            Part::Area => (self.work.area_m2 / self.trained.area_m2 - AREA_NONE) / (AREA_ALL - AREA_NONE),
            Part::Faults => 1.0 - self.faults.deduction() / part.most(),
            Part::Alarms if self.alarms == 0 => 1.0,
            Part::Alarms => self.answered as f64 / self.alarms as f64,
        };
        (share.clamp(0.0, 1.0) * part.most() * 10.0).round() / 10.0
    }
}
