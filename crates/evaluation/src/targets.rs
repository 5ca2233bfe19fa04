//! The targets: what the estimator must reach on the test set, which is never used for tuning.

use super::baselines::Baseline;
use super::plan::Set;
use super::report::{Report, Row};
use super::scores::Monitor;

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The last part of its text key, and its name for programs.
    pub id: &'static str,
    /// Least and most of what is allowed.
    pub range: (f64, f64),
    figure: fn(&Report) -> Option<f64>,
}

/// A target beside its figure.
#[derive(Clone, Copy, Debug)]
pub struct TargetResult {
    /// The target.
    pub target: Target,
    /// The figure; `None` when this run has none.
    pub figure: Option<f64>,
}

impl TargetResult {
    /// Whether it is met; `None` without a figure.
    pub fn is_met(&self) -> Option<bool> {
        self.figure.map(|figure| (self.target.range.0..=self.target.range.1).contains(&figure))
    }
}

/// The targets. Numbers of pans that a run has not are not judged.
const TARGETS: &[Target] = &[
    Target { id: "rear-error-4", range: (0.0, 0.15), figure: |r| pooled(r, 4)?.rear().error_median },
    Target { id: "rear-error-8", range: (0.0, 0.11), figure: |r| pooled(r, 8)?.rear().error_median },
    Target { id: "rmse-below-b2", range: (0.30, 1.0), figure: rmse_below_b2 },
    Target { id: "coverage-10s-0", range: (0.86, 0.94), figure: |r| pooled(r, 0)?.scores.windows.coverage() },
    Target { id: "coverage-10s-0-least", range: (0.80, 1.0), figure: |r| least_coverage(r, 0) },
    Target { id: "coverage-10s-4", range: (0.86, 0.94), figure: |r| pooled(r, 4)?.scores.windows.coverage() },
    Target { id: "coverage-10s-4-least", range: (0.80, 1.0), figure: |r| least_coverage(r, 4) },
    Target {
        id: "coverage-rear-session",
        range: (0.86, 0.94),
        figure: |r| session_coverage(r, |row| row.rear().coverage),
    },
    Target {
        id: "coverage-total-session",
        range: (0.86, 0.94),
        figure: |r| session_coverage(r, |row| row.total().coverage),
    },
    Target { id: "detection", range: (0.0, 12.0), figure: |r| pooled(r, 4)?.delay_median_s() },
    Target { id: "false-alarms", range: (0.0, 1.0), figure: most_false_alarms },
    Target { id: "heavy-missed-0", range: (0.0, 0.30), figure: |r| pooled(r, 0)?.missed_share() },
    Target { id: "heavy-missed-8", range: (0.0, 0.15), figure: |r| pooled(r, 8)?.missed_share() },
    Target { id: "turning-cut-f1", range: (0.9, 1.0), figure: |r| any(r)?.scores.activity.turning_cut.f1() },
    Target { id: "lugging-f1", range: (0.9, 1.0), figure: |r| any(r)?.scores.activity.lugging.f1() },
];

/// Every target beside what the report has for it.
pub fn target_results(report: &Report) -> Vec<TargetResult> {
    TARGETS.iter().map(|&target| TargetResult { target, figure: (target.figure)(report) }).collect()
}

fn pooled(report: &Report, pans: usize) -> Option<&Row> {
    report.row(Set::Test, None, Monitor::Grainloss, pans)
}

/// Activity is the same with any number of pans.
fn any(report: &Report) -> Option<&Row> {
    pooled(report, *report.pans.first()?)
}

/// By how much the ten-second error is below that of B2 with the same four pans, which uses all of them.
fn rmse_below_b2(report: &Report) -> Option<f64> {
    let b2 = report.row(Set::Test, None, Monitor::Baseline(Baseline::PanRatio), 4)?;
    Some(1.0 - pooled(report, 4)?.scores.windows.rmse()? / b2.scores.windows.rmse()?)
}

/// With whichever number of pans there are most.
fn most_false_alarms(report: &Report) -> Option<f64> {
    report.pans.iter().filter_map(|&pans| pooled(report, pans)?.false_alarms_per_h()).max_by(f64::total_cmp)
}

fn least_coverage(report: &Report, pans: usize) -> Option<f64> {
    let of = |row: &&Row| (row.set, row.monitor, row.pans) == (Set::Test, Monitor::Grainloss, pans);
    let scenarios = report.rows.iter().filter(of).filter(|row| row.scenario.is_some());
    scenarios.filter_map(|row| row.scores.windows.coverage()).min_by(f64::total_cmp)
}

/// Over all numbers of pans: each has too few sessions for a share of its own.
fn session_coverage(report: &Report, of: fn(&Row) -> Option<f64>) -> Option<f64> {
    let shares: Vec<f64> = report.pans.iter().filter_map(|&pans| of(pooled(report, pans)?)).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}
