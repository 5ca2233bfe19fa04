//! `grainloss measure`: the loss measured by hand on a plot, as the province measures it.

mod answers;
mod ask;
mod correct;
mod draft;
mod entry;
mod export;
mod guide;
mod template;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use self::entry::{Checked, with_photos};
use super::error::CliError;
use super::options::journal_path;
use super::session_metadata::name;
use super::table::{columns, say};
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_journal::{Journal, add_measured_point};
use grainloss_knowledge::Words;
use grainloss_report::document::{Table, point_areas, point_arithmetic, point_estimate, point_facts, point_verdicts};
use grainloss_report::{Languages, PointReport, ReportText, measured_point, point_json};

/// Measure the loss on a plot by hand: what to do metre by metre, entering it, the arithmetic, the form.
///
/// A measured point (监测点) is a record of its own in the journal, also without any machine: signed, never changed, corrected
/// by a new one. Begin with `guide`, then `new` asks for every item, or fill in a `template` and `add` it.
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
    /// How it is measured: where the areas lie, what is marked out, gathered and weighed, with the sources
    Guide(guide::Args),
    /// Enter a point in the terminal, item by item; what was entered is kept when it is interrupted
    New(ask::Args),
    /// Print a file to be filled in, with comments
    Template(template::Args),
    /// Store a point from a file
    Add {
        /// The file that was filled in
        file: PathBuf,
        /// A photo that belongs to it: its name and SHA-256 are stored
        #[arg(long, value_name = "FILE")]
        photo: Vec<PathBuf>,
    },
    /// List the points, the oldest first
    List {
        /// Of this crop only
        #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
        crop: Option<String>,
        /// Those that were corrected too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Show a point with its arithmetic, line by line, and the verdict against every limit of the crop
    Show {
        /// The record's number, as `list` shows it
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Correct a point: a new record takes its place, the old one stays
    Correct(correct::Args),
    /// Write points as a form (xlsx), page, PDF, table or JSON, signed
    Export(export::Args),
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Form {
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}

/// The crop and how it is harvested.
#[derive(Clone, Debug, clap::Args)]
struct CropArgs {
    /// The crop
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: String,
    /// How it is harvested: full-feed or half-feed (rice), grain or ear (maize), combined or pick-up (canola) [default: the
    /// first of these]
    #[arg(long, value_name = "MODE", value_parser = crate::cli::option_values::harvest_mode)]
    mode: Option<HarvestMode>,
}

pub(super) fn main(args: Args, config: &Config, words: &Words, languages: Languages) -> Result<(), CliError> {
    let text = ReportText::new(languages);
    let db = || journal_path(args.db.clone(), config);
    match args.command {
        Command::Guide(guide) => guide::main(&guide, words),
        Command::Template(template) => template::main(&template, words),
        Command::New(new) => ask::main(&new, &db()?, words, &text),
        Command::Add { file, photo } => add(&file, &photo, &db()?, words, &text),
        Command::List { crop, all, form } => list(&db()?, crop.as_deref(), all, form, words),
        Command::Show { id, form } => show(&db()?, id, form, words, &text),
        Command::Correct(correct) => correct::main(&correct, &db()?, words, &text),
        Command::Export(export) => export::main(&export, &db()?, words, &text),
    }
}

fn add(file: &Path, photos: &[PathBuf], db: &Path, words: &Words, text: &ReportText) -> Result<(), CliError> {
    let place = file.display().to_string();
    let point = with_photos(entry::read(file)?, photos, words)?;
    let checked = Checked::new(point, db, words, &place)?;
    store(&checked, db, words, text)
}

/// Stores a point, and shows the arithmetic and the verdict.
fn store(checked: &Checked, db: &Path, words: &Words, text: &ReportText) -> Result<(), CliError> {
    let stored = add_measured_point(db, checked.point(), None, wall_us()).map_err(CliError::input)?;
    say(&words.with("point-added", &[("id", &stored.id.to_string())]))?;
    let report = PointReport::new(stored, checked.point().clone(), None).map_err(CliError::input)?;
    result(&report, text)
}

/// The arithmetic and the verdict.
fn result(report: &PointReport, text: &ReportText) -> Result<(), CliError> {
    for line in point_arithmetic(report, text) {
        say(&line)?;
    }
    print(&point_verdicts(report, text))
}

fn print(table: &Table) -> Result<(), CliError> {
    let rows = table.rows.iter().map(|row| row.iter().map(grainloss_report::document::Cell::shown).collect());
    columns(&std::iter::once(table.heads.clone()).chain(rows).collect::<Vec<_>>())
}

/// The points that can be read; one that cannot is named.
fn reports(journal: &Journal, words: &Words) -> Result<Vec<PointReport>, CliError> {
    let mut reports = Vec::new();
    for stored in journal.measured_points().map_err(CliError::failed)? {
        match measured_point(journal, &stored).map_err(CliError::input)? {
            Some(report) => reports.push(report),
            None => super::error::complain(&words.with("point-unreadable", &[("id", &stored.id.to_string())])),
        }
    }
    Ok(reports)
}

/// The point of this number.
fn report(db: &Path, id: i64, words: &Words) -> Result<PointReport, CliError> {
    let journal = Journal::open(db).map_err(CliError::input)?;
    let stored = journal.measured_point(id).map_err(CliError::input)?;
    let report = measured_point(&journal, &stored).map_err(CliError::input)?;
    report.ok_or_else(|| CliError::failed(words.with("point-unreadable", &[("id", &id.to_string())])))
}

fn list(db: &Path, crop: Option<&str>, all: bool, form: Form, words: &Words) -> Result<(), CliError> {
    let mut reports = reports(&Journal::open(db).map_err(CliError::input)?, words)?;
    reports.retain(|report| crop.is_none_or(|crop| report.point.crop == crop));
    reports.retain(|report| all || report.stored.corrected_by.is_none());
    if form.format == Format::Json {
        let points: Vec<_> = reports.iter().map(point_json).collect();
        return say(&serde_json::to_string_pretty(&json!(points)).map_err(CliError::failed)?);
    }
    if reports.is_empty() {
        return say(&words.get("point-no-points"));
    }
    let heads = [
        "point-list-number",
        "point-head-date",
        "point-crop",
        "point-head-county",
        "point-head-township",
        "point-head-point",
        "point-area-rate",
        "point-list-limit",
        "point-session",
        "point-list-state",
    ];
    let mut rows = vec![heads.map(|key| words.get(key)).to_vec()];
    for report in &reports {
        let head = &report.point.head;
        let entered = |text: &Option<String>| text.clone().unwrap_or_default();
        let crop = grainloss_knowledge::crop(&report.point.crop).map_err(CliError::input)?;
        let default = report.verdicts.iter().find(|verdict| Some(&verdict.entry.id) == crop.default_limit.as_ref());
        let verdict = default.or_else(|| report.verdicts.first()).and_then(|verdict| {
            let found = verdict.comparison?;
            Some(format!(
                "{} {}",
                verdict.entry.name.get(words.lang),
                words.get(&format!("report-standing-{}", found.word()))
            ))
        });
        let state = match report.stored.corrected_by {
            Some(by) => words.with("point-state-corrected", &[("id", &by.to_string())]),
            None => words.get("point-state-holds"),
        };
        rows.push(vec![
            report.stored.id.to_string(),
            entered(&head.date),
            crop.name.get(words.lang).to_owned(),
            entered(&head.county),
            entered(&head.township),
            entered(&head.point),
            report.result.loss_pct.map_or_else(|| words.get("unknown"), |pct| format!("{pct:.3}")),
            verdict.unwrap_or_default(),
            report.stored.session.map_or_else(String::new, |id| id.to_string()),
            state,
        ]);
    }
    columns(&rows)
}

fn show(db: &Path, id: i64, form: Form, words: &Words, text: &ReportText) -> Result<(), CliError> {
    let report = report(db, id, words)?;
    if form.format == Format::Json {
        return say(&serde_json::to_string_pretty(&point_json(&report)).map_err(CliError::failed)?);
    }
    columns(&point_facts(&report, text).into_iter().map(|(name, value)| vec![name, value]).collect::<Vec<_>>())?;
    say("")?;
    print(&point_areas(&report, text))?;
    say(&format!("\n{}", text.get("point-head-arithmetic")))?;
    for line in point_arithmetic(&report, text) {
        say(&line)?;
    }
    say(&format!("\n{}", text.get("point-head-verdict")))?;
    print(&point_verdicts(&report, text))?;
    if let Some(estimate) = point_estimate(&report, text) {
        say(&format!("\n{estimate}\n{}", text.get("point-note-estimate")))?;
    }
    Ok(())
}
