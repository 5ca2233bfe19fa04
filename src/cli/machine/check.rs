//! `grainloss machine check`.

mod json;
mod reasons;
mod table;

use std::path::PathBuf;

use super::format::Format;
use super::frames::{Step, each_frame, warnings};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::say;
use grainloss_core::machine::{ChannelBank, Profile, Router};
use grainloss_fitting::{Check, Mark};
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;

pub(super) use json::judgement as to_json;
pub(super) use reasons::enough_text;

/// Run a profile over a log: what came of every channel, and whether it behaves as the quantity must.
///
/// Each channel has a mark: good, doubtful, wrong, or absent (not mapped, or not on this bus). Exit status: 0 where nothing
/// is wrong, doubtful ones included; 1 where something that is mapped is wrong; 2 for bad input. Judge by a log with
/// some minutes of cutting, some turns, and the machine standing.
///
/// JSON, beside "channels" (states, values and sources), "frames", "known", "unknown" and "doubts": "marks" has for each
/// channel its "mark" and a list of "reasons" (each with "reason", "mark", "other", "figure", "low", "high"; null where
/// there is none); "enough" has the "level" (nothing, activity, kg-per-ha, per-cent), "missing" (lists of channels, of
/// each list one is needed for the next level) and "bars_only"; "cutting_s" is the time of cutting.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// A profile's name, or a .toml file
    machine: String,
    /// Logs; `-` is standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// Every source of every channel, not the ones in use alone
    #[arg(long)]
    all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let profile = profiles::load(&args.machine).map_err(CliError::input)?;
    let check = run(&profile, &args.logs, words)?;
    let judgement = check.judgement();
    match args.format {
        Format::Table => table::print(&check, &judgement, args.all, words)?,
        Format::Json => {
            let json = json::of(&check, &judgement);
            say(&serde_json::to_string_pretty(&json).map_err(CliError::failed)?)?;
        }
    }
    warnings(&profile, words);
    let wrong: Vec<&str> = judgement.of_mark(Mark::Wrong).map(grainloss_core::machine::Channel::name).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let channels = wrong.join(", ");
    Err(CliError::failed(words.with("judge-failed", &[("profile", &profile.name), ("channels", &channels)])))
}

/// Runs the profile over the logs.
pub(super) fn run(profile: &Profile, logs: &[PathBuf], words: &Words) -> Result<Check, CliError> {
    let source = logs::source(logs)?;
    let bank = ChannelBank::new(Router::new(profile).map_err(CliError::input)?);
    let check = std::cell::RefCell::new(Check::new(bank, profile.geometry.clone()));
    let name = |names: &[String]| check.borrow_mut().name_interfaces(names);
    each_frame(source, words, name, |step| match step {
        Step::Frame(frame, t_us) => check.borrow_mut().take(frame, t_us),
        Step::Skip(t_us) => check.borrow_mut().skip_to(t_us),
    })?;
    Ok(check.into_inner())
}
