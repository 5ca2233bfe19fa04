//! Runs a technician's screen on the terminal of this process.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use ratatui::Frame as Picture;

use super::learn::Learn;
use super::watch::Watch;
use crate::term::clock::Clock;
use crate::term::terminal::{TerminalGuard, wait_for_keys};

/// Longest wait for a key, and least time between pictures of frames alone.
const KEY_TIME: Duration = Duration::from_millis(50);
const FRAME_TIME: Duration = Duration::from_millis(100);

/// A screen that takes keys and time.
pub trait Tool {
    /// A key.
    fn key(&mut self, key: &KeyEvent);
    /// Pasted text.
    fn paste(&mut self, text: &str);
    /// So long has it been open. True when the picture has changed by that alone.
    fn tick(&mut self, now: Duration) -> bool;
    /// Draws it. Returns the texts that did not fit.
    fn draw(&self, picture: &mut Picture<'_>) -> Vec<String>;
}

impl Tool for Learn {
    fn key(&mut self, key: &KeyEvent) {
        self.key(key);
    }
    fn paste(&mut self, text: &str) {
        self.paste(text);
    }
    fn tick(&mut self, now: Duration) -> bool {
        self.tick(now)
    }
    fn draw(&self, picture: &mut Picture<'_>) -> Vec<String> {
        self.draw(picture)
    }
}

impl Tool for Watch {
    fn key(&mut self, key: &KeyEvent) {
        self.key(key);
    }
    fn paste(&mut self, text: &str) {
        self.paste(text);
    }
    fn tick(&mut self, now: Duration) -> bool {
        self.tick(now)
    }
    fn draw(&self, picture: &mut Picture<'_>) -> Vec<String> {
        self.draw(picture)
    }
}

/// Shows a screen until `work` returns true or `stop` becomes true. `work` is called before each picture and after each key:
/// it hands frames over and carries effects out, and must not wait. The terminal is restored however this ends.
///
/// # Errors
/// When the terminal cannot be set up, written to, or read from.
pub fn show_tool<T: Tool>(tool: &mut T, stop: &AtomicBool, mut work: impl FnMut(&mut T) -> bool) -> io::Result<()> {
    let mut screen = TerminalGuard::open()?;
    let clock = Clock::start();
    let (mut redraw, mut drawn) = (true, Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        if work(tool) {
            return Ok(());
        }
        let now = clock.now();
        let is_due = now >= drawn + FRAME_TIME;
        // A key is followed by a new picture at once; frames alone by ten a second.
        if redraw || is_due {
            let changed = tool.tick(now);
            if redraw || changed {
                screen.draw(|picture| drop(tool.draw(picture)))?;
            }
            (redraw, drawn) = (false, now);
        }
        if !wait_for_keys(KEY_TIME)? {
            // The terminal is gone, for example because its window was closed.
            stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        while event::poll(Duration::ZERO)? {
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => tool.key(&key),
                Event::Paste(text) => tool.paste(&text),
                Event::Resize(..) => {}
                _ => continue,
            }
            redraw = true;
        }
    }
    Ok(())
}
