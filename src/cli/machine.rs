//! `grainloss machine`: profiles, and fitting one to a machine.

mod check;
mod find;
mod format;
mod frames;
mod learn;
mod list;
mod live_bus;
mod publish;
mod seen;
mod show;
mod suggest;
mod watch;

use clap::Subcommand;

use super::error::CliError;
use super::table::say;
use grainloss_core::machine::Profile;
use grainloss_knowledge::Words;

/// Machine profiles: list them, look at one, fit one to a machine.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the profiles that there are
    List,
    Show(show::Args),
    /// Print the JSON schema of profile files, for editors
    Schema,
    Seen(seen::Args),
    Check(check::Args),
    Suggest(suggest::Args),
    Find(find::Args),
    Publish(publish::Args),
    Learn(learn::Args),
    Watch(watch::Args),
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    match &args.command {
        Command::List => list::main(words),
        Command::Show(args) => show::main(args, words),
        Command::Schema => say(&serde_json::to_string_pretty(&Profile::schema()).map_err(CliError::failed)?),
        Command::Seen(args) => seen::main(args, words),
        Command::Check(args) => check::main(args, words),
        Command::Suggest(args) => suggest::main(args, words),
        Command::Find(args) => find::main(args, words),
        Command::Publish(args) => publish::main(args, words),
        Command::Learn(args) => learn::main(args, words),
        Command::Watch(args) => watch::main(args, words),
    }
}
