//! Lines below each other, as many as fit: longer ones are wrapped, and up and down move what does not fit into sight.

use super::canvas::{Canvas, clip, wrap};
use crate::theme::Role;

/// A page of lines, and the keys of the screen.
#[derive(Debug, Default)]
pub(crate) struct Page {
    lines: Vec<(String, Role)>,
    /// What the keys do.
    pub keys: String,
}

impl Page {
    /// A page with these keys.
    pub const fn new(keys: String) -> Self {
        Self { lines: Vec::new(), keys }
    }

    /// Adds a line.
    pub fn line(&mut self, text: impl Into<String>, role: Role) {
        self.lines.push((text.into(), role));
    }

    /// Draws from row `top` on, `rows` rows, the keys in the last one; the first `hidden` lines are above what is seen.
    pub fn draw(&self, canvas: &mut Canvas<'_>, top: u16, rows: u16, hidden: usize) {
        let columns = usize::from(canvas.width().saturating_sub(2));
        let wrapped: Vec<(String, Role)> = self
            .lines
            .iter()
            .flat_map(|(text, role)| wrap(text, columns).into_iter().map(move |line| (line, *role)))
            .collect();
        let room = usize::from(rows.saturating_sub(1));
        let hidden = hidden.min(wrapped.len().saturating_sub(room));
        for (row, (text, role)) in wrapped.iter().skip(hidden).take(room).enumerate() {
            let y = top + row as u16;
            if matches!(role, Role::High | Role::Low | Role::Chosen) {
                canvas.fill_line(y, *role);
            }
            canvas.line(y, text, *role);
        }
        let (above, below) = (hidden > 0, hidden + room < wrapped.len());
        let mark = match (above, below) {
            (true, true) => "↑↓ ",
            (true, false) => "↑ ",
            (false, true) => "↓ ",
            (false, false) => "",
        };
        canvas.line(top + rows - 1, &clip(&format!("{mark}{}", self.keys), columns), Role::Label);
    }
}
