//! What ends a command with an error, and how it is reported.

use std::fmt;
use std::io::Write as _;

use super::said::Said;
use grainloss_core::clean_text::clean;

/// What ends a command with an error.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Bad usage, profile or input: exit status 2. The message names file, line and field.
    Input(String),
    /// Anything else: exit status 1.
    Failed(String),
    /// Nothing is wrong, but not everything could be checked: exit status 3.
    Incomplete(String),
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(message) | Self::Failed(message) | Self::Incomplete(message) => f.write_str(message),
        }
    }
}

impl CliError {
    /// The user's input is at fault.
    pub fn input(error: impl Said) -> Self {
        Self::Input(error.said())
    }

    /// Something else is at fault.
    pub fn failed(error: impl Said) -> Self {
        Self::Failed(error.said())
    }
}

/// Writes a message to standard error; what a terminal would obey is spelled out. It may be gone with the terminal: that must not end in a panic.
pub(super) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "grainloss: {}", clean(message));
}

/// Writes what is no complaint to standard error.
pub(super) fn complain_plain(message: &str) {
    let _ = writeln!(std::io::stderr(), "{}", clean(message));
}
