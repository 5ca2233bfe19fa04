//! `grainloss journal`: is the file whole, and what can be saved of one that is not.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::error::CliError;
use super::options::{apart, journal_path, spare};
use super::table::say;
use crate::config::Config;
use grainloss_journal::{problems, salvage};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::date_time_zone;

/// Check the journal's file, or save what can be read of a damaged one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look through the whole file; exit status 1 when it is damaged
    Check {
        /// The journal [default: below ~/.local/state/grainloss]
        #[arg(long, value_name = "FILE")]
        db: Option<PathBuf>,
    },
    /// Copy everything that can still be read of a damaged journal into a new one
    ///
    /// The damaged file stays as it is.
    Salvage {
        /// The damaged journal
        damaged: PathBuf,
        /// The new one; must not be there yet
        new: PathBuf,
    },
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    match &args.command {
        Command::Check { db } => check(&journal_path(db.clone(), config)?, words),
        Command::Salvage { damaged, new } => save(damaged, new, words),
    }
}

fn check(db: &Path, words: &Words) -> Result<(), CliError> {
    let found = problems(db, true).map_err(CliError::input)?;
    let file = db.display().to_string();
    if found.is_empty() {
        return say(&words.with("cli-journal-whole", &[("file", &file)]));
    }
    for line in &found {
        say(line)?;
    }
    Err(CliError::failed(words.with("cli-journal-damaged", &[("file", &file)])))
}

fn save(damaged: &PathBuf, new: &PathBuf, words: &Words) -> Result<(), CliError> {
    apart([("DAMAGED", damaged)].into_iter(), [("NEW", new)].into_iter())?;
    // One that is there is refused in its own words.
    spare(Some(damaged), [("NEW", new)].into_iter().filter(|(_, new)| !new.exists()))?;
    let salvaged = salvage(damaged, new).map_err(CliError::input)?;
    for (table, rows) in salvaged.rows.iter().filter(|(_, rows)| *rows > 0) {
        say(&words.with("cli-salvaged-rows", &[("table", table), ("rows", &rows.to_string())]))?;
    }
    let rows = |name: &str| salvaged.rows.iter().find(|(table, _)| *table == name).map_or(0, |(_, rows)| *rows);
    for session in &salvaged.substituted {
        say(&words.with("cli-salvaged-session-lost", &[("session", &session.to_string())]))?;
    }
    for hole in &salvaged.missing {
        let (session, seconds) = (hole.session.to_string(), hole.seconds().to_string());
        let (from, to) = (date_time_zone(hole.from_us), date_time_zone(hole.to_us));
        let values = [("session", &*session), ("seconds", &seconds), ("from", &from), ("to", &to)];
        say(&words.with("cli-salvaged-missing", &values))?;
    }
    if salvaged.cut_pages > 0 {
        say(&words.with("cli-salvaged-cut", &[("pages", &salvaged.cut_pages.to_string())]))?;
    }
    say(&words.with(
        "cli-salvaged",
        &[
            ("sessions", &rows("session").to_string()),
            ("seconds", &rows("sample").to_string()),
            ("file", &new.display().to_string()),
            ("rows", &salvaged.unreadable.to_string()),
        ],
    ))
}
