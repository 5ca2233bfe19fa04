//! Text at fixed places, measured in terminal columns: a Chinese character takes two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

/// A part of the screen to write on. Remembers texts that did not fit, so that a test can fail on them.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    pub buffer: &'a mut Buffer,
    pub area: Rect,
    pub cut: Vec<String>,
}

impl<'a> Canvas<'a> {
    pub const fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        Self { buffer, area, cut: Vec::new() }
    }

    /// Writes at a place counted from the area's corner, in so many columns at most.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) {
        if x >= self.area.width || y >= self.area.height {
            return;
        }
        let columns = columns.min(self.area.width - x);
        if text.width() > usize::from(columns) {
            self.cut.push(text.to_owned());
        }
        self.buffer.set_stringn(self.area.x + x, self.area.y + y, text, usize::from(columns), style);
    }

    /// Writes so that the text ends at the area's right edge.
    pub fn put_right(&mut self, y: u16, text: &str, style: Style) {
        let columns = (text.width() as u16).min(self.area.width);
        self.put(self.area.width - columns, y, columns, text, style);
    }

    /// Gives a whole line this style, written on or not.
    pub fn fill_line(&mut self, y: u16, style: Style) {
        if y < self.area.height {
            self.buffer.set_style(Rect { y: self.area.y + y, height: 1, ..self.area }, style);
        }
    }

    /// A thin line across.
    pub fn rule(&mut self, y: u16) {
        self.put(0, y, self.area.width, &"─".repeat(usize::from(self.area.width)), Style::new());
    }
}
