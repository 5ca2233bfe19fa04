//! The length of a tick: the step of the simulation.

/// The length of a tick, µs.
pub const TICK_US: i64 = 10_000;
/// The same in seconds: the step of every integration.
pub(crate) const TICK_S: f64 = TICK_US as f64 / 1e6;
