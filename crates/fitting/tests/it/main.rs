//! What `machine check` says of invented machines and of simulated harvests. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

// The machines are those on which `machine find` is tried.
#[path = "../../../find/tests/it/harvest.rs"]
mod harvest;
#[allow(dead_code, reason = "marks are not needed here")]
#[path = "../../../find/tests/it/machine.rs"]
mod machine;

mod invented;
mod packages;
mod simulated;
