//! `grainloss session`: a session anew with today's estimator, what differs, corrections, its proof.

mod diff;
mod recompute;
mod why;

use std::path::PathBuf;

use clap::Subcommand;

use super::error::CliError;
use super::options::{journal_path, spare, write_json};
use super::session_metadata::name;
use super::table::say;
use crate::cli::said::Said as _;
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_journal::{Item, Journal, NewCorrection, correct};
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Message, Words};

/// Recompute a session, compare two, show why the estimate was what it was, correct what was entered, or write a proof.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE", global = true)]
    db: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Recompute(recompute::Args),
    Why(why::Args),
    Diff(diff::Args),
    /// Add a correction: what is stored stays, and who says otherwise is beside it
    Correct {
        /// The session's number, or `last`
        id: String,
        /// operator, field, place, township, machine_name, plate or note
        #[arg(long = "field", value_name = "ITEM", value_parser = item)]
        item: Item,
        /// What holds now; without it what was entered is taken back
        #[arg(long, value_name = "TEXT", value_parser = name)]
        to: Option<String>,
        /// Who says so
        #[arg(long, value_name = "NAME", value_parser = name)]
        who: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = name)]
        why: String,
    },
    /// Write the proof of a session as JSON, to be kept beside its csv report
    Proof {
        /// The session's number, or `last`
        id: String,
        /// Where to write it [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

fn item(text: &str) -> Result<Item, Message> {
    let known = || Item::ALL.map(Item::word).join(", ");
    let found = Item::ALL.into_iter().find(|item| item.word() == text);
    found.ok_or_else(|| Message::new("option-one-of").with("known", known()))
}

pub(super) fn main(args: Args, config: &Config, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    let db = journal_path(args.db, config)?;
    match args.command {
        Command::Recompute(args) => recompute::main(&args, &db, config, words, level),
        Command::Why(args) => why::main(&args, &db, words),
        Command::Diff(args) => diff::main(&args, &db, words),
        Command::Correct { id, item, to, who, why } => {
            let new = NewCorrection { item, value: to, who, why, made_us: wall_us() };
            let made = correct(&db, &id, &new).map_err(CliError::input)?;
            let nothing = || words.get("session-nothing-entered");
            let item = words.get(&format!("entered-{}", made.item));
            let (value, was) = (made.value.unwrap_or_else(nothing), made.was.unwrap_or_else(nothing));
            let values =
                [("nth", &*made.id.to_string()), ("id", &id), ("item", &item), ("value", &value), ("was", &was)];
            say(&words.with("session-corrected", &values))
        }
        Command::Proof { id, out } => {
            let journal = Journal::open(&db).map_err(CliError::input)?;
            let session = journal.session(&id).map_err(CliError::input)?;
            let proof = journal.proof(session.id).map_err(CliError::failed)?;
            let proof = proof.ok_or_else(|| {
                CliError::input(spoken().with("session-no-proof", &[("id", &session.id.to_string())]))
            })?;
            let text = serde_json::to_string_pretty(&proof).map_err(CliError::failed)?;
            match out {
                None => say(&text),
                Some(path) => {
                    spare(Some(&db), [("--out", &path)].into_iter())?;
                    write_json(&path, &(text + "\n"))
                        .map_err(|error| CliError::input(format!("--out {}: {}", path.display(), error.said())))
                        .map(|()| super::table::wrote(&path))
                }
            }
        }
    }
}
