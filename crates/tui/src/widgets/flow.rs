//! Lines below each other, wrapped to the window, with the keys of the screen in the last one.

use super::canvas::{Canvas, wrap};
use super::tap::Tap;
use crate::theme::Role;

/// Row of a sheet that a screen begins with.
const TOP: u16 = 3;

/// A page of lines, and the keys of the screen.
#[derive(Debug, Default)]
pub(crate) struct Page {
    lines: Vec<(String, Role, Option<Tap>)>,
    /// What the keys do.
    pub keys: String,
    /// The line that is to be in sight.
    focus: Option<usize>,
}

impl Page {
    /// A page with these keys.
    pub const fn new(keys: String) -> Self {
        Self { lines: Vec::new(), keys, focus: None }
    }

    /// Adds a line.
    pub fn line(&mut self, text: impl Into<String>, role: Role) {
        self.lines.push((text.into(), role, None));
    }

    /// A tap on the line that was added last does this.
    pub fn tap(&mut self, tap: Tap) {
        if let Some((.., last)) = self.lines.last_mut() {
            *last = Some(tap);
        }
    }

    /// The line that was added last is to be in sight.
    pub const fn focus(&mut self) {
        self.focus = self.lines.len().checked_sub(1);
    }

    /// Writes the page on a sheet.
    pub fn draw(&self, canvas: &mut Canvas<'_>) {
        let columns = usize::from(canvas.window_columns().saturating_sub(2));
        let mut y = TOP;
        for (at, (text, role, tap)) in self.lines.iter().enumerate() {
            if self.focus == Some(at) {
                canvas.focus(y);
            }
            for line in wrap(text, columns) {
                if matches!(role, Role::High | Role::Low | Role::Chosen) {
                    canvas.fill_line(y, *role);
                }
                canvas.line(y, &line, *role);
                if let Some(tap) = tap {
                    canvas.tap_row(y, *tap);
                }
                y += 1;
            }
        }
        canvas.foot(&self.keys, Role::Label);
    }
}
