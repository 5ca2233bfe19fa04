//! `grainloss`: harvest-loss telemetry and an agronomy assistant for combine harvesters.

use std::process::ExitCode;

fn main() -> ExitCode {
    grainloss::cli::main()
}
