//! The table as data: a row for each scenario, and for all of a set together, by monitor and number of pans.

use super::alarms::FALSE_ALARM_COSTS;
use super::evaluate::CaseScores;
use super::metrics::{median, percentile};
use super::plan::{Plan, Set};
use super::scores::{Monitor, Scores, SessionScore};
use grainloss_core::crop_conditions::CropConditions;

/// A session's figure over all harvests of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SessionFigures {
    /// Median of |reported − true| / true.
    pub error_median: Option<f64>,
    /// Its 90th percentile.
    pub error_p90: Option<f64>,
    /// Median of reported / true.
    pub ratio_median: Option<f64>,
    /// Share of the 90 % intervals that hold the truth.
    pub coverage: Option<f64>,
    /// The mean interval as a factor to either side.
    pub factor: Option<f64>,
}

impl SessionFigures {
    fn of(scores: &[SessionScore]) -> Self {
        let errors: Vec<f64> = scores.iter().map(SessionScore::error).collect();
        let ratios: Vec<f64> = scores.iter().map(|score| score.ratio).collect();
        let bands: Vec<(f64, bool)> = scores.iter().filter_map(|score| score.band).collect();
        let share = |sum: f64| (!bands.is_empty()).then(|| sum / bands.len() as f64);
        Self {
            error_median: median(&errors),
            error_p90: percentile(&errors, 0.9),
            ratio_median: median(&ratios),
            coverage: share(bands.iter().map(|band| f64::from(u8::from(band.1))).sum()),
            factor: share(bands.iter().map(|band| band.0).sum()).map(|width| (0.5 * width).exp()),
        }
    }
}

/// What one cost of a false alarm makes of the level alarms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlarmTradeoff {
    /// The cost of a false alarm, in seconds of a loss at the limit.
    pub false_alarm_cost: f64,
    /// False alarms for each hour of cutting.
    pub false_per_h: f64,
    /// Minutes of settled cutting with an active alarm while much less than the limit was lost, for each hour of cutting.
    pub false_min_per_h: f64,
    /// Heavy losses.
    pub due: u32,
    /// Of them, those that were not told.
    pub missed: u32,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The set.
    pub set: Set,
    /// The scenario; `None` for all of the set.
    pub scenario: Option<String>,
    /// Who is judged.
    pub monitor: Monitor,
    /// Rear pans.
    pub pans: usize,
    /// What the figures are of.
    pub scores: Scores,
}

impl Row {
    /// Loss behind the machine of the session.
    pub fn rear(&self) -> SessionFigures {
        SessionFigures::of(&self.scores.rear)
    }

    /// Loss at the header of the session.
    pub fn header(&self) -> SessionFigures {
        SessionFigures::of(&self.scores.header)
    }

    /// All loss of the session.
    pub fn total(&self) -> SessionFigures {
        SessionFigures::of(&self.scores.total)
    }

    /// Median delay until a step is reported, s; one that is not counts as 60.
    pub fn delay_median_s(&self) -> Option<f64> {
        median(&self.scores.delays_s)
    }

    /// Missed against false level alarms, by the cost of a false alarm; empty without a limit, and for the baselines.
    pub fn alarm_tradeoffs(&self) -> impl Iterator<Item = AlarmTradeoff> + '_ {
        let judged = self.scores.level_by_cost.iter().filter(|score| score.cutting_s > 0);
        FALSE_ALARM_COSTS.into_iter().zip(judged).map(|(false_alarm_cost, score)| AlarmTradeoff {
            false_alarm_cost,
            false_per_h: f64::from(score.wrong) * 3600.0 / f64::from(score.cutting_s),
            false_min_per_h: f64::from(score.wrong_s) * 60.0 / f64::from(score.cutting_s),
            due: score.due,
            missed: score.missed,
        })
    }

    /// Share of the heavy losses that were not told; `None` without any.
    pub fn missed_share(&self) -> Option<f64> {
        self.level_alarms_due().filter(|&(due, _)| due > 0).map(|(due, missed)| f64::from(missed) / f64::from(due))
    }

    /// False level alarms for each hour of cutting; `None` without a limit.
    pub fn false_alarms_per_h(&self) -> Option<f64> {
        let level = &self.scores.level;
        (level.cutting_s > 0).then(|| f64::from(level.wrong) * 3600.0 / f64::from(level.cutting_s))
    }

    /// Minutes of settled cutting with an active level alarm while much less than the limit was lost, for each hour of cutting;
    /// `None` without a limit.
    pub fn false_min_per_h(&self) -> Option<f64> {
        let level = &self.scores.level;
        (level.cutting_s > 0).then(|| f64::from(level.wrong_s) * 60.0 / f64::from(level.cutting_s))
    }

    /// Heavy losses, and those of them that were not told; `None` without a limit.
    pub fn level_alarms_due(&self) -> Option<(u32, u32)> {
        let level = &self.scores.level;
        (level.cutting_s > 0).then_some((level.due, level.missed))
    }

    /// Level alarms raised.
    pub fn level_alarms_raised(&self) -> u32 {
        self.scores.level.raised
    }

    /// Hours of cutting against a limit.
    pub fn limited_h(&self) -> f64 {
        f64::from(self.scores.level.cutting_s) / 3600.0
    }

    /// Share of the seconds with the right activity.
    pub fn activity(&self) -> Option<f64> {
        let activity = &self.scores.activity;
        (activity.seconds > 0).then(|| f64::from(activity.right) / f64::from(activity.seconds))
    }

    /// Shares of the seconds of cutting by basis: model only, sensed, calibrated, fault.
    pub fn bases(&self) -> Option<[f64; 4]> {
        let all: u32 = self.scores.bases.iter().sum();
        (all > 0).then(|| self.scores.bases.map(|seconds| f64::from(seconds) / f64::from(all)))
    }

    /// Processor time of a step with the frames that came before it, µs.
    pub fn cpu_us(&self) -> Option<f64> {
        (self.scores.steps > 0).then(|| self.scores.cpu.as_secs_f64() * 1e6 / self.scores.steps as f64)
    }
}

/// The whole table.
#[derive(Clone, Debug)]
pub struct Report {
    /// The sets that were run, each with its scenarios and seeds.
    pub sets: Vec<(Set, Vec<String>, Vec<u64>)>,
    /// Length of each harvest, s.
    pub seconds: u64,
    /// Numbers of pans.
    pub pans: Vec<usize>,
    /// What the plates' data sheets are off by: the exponential of the standard deviation of the logarithm.
    pub sheet_off: f64,
    /// For each set all scenarios together, then each of them; for each the estimator and the baselines, with every number
    /// of pans.
    pub rows: Vec<Row>,
    /// The scenarios whose crop a driver would describe, with every number of pans.
    pub conditions: Vec<ConditionsRow>,
}

/// The estimator on the same harvests, once without a word about the crop and once told what it is like.
#[derive(Clone, Debug)]
pub struct ConditionsRow {
    /// What was told.
    pub said: CropConditions,
    /// Without a word.
    pub untold: Row,
    /// Told.
    pub told: Row,
}

impl Report {
    /// Of all harvests of the plan, in its order.
    pub fn new(plan: &Plan, scores: &[CaseScores]) -> Self {
        let mut report = Self {
            sets: Vec::new(),
            seconds: plan.seconds,
            pans: plan.pans.clone(),
            sheet_off: plan.sheet_off,
            rows: Vec::new(),
            conditions: conditions(plan, scores),
        };
        for set in Set::ALL {
            let cases: Vec<_> = plan.cases.iter().filter(|case| case.set == set).collect();
            let mut scenarios: Vec<String> = cases.iter().map(|case| case.scenario.name().to_owned()).collect();
            scenarios.dedup();
            if scenarios.is_empty() {
                continue;
            }
            for scenario in std::iter::once(None).chain(scenarios.iter().cloned().map(Some)) {
                for (monitor, &pans) in
                    Monitor::ALL.iter().flat_map(|monitor| plan.pans.iter().map(move |pans| (monitor, pans)))
                {
                    let of = |score: &&CaseScores| {
                        (score.set, score.monitor, score.pans, score.is_told) == (set, *monitor, pans, false)
                            && scenario.as_ref().is_none_or(|name| *name == score.scenario)
                    };
                    let mut joined = Scores::default();
                    scores.iter().filter(of).for_each(|score| joined.join(&score.scores));
                    if joined.sessions > 0 {
                        let scenario = scenario.clone();
                        report.rows.push(Row { set, scenario, monitor: *monitor, pans, scores: joined });
                    }
                }
            }
            let seeds = (set.first_seed()..set.first_seed() + plan.seeds).collect();
            report.sets.push((set, scenarios, seeds));
        }
        report
    }

    /// The row of a set as a whole (`None`) or of a scenario.
    pub fn row(&self, set: Set, scenario: Option<&str>, monitor: Monitor, pans: usize) -> Option<&Row> {
        let mut rows = self.rows.iter();
        rows.find(|row| (row.set, row.monitor, row.pans) == (set, monitor, pans) && row.scenario.as_deref() == scenario)
    }
}

/// The harvests of which a driver would say something, by scenario and number of pans.
fn conditions(plan: &Plan, scores: &[CaseScores]) -> Vec<ConditionsRow> {
    let mut described: Vec<(Set, &str, CropConditions)> =
        plan.cases.iter().map(|case| (case.set, case.scenario.name(), case.conditions())).collect();
    described.dedup();
    described.retain(|(_, _, said)| !said.is_unknown());
    let row = |set: Set, scenario: &str, pans: usize, is_told: bool| {
        let of = |score: &&CaseScores| {
            (score.set, score.monitor, score.pans, score.is_told) == (set, Monitor::Grainloss, pans, is_told)
                && score.scenario == scenario
        };
        let mut joined = Scores::default();
        scores.iter().filter(of).for_each(|score| joined.join(&score.scores));
        let scenario = Some(scenario.to_owned());
        (joined.sessions > 0).then_some(Row { set, scenario, monitor: Monitor::Grainloss, pans, scores: joined })
    };
    let rows = described.into_iter().flat_map(|of| plan.pans.iter().map(move |&pans| (of, pans)));
    rows.filter_map(|((set, scenario, said), pans)| {
        Some(ConditionsRow { said, untold: row(set, scenario, pans, false)?, told: row(set, scenario, pans, true)? })
    })
    .collect()
}
