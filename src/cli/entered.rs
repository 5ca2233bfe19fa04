//! Who, where, which machine: what is entered about a session at its start.

use clap::Args;

use crate::journal::{Entered, SessionStart};

/// No name of a person, a field or a machine is longer, characters.
const LONGEST: usize = 120;

/// What is entered about a session. Nothing of it is asked for, and none of it is guessed.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "About the session")]
pub(super) struct SessionOptions {
    /// Who drives
    #[arg(long, value_name = "NAME", value_parser = name)]
    operator: Option<String>,
    /// The field
    #[arg(long, value_name = "NAME", value_parser = name)]
    field: Option<String>,
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
}

impl SessionOptions {
    /// The start of a session with what was entered.
    pub fn enter(&self, start: SessionStart) -> SessionStart {
        let Self { operator, field, place, township, machine_name, plate } = self.clone();
        SessionStart { entered: Entered { operator, field, place, township, machine_name, plate }, ..start }
    }
}

/// A name on one line: what a report prints must not be able to break out of its place.
pub(super) fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(format!("expected 1 to {LONGEST} characters on one line"));
    }
    Ok(text.to_owned())
}
