//! Findings and what became of them. Rows are added, never changed.

use std::path::Path;

use rusqlite::{Row, params};
use serde::Serialize;

use super::open::{self, JournalError};
use super::reader::Journal;

/// A finding: a rule that an operator with a machine has broken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its number; 0 while it is not stored.
    pub id: i64,
    /// Wall clock, microseconds since 1970.
    pub raised_us: i64,
    /// Which rule.
    pub rule: String,
    /// Who drove; `None` when nobody was entered.
    pub operator: Option<String>,
    /// Which machine.
    pub machine: String,
    /// The first session that broke the rule.
    pub session: i64,
    /// What was found there, in the rule's unit.
    pub value: f64,
    /// What the rule allows.
    pub above: f64,
    /// What became of it, oldest first.
    pub steps: Vec<FindingStep>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingStep {
    /// Wall clock, microseconds since 1970.
    pub made_us: i64,
    /// `assigned`, `closed` or `reopened`.
    pub step: String,
    /// To whom it was assigned, who closed it.
    pub who: Option<String>,
    /// The session that shows it.
    pub session: Option<i64>,
    /// What somebody wrote.
    pub note: Option<String>,
}

impl Finding {
    /// True unless it was closed, and not reopened since.
    pub fn is_open(&self) -> bool {
        let last = self.steps.iter().rev().find(|step| step.step != "assigned");
        last.is_none_or(|step| step.step != "closed")
    }

    /// To whom it was assigned last.
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
    /// Every finding, oldest first.
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
        read().map_err(|error| self.wrong(error))
    }
}

/// Adds findings and steps, all of them or none. A step belongs to the finding of its number.
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
    add().map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })
}
