//! The simulated combine from outside. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod allocation;
mod check;
mod determinism;
mod faults;
mod frames;
mod learner;
mod pans;
mod scenario;
mod truth;
