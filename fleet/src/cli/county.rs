//! `grainloss-fleet county`: a made-up county, to try questions and engines on.

use std::path::PathBuf;

use grainloss_fleet::county::{County, CountyError};
use grainloss_fleet::said;
use grainloss_knowledge::Words;

use super::{CliError, say};

/// Makes up a county and writes it into an empty folder, to try questions and engines on.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Machines
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    machines: u64,
    /// Days, from 2026-06-01
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// The same seed makes the same county
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds that a machine records in a day
    #[arg(long, default_value_t = 28_800, value_parser = clap::value_parser!(u32).range(600..=82_000))]
    seconds_per_day: u32,
    /// The folder
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let Args { machines, days, seed, seconds_per_day, .. } = *args;
    let county = County { machines, days, seed, seconds_per_day };
    let written = county.write(&args.out).map_err(|error| match &error {
        CountyError::NotEmpty(folder) => {
            CliError::Input(words.with("fleet-county-not-empty", &[("folder", &folder.display().to_string())]))
        }
        CountyError::Store(error) => CliError::Failed(said::error(words, error)),
        CountyError::Knowledge(error) => CliError::Input(error.to_string()),
    })?;
    let of = [("seconds", written.seconds), ("rows", written.rows), ("bytes", written.bytes), ("files", written.files)];
    let of = of.map(|(key, value)| (key, value.to_string()));
    let of: Vec<(&str, &str)> = of.iter().map(|(key, value)| (*key, value.as_str())).collect();
    say(&words.with("fleet-county-written", &of))
}
