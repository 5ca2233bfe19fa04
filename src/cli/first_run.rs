//! `grainloss` alone: what was found, and what can be done.

use super::error::CliError;
use super::options::journal_path;
use super::table::{columns, say};
use crate::config::Config;
use crate::service::{latest_snapshot, socket_to_watch};
use grainloss_bus::can_interfaces;
use grainloss_journal::Journal;
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;

pub(super) fn main(config: &Config, words: &Words) -> Result<(), CliError> {
    say(&words.with("first-title", &[("version", env!("CARGO_PKG_VERSION"))]))?;
    say("")?;
    let interfaces = can_interfaces();
    let running = socket_to_watch().and_then(|socket| latest_snapshot(&socket).ok());
    let shown = |key: &str, value: String| vec![words.get(key), value];
    let found = if interfaces.is_empty() { words.get("first-no-interface") } else { interfaces.join(", ") };
    let service = match &running {
        Some(snapshot) => words.with("first-service", &[("machine", &snapshot.session.machine)]),
        None => words.get("first-no-service"),
    };
    columns(&[
        shown("first-interfaces", found),
        shown("first-profiles", profiles(words)),
        shown("first-journal", journal(config, words)),
        shown("first-running", service),
    ])?;
    say("")?;
    say(&words.get("first-try"))?;
    let iface = interfaces.first().map_or("can0", String::as_str);
    let run = format!("grainloss run --iface {iface} --machine combine-demo --crop wheat");
    let mut offers = vec![
        vec!["  grainloss demo".to_owned(), words.get("first-demo")],
        vec!["  grainloss doctor".to_owned(), words.get("first-doctor")],
        vec!["  grainloss machine check NAME LOG".to_owned(), words.get("first-check")],
        vec![format!("  {run}"), words.get("first-run")],
    ];
    if running.is_some() {
        offers.insert(0, vec!["  grainloss watch".to_owned(), words.get("first-watch")]);
    }
    columns(&offers)?;
    say("")?;
    say(&words.get("first-help"))
}

/// The user's own first.
fn profiles(words: &Words) -> String {
    let own = grainloss_knowledge::files::user_names("machines", "toml");
    let bundled = profiles::BUNDLED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if own.is_empty() {
        return words.with("first-bundled", &[("bundled", &bundled)]);
    }
    words.with("first-own", &[("own", &own.join(", ")), ("bundled", &bundled)])
}

fn journal(config: &Config, words: &Words) -> String {
    let Ok(path) = journal_path(None, config) else { return words.get("unknown") };
    let file = path.display().to_string();
    if !path.exists() {
        return words.with("first-no-journal", &[("file", &file)]);
    }
    match Journal::open(&path).and_then(|journal| journal.sessions()) {
        Ok(sessions) => words.with("first-sessions", &[("file", &file), ("sessions", &sessions.len().to_string())]),
        Err(error) => error.to_string(),
    }
}
