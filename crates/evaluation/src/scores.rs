//! The scores of one monitor for one harvest or several: sums and lists that can be pooled.

use std::time::Duration;

use grainloss_simulator::{Activity as Real, TruthRow};

use super::alarms::{self, AlarmTruth, LevelAlarmScore, rear_kg_s};
use super::baselines::Baseline;
use super::metrics::{Confusion, Windows};
use super::reported::{ReportedHarvest, ReportedValue};
use super::step_times::StepTimes;
use grainloss_core::harvest::{Activity, Basis};
use grainloss_core::record::SecondRow;

/// Length of a window, s.
const WINDOW_S: usize = 10;
/// Windows with less loss behind the machine than this share of the grain entering are not scored: so small a loss does
/// not matter, and its logarithm is noise.
const FLOOR_SHARE: f64 = 0.0005;

/// A monitor that is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Monitor {
    /// The estimator.
    Grainloss,
    /// The estimator without pans of its own, beginning with the calibration of an earlier field.
    EarlierPans,
    /// A simple monitor.
    Baseline(Baseline),
}

impl Monitor {
    /// The estimator and the baselines.
    pub const ALL: [Self; 6] = [
        Self::Grainloss,
        Self::EarlierPans,
        Self::Baseline(Baseline::FactoryGain),
        Self::Baseline(Baseline::Bar),
        Self::Baseline(Baseline::PanRatio),
        Self::Baseline(Baseline::FeedOnly),
    ];

    /// The word in tables and for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Grainloss => "grainloss",
            Self::EarlierPans => "earlier-pans",
            Self::Baseline(baseline) => baseline.word(),
        }
    }
}

/// A session's figure against the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionScore {
    /// ReportedHarvest over true.
    pub ratio: f64,
    /// Log width of the interval, and whether the truth is inside.
    pub band: Option<(f64, bool)>,
}

impl SessionScore {
    fn of(report: Option<ReportedValue>, truth: f64) -> Option<Self> {
        let report = report.filter(|_| truth > 0.0)?;
        Some(Self { ratio: report.value / truth, band: report.band.map(|band| judged(band, truth)) })
    }

    /// |reported − true| over true.
    pub fn error(&self) -> f64 {
        (self.ratio - 1.0).abs()
    }
}

/// Log width of an interval, and whether the truth is inside.
fn judged((lo, hi): (f64, f64), truth: f64) -> (f64, bool) {
    ((hi / lo).ln(), (lo..=hi).contains(&truth))
}

/// How the activity agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ActivityScore {
    /// Seconds, and those of them with the right activity.
    pub seconds: u32,
    /// Right.
    pub right: u32,
    /// Seconds of cutting in a curve.
    pub turning_cut: Confusion,
    /// Seconds of lugging.
    pub lugging: Confusion,
}

/// One monitor's scores for one harvest, or for several.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Harvests.
    pub sessions: u32,
    /// Loss behind the machine of each session that the monitor reported.
    pub rear: Vec<SessionScore>,
    /// Loss at the header likewise.
    pub header: Vec<SessionScore>,
    /// All loss likewise.
    pub total: Vec<SessionScore>,
    /// Ten seconds of loss behind the machine.
    pub windows: Windows,
    /// Delay until each step was reported, s; 60 for one that was not.
    pub delays_s: Vec<f64>,
    /// Steps that were reported.
    pub steps_reported: u32,
    pub(super) level: LevelAlarmScore,
    /// The same for each cost of a false alarm; empty for a monitor that knows none.
    pub(super) level_by_cost: Vec<LevelAlarmScore>,
    /// Activity; all 0 for monitors that report none.
    pub activity: ActivityScore,
    /// Seconds of cutting by what the loss behind rests on: model only, sensed, calibrated, fault.
    pub bases: [u32; 4],
    /// Processor time, decoding included.
    pub cpu: Duration,
    /// Steps of the estimator.
    pub steps: u64,
    /// Processor time of single steps.
    pub step_times: StepTimes,
}

impl Scores {
    /// The scores of what a monitor reported; of level alarms, where there is a limit.
    pub fn of(reported: &ReportedHarvest, truth: &[TruthRow], limit_share: Option<f64>) -> Self {
        let rear_kg: f64 = truth.iter().map(rear_kg_s).sum();
        let header_kg: f64 = truth.iter().map(|row| row.header_loss_kg_s).sum();
        let total_kg = rear_kg + header_kg;
        let delays: Vec<Option<f64>> =
            alarms::steps(truth).iter().map(|step| alarms::delay_s(step, reported)).collect();
        let judged = limit_share.map(|limit| AlarmTruth::new(truth, limit));
        Self {
            sessions: 1,
            rear: SessionScore::of(reported.rear_kg, rear_kg).into_iter().collect(),
            header: SessionScore::of(reported.header_kg, header_kg).into_iter().collect(),
            total: SessionScore::of(reported.total_kg, total_kg).into_iter().collect(),
            windows: windows(reported, truth),
            steps_reported: delays.iter().flatten().count() as u32,
            delays_s: delays.into_iter().map(|delay_s| delay_s.unwrap_or(alarms::MISSED_AFTER_S as f64)).collect(),
            level: judged.as_ref().map(|judged| judged.judge(&reported.level_alarms)).unwrap_or_default(),
            level_by_cost: judged.map_or_else(Vec::new, |judged| {
                reported.level_alarms_by_cost.iter().map(|spans| judged.judge(spans)).collect()
            }),
            ..Self::default()
        }
    }

    /// Adds what only the estimator reports: activity and basis.
    pub fn add_rows(&mut self, rows: &[Option<SecondRow>], truth: &[TruthRow]) {
        for (row, real) in rows.iter().zip(truth) {
            let state = row.as_ref().map(|row| row.doing).unwrap_or_default();
            self.activity.seconds += 1;
            self.activity.right += u32::from(state.activity.map(Activity::word) == Some(real.state.word()));
            self.activity.turning_cut.add(state.turning_cut == Some(true), real.turning_cut);
            self.activity.lugging.add(state.lugging == Some(true), real.lugging);
            if let Some(basis) = row.as_ref().and_then(|row| row.basis_rear)
                && real.state == Real::Cutting
            {
                let at = match basis {
                    Basis::ModelOnly => 0,
                    Basis::Sensed => 1,
                    Basis::Calibrated => 2,
                    Basis::Fault => 3,
                };
                self.bases[at] += 1;
            }
        }
    }

    /// Adds another harvest's.
    pub fn join(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.rear.extend(&other.rear);
        self.header.extend(&other.header);
        self.total.extend(&other.total);
        self.windows.join(&other.windows);
        self.delays_s.extend(&other.delays_s);
        self.steps_reported += other.steps_reported;
        self.level.join(&other.level);
        self.level_by_cost.resize_with(self.level_by_cost.len().max(other.level_by_cost.len()), Default::default);
        for (sum, more) in self.level_by_cost.iter_mut().zip(&other.level_by_cost) {
            sum.join(more);
        }
        self.activity.seconds += other.activity.seconds;
        self.activity.right += other.activity.right;
        self.activity.turning_cut.join(other.activity.turning_cut);
        self.activity.lugging.join(other.activity.lugging);
        for (sum, more) in self.bases.iter_mut().zip(other.bases) {
            *sum += more;
        }
        self.cpu += other.cpu;
        self.steps += other.steps;
        self.step_times.join(&other.step_times);
    }
}

fn windows(reported: &ReportedHarvest, truth: &[TruthRow]) -> Windows {
    let mut windows = Windows::default();
    for (seconds, rows) in reported.rear_kg_s.chunks_exact(WINDOW_S).zip(truth.chunks_exact(WINDOW_S)) {
        let mean = |of: fn(&TruthRow) -> f64| rows.iter().map(of).sum::<f64>() / WINDOW_S as f64;
        let (real, floor) = (mean(rear_kg_s), FLOOR_SHARE * mean(|row| row.grain_in_kg_s));
        if !rows.iter().all(|row| row.state == Real::Cutting) || real < floor || real <= 0.0 {
            continue;
        }
        windows.judged += 1;
        let reports: Vec<ReportedValue> = seconds.iter().copied().flatten().collect();
        if reports.len() < WINDOW_S {
            continue;
        }
        let mean = |of: &dyn Fn(&ReportedValue) -> Option<f64>| {
            reports.iter().map(of).sum::<Option<f64>>().map(|sum| sum / WINDOW_S as f64)
        };
        // Within ten seconds the error is common to all of them: the ends of the intervals are averaged as they are.
        let band = mean(&|report| Some(report.band?.0)).zip(mean(&|report| Some(report.band?.1)));
        let value = mean(&|report| Some(report.value)).unwrap_or(0.0).max(floor);
        windows.add((value / real).ln(), band.map(|band| judged(band, real)));
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_judged_by_ratio_and_interval() {
        let report = ReportedValue { value: 12.0, band: Some((6.0, 24.0)) };
        let score = SessionScore::of(Some(report), 10.0).unwrap();
        assert!((score.error() - 0.2).abs() < 1e-12);
        let (width, inside) = score.band.unwrap();
        assert!((width - 4f64.ln()).abs() < 1e-12 && inside);
        assert!(!SessionScore::of(Some(report), 5.9).unwrap().band.unwrap().1);
        assert_eq!(SessionScore::of(Some(report), 0.0), None);
        assert_eq!(SessionScore::of(None, 10.0), None);
    }
}
