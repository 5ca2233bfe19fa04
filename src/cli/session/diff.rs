//! `session diff`: what differs between two sessions, and why.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::super::error::CliError;
use super::super::table::{columns, say};
use grainloss_journal::{Journal, Session, StoredAlarm, StoredPan, StoredSetting};
use grainloss_knowledge::Words;

/// Show what differs between two sessions: with what they were made, and what came of it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A session's number
    a: String,
    /// Another's
    b: String,
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

/// What is compared: a key of the words, what it takes, and the value.
type Items = BTreeMap<(u8, String, String), String>;

pub(super) fn main(args: &Args, db: &Path, words: &Words) -> Result<(), CliError> {
    let journal = Journal::open(db).map_err(CliError::input)?;
    let items = |id: &str| -> Result<(i64, Items), CliError> {
        let session = journal.session(id).map_err(CliError::input)?;
        Ok((session.id, of(&journal, &session)?))
    };
    let ((a, before), (b, after)) = (items(&args.a)?, items(&args.b)?);
    let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differing: Vec<_> = names
        .into_iter()
        .map(|name| (name, before.get(name), after.get(name)))
        .filter(|(_, before, after)| before != after)
        .collect();
    if args.format == Format::Json {
        let list: Vec<Value> = differing
            .iter()
            .map(|((_, key, item), before, after)| json!({"what": key, "item": item, "a": before, "b": after}))
            .collect();
        let text = serde_json::to_string_pretty(&json!({"a": a, "b": b, "differences": list}));
        return say(&text.map_err(CliError::failed)?);
    }
    if differing.is_empty() {
        return say(&words.get("diff-same"));
    }
    let head = vec![words.get("diff-what"), a.to_string(), b.to_string()];
    let rows = differing.into_iter().map(|((_, key, item), before, after)| {
        let cell = |value: Option<&String>| value.cloned().unwrap_or_else(|| "-".to_owned());
        let what = match key.as_str() {
            "diff-alarms" => words.with(key, &[("alarm", item)]),
            "entered" => words.get(&format!("entered-{item}")),
            "totals" if words.has(&format!("diff-{item}")) => words.get(&format!("diff-{item}")),
            "totals" => item.clone(),
            key => words.get(key),
        };
        vec![what, cell(before), cell(after)]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

/// Causes first, then what came of them.
fn of(journal: &Journal, session: &Session) -> Result<Items, CliError> {
    let mut items = Items::new();
    let mut put = |order: u8, key: &str, item: &str, value: String| {
        items.insert((order, key.to_owned(), item.to_owned()), value);
    };
    put(0, "diff-software", "", session.software.clone());
    put(0, "diff-profile", "", format!("{} {:.12}", session.machine, session.profile_sha256));
    if let Some((id, percent, _)) = &session.limit {
        put(0, "diff-limit", "", format!("{id} {percent} %"));
    }
    if session.yield_kg_ha.is_some() || session.tkw_g.is_some() {
        let text = |value: Option<f64>, unit: &str| value.map_or_else(String::new, |value| format!("{value} {unit}"));
        put(0, "diff-asked", "", format!("{} {}", text(session.yield_kg_ha, "kg/ha"), text(session.tkw_g, "g")));
    }
    if let Some(revision) = &session.revision {
        put(0, "diff-revision", "", revision["from"].as_str().unwrap_or_default().to_owned());
    }
    let entered = serde_json::to_value(&session.entered).map_err(CliError::failed)?;
    for (item, value) in entered.as_object().into_iter().flatten() {
        if let Some(value) = value.as_str() {
            put(0, "entered", item, value.to_owned());
        }
    }
    let pans: Vec<StoredPan> = journal.all(session.id).map_err(CliError::failed)?;
    let used = pans.iter().filter(|pan| pan.outcome == "used").count();
    put(0, "diff-pans", "", format!("{used}/{}", pans.len()));
    let settings: Vec<StoredSetting> = journal.all(session.id).map_err(CliError::failed)?;
    put(0, "diff-settings", "", settings.len().to_string());
    let alarms: Vec<StoredAlarm> = journal.all(session.id).map_err(CliError::failed)?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for alarm in &alarms {
        *counts.entry(&alarm.alarm).or_default() += 1;
    }
    for (alarm, count) in counts {
        put(1, "diff-alarms", alarm, count.to_string());
    }
    for (name, value) in session.totals().iter().filter_map(Value::as_object).flatten() {
        let text = match value {
            Value::Object(_) => format!("{} ({}-{})", value["value"], value["lo"], value["hi"]),
            Value::String(word) => word.clone(),
            value => value.to_string(),
        };
        put(2, "totals", name, text);
    }
    Ok(items)
}
