//! `grainloss run`: the service on a machine's bus.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::options::{CropOptions, Prepared, journal_path};
use super::session::{self, Plan};
use super::{CliError, table};
use crate::bus::LiveSource;
use crate::knowledge::Words;
use crate::service::Speed;
use crate::snapshot::SourceKind;

/// Listen to a machine's CAN bus. Nothing is ever written to it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The CAN interface
    #[arg(long, value_name = "can0")]
    iface: String,
    /// The machine: a bundled profile's name, or the path of a .toml file
    #[arg(long, value_name = "NAME|FILE")]
    machine: String,
    /// The crop
    #[arg(long, value_name = "NAME")]
    crop: String,
    #[command(flatten)]
    options: CropOptions,
    /// The journal to store it in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Service and dashboard in one
    #[arg(long)]
    dashboard: bool,
}

#[allow(clippy::disallowed_methods, reason = "an edge: the session is dated here")]
pub(super) fn main(args: Args, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if args.dashboard {
        session::need_terminal()?;
    }
    let prepared = Prepared::new(&args.machine, &args.crop, &args.options)?;
    let source = LiveSource::open(&args.iface).map_err(CliError::input)?;
    let db = journal_path(args.db)?;
    let now_us = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as i64;
    let start = prepared.session_start(now_us, format!("interface {}", args.iface), "system");
    let plan = Plan {
        kind: SourceKind::Live,
        speed: Speed::Max,
        journal: Some((db.clone(), start)),
        trace: None,
        dashboard: args.dashboard.then(|| Words::new(words.lang)),
    };
    let ended = session::run(source, prepared, plan, level)?;
    table::frames(words, ended.report.counts)?;
    let bad = ended.report.source.bad();
    if bad > 0 {
        table::say(&words.with("cli-bad-frames", &[("bad", &bad.to_string())]))?;
    }
    table::totals(words, &ended.report.totals)?;
    table::stored(words, ended.session, &db)?;
    session::complain(&ended)
}
