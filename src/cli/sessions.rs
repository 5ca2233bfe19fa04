//! `grainloss sessions`: what is in the journal.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::error::CliError;
use super::options::journal_path;
use super::table::{columns, say};
use crate::config::Config;
use grainloss_journal::{Journal, Session};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::date_time_zone;

/// List the sessions in the journal.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let journal = Journal::open(&journal_path(args.db.clone(), config)?).map_err(CliError::input)?;
    let sessions = journal.sessions().map_err(CliError::failed)?;
    if args.format == Format::Json {
        let list: Vec<_> = sessions.iter().map(grainloss_report::session_json).collect();
        return say(&serde_json::to_string_pretty(&list).map_err(CliError::failed)?);
    }
    let heads = ["id", "start", "minutes", "machine", "crop", "loss", "basis", "end", "operator", "field"]
        .map(|k| words.get(&format!("sessions-{k}")));
    let mut rows: Vec<Vec<String>> =
        std::iter::once(heads.to_vec()).chain(sessions.iter().map(|s| row(s, words).to_vec())).collect();
    // A column in which nothing was entered is not shown.
    for column in [9, 8] {
        if rows[1..].iter().all(|row| row[column].is_empty()) {
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
    columns(&rows)
}

/// The loss of a session with its interval.
pub(super) fn loss(session: &Session, words: &Words) -> String {
    let totals = session.totals().unwrap_or(json!({}));
    let loss = &totals["total_loss_pct"];
    let number = |key: &str| loss[key].as_f64();
    match (number("value"), number("lo"), number("hi")) {
        (Some(value), Some(lo), Some(hi)) => format!("{value:.2} % ({lo:.2}-{hi:.2})"),
        _ => words.get("unknown"),
    }
}

fn row(session: &Session, words: &Words) -> [String; 10] {
    let totals = session.totals().unwrap_or(json!({}));
    let loss = loss(session, words);
    let basis = totals["basis"].as_str().map_or_else(|| words.get("unknown"), |b| words.get(&format!("basis-{b}")));
    let end = match &session.end_reason {
        Some(reason) => words.get(&format!("end-{}", reason.replace(' ', "-"))),
        None => words.get("end-open"),
    };
    [
        session.revision_of.map_or_else(|| session.id.to_string(), |of| format!("{} ({of})", session.id)),
        date_time_zone(session.started_us),
        format!("{:.1}", session.seconds as f64 / 60.0),
        machine(session, words),
        grainloss_knowledge::crop_name(&session.crop, words.lang),
        loss,
        basis,
        end,
        session.entered.operator.clone().unwrap_or_default(),
        session.entered.field.clone().unwrap_or_default(),
    ]
}

/// What people call the machine: its entered name or plate, else the profile's name.
fn machine(session: &Session, words: &Words) -> String {
    let entered = session.entered.machine_name.clone().or_else(|| session.entered.plate.clone());
    entered.unwrap_or_else(|| words.machine_name(&session.machine))
}
