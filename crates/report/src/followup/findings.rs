//! Findings by rule: raised by a session, closed by a person, reopened by a later session.

use serde::Deserialize;

use super::visit::Visit;
use crate::document::{Cell, Table};
use crate::text::ReportText;
use grainloss_core::data_file::{self, FileError};
use grainloss_journal::{Finding, FindingStep};
use grainloss_knowledge::Bilingual;
use grainloss_knowledge::local_time::date_and_time;

/// A rule: which measure of a session raises a finding, and above which value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule's identifier.
    pub id: String,
    measure: Measure,
    /// A session whose measure is above this value raises a finding.
    #[serde(deserialize_with = "data_file::measure")]
    pub above: f64,
    #[serde(deserialize_with = "data_file::measure")]
    least_cutting_min: f64,
    /// The name that is shown.
    pub name: Bilingual,
    /// Source of the threshold.
    #[serde(deserialize_with = "data_file::source")]
    pub source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Measure {
    LossAboveLimitShare,
    CutsWhileTurningH,
    LuggingsH,
    TurnsH,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// The rules: the user's own, or the bundled ones.
///
/// # Errors
///
/// The user's file cannot be read or is not valid.
pub fn rules() -> Result<Vec<Rule>, FileError> {
    let file: File = grainloss_knowledge::load("findings.toml", include_str!("../../../../knowledge/findings.toml"))?;
    Ok(file.rule)
}

impl Rule {
    /// The measure of a session; `None` when it is unknown, or the session is too short.
    fn value(&self, visit: &Visit) -> Option<f64> {
        if visit.cutting_h * 60.0 < self.least_cutting_min {
            return None;
        }
        let per_hour = |count: Option<f64>| count.map(|count| count / visit.cutting_h);
        match self.measure {
            Measure::LossAboveLimitShare => {
                // As every verdict of the product: above is what the whole 90 % interval is above.
                (visit.tally.known_s > 0).then(|| visit.tally.surely_above_s as f64 / visit.tally.known_s as f64)
            }
            Measure::TurnsH => per_hour(visit.faults.turns),
            Measure::CutsWhileTurningH => per_hour(visit.faults.turning_cuts),
            Measure::LuggingsH => per_hour(visit.faults.luggings),
        }
    }
}

/// Findings and steps that are to be added to the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Due {
    /// New findings.
    pub findings: Vec<Finding>,
    /// New steps of findings in the journal, by the finding's number: what came back after it was closed.
    pub steps: Vec<(i64, FindingStep)>,
}

/// The findings and steps that these visits add to the known ones. An operator with a machine has one finding for each
/// rule: once closed, it is reopened by a session that began after the evidence it was closed with.
pub fn raise(visits: &[Visit], known: &[Finding], rules: &[Rule], now_us: i64) -> Due {
    let mut due = Due::default();
    let started = |session: Option<i64>| {
        let visit = visits.iter().find(|visit| Some(visit.session) == session);
        visit.map(|visit| visit.started_us)
    };
    for rule in rules {
        for visit in visits {
            let Some(value) = rule.value(visit).filter(|value| *value > rule.above) else { continue };
            let same = |f: &&Finding| f.rule == rule.id && f.operator == visit.operator && f.machine == visit.machine;
            if due.findings.iter().any(|finding| same(&finding)) {
                continue;
            }
            let Some(before) = known.iter().find(same) else {
                due.findings.push(Finding {
                    id: 0,
                    raised_us: now_us,
                    rule: rule.id.clone(),
                    operator: visit.operator.clone(),
                    machine: visit.machine.clone(),
                    session: visit.session,
                    value,
                    above: rule.above,
                    steps: Vec::new(),
                });
                continue;
            };
            let closing = before.steps.iter().rev().find(|step| step.step == "closed");
            let since = closing.and_then(|step| started(step.session).or(Some(step.made_us)));
            let came_back = !before.is_open() && since.is_some_and(|since| visit.started_us > since);
            if came_back && !due.steps.iter().any(|(id, _)| *id == before.id) {
                let note = Some(format!("{}: {value:.3} > {}", rule.id, rule.above));
                let step = FindingStep {
                    made_us: now_us,
                    step: "reopened".into(),
                    who: None,
                    session: Some(visit.session),
                    note,
                };
                due.steps.push((before.id, step));
            }
        }
    }
    due
}

/// The findings as a table.
pub fn findings_table(findings: &[Finding], rules: &[Rule], text: &ReportText) -> Table {
    let keys =
        ["finding", "rule", "operator", "machine", "session", "value", "above-rule", "state", "assigned", "history"];
    let row = |f: &Finding| {
        let rule = rules.iter().find(|rule| rule.id == f.rule).map(|rule| text.bilingual(&rule.name));
        let is_share = rules.iter().any(|rule| rule.id == f.rule && rule.measure == Measure::LossAboveLimitShare);
        let measured = |value: f64| {
            let (key, value) = if is_share { ("followup-share", 100.0 * value) } else { ("followup-per-hour", value) };
            text.with(key, &[("value", &format!("{value:.1}"))])
        };
        let step = |s: &FindingStep| {
            let parts = [s.who.clone(), s.session.map(|id| format!("#{id}")), s.note.clone()];
            let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            format!("{} {} {parts}", date_and_time(s.made_us), text.get(&format!("followup-step-{}", s.step)))
        };
        vec![
            Cell::Number(f.id as f64, 0),
            Cell::Text(rule.unwrap_or_else(|| f.rule.clone())),
            Cell::text(f.operator.as_deref()),
            Cell::Text(f.machine.clone()),
            Cell::Number(f.session as f64, 0),
            Cell::Text(measured(f.value)),
            Cell::Text(measured(f.above)),
            Cell::Text(text.get(if f.is_open() { "followup-open" } else { "followup-closed" })),
            Cell::text(f.assigned_to()),
            Cell::Text(f.steps.iter().map(step).collect::<Vec<_>>().join("; ")),
        ]
    };
    let heads = keys.iter().map(|key| text.get(&format!("followup-col-{key}"))).collect();
    Table { heads, rows: findings.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::visit::FaultCounts;
    use super::*;
    use grainloss_journal::CuttingTally;

    fn visit(session: i64, surely_above_s: i64) -> Visit {
        Visit {
            session,
            started_us: session * 1_000_000,
            operator: Some("张三".into()),
            machine: "1".into(),
            crop: "wheat".into(),
            cells: Vec::new(),
            township: None,
            cutting_h: 1.0,
            area_mu: None,
            loss_pct: Some(1.0),
            basis: None,
            faults: FaultCounts { turns: Some(4.0), turning_cuts: Some(0.0), luggings: Some(0.0) },
            tally: CuttingTally { cutting_s: 3600, known_s: 1000, above_s: 1000, surely_above_s },
            limit_pct: Some(1.2),
        }
    }

    #[test]
    fn a_finding_is_raised_once_and_reopened_only_by_a_session_after_the_evidence() {
        let rules = rules().unwrap();
        // The rule allows a fifth of the time above the limit.
        assert_eq!(raise(&[visit(1, 200)], &[], &rules, 7), Due::default());
        let due = raise(&[visit(1, 201), visit(2, 400)], &[], &rules, 7);
        assert_eq!((due.findings.len(), due.findings[0].session, due.findings[0].value), (1, 1, 0.201));
        let mut known = vec![Finding { id: 5, ..due.findings[0].clone() }];
        assert_eq!(raise(&[visit(1, 201), visit(2, 400)], &known, &rules, 8), Due::default(), "it is open already");
        let closed =
            FindingStep { made_us: 9, step: "closed".into(), who: Some("站长".into()), session: Some(3), note: None };
        known[0].steps.push(closed);
        assert!(!known[0].is_open());
        let visits = [visit(1, 201), visit(2, 400), visit(3, 10)];
        assert_eq!(raise(&visits, &known, &rules, 10), Due::default(), "no visit after the evidence");
        let due = raise(&[visit(3, 10), visit(4, 300)], &known, &rules, 11);
        assert_eq!((due.findings.len(), due.steps.len(), due.steps[0].1.session), (0, 1, Some(4)));
        known[0].steps.push(due.steps[0].1.clone());
        assert!(known[0].is_open());
    }
}
