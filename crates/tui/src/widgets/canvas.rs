//! Text at fixed places, measured in terminal columns: a Chinese character takes two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::glyphs::BARS;
use crate::theme::{Role, RoleStyles};

/// The screens are laid out for a terminal of this size; a smaller one shows the compact screen.
pub(crate) const NOMINAL_COLUMNS: u16 = 80;
pub(crate) const NOMINAL_ROWS: u16 = 24;

/// The area that a screen is drawn on. It collects texts that did not fit, so that a test can fail on them.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    /// The texts that did not fit.
    pub cut: Vec<String>,
    styles: &'a RoleStyles,
}

impl<'a> Canvas<'a> {
    /// A canvas on the whole area, with the theme's background.
    pub fn new(buffer: &'a mut Buffer, area: Rect, styles: &'a RoleStyles) -> Self {
        buffer.set_style(area, styles.style(Role::Text));
        Self { buffer, area, cut: Vec::new(), styles }
    }

    pub const fn width(&self) -> u16 {
        self.area.width
    }

    pub const fn height(&self) -> u16 {
        self.area.height
    }

    /// The column for what is at `x` on a screen of 80 columns: a wider screen spreads columns, up to twice as wide.
    pub fn at(&self, x: u16) -> u16 {
        let nominal = u32::from(NOMINAL_COLUMNS);
        let width = u32::from(self.area.width).clamp(nominal, 2 * nominal);
        // The margin stays one column.
        let margin = x.min(1);
        margin + (u32::from(x - margin) * width / nominal) as u16
    }

    /// Writes a text at column `x` and row `y` of the area, in at most `columns` columns.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) {
        if x >= self.area.width || y >= self.area.height {
            return;
        }
        let columns = columns.min(self.area.width - x);
        if text.width() > usize::from(columns) {
            self.cut.push(text.to_owned());
        }
        self.buffer.set_stringn(self.area.x + x, self.area.y + y, text, usize::from(columns), self.styles.style(role));
    }

    /// Writes a text with a style of its own; what does not fit is left out.
    pub fn put_styled(&mut self, x: u16, y: u16, text: &str, style: Style) {
        if x < self.area.width && y < self.area.height {
            let columns = usize::from(self.area.width - x);
            self.buffer.set_stringn(self.area.x + x, self.area.y + y, text, columns, style);
        }
    }

    /// Writes a text from column `x` to the right edge at most.
    pub fn rest(&mut self, x: u16, y: u16, text: &str, role: Role) {
        self.put(x, y, self.area.width.saturating_sub(x), text, role);
    }

    /// Writes a line with a margin of one column.
    pub fn line(&mut self, y: u16, text: &str, role: Role) {
        self.put(1, y, self.area.width.saturating_sub(1), text, role);
    }

    /// Writes a text in as many lines as it needs, at most `max_rows`, and returns how many.
    pub fn paragraph(&mut self, x: u16, y: u16, max_rows: u16, text: &str, role: Role) -> u16 {
        let lines = wrap(text, usize::from(self.area.width.saturating_sub(x + 1)));
        let count = lines.len() as u16;
        for (row, line) in lines.into_iter().enumerate() {
            if (row as u16) < max_rows {
                self.rest(x, y + row as u16, &line, role);
            } else {
                self.cut.push(line);
            }
        }
        count.min(max_rows)
    }

    /// Writes so that the text ends at the area's right edge.
    pub fn put_right(&mut self, y: u16, text: &str, role: Role) {
        let columns = (text.width() as u16).min(self.area.width);
        self.put(self.area.width - columns, y, columns, text, role);
    }

    /// Gives a whole row the style of a role.
    pub fn fill_line(&mut self, y: u16, role: Role) {
        if y < self.area.height {
            let line = Rect { y: self.area.y + y, height: 1, ..self.area };
            self.buffer.set_style(line, self.styles.style(role));
        }
    }

    /// A horizontal line with a title.
    pub fn rule(&mut self, y: u16, title: &str) {
        self.put(0, y, self.area.width, &"─".repeat(usize::from(self.area.width)), Role::Label);
        if !title.is_empty() {
            self.put(1, y, self.area.width.saturating_sub(2), &format!(" {title} "), Role::Value);
        }
    }

    /// Bars from the left, one column each, in eighths of a row; an unknown value has none. `top` is the value at full
    /// height; a bar above `limit` gets the role `Over`.
    pub fn bars(&mut self, place: Rect, values: &[Option<f64>], top: f64, limit: Option<f64>) {
        let eighths = f64::from(place.height) * 8.0;
        for (column, value) in values.iter().take(usize::from(place.width)).enumerate() {
            let Some(value) = value.filter(|value| value.is_finite() && top > 0.0) else { continue };
            // A value above zero always has a visible bar.
            let height = (value / top * eighths).round().clamp(if value > 0.0 { 1.0 } else { 0.0 }, eighths) as u16;
            let role = if limit.is_some_and(|limit| value > limit) { Role::Over } else { Role::Value };
            for row in 0..place.height {
                let part = height.saturating_sub(8 * row).min(8);
                if part > 0 {
                    let y = place.y + place.height - 1 - row;
                    self.put(place.x + column as u16, y, 1, BARS[usize::from(part) - 1], role);
                }
            }
        }
    }
}

/// Breaks a text into lines of at most `columns` columns, at spaces where possible.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        for piece in if word.trim_end().width() > columns {
            word.chars().map(String::from).collect()
        } else {
            vec![word.to_owned()]
        } {
            // `lines` is never empty: it starts with one line.
            let line = lines.len() - 1;
            let used = lines[line].chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
            if used + piece.trim_end().width() > columns {
                lines.push(piece);
            } else {
                lines[line].push_str(&piece);
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Shortens a text to at most `columns` columns, with `…` at the end where it was cut. For texts of any length: names, and
/// messages of programs.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let start = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used <= columns
    });
    let start: String = start.collect();
    format!("{}…", start.trim_end())
}
