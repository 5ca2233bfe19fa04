//! Findings for follow-up, and the steps taken. Rows are added, never changed.

use std::path::Path;

use rusqlite::{Row, params};
use serde::Serialize;

use super::error::JournalError;
use super::open;
use super::reader::Journal;

/// A finding: a rule that an operator with a machine has broken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// When, by the wall clock, microseconds since 1970.
    pub raised_us: i64,
    /// Identifier of the rule, as in `findings.toml`.
    pub rule: String,
    /// The operator who drove; `None` when none was entered.
    pub operator: Option<String>,
    /// The machine: the owner's name for it, its plate, or the profile's name.
    pub machine: String,
    /// The first session that broke the rule.
    pub session: i64,
    /// The value in that session, in the rule's unit.
    pub value: f64,
    /// The highest value that the rule allows.
    pub above: f64,
    /// The steps taken, oldest first.
    pub steps: Vec<FindingStep>,
}

/// A step in following up a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingStep {
    /// When, by the wall clock, microseconds since 1970.
    pub made_us: i64,
    /// `assigned`, `closed` or `reopened`.
    pub step: String,
    /// Name of the person it was assigned to, or who closed it; `None` when a rule reopened it.
    pub who: Option<String>,
    /// The session that gives the evidence; `None` without.
    pub session: Option<i64>,
    /// A note; `None` without.
    pub note: Option<String>,
}

impl Finding {
    /// True unless it was closed and not reopened since.
    pub fn is_open(&self) -> bool {
        let last = self.steps.iter().rev().find(|step| step.step != "assigned");
        last.is_none_or(|step| step.step != "closed")
    }

    /// The person it was last assigned to; `None` when it was not.
    pub fn assigned_to(&self) -> Option<&str> {
        self.steps.iter().rev().find(|step| step.step == "assigned").and_then(|step| step.who.as_deref())
    }
}

fn step(row: &Row<'_>) -> rusqlite::Result<(i64, FindingStep)> {
    let step = FindingStep {
        made_us: row.get(1)?,
        step: row.get(2)?,
        who: row.get(3)?,
        session: row.get(4)?,
        note: row.get(5)?,
    };
    Ok((row.get(0)?, step))
}

fn finding(row: &Row<'_>) -> rusqlite::Result<Finding> {
    Ok(Finding {
        id: row.get(0)?,
        raised_us: row.get(1)?,
        rule: row.get(2)?,
        operator: row.get(3)?,
        machine: row.get(4)?,
        session: row.get(5)?,
        value: row.get(6)?,
        above: row.get(7)?,
        steps: Vec::new(),
    })
}

impl Journal {
    /// All findings, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn findings(&self) -> Result<Vec<Finding>, JournalError> {
        let read = || {
            let sql = "SELECT id, raised_us, rule, operator, machine, session, value, above FROM finding ORDER BY id";
            let mut statement = self.connection.prepare(sql)?;
            let mut findings = statement.query_map([], finding)?.collect::<rusqlite::Result<Vec<_>>>()?;
            let sql = "SELECT finding, made_us, step, who, session, note FROM finding_step ORDER BY id";
            let mut statement = self.connection.prepare(sql)?;
            for found in statement.query_map([], step)? {
                let (of, step) = found?;
                if let Some(finding) = findings.iter_mut().find(|finding| finding.id == of) {
                    finding.steps.push(step);
                }
            }
            Ok(findings)
        };
        read().map_err(|error| self.sqlite_error(error))
    }
}

/// Adds findings and steps in one transaction. Each step comes with the number of its finding.
///
/// # Errors
/// [`JournalError`] when the journal cannot be opened or written.
pub fn add_findings(path: &Path, findings: &[Finding], steps: &[(i64, FindingStep)]) -> Result<(), JournalError> {
    let mut connection = open::to_write(path)?;
    let mut add = || {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for f in findings {
            transaction.execute(
                "INSERT INTO finding (raised_us, rule, operator, machine, session, value, above) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![f.raised_us, f.rule, f.operator, f.machine, f.session, f.value, f.above],
            )?;
        }
        for (finding, s) in steps {
            transaction.execute(
                "INSERT INTO finding_step (finding, made_us, step, who, session, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![finding, s.made_us, s.step, s.who, s.session, s.note],
            )?;
        }
        transaction.commit()
    };
    add().map_err(|error| JournalError::sqlite(path, error))
}
