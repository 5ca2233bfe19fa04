//! A combine in a field that emits real CAN frames, with the truth beside them.
//!
//! A [`Scenario`] says which machine works in which field and crop, how its operator drives and what goes wrong; a
//! [`Simulation`] of it grows the crop, drives the passes, threshes, cleans and loses grain, and sends what the
//! machine's controllers would send: every message of the bundled `combine-demo` database at its own rate. What really
//! happened comes out as one [`TruthRow`] a second.
//!
//! ```
//! use grainloss_simulator::{Scenario, Simulation};
//!
//! let mut simulation = Simulation::new(&Scenario::bundled("wheat").unwrap(), 1);
//! let mut frames = Vec::new();
//! while simulation.now_us() % 1_000_000 != 0 || frames.is_empty() {
//!     simulation.tick(&mut frames);
//! }
//! let truth = simulation.take_truth().unwrap();
//! assert_eq!(truth.grain_in_kg_s, 0.0); // still beside the field
//! assert!((200..280).contains(&frames.len()));
//! ```
//!
//! Machines, crops, weather, operators and scenarios are TOML data, each number with its source or the word "assumed".
//! Faults are events of the timeline ([`Scenario::add_fault`] adds one); what a receiver sees of them is frames, error
//! frames and silence ([`Simulation::tick_events`]). [`Pans`] drops pans that a technician could have counted, and
//! [`check::check`] compares the simulator with what was measured in fields.
//!
//! A learner can take the driver's place: [`Simulation::for_learner`] and [`Simulation::act`] move the controls, [`Scoring`]
//! compares what came of it with a trained driver in the same field.
//!
//! The data flows one way: `driver` (what the operator does) → `plant` (what happens to machine and grain) →
//! `sensors` (what it measures) → `bus` (what it sends); `truth` looks at the plant alone. The physics is the
//! plant's own and is not for an estimator to borrow. Nothing here reads a clock or asks the platform's
//! mathematics: the same scenario and seed give the same bytes on any machine.

mod bus;
pub mod check;
mod controls;
mod driver;
mod field;
mod hands;
mod learner;
mod math;
mod pans;
mod plant;
mod random;
mod scenario;
mod score;
mod sensors;
mod simulation;
mod time;
mod truth;

pub use bus::{BusEvent, ErrorFrame};
pub use learner::{Cab, Lever, Way};
pub use pans::{PanKind, PanRow, Pans};
pub use scenario::{Lesson, Scenario, ScenarioError};
pub use score::{Cause, CauseCost, Faults, Part, Score, Scoring, Task, Work, tasks};
pub use simulation::Simulation;
pub use time::TICK_US;
pub use truth::{Activity, TruthRow};
