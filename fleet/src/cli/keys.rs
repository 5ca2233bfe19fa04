//! `grainloss-fleet keys`: which keys are trusted.

use grainloss_knowledge::Words;

use super::options::StoreOptions;
use super::{CliError, say};

/// The keys of machines.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show every key that was met
    List,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let Command::List = args.command;
    say(&store.folder(words)?.display().to_string())
}
