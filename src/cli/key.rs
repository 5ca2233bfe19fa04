//! `grainloss key`: the device's key, with which closed sessions are signed.

use std::path::PathBuf;

use clap::Subcommand;

use super::error::CliError;
use super::options::journal_path;
use super::table::say;
use crate::config::Config;
use grainloss_journal::DeviceKeys;
use grainloss_knowledge::Words;

/// Show or change the key that this device signs its sessions with.
///
/// The secret key stands beside the journal, readable by its owner only; the public keys in device.pub are for whoever
/// checks. An old public key stays in the list: what it has signed stays provable.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The journal that the key stands beside [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE", global = true)]
    db: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Print every public key, oldest first
    Show,
    /// Make a new key; the old secret one is gone
    Rotate,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let keys = DeviceKeys::beside(&journal_path(args.db.clone(), config)?);
    if matches!(args.command, Command::Rotate) {
        keys.rotate().map_err(CliError::failed)?;
    }
    let public = keys.public();
    let Some((now, old)) = public.split_last() else { return say(&words.get("cli-key-none")) };
    for key in old {
        say(&words.with("cli-key-old", &[("key", key)]))?;
    }
    say(&words.with("cli-key-now", &[("key", now)]))
}
