//! The estimator on simulated harvests, compared with the truth: errors of the session and of ten seconds, coverage of the
//! intervals, alarms and activity; beside it four simple monitors that get the same frames and the same drop pans.
//!
//! ```text
//! Scenario ─► SimulatedHarvest (frames, truth, pans) ─► Pipeline, as in `replay` ─► ReportedHarvest ─► Scores ─► Report
//!                                                          └─► MonitorInput ─► Baseline ─► ReportedHarvest ─►
//! ```
//!
//! The plants are simulated and share no structure with the estimator: the figures show how the estimator works on them,
//! not how it works on a combine.
//!
//! Pure but for the processor time, which is a function that the caller hands in.
//!
//! ```
//! use std::time::Duration;
//!
//! use grainloss_evaluation::{Plan, Report, Sets, evaluate};
//!
//! // One harvest of five minutes, without drop pans.
//! let plan = Plan::new(Sets::Tune, &["wheat".to_owned()], 1, 300, vec![0])?;
//! let scores = evaluate(&plan.cases[0], &plan, || Duration::ZERO)?;
//! let report = Report::new(&plan, &scores);
//! assert_eq!(report.rows.len(), 2 * 5); // the set and its scenario, five monitors each
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alarms;
mod baselines;
mod equipment;
mod evaluate;
mod json;
mod metrics;
mod pan_samples;
mod plan;
mod report;
mod reported;
mod scores;
mod simulated_harvest;
mod step_times;
mod targets;

pub use baselines::{Baseline, MonitorInput, MonitorSetup};
pub use equipment::{EquipmentError, geometry};
pub use evaluate::{CaseScores, evaluate};
pub use json::json;
pub use metrics::{Confusion, median, percentile};
pub use pan_samples::pan;
pub use plan::{Case, Plan, QUICK, Set, Sets};
pub use report::{ConditionsRow, Report, Row};
pub use reported::{ReportedHarvest, ReportedValue};
pub use scores::{Monitor, Scores};
pub use step_times::StepTimes;
pub use targets::{Target, TargetResult, target_results};
