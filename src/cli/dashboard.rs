//! What a command needs for a dashboard in its own process.

use std::io::IsTerminal;

use super::error::CliError;
use crate::config::{self, Configuration, Origin};
use grainloss_knowledge::spoken;
use grainloss_tui::Remembered;

/// A dashboard needs a terminal; checked before anything is begun.
pub(super) fn need_terminal() -> Result<(), CliError> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::input(spoken().get("cli-needs-terminal")))
}

/// What the dashboard begins with: the settings, and over them what was chosen on it.
pub(super) fn remembered(settings: &Configuration) -> Remembered {
    let mut screen = settings.config.screen.clone();
    if matches!(settings.origin("screen.language"), Some(Origin::Flag(_))) {
        // The words of the command are in that language already.
        screen.language = None;
    }
    let file = config::state_folder().map(|folder| grainloss_tui::state_file(&folder));
    let mut remembered = Remembered::load(screen, settings.config.sounds.clone(), file);
    remembered.notice = settings.notices.first().cloned();
    remembered
}
