//! Sets the terminal up and restores it, and waits for keys.

use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use ratatui::{DefaultTerminal, Frame};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Raw mode and the alternate screen, until dropped. A panic anywhere in the process first restores the terminal and then
/// prints its message: ratatui's initialisation installs a panic hook for that.
#[derive(Debug)]
pub(crate) struct TerminalGuard(ManuallyDrop<DefaultTerminal>);

impl TerminalGuard {
    /// Sets the terminal up.
    ///
    /// # Errors
    /// When standard output is no terminal or cannot be written to.
    pub fn open() -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let restore = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let _ = execute!(io::stdout(), DisableBracketedPaste);
            restore(panic);
        }));
        // Pasted text arrives as one event, not as keys.
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(Self(ManuallyDrop::new(terminal)))
    }

    /// Draws one picture.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(draw).map(|_| ())
    }
}

/// Waits for a key, at most `timeout`; `false` when the terminal has hung up. Must be called before each read of the
/// keys: crossterm never returns from reading a closed terminal.
///
/// # Errors
/// When the terminal cannot be polled.
pub(crate) fn wait_for_keys(timeout: Duration) -> io::Result<bool> {
    let stdin = io::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
    match poll(&mut terminal, Some(&timeout)) {
        Ok(_) => Ok(!terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)),
        // A signal arrived, for example because the window changed its size.
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        // Errors are ignored: the terminal may be gone. The inner terminal's own drop does not run, because it would print
        // to standard error, and panic if that is closed too.
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}
