//! `grainloss followup`: what a training or a repair has changed, what is still to be done, how a county stands.

mod county;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::error::CliError;
use super::options::{journal_path, spare};
use super::report::selection::{SelectionOptions, day_us};
use super::table::{columns, say, wrote_rows};
use crate::cli::said::Said as _;
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_core::clean_text::clean;
use grainloss_journal::{FindingStep, Journal, Session, add_findings};
use grainloss_knowledge::spoken;
use grainloss_report::document::Table;
use grainloss_report::followup::{Detail, Subject};
use grainloss_report::{Languages, ReportText, files, followup, table_csv, table_html, table_json};

/// Follow up: what has changed, what is still to be done, how a county stands.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Loss and faults of each operator, machine and crop before and after a day, such as that of a training or a repair
    ///
    /// Losses are compared only where crop, feed rate, moisture and basis were alike; the weights are stated. Where the
    /// difference cannot be told yet, about how many more hours of like work are needed is said.
    Change {
        /// The day: sessions begun on it or later are after
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day_us)]
        on: i64,
        #[command(flatten)]
        common: Common,
    },
    /// Drivers on the same machine, or machines, compared with each other: in each crop, where their work was alike
    Compare {
        /// What is compared
        #[arg(long, value_enum)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Raise findings by rule, and list them; what was closed and came back is open again
    Findings {
        /// Only list what is there
        #[arg(long)]
        list: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Give a finding to somebody
    Assign {
        /// Its number
        finding: i64,
        /// To whom
        #[arg(long, value_name = "NAME", value_parser = super::session_metadata::name)]
        to: String,
        #[command(flatten)]
        db: Db,
    },
    /// Close a finding, with a later session that shows that it is done
    Close {
        /// Its number
        finding: i64,
        /// Who closes it
        #[arg(long, value_name = "NAME", value_parser = super::session_metadata::name)]
        by: String,
        /// The session that shows it
        #[arg(long, value_name = "SESSION")]
        evidence: String,
        /// What was done
        #[arg(long, value_name = "TEXT", value_parser = super::session_metadata::name)]
        note: Option<String>,
        #[command(flatten)]
        db: Db,
    },
    /// Open a closed finding again; a rule does so by itself when it is broken after the evidence
    Reopen {
        /// Its number
        finding: i64,
        /// Who opens it
        #[arg(long, value_name = "NAME", value_parser = super::session_metadata::name)]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = super::session_metadata::name)]
        note: String,
        #[command(flatten)]
        db: Db,
    },
    /// Measured points of each crop and township: mean and spread against the limit, and what is missing
    ///
    /// Measured points only (`grainloss measure`): a session without a hand measurement is no point, and is counted beside
    /// them. A crop needs a point in each township, and two in each 100,000 mu.
    County(county::Args),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Drivers
    #[value(alias = "机手")]
    Operator,
    /// Machines
    #[value(alias = "机器")]
    Machine,
}

#[derive(Clone, Debug, clap::Args)]
struct Db {
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

#[derive(Clone, Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    selection: SelectionOptions,
    /// Another limit than the sessions' own: a named one, or per cent
    #[arg(long, value_name = "ID|PERCENT")]
    limit: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    db: Db,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Csv,
    Json,
    #[cfg_attr(not(feature = "xlsx"), value(hide = true))]
    Xlsx,
    Html,
}

pub(super) fn main(args: &Args, config: &Config, languages: Languages) -> Result<(), CliError> {
    let text = ReportText::new(languages);
    match &args.what {
        What::Change { on, common } => {
            let visits = common.visits(config, Detail::Cells)?;
            common.write(config, "change", &followup::change(&visits, *on, &text), &text)
        }
        What::Compare { by, common } => {
            let visits = common.visits(config, Detail::Cells)?;
            let subject = match by {
                By::Operator => Subject::Operator,
                By::Machine => Subject::Machine,
            };
            common.write(config, "compare", &followup::compare(&visits, subject, &text), &text)
        }
        What::County(args) => {
            let table = county::table(args, &args.common, config, &text)?;
            args.common.write(config, "county", &table, &text)
        }
        What::Findings { list, common } => findings(common, config, *list, &text),
        What::Assign { finding, to, db } => step((db, config), *finding, "assigned", to, None, None),
        What::Close { finding, by, evidence, note, db } => {
            let journal = Journal::open(&journal_path(db.db.clone(), config)?).map_err(CliError::input)?;
            let session = journal.session(evidence).map_err(CliError::input)?;
            step((db, config), *finding, "closed", by, Some(session), note.clone())
        }
        What::Reopen { finding, by, note, db } => {
            step((db, config), *finding, "reopened", by, None, Some(note.clone()))
        }
    }
}

impl Common {
    fn journal(&self, config: &Config) -> Result<Journal, CliError> {
        Journal::open(&journal_path(self.db.db.clone(), config)?).map_err(CliError::input)
    }

    fn visits(&self, config: &Config, detail: Detail) -> Result<Vec<followup::Visit>, CliError> {
        let journal = self.journal(config)?;
        let selection = self.selection.selection();
        let _of_one_moment = journal.snapshot().map_err(CliError::failed)?;
        let mut sessions = journal.sessions().map_err(CliError::failed)?;
        sessions.retain(|session| selection.takes(session));
        let mut visits =
            followup::visits(&journal, &sessions, self.limit.as_deref(), detail).map_err(CliError::input)?;
        // Of a session with several drivers, only the part of the one that was asked for.
        if let Some(operator) = selection.entered.get("operator").filter(|_| detail != Detail::Sessions) {
            visits.retain(|visit| visit.operator.as_deref() == Some(operator));
        }
        Ok(visits)
    }

    fn write(&self, config: &Config, what: &str, table: &Table, text: &ReportText) -> Result<(), CliError> {
        let db = journal_path(self.db.db.clone(), config)?;
        spare(Some(&db), self.out.iter().map(|out| ("--out", out)))?;
        let bytes = match self.format {
            Format::Table => return self.print(table),
            Format::Csv => table_csv(table),
            Format::Json => serde_json::to_string_pretty(&table_json(table))
                .map(|text| clean(&text).into_owned().into_bytes())
                .map_err(|error| io::Error::from(error).into()),
            #[cfg(not(feature = "xlsx"))]
            Format::Xlsx => return Err(super::report::not_built("xlsx", "workbooks")),
            #[cfg(feature = "xlsx")]
            Format::Xlsx => grainloss_report::table_xlsx(&text.get("followup-sheet"), table),
            Format::Html => {
                let [title, note] = ["title", "note"].map(|part| text.get(&format!("followup-{part}-{what}")));
                Ok(table_html(&title, table, &[note], text))
            }
        };
        let bytes = bytes.map_err(CliError::failed)?;
        match &self.out {
            Some(path) => {
                files::write_whole(path, |out| out.write_all(&bytes))
                    .map_err(|error| CliError::input(format!("--out {}: {}", path.display(), error.said())))?;
                wrote_rows(path, "cli-wrote-rows", table.rows.len() as u64);
                Ok(())
            }
            None => match io::stdout().write_all(&bytes) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::failed(error)),
                _ => Ok(()),
            },
        }
    }

    fn print(&self, table: &Table) -> Result<(), CliError> {
        if self.out.is_some() {
            return Err(CliError::input(spoken().get("followup-needs-format")));
        }
        let rows = table.rows.iter().map(|row| row.iter().map(grainloss_report::document::Cell::shown).collect());
        let rows: Vec<Vec<String>> = std::iter::once(table.heads.clone()).chain(rows).collect();
        columns(&rows)
    }
}

fn findings(common: &Common, config: &Config, list: bool, text: &ReportText) -> Result<(), CliError> {
    let rules = followup::rules().map_err(CliError::input)?;
    if !list {
        let visits = common.visits(config, Detail::Drivers)?;
        let known = common.journal(config)?.findings().map_err(CliError::failed)?;
        let due = followup::raise(&visits, &known, &rules, wall_us());
        if due != followup::Due::default() {
            let db = journal_path(common.db.db.clone(), config)?;
            add_findings(&db, &due.findings, &due.steps).map_err(CliError::failed)?;
        }
    }
    let findings = common.journal(config)?.findings().map_err(CliError::failed)?;
    common.write(config, "findings", &followup::findings_table(&findings, &rules, text), text)
}

fn step(
    (db, config): (&Db, &Config),
    finding: i64,
    step: &str,
    who: &str,
    evidence: Option<Session>,
    note: Option<String>,
) -> Result<(), CliError> {
    let path = journal_path(db.db.clone(), config)?;
    let journal = Journal::open(&path).map_err(CliError::input)?;
    let known = journal.findings().map_err(CliError::failed)?;
    let Some(found) = known.iter().find(|known| known.id == finding) else {
        let problem = spoken().with("followup-no-finding", &[("id", &finding.to_string())]);
        return Err(CliError::input(format!("{}: {problem}", path.display())));
    };
    match (step, found.is_open()) {
        ("closed", false) => {
            return Err(CliError::input(spoken().with("followup-closed-already", &[("id", &finding.to_string())])));
        }
        ("reopened", true) => {
            return Err(CliError::input(spoken().with("followup-open-already", &[("id", &finding.to_string())])));
        }
        _ => {}
    }
    if let Some(evidence) = &evidence {
        let raised = journal.session(&found.session.to_string()).map_err(CliError::input)?;
        if evidence.started_us <= raised.started_us {
            let values = [("id", &*evidence.id.to_string()), ("raised", &raised.id.to_string())];
            return Err(CliError::input(spoken().with("followup-evidence-early", &values)));
        }
    }
    let session = evidence.map(|session| session.id);
    let step = FindingStep { made_us: wall_us(), step: step.to_owned(), who: Some(who.to_owned()), session, note };
    let line = format!("{finding}: {} {who}", step.step);
    add_findings(&path, &[], &[(finding, step)]).map_err(CliError::failed)?;
    say(&line)
}
