//! `grainloss-fleet gather`: packets and journals into the store.

use grainloss_knowledge::Words;

use super::options::StoreOptions;
use super::{CliError, say};

/// Take packets and journals into the store.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Packets, journals, folders with them, or s3://BUCKET/PREFIX
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
}

pub(super) fn main(_args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    say(&store.folder(words)?.display().to_string())
}
