//! `grainloss calibration`: what pans have taught of machines and crops, kept in the journal.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::error::CliError;
use super::options::{apart, journal_path, spare, write_json};
use super::table::{columns, say};
use crate::cli::said::Said as _;
use crate::config::Config;
use crate::service::SessionError;
use crate::wall_clock::wall_us;
use grainloss_core::harvest::CalibrationError;
use grainloss_journal::{
    CalibrationFile, CalibrationFileError, Journal, JournalError, StoredCalibration, forget_calibration,
    import_calibration,
};
use grainloss_knowledge::local_time::date_time_zone;
use grainloss_knowledge::{Words, calibration_text};

/// What pans have taught of a machine in a crop: list it, show it, take it to another computer, or forget it.
///
/// A session with pans stores what it has learned in the journal; the next session of the same machine and crop begins with
/// the newest (`--calibration` of run, demo and replay). It holds less the older it is, on another field, and after the loss
/// plates were touched, and counts as calibration at the loads and moistures of its pans only.
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
    /// List them, the oldest first; of a session the newest alone
    List {
        /// How to print them
        #[command(flatten)]
        form: Form,
    },
    /// Show one
    Show {
        /// Its number, as `list` shows it
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Write one into a file, for the sister machine or a new computer
    Export {
        /// Its number, as `list` shows it
        id: i64,
        /// Where to write it [default: standard output]
        #[arg(long, value_name = "FILE.json")]
        out: Option<PathBuf>,
    },
    /// Read one from a file: sessions of that crop begin with it when they have none of their own machine
    Import {
        /// What `export` has written
        file: PathBuf,
    },
    /// Let no session begin with it any more; it stays in the journal
    Forget {
        /// Its number, as `list` shows it
        id: i64,
    },
}

#[derive(Debug, clap::Args)]
struct Form {
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}

impl Form {
    fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}

pub(super) fn main(args: Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let db = journal_path(args.db, config)?;
    match args.command {
        Command::List { form } => list(&db, form.is_json(), words),
        Command::Show { id, form } => show(&db, id, form.is_json(), words),
        Command::Export { id, out } => export(&db, id, out.as_ref(), words),
        Command::Import { file } => import(&db, &file, words),
        Command::Forget { id } => forget(&db, id, words),
    }
}

fn list(db: &Path, as_json: bool, words: &Words) -> Result<(), CliError> {
    let journal = Journal::open(db).map_err(CliError::input)?;
    let all = journal.calibrations().map_err(CliError::failed)?;
    if as_json {
        let all: Vec<Value> = all.iter().map(to_json).collect();
        return say(&serde_json::to_string_pretty(&all).map_err(CliError::failed)?);
    }
    if all.is_empty() {
        return say(&words.with("calibration-none", &[("file", &db.display().to_string())]));
    }
    let heads = ["id", "when", "machine", "crop", "field-head", "rear", "header", "load", "moisture", "state"];
    let heads = heads.map(|key| words.get(&format!("calibration-{key}"))).to_vec();
    let rows = all.iter().map(|stored| {
        vec![
            stored.id.to_string(),
            date_time_zone(stored.t_us),
            machine(stored, words),
            grainloss_knowledge::crop_name(&stored.crop, words.lang),
            stored.field.clone().unwrap_or_default(),
            stored.rear_pans.to_string(),
            stored.header_pans.to_string(),
            percent(stored.load_lo, stored.load_hi, 0),
            percent(stored.moisture_lo, stored.moisture_hi, 1),
            words.get(&format!("calibration-state-{}", state(stored))),
        ]
    });
    columns(&std::iter::once(heads).chain(rows).collect::<Vec<_>>())
}

/// What people call its machine: the owner's name or the licence plate, else the profile's name.
fn machine(stored: &StoredCalibration, words: &Words) -> String {
    let known = stored.known_as();
    if known == stored.machine { words.machine_name(&known) } else { known }
}

/// The last part of the text key of its state, and its word for programs.
fn state(stored: &StoredCalibration) -> &'static str {
    if stored.forgotten_us.is_some() {
        "forgotten"
    } else if stored.calibration().is_none_or(|calibration| calibration.check().is_err()) {
        "unreadable"
    } else if stored.imported_us.is_some() {
        "imported"
    } else {
        "own"
    }
}

/// A range of shares in per cent; empty where it is not known.
fn percent(low: Option<f64>, high: Option<f64>, decimals: usize) -> String {
    let range = low.zip(high).map(|(low, high)| format!("{:.decimals$}-{:.decimals$}", 100.0 * low, 100.0 * high));
    range.unwrap_or_default()
}

fn to_json(stored: &StoredCalibration) -> Value {
    let mut json = json!(stored);
    json["state"] = state(stored).into();
    json
}

fn show(db: &Path, id: i64, as_json: bool, words: &Words) -> Result<(), CliError> {
    let stored = found(&Journal::open(db).map_err(CliError::input)?, db, id, words)?;
    if as_json {
        let mut json = to_json(&stored);
        json["learned"] = stored.calibration().map_or(Value::Null, |calibration| json!(calibration));
        return say(&serde_json::to_string_pretty(&json).map_err(CliError::failed)?);
    }
    say(&words.with("calibration-show", &[("id", &id.to_string())]))?;
    let time = |t_us: Option<i64>| t_us.map(date_time_zone);
    let rows = [
        ("when", Some(date_time_zone(stored.t_us))),
        ("machine", Some(machine(&stored, words))),
        ("crop", Some(grainloss_knowledge::crop_name(&stored.crop, words.lang))),
        ("field-head", stored.field.clone()),
        ("rear", Some(stored.rear_pans.to_string())),
        ("header", Some(stored.header_pans.to_string())),
        ("load", Some(percent(stored.load_lo, stored.load_hi, 0)).filter(|text| !text.is_empty())),
        ("moisture", Some(percent(stored.moisture_lo, stored.moisture_hi, 1)).filter(|text| !text.is_empty())),
        ("state", Some(words.get(&format!("calibration-state-{}", state(&stored))))),
        ("session", stored.session.map(|session| session.to_string())),
        ("imported", time(stored.imported_us)),
        ("forgotten", time(stored.forgotten_us)),
        ("sha256", Some(stored.sha256.clone())),
    ];
    let rows = rows.into_iter().filter_map(|(key, text)| Some(vec![words.get(&format!("calibration-{key}")), text?]));
    columns(&rows.collect::<Vec<_>>())
}

fn export(db: &Path, id: i64, out: Option<&PathBuf>, words: &Words) -> Result<(), CliError> {
    let db_path = db.to_owned();
    let outputs = || out.map(|out| ("--out", out)).into_iter();
    apart([("--db", &db_path)].into_iter(), outputs())?;
    spare(Some(db), outputs())?;
    let stored = found(&Journal::open(db).map_err(CliError::input)?, db, id, words)?;
    let file = stored.file().filter(|file| file.learned.check().is_ok());
    let text = file
        .ok_or_else(|| CliError::input(words.with("calibration-cannot-export", &[("id", &id.to_string())])))?
        .text();
    let Some(out) = out else { return say(text.trim_end()) };
    write_json(out, &text).map_err(|error| CliError::input(format!("--out {}: {}", out.display(), error.said())))?;
    say(&words.with("calibration-exported", &[("id", &id.to_string()), ("file", &out.display().to_string())]))
}

fn import(db: &Path, path: &Path, words: &Words) -> Result<(), CliError> {
    let file = CalibrationFile::read(path).map_err(|error| CliError::input(file_problem(words, path, &error)))?;
    if grainloss_knowledge::crop(&file.crop).is_err() {
        let figures = [("file", &*path.display().to_string()), ("crop", &file.crop)];
        return Err(CliError::input(words.with("calibration-bad-crop", &figures)));
    }
    let id = import_calibration(db, &file, wall_us()).map_err(CliError::input)?;
    let machine = file.machine_name.clone().or_else(|| file.plate.clone()).unwrap_or_else(|| file.machine.clone());
    let origin = file.learned.origin(file.field.clone(), Some(machine));
    let text = calibration_text(words, &origin, wall_us());
    say(&words.with("calibration-import-done", &[("id", &id.to_string()), ("text", &text)]))
}

fn forget(db: &Path, id: i64, words: &Words) -> Result<(), CliError> {
    let was = found(&Journal::open(db).map_err(CliError::input)?, db, id, words)?;
    forget_calibration(db, id, wall_us()).map_err(CliError::input)?;
    let key = if was.forgotten_us.is_some() { "calibration-forgotten-already" } else { "calibration-forget-done" };
    say(&words.with(key, &[("id", &id.to_string())]))
}

fn found(journal: &Journal, db: &Path, id: i64, words: &Words) -> Result<StoredCalibration, CliError> {
    journal.calibration(id).map_err(|error| match error {
        JournalError::NoCalibration { .. } => {
            let figures = [("file", &*db.display().to_string()), ("id", &id.to_string())];
            CliError::input(words.with("calibration-not-there", &figures))
        }
        error => CliError::failed(error),
    })
}

/// What is wrong with a file, and what to do.
fn file_problem(words: &Words, path: &Path, error: &CalibrationFileError) -> String {
    let file = path.display().to_string();
    let say = |key: &str, figures: &[(&str, &str)]| words.with(key, &[&[("file", &*file)], figures].concat());
    match error {
        CalibrationFileError::Unreadable(what) => say("calibration-bad-unreadable", &[("what", what)]),
        CalibrationFileError::Form { line, what } => {
            say("calibration-bad-form", &[("line", &line.to_string()), ("what", what)])
        }
        CalibrationFileError::NotACalibration => say("calibration-bad-format", &[]),
        CalibrationFileError::Changed => say("calibration-bad-sha256", &[]),
        CalibrationFileError::TooNew(version) => {
            let known = CalibrationFile::VERSION.to_string();
            say("calibration-bad-version", &[("version", &version.to_string()), ("known", &known)])
        }
        CalibrationFileError::Damaged(CalibrationError { field, problem }) => {
            let what = words.get(&format!("calibration-problem-{}", problem.word()));
            say("calibration-bad-field", &[("field", field), ("what", &what)])
        }
    }
}

/// Why a session cannot begin, where its calibration is at fault; `None` for everything else.
pub(super) fn session_problem(words: &Words, error: &SessionError) -> Option<String> {
    Some(match error {
        SessionError::CalibrationWithoutJournal => words.get("calibration-choice-no-journal"),
        SessionError::CalibrationUnreadable(id) => {
            words.with("calibration-choice-unreadable", &[("id", &id.to_string())])
        }
        SessionError::CalibrationFile { path, problem } => {
            format!("--calibration {}", file_problem(words, path, problem))
        }
        SessionError::CalibrationCrop { found, wanted } => {
            words.with("calibration-choice-crop", &[("found", found), ("wanted", wanted)])
        }
        SessionError::Calibration(CalibrationError { field, problem }) => {
            let what = words.get(&format!("calibration-problem-{}", problem.word()));
            words.with("calibration-choice-unfit", &[("field", field), ("what", &what)])
        }
        SessionError::Journal(JournalError::NoCalibration { path, id }) => {
            let figures = [("file", &*path.display().to_string()), ("id", &id.to_string())];
            words.with("calibration-not-there", &figures)
        }
        _ => return None,
    })
}
