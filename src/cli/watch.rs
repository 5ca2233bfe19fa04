//! `grainloss watch`: a dashboard on a service that runs elsewhere on this computer.

mod prometheus;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::ValueEnum;
use tokio::sync::watch;

use super::error::CliError;
use super::table::say;
use super::{dashboard, logging};
use crate::cli::said::Said as _;
use crate::config::Configuration;
use crate::service::{
    LinkError, latest_snapshot, snapshot_before_contact, socket_to_watch, stop_on_signals, watch_service,
};
use grainloss_core::record::totals_json;
use grainloss_knowledge::Words;
use grainloss_knowledge::spoken;
use grainloss_protocol::command;
use grainloss_protocol::status::status;

/// Attach a dashboard to the service; quitting it, or killing it, leaves the service alone.
///
/// Any number may be attached at once, on the console and over SSH. While the service cannot be reached the screen says
/// so, and goes on trying. Whom the socket's mode lets in may also acknowledge, mark, enter pans and begin sessions.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The service's socket [default: socket.path of grainloss.toml, else /run/grainloss/grainloss.sock, or grainloss.sock in $XDG_RUNTIME_DIR/grainloss]
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Print what the service says now, and end: for scripts
    #[arg(long)]
    once: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "json", requires = "once")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object with units in its names, and a reason for what is not known: docs/status.md
    Json,
    /// The same figures in Prometheus' text format
    Prometheus,
    /// What a screen of this version gets, as it is: it changes with every version
    Snapshot,
}

pub(super) fn main(args: Args, settings: &Configuration, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    let path = args
        .socket
        .or_else(|| settings.config.socket.path())
        .or_else(socket_to_watch)
        .ok_or_else(|| CliError::input(spoken().get("cli-no-socket-place")))?;
    if args.once {
        logging::log(false, level);
        let snapshot = latest_snapshot(&path).map_err(CliError::failed)?;
        let text = match args.format {
            Format::Json => serde_json::to_string_pretty(&status(&snapshot)).map_err(CliError::failed)?,
            Format::Prometheus => prometheus::text(&status(&snapshot)).trim_end().to_owned(),
            Format::Snapshot => {
                let mut json = serde_json::to_value(&snapshot).map_err(CliError::failed)?;
                // The sums as everywhere else, instead of as the estimator keeps them.
                json["totals"] = totals_json(&snapshot.totals);
                serde_json::to_string_pretty(&json).map_err(CliError::failed)?
            }
        };
        return say(&text);
    }
    dashboard::need_terminal()?;
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let (snapshot, mut screens) = watch::channel(snapshot_before_contact());
    let (sender, inbox) = command::channel();
    let watching = watch_service(&path, snapshot, inbox, Arc::clone(&stop)).map_err(CliError::failed)?;
    let shown =
        grainloss_tui::show(&mut screens, &sender, Words::new(words.lang), dashboard::remembered(settings), &stop);
    stop.store(true, Ordering::Relaxed);
    let watched = watching.join();
    shown.map_err(|error| CliError::failed(format!("{}: {}", spoken().get("cli-dashboard"), error.said())))?;
    watched.map_err(|error| match error {
        LinkError::Forbidden(_) => CliError::input(error),
        error => CliError::failed(error),
    })
}
