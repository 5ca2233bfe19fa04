//! Who, where, which machine: what is entered about a session at its start.

use clap::Args;

use crate::config::{CAPTURE_BUDGET_MB, CAPTURE_BUDGET_MB_MAX, Flags};
use grainloss_core::clean_text::is_hidden;
use grainloss_journal::Entered;
use grainloss_knowledge::Message;

/// Longest name of a person, a field or a machine, characters.
const MAX_CHARS: usize = 120;

/// What is entered about a session. Nothing of it is asked for, and none of it is guessed.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "About the session")]
pub(super) struct SessionOptions {
    /// Who drives
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub operator: Option<String>,
    /// The field
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub field: Option<String>,
    /// Village or spot
    #[arg(long, value_name = "NAME", value_parser = name)]
    place: Option<String>,
    /// Township
    #[arg(long, value_name = "NAME", value_parser = name)]
    township: Option<String>,
    /// What you call the machine
    #[arg(long, value_name = "NAME", value_parser = name)]
    machine_name: Option<String>,
    /// Its licence plate
    #[arg(long, value_name = "PLATE", value_parser = name)]
    plate: Option<String>,
    /// Store ten rows a second beside the seconds
    #[arg(long)]
    pub tenths: bool,
}

impl SessionOptions {
    /// What was entered.
    pub fn entered(&self) -> Entered {
        let Self { operator, field, place, township, machine_name, plate, .. } = self.clone();
        Entered { operator, field, place, township, machine_name, plate }
    }
}

/// The frames' own record beside the journal.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Raw capture")]
pub(super) struct CaptureOptions {
    /// Keep every frame beside the journal, as compressed candump logs [default: run keeps them, demo does not]
    #[arg(long, overrides_with = "no_capture")]
    capture: bool,
    /// Keep no frames
    #[arg(long)]
    no_capture: bool,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=CAPTURE_BUDGET_MB_MAX),
        help = format!(
            "What all captures of the journal may take, MB; the oldest of exported sessions make room, others never \
             [default: {CAPTURE_BUDGET_MB}]"
        )
    )]
    capture_budget: Option<u64>,
}

impl CaptureOptions {
    /// What it says about `[capture]`.
    pub fn flags(&self, flags: Flags) -> Flags {
        let budget = self.capture_budget.map(|budget| budget as i64);
        flags
            .switch("capture.enabled", "--no-capture", self.no_capture, false)
            .switch("capture.enabled", "--capture", self.capture, true)
            .set("capture.budget_mb", "--capture-budget", budget)
    }
}

/// A name on one line: what a report prints must not be able to break out of its place.
pub(super) fn name(text: &str) -> Result<String, Message> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_CHARS || text.chars().any(is_hidden) {
        return Err(Message::new("option-name").with("most", MAX_CHARS));
    }
    Ok(text.to_owned())
}
