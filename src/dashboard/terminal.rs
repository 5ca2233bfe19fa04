//! The terminal, taken over and given back.

use std::io;

use ratatui::{DefaultTerminal, Frame};

/// Raw mode and the alternate screen, until dropped. A panic anywhere in the process gives the terminal back first and
/// prints its message after: ratatui's initialisation installs a hook for that.
#[derive(Debug)]
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    pub fn open() -> io::Result<Self> {
        Ok(Self(ratatui::try_init()?))
    }

    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(draw).map(|_| ())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing can be done should the terminal be gone.
        let _ = ratatui::try_restore();
    }
}
