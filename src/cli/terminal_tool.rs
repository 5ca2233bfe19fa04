//! What a technician's screen needs in its own process.

use std::io::IsTerminal;

use super::error::CliError;
use crate::config;
use grainloss_knowledge::Words;
use grainloss_tui::{Capabilities, Look, Remembered};

/// A screen needs a terminal; checked before anything is begun.
pub(super) fn need_terminal(words: &Words) -> Result<(), CliError> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::input(words.get("learn-no-terminal")))
}

/// As the dashboard looks, in the command's language.
pub(super) fn look(words: &Words) -> Look {
    let remembered = config::state_folder().map(|folder| Remembered::from_file(grainloss_tui::state_file(&folder)));
    Look::new(Words::new(words.lang), &remembered.unwrap_or_default(), Capabilities::from_environment())
}
