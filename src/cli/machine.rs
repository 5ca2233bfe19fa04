//! `grainloss machine`: profiles, and fitting one to a machine.

mod check;
mod list;
mod seen;
mod show;
mod suggest;

use clap::{Subcommand, ValueEnum};
use grainloss_can::Frame;

use super::CliError;
use super::table::say;
use grainloss_bus::{FrameSource, LogSource, Polled};
use grainloss_core::clock::{BusClock, ClockChange};
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
}

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    match &args.command {
        Command::List => list::main(words),
        Command::Show(args) => show::main(args, words),
        Command::Schema => say(&serde_json::to_string_pretty(&Profile::schema()).map_err(CliError::failed)?),
        Command::Seen(args) => seen::main(args, words),
        Command::Check(args) => check::main(args, words),
        Command::Suggest(args) => suggest::main(args, words),
    }
}

/// What a log gives, in order.
enum Step<'a> {
    /// A frame and its bus time.
    Frame(&'a Frame, i64),
    /// Nothing was recorded until then.
    Skip(i64),
}

/// Reads logs to their end; names the interfaces before their first frame.
fn each_frame(
    mut source: LogSource,
    words: &Words,
    mut interfaces: impl FnMut(&[String]),
    mut take: impl FnMut(Step<'_>),
) -> Result<(), CliError> {
    let mut clock = BusClock::default();
    let mut known = 0;
    loop {
        match source.poll().map_err(CliError::input)? {
            Polled::Frame(frame) => {
                if source.interfaces().len() != known {
                    known = source.interfaces().len();
                    interfaces(source.interfaces());
                }
                let (t_us, change) = clock.on(frame.t_us);
                if let Some(ClockChange::Gap(_)) = change {
                    take(Step::Skip(t_us));
                }
                take(Step::Frame(&frame, t_us));
            }
            Polled::Quiet(_) | Polled::News(_) => {}
            Polled::End => break,
        }
    }
    let totals = source.finish().map_err(CliError::input)?;
    super::table::log(words, &totals)
}

/// What is odd in the profile's database goes to standard error.
fn warnings(profile: &Profile) {
    for warning in profile.database().warnings() {
        super::complain(&warning.to_string());
    }
}
