//! `grainloss doctor`: what a technician needs to know of this computer.

mod checks;
mod system;

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::CliError;
use super::options::journal_path;
use super::table::{columns, say};
use crate::config::Config;
use crate::service::socket_to_watch;
use grainloss_knowledge::Words;

/// Look whether this computer is ready: CAN, interfaces, permissions, clock, disk, sound, terminal, profile, service.
///
/// Exit status 0 when nothing hinders the work, 1 when something does. What cannot be found out is unknown, and no
/// hindrance.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The interface that the machine is at [default: those of grainloss.toml, else every CAN interface]
    #[arg(long, value_name = "can0", value_delimiter = ',')]
    iface: Vec<String>,
    /// The machine profile to look through: NAME or FILE.toml
    #[arg(long, value_name = "NAME|FILE")]
    machine: Option<String>,
    /// The journal
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The service's socket
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    /// Work is possible.
    Warning,
    /// Work is not possible.
    Fault,
    Unknown,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found. The texts stand under `doctor-found-…` and `doctor-do-…`.
struct Check {
    /// Which check, and of what, such as an interface.
    id: &'static str,
    of: Option<String>,
    state: State,
    found: &'static str,
    values: Vec<(&'static str, String)>,
    /// What to do, if anything.
    remedy: Option<&'static str>,
}

impl Check {
    fn new(id: &'static str, state: State, found: &'static str) -> Self {
        Self { id, of: None, state, found, values: Vec::new(), remedy: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    fn remedy(self, remedy: &'static str) -> Self {
        Self { remedy: Some(remedy), ..self }
    }

    fn of(self, what: impl Into<String>) -> Self {
        Self { of: Some(what.into()), ..self }
    }

    fn text(&self, words: &Words, part: &str, key: &str) -> String {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.with(&format!("doctor-{part}-{key}"), &values)
    }

    fn cells(&self, words: &Words) -> Vec<String> {
        let name = words.get(&format!("doctor-check-{}", self.id));
        let name = self.of.as_ref().map_or(name.clone(), |of| format!("{name} {of}"));
        let found = self.text(words, "found", self.found);
        let remedy = self.remedy.map_or_else(String::new, |remedy| format!(" → {}", self.text(words, "do", remedy)));
        vec![words.get(&format!("doctor-state-{}", self.state.word())), name, found + &remedy]
    }

    fn json(&self, words: &Words) -> Value {
        let values: serde_json::Map<String, Value> =
            self.values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "check": self.id,
            "of": self.of,
            "state": self.state.word(),
            "found": self.found,
            "values": values,
            "text": self.text(words, "found", self.found),
            "remedy": self.remedy.map(|remedy| self.text(words, "do", remedy)),
        })
    }
}

pub(super) fn main(args: Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let socket = args.socket.or_else(|| config.socket.path()).or_else(socket_to_watch);
    let interfaces = if args.iface.is_empty() { &config.service.interfaces } else { &args.iface };
    let own = config.service.machine();
    let machine = args.machine.as_ref().or(own.as_ref());
    let db = journal_path(args.db, config);
    let all = checks::all(interfaces, machine.map(String::as_str), db.ok().as_deref(), socket.as_deref());
    let faults = all.iter().filter(|check| check.state == State::Fault).count();
    match args.format {
        Format::Table => columns(&all.iter().map(|check| check.cells(words)).collect::<Vec<_>>())?,
        Format::Json => {
            let checks: Vec<Value> = all.iter().map(|check| check.json(words)).collect();
            let report = json!({"ready": faults == 0, "software": super::VERSION, "checks": checks});
            say(&serde_json::to_string_pretty(&report).map_err(CliError::failed)?)?;
        }
    }
    if faults == 0 {
        return Ok(());
    }
    Err(CliError::failed(words.with("doctor-faults", &[("faults", &faults.to_string())])))
}
