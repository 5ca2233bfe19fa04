//! grainloss: harvest-loss telemetry and an agronomy assistant for combine harvesters.
//!
//! [`service`] wires the crates together, [`cli`] is the way in; `docs/architecture.md` draws the house.

pub mod cli;
pub mod config;
#[doc = include_str!("../DESIGN.md")]
pub mod design {}
pub mod packets;
pub mod service;
#[cfg(feature = "simulator")]
pub mod simulated;
mod wall_clock;
