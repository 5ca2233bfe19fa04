//! grainloss: harvest-loss telemetry and an agronomy assistant for combine harvesters.
//!
//! Data flows one way, and the modules stand in its order:
//!
//! ```text
//! bus ──► (grainloss-can) ──► machine ──► harvest ──► advice ──► record
//! frames   frames → signals   channels    loss, ±     alarms,       │
//!                                                     next step     ├──► journal (SQLite) ──► report
//!                                                                   └──► dashboard
//! ```
//!
//! `service` wires them together, `cli` is the way in. `harvest` and `advice` are pure: the same log gives the same bytes.

pub mod advice;
pub mod bus;
pub mod capture;
pub mod cli;
pub mod dashboard;
#[doc = include_str!("../DESIGN.md")]
pub mod design {}

pub mod data_file;
pub mod evaluation;
pub mod fitting;
pub mod harvest;
pub mod journal;
pub mod knowledge;
pub mod machine;
pub mod record;
pub mod report;
pub mod service;
pub mod snapshot;
