//! `grainloss-fleet trainings`: who was trained on which day.

use std::path::PathBuf;

use grainloss_fleet::error::StoreError;
use grainloss_fleet::trainings::import;
use grainloss_knowledge::Words;

use super::options::{StoreOptions, store_error};
use super::{CliError, say};

/// Takes a table (CSV: driver, co_op, day) of trainings over, in place of those that were there.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let folder = store.folder(words)?;
    if !folder.is_dir() {
        return Err(store_error(words, &StoreError::NoStore(folder)));
    }
    let count = import(&folder, &args.file).map_err(|error| store_error(words, &error))?;
    say(&words.with("fleet-trainings", &[("count", &count.to_string())]))
}
