//! The terminal, taken over and given back, and the clock of whoever looks at it.

use std::io;
use std::mem::ManuallyDrop;
use std::time::{Duration, Instant};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use ratatui::{DefaultTerminal, Frame};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Raw mode and the alternate screen, until dropped. A panic anywhere in the process gives the terminal back first and
/// prints its message after: ratatui's initialisation installs a hook for that.
#[derive(Debug)]
pub(super) struct Screen(ManuallyDrop<DefaultTerminal>);

impl Screen {
    pub fn open() -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let restore = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let _ = execute!(io::stdout(), DisableBracketedPaste);
            restore(panic);
        }));
        // Pasted text comes as text: its letters are no keys.
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(Self(ManuallyDrop::new(terminal)))
    }

    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(draw).map(|_| ())
    }
}

/// Waits for a key, a tenth of a second or so at most; `false` when the terminal has hung up. Asked before every look
/// at the keys, since crossterm reads the end of a closed terminal for ever.
pub(super) fn wait_for_keys(patience: Duration) -> io::Result<bool> {
    let stdin = io::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    match poll(&mut terminal, Some(&patience)) {
        Ok(_) => Ok(!terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)),
        // A signal, such as a change of the window's size.
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Time since the screen was opened: operators live by the wall clock, whatever the bus says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch(Instant);

#[allow(clippy::disallowed_methods, reason = "an edge: screens live by the wall clock")]
impl Watch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn now(self) -> Duration {
        self.0.elapsed()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing can be done should the terminal be gone; and its own drop, which would complain on standard error and
        // panic should that be gone too, does not run.
        let _ = execute!(io::stdout(), DisableBracketedPaste);
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}
