//! Options that several commands have.

use std::path::PathBuf;

use grainloss_fleet::error::StoreError;
use grainloss_fleet::said;
use grainloss_knowledge::Words;

use super::CliError;

/// Which store.
#[derive(Debug, clap::Args)]
pub(super) struct StoreOptions {
    /// The store's folder [default: $GRAINLOSS_STORE]
    #[arg(long, global = true, value_name = "FOLDER")]
    store: Option<PathBuf>,
}

impl StoreOptions {
    /// The store's folder.
    ///
    /// # Errors
    /// [`CliError::Input`] when neither the option nor the variable names one.
    pub(super) fn folder(&self, words: &Words) -> Result<PathBuf, CliError> {
        let variable = || std::env::var_os("GRAINLOSS_STORE").filter(|value| !value.is_empty()).map(PathBuf::from);
        self.store.clone().or_else(variable).ok_or_else(|| CliError::Input(words.get("fleet-no-store")))
    }
}

/// An error of the store, as what ends a command: what the user gave is at fault, or something else.
pub(super) fn store_error(words: &Words, error: &StoreError) -> CliError {
    let message = said::error(words, error);
    match error {
        StoreError::NoStore(_)
        | StoreError::Zone(_)
        | StoreError::Address(_)
        | StoreError::NoKey(_)
        | StoreError::Region(_)
        | StoreError::Line { .. }
        | StoreError::Place { .. } => CliError::Input(message),
        _ => CliError::Failed(message),
    }
}
