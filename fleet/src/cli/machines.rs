//! `grainloss-fleet machines`: the register of machines.

use grainloss_knowledge::Words;

use super::options::StoreOptions;
use super::{CliError, say};

/// The register of machines.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show every machine
    List,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let Command::List = args.command;
    say(&store.folder(words)?.display().to_string())
}
