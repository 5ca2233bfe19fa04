//! `grainloss pack`: sessions as signed files to be gathered.

mod words;

use std::fs;
use std::path::{Path, PathBuf};

use self::words::problem;
pub(super) use self::words::problem as packet_problem;
use super::error::{CliError, complain};
use super::options::journal_path;
use super::report::selection::SelectionOptions;
use super::table::say;
use crate::config::Config;
use crate::packets::packet;
use grainloss_journal::{DeviceKeys, Journal, Session};
use grainloss_knowledge::Words;
use grainloss_packet::{PacketError, Sealed};
use grainloss_report::files;

/// Pack sessions into signed files, to be gathered from many cabs.
///
/// A file for each session, with all its seconds, hours, losses and habits; any Parquet reader opens it, and `grainloss verify
/// FILE` says whether it was changed. Without numbers and without a choice every session is packed. Of one that is still open
/// the complete minutes are packed. A session that was changed is not packed. The same session gives the same file: to pack twice
/// adds nothing. Positions are in it; names, plates and places are not, unless --with-names.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The sessions' numbers, or `last` [default: every session]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    selection: SelectionOptions,
    /// The folder that the files are put into; it is made when it is not there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// With the names of operators, fields and places, and plates: only where these people have agreed
    #[arg(long)]
    with_names: bool,
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let db = journal_path(args.db.clone(), config)?;
    let journal = Journal::open(&db).map_err(CliError::input)?;
    let key = DeviceKeys::beside(&db)
        .load()
        .map_err(|error| CliError::input(words.with("pack-no-key", &[("problem", &error.to_string())])))?;
    let everything = args.ids.is_empty() && args.selection.asked().is_empty();
    let sessions = if everything {
        journal.sessions().map_err(CliError::failed)?
    } else {
        args.selection.sessions(&journal, &args.ids)?
    };
    let folder_error = |error: std::io::Error| CliError::input(format!("--out {}: {error}", args.out.display()));
    fs::create_dir_all(&args.out).map_err(folder_error)?;
    let mut refused = false;
    for session in &sessions {
        match packet(&journal, session, i64::MIN, args.with_names, &key) {
            Ok(Some(sealed)) => put(&sealed, &args.out, session, words)?,
            Ok(None) => {
                complain(&words.with("pack-altered", &[("id", &session.id.to_string())]));
                refused = true;
            }
            Err(PacketError::Empty { .. }) => say(&words.with("pack-empty", &[("id", &session.id.to_string())]))?,
            Err(error) => return Err(CliError::failed(problem(words, &error))),
        }
    }
    if sessions.is_empty() {
        say(&words.get("pack-no-session"))?;
    }
    if refused { Err(CliError::failed(words.get("pack-refused"))) } else { Ok(()) }
}

/// Writes the file, unless it is there already, and says so.
fn put(sealed: &Sealed, folder: &Path, session: &Session, words: &Words) -> Result<(), CliError> {
    let path = folder.join(&sealed.name);
    let file = path.display().to_string();
    let there = fs::read(&path).is_ok_and(|bytes| bytes == sealed.bytes);
    if !there {
        files::write_whole(&path, |out| out.write_all(&sealed.bytes))
            .map_err(|error| CliError::failed(format!("{file}: {error}")))?;
    }
    let values = [
        ("id", &*session.id.to_string()),
        ("file", &*file),
        ("seconds", &*sealed.seconds.to_string()),
        ("kb", &*sealed.bytes.len().div_ceil(1000).to_string()),
    ];
    say(&words.with(if there { "pack-there" } else { "pack-written" }, &values))
}
