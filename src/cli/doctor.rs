//! `grainloss doctor`: what a technician needs to know of this computer.

mod check;
mod checks;
mod system;
mod uplink;

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use self::check::State;
use super::error::CliError;
use super::options::journal_path;
use super::table::{columns, say};
use super::version::VERSION;
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
    #[arg(long, value_name = "NAME|FILE", value_parser = crate::cli::option_values::machine)]
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
    #[value(alias = "表格")]
    Table,
    /// For programs
    Json,
}

pub(super) fn main(args: Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let socket = args.socket.or_else(|| config.socket.path()).or_else(socket_to_watch);
    let interfaces = if args.iface.is_empty() { &config.service.interfaces } else { &args.iface };
    let own = config.service.machine();
    let machine = args.machine.as_ref().or(own.as_ref());
    let db = journal_path(args.db, config);
    let db = db.ok();
    let mut all = checks::all(&checks::Asked {
        interfaces,
        machine: machine.map(String::as_str),
        db: db.as_deref(),
        socket: socket.as_deref(),
        page: config.web.address.as_deref(),
    });
    all.extend(db.as_deref().map(|db| uplink::uplink(config, db)));
    let faults = all.iter().filter(|check| check.state == State::Fault).count();
    match args.format {
        Format::Table => columns(&all.iter().map(|check| check.cells(words)).collect::<Vec<_>>())?,
        Format::Json => {
            let checks: Vec<Value> = all.iter().map(|check| check.json(words)).collect();
            let report = json!({"ready": faults == 0, "software": VERSION, "checks": checks});
            say(&serde_json::to_string_pretty(&report).map_err(CliError::failed)?)?;
        }
    }
    if faults == 0 {
        return Ok(());
    }
    Err(CliError::failed(words.with("doctor-faults", &[("faults", &faults.to_string())])))
}
