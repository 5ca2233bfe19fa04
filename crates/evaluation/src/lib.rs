//! The estimator on simulated harvests, with the truth beside it: errors of the session, of ten seconds, of the
//! intervals and of the alarms, beside four simple monitors that see the same frames and the same drop pans.
//!
//! ```text
//! Scenario ──► Record (frames, truth, pans) ──► Pipeline, as `replay` has it ──► Told ──► Marks ──► Report
//!                                                   └──► Glance ──► Baseline ──► Told ──►
//! ```
//!
//! Simulated plants, structure not shared: no part of the estimator knows the simulator, and no part of the plant's
//! physics is the estimator's. What is measured here is how the two get on, not how a combine does.
//!
//! Pure but for the processor's time, which is a function that the caller hands in.

mod alarms;
mod baselines;
mod equipment;
mod json;
mod marks;
mod metrics;
mod plan;
mod record;
mod report;
mod step_times;
mod targets;
mod technician;
mod told;
mod watch;

pub use baselines::{Baseline, Glance, Sheet};
pub use equipment::{EquipmentError, geometry};
pub use json::json;
pub use marks::{Marks, Monitor};
pub use metrics::{Confusion, median, percentile};
pub use plan::{Case, Plan, QUICK, Set, Sets};
pub use report::{Report, Row};
pub use step_times::StepTimes;
pub use targets::{Target, Verdict};
pub use told::{Said, Told};
pub use watch::{CaseMarks, evaluate};
