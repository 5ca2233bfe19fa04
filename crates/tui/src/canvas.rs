//! Text at fixed places, measured in terminal columns: a Chinese character takes two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::glyphs::BARS;
use super::theme::{Look, Role};

/// A part of the screen to write on. Remembers texts that did not fit, so that a test can fail on them.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    pub buffer: &'a mut Buffer,
    pub area: Rect,
    pub cut: Vec<String>,
    look: &'a Look,
}

impl<'a> Canvas<'a> {
    /// A canvas on the whole area, which takes the theme's ground.
    pub fn new(buffer: &'a mut Buffer, area: Rect, look: &'a Look) -> Self {
        buffer.set_style(area, look.style(Role::Text));
        Self { buffer, area, cut: Vec::new(), look }
    }

    pub fn style(&self, role: Role) -> Style {
        self.look.style(role)
    }

    pub const fn width(&self) -> u16 {
        self.area.width
    }

    pub const fn height(&self) -> u16 {
        self.area.height
    }

    /// The column where something stands that is at `x` on a screen of 80: wider screens spread it, up to twice.
    pub fn at(&self, x: u16) -> u16 {
        let width = u32::from(self.area.width.clamp(80, 160));
        // The margin stays one column.
        let margin = x.min(1);
        margin + (u32::from(x - margin) * width / 80) as u16
    }

    /// Writes at a place counted from the area's corner, in so many columns at most.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) {
        if x >= self.area.width || y >= self.area.height {
            return;
        }
        let columns = columns.min(self.area.width - x);
        if text.width() > usize::from(columns) {
            self.cut.push(text.to_owned());
        }
        self.buffer.set_stringn(self.area.x + x, self.area.y + y, text, usize::from(columns), self.look.style(role));
    }

    /// Writes from here to the right edge.
    pub fn rest(&mut self, x: u16, y: u16, text: &str, role: Role) {
        self.put(x, y, self.area.width.saturating_sub(x), text, role);
    }

    /// Writes a line with a margin of one column.
    pub fn line(&mut self, y: u16, text: &str, role: Role) {
        self.put(1, y, self.area.width.saturating_sub(1), text, role);
    }

    /// Writes a text in as many lines as it needs, and gives back how many; what is beyond `most` is cut.
    pub fn paragraph(&mut self, x: u16, y: u16, most: u16, text: &str, role: Role) -> u16 {
        let lines = wrap(text, usize::from(self.area.width.saturating_sub(x + 1)));
        let count = lines.len() as u16;
        for (row, line) in lines.into_iter().enumerate() {
            if (row as u16) < most {
                self.rest(x, y + row as u16, &line, role);
            } else {
                self.cut.push(line);
            }
        }
        count.min(most)
    }

    /// Writes so that the text ends at the area's right edge.
    pub fn put_right(&mut self, y: u16, text: &str, role: Role) {
        let columns = (text.width() as u16).min(self.area.width);
        self.put(self.area.width - columns, y, columns, text, role);
    }

    /// Gives a whole line this role, written on or not.
    pub fn fill_line(&mut self, y: u16, role: Role) {
        if y < self.area.height {
            let line = Rect { y: self.area.y + y, height: 1, ..self.area };
            self.buffer.set_style(line, self.look.style(role));
        }
    }

    /// A thin line across, with what follows below it.
    pub fn rule(&mut self, y: u16, title: &str) {
        self.put(0, y, self.area.width, &"─".repeat(usize::from(self.area.width)), Role::Label);
        if !title.is_empty() {
            self.put(1, y, self.area.width.saturating_sub(2), &format!(" {title} "), Role::Value);
        }
    }

    /// Bars from the left, one column each, in eighths of a row; what is not known has none. `top` is the height of all
    /// rows; a bar above `limit` has the role of what is over.
    pub fn bars(&mut self, place: Rect, values: &[Option<f64>], top: f64, limit: Option<f64>) {
        let eighths = f64::from(place.height) * 8.0;
        for (column, value) in values.iter().take(usize::from(place.width)).enumerate() {
            let Some(value) = value.filter(|value| value.is_finite() && top > 0.0) else { continue };
            // Something is never drawn as nothing.
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

/// Breaks a text into lines of so many columns, at spaces where there are any.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        for piece in if word.trim_end().width() > columns {
            word.chars().map(String::from).collect()
        } else {
            vec![word.to_owned()]
        } {
            // There is always a line: it begins with one.
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

/// As much of a text as so many columns hold, for names that people gave and what programs have to say; where something
/// is left out it says so.
pub(super) fn clip(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.chars().take_while(|sign| {
        used += sign.width().unwrap_or(0);
        used <= columns
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}
