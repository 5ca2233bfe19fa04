//! The screen in the cab: one look, two seconds. Am I losing too much, where, and what next?
//!
//! Draws a [`Snapshot`] and nothing else; the loop behind it does not know whether anybody looks.

mod advice_screen;
mod alarm_line;
mod canvas;
mod headline;
mod lines;
mod main_screen;
mod numbers;
mod terminal;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use tokio::sync::watch;

use crate::knowledge::Words;
use crate::marks::{Mark, MarkSender};
use crate::snapshot::Snapshot;
pub use advice_screen::draw as draw_advice;
pub use main_screen::draw;
use terminal::Screen;

/// Drawn at most so often, and keys looked for.
const FRAME_TIME: Duration = Duration::from_millis(100);

/// Shows snapshots until the user quits or `stop` becomes true; quitting makes it true. The terminal is put back on
/// every way out.
/// What the operator tells goes to `marks`.
pub fn show(
    snapshots: &mut watch::Receiver<Snapshot>,
    marks: &MarkSender,
    mut words: Words,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut screen = Screen::open()?;
    let mut redraw = true;
    let mut advice = false;
    let mut end_drawn = false;
    while !stop.load(Ordering::Relaxed) {
        // An error means that the loop is gone. After an orderly end its last snapshot stays until the user quits, and
        // says so; after any other, figures that nobody makes any more must not be shown.
        let changed = match snapshots.has_changed() {
            Ok(changed) => changed,
            Err(_) if !snapshots.borrow().ended => return Ok(()),
            Err(_) => !std::mem::replace(&mut end_drawn, true),
        };
        if redraw || changed {
            let snapshot = snapshots.borrow_and_update().clone();
            screen.draw(|frame| {
                if advice {
                    draw_advice(frame, &snapshot, &words)
                } else {
                    draw(frame, &snapshot, &words)
                };
            })?;
            redraw = false;
        }
        if !terminal::wait_for_keys(FRAME_TIME)? {
            // The terminal has gone, as when a window is closed: nobody is looking any more.
            stop.store(true, Ordering::Relaxed);
        } else if !event::poll(Duration::ZERO)? {
            continue;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match key.code {
                KeyCode::Char('q' | 'Q') => stop.store(true, Ordering::Relaxed),
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                    stop.store(true, Ordering::Relaxed);
                }
                KeyCode::Char('l' | 'L') => {
                    words = Words::new(words.lang.other());
                    redraw = true;
                }
                KeyCode::Char(' ') => drop(marks.send(Mark::Acknowledge)),
                KeyCode::Char('a' | 'A') => {
                    advice = !advice;
                    redraw = true;
                }
                _ => {}
            },
            Event::Resize(..) => redraw = true,
            _ => {}
        }
    }
    Ok(())
}
