//! Sets the terminal up and restores it, and waits for keys.

use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::{DefaultTerminal, Frame};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_process};

/// Presses of buttons and the wheel are reported, in decimal; not every move of the mouse.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Raw mode and the alternate screen, until dropped. A panic anywhere in the process first restores the terminal and then
/// prints its message: ratatui's initialisation installs a panic hook for that.
#[derive(Debug)]
pub(crate) struct TerminalGuard {
    terminal: ManuallyDrop<DefaultTerminal>,
    reports_mouse: bool,
}

impl TerminalGuard {
    /// Sets the terminal up.
    ///
    /// # Errors
    /// When standard output is no terminal or cannot be written to.
    pub fn open() -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let restore = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let _ = execute!(io::stdout(), Print(MOUSE_OFF), DisableBracketedPaste);
            restore(panic);
        }));
        // Pasted text arrives as one event, not as keys.
        execute!(io::stdout(), EnableBracketedPaste)?;
        Ok(Self { terminal: ManuallyDrop::new(terminal), reports_mouse: false })
    }

    /// Has the terminal report the mouse, or leave it alone.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn report_mouse(&mut self, on: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.reports_mouse, on) != on {
            execute!(io::stdout(), Print(if on { MOUSE_ON } else { MOUSE_OFF }))?;
        }
        Ok(())
    }

    /// Gives the terminal back and stops the process; takes the terminal again when it goes on.
    ///
    /// # Errors
    /// When the terminal cannot be written to, or the process cannot be stopped.
    pub fn suspend(&mut self) -> io::Result<()> {
        let mouse = self.reports_mouse;
        self.report_mouse(false)?;
        execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show)?;
        disable_raw_mode()?;
        kill_process(getpid(), Signal::STOP)?;
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        self.terminal.clear()?;
        self.report_mouse(mouse)
    }

    /// Draws one picture.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(|_| ())
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
        let _ = execute!(io::stdout(), Print(MOUSE_OFF), DisableBracketedPaste);
        let _ = self.terminal.show_cursor();
        let _ = ratatui::try_restore();
    }
}
