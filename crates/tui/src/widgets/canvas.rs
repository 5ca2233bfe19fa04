//! Text at fixed places, measured in terminal columns: a Chinese character takes two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::glyphs::BARS;
use super::sheet::{Piece, Sheet};
use super::tap::{Tap, TapArea};
pub(crate) use super::wrap::{clip, wrap};
use crate::theme::{Role, RoleStyles};

/// The screens are laid out for a terminal of this size; a smaller one shows their rows by priority, or a part of them.
pub(crate) const NOMINAL_COLUMNS: u16 = 80;
pub(crate) const NOMINAL_ROWS: u16 = 24;

/// Where texts go.
#[derive(Debug)]
enum Target<'a> {
    /// To the window.
    Window(&'a mut Buffer, Rect),
    /// To a sheet, of which the window shows a part.
    Sheet(Sheet),
}

/// The area that a screen is drawn on. It collects texts that did not fit, so that a test can fail on them.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    target: Target<'a>,
    columns: u16,
    rows: u16,
    window_columns: u16,
    /// The texts that did not fit.
    pub cut: Vec<String>,
    /// The places that can be tapped; a sheet keeps its own.
    pub taps: Vec<TapArea>,
    styles: &'a RoleStyles,
}

impl<'a> Canvas<'a> {
    /// A canvas on the whole window, with the theme's background.
    pub fn new(buffer: &'a mut Buffer, area: Rect, styles: &'a RoleStyles) -> Self {
        buffer.set_style(area, styles.style(Role::Text));
        Self::on(Target::Window(buffer, area), (area.width, area.height), area.width, styles)
    }

    /// A sheet for a window of this size, columns and rows: never smaller than the nominal size.
    pub fn sheet((columns, rows): (u16, u16), styles: &'a RoleStyles) -> Self {
        let size = (columns.max(NOMINAL_COLUMNS), rows.max(NOMINAL_ROWS));
        Self::on(Target::Sheet(Sheet::default()), size, columns, styles)
    }

    const fn on(target: Target<'a>, (columns, rows): (u16, u16), window_columns: u16, styles: &'a RoleStyles) -> Self {
        Self { target, columns, rows, window_columns, cut: Vec::new(), taps: Vec::new(), styles }
    }

    /// What was written on the sheet; nothing of a window.
    pub fn into_sheet(self) -> Sheet {
        match self.target {
            Target::Sheet(sheet) => sheet,
            Target::Window(..) => Sheet::default(),
        }
    }

    /// The window that is drawn on; `None` of a sheet.
    pub const fn window(&mut self) -> Option<(&mut Buffer, Rect)> {
        match &mut self.target {
            Target::Window(buffer, area) => Some((buffer, *area)),
            Target::Sheet(_) => None,
        }
    }

    /// Columns of the window, which may be fewer than those of the sheet: charts have no more.
    pub const fn window_columns(&self) -> u16 {
        self.window_columns
    }

    /// Pieces of a row may come to stand below each other.
    pub const fn is_narrow(&self) -> bool {
        self.window_columns < self.columns
    }

    /// The row that is to be in sight.
    pub const fn focus(&mut self, y: u16) {
        if let Target::Sheet(sheet) = &mut self.target {
            sheet.focus = Some(y as usize);
        }
    }

    /// The line below all others, which stays in sight.
    pub fn foot(&mut self, text: &str, role: Role) {
        let style = self.styles.style(role);
        if let Target::Sheet(sheet) = &mut self.target {
            sheet.foot = Some((text.to_owned(), style));
        }
    }

    /// A tap on row `y` does this.
    pub fn tap_row(&mut self, y: u16, tap: Tap) {
        match &mut self.target {
            Target::Window(_, area) if y < area.height => {
                let place = Rect { y: area.y + y, height: 1, ..*area };
                self.taps.push(TapArea { place, tap });
            }
            Target::Window(..) => {}
            Target::Sheet(sheet) => sheet.tap(y, tap),
        }
    }

    /// A tap on this place does this; in a sheet, on what was written last in row `y`.
    pub fn tap_part(&mut self, x: u16, y: u16, columns: u16, tap: Tap) {
        match &mut self.target {
            Target::Window(_, area) if x < area.width && y < area.height => {
                let place = Rect { x: area.x + x, y: area.y + y, width: columns.min(area.width - x), height: 1 };
                self.taps.push(TapArea { place, tap });
            }
            Target::Window(..) => {}
            Target::Sheet(sheet) => sheet.tap_last(y, tap),
        }
    }

    pub const fn width(&self) -> u16 {
        self.columns
    }

    pub const fn height(&self) -> u16 {
        self.rows
    }

    /// The column for what is at `x` on a screen of 80 columns: a wider screen spreads columns, up to twice as wide.
    pub fn at(&self, x: u16) -> u16 {
        let nominal = u32::from(NOMINAL_COLUMNS);
        let width = u32::from(self.columns).clamp(nominal, 2 * nominal);
        // The margin stays one column.
        let margin = x.min(1);
        margin + (u32::from(x - margin) * width / nominal) as u16
    }

    /// Writes a text at column `x` and row `y` of the area, in at most `columns` columns.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) {
        self.write((x, y), columns, text, self.styles.style(role), false);
    }

    fn write(&mut self, (x, y): (u16, u16), columns: u16, text: &str, style: Style, is_bar: bool) {
        if x >= self.columns {
            return;
        }
        let narrow = self.is_narrow();
        let columns = columns.min(self.columns - x);
        match &mut self.target {
            Target::Window(..) if y >= self.rows => {}
            Target::Window(buffer, area) => {
                if text.width() > usize::from(columns) {
                    self.cut.push(text.to_owned());
                }
                buffer.set_stringn(area.x + x, area.y + y, text, usize::from(columns), style);
            }
            Target::Sheet(sheet) => {
                let fits = text.width() <= usize::from(columns);
                if !fits && !narrow {
                    self.cut.push(text.to_owned());
                }
                let text = if fits || narrow { text.to_owned() } else { clip(text, usize::from(columns)) };
                sheet.put(y, Piece { x, text, style, tap: None, is_bar });
            }
        }
    }

    /// Writes a part of a chart, which stays where it is in a narrow window too.
    pub fn mark(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) {
        self.write((x, y), columns, text, self.styles.style(role), true);
    }

    /// Writes a text with a style of its own; what does not fit is left out.
    pub fn put_styled(&mut self, x: u16, y: u16, text: &str, style: Style) {
        if x < self.columns {
            let columns = self.columns - x;
            self.write((x, y), columns, &clip(text, usize::from(columns)), style, false);
        }
    }

    /// Writes a part of a picture: in a narrow window too it stays at its place, and what is outside is left out.
    pub fn put_part(&mut self, x: u16, y: u16, text: &str, style: Style) {
        let columns = self.window_columns.min(self.columns);
        if x < columns && y < self.rows {
            self.write((x, y), columns - x, &clip(text, usize::from(columns - x)), style, true);
        }
    }

    /// Writes a text from column `x` to the right edge at most.
    pub fn rest(&mut self, x: u16, y: u16, text: &str, role: Role) {
        self.put(x, y, self.columns.saturating_sub(x), text, role);
    }

    /// Writes a line with a margin of one column.
    pub fn line(&mut self, y: u16, text: &str, role: Role) {
        self.put(1, y, self.columns.saturating_sub(1), text, role);
    }

    /// Writes a text in as many lines as it needs, at most `max_rows`, and returns how many.
    pub fn paragraph(&mut self, x: u16, y: u16, max_rows: u16, text: &str, role: Role) -> u16 {
        let lines = wrap(text, usize::from(self.columns.saturating_sub(x + 1)));
        let count = lines.len() as u16;
        if self.is_narrow() {
            // One piece, which the narrow window breaks anew.
            self.rest(x, y, text, role);
            return max_rows.min(1);
        }
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
        let columns = (text.width() as u16).min(self.columns);
        self.put(self.columns - columns, y, columns, text, role);
    }

    /// Gives a whole row the style of a role.
    pub fn fill_line(&mut self, y: u16, role: Role) {
        let style = self.styles.style(role);
        match &mut self.target {
            Target::Window(buffer, area) if y < area.height => {
                let line = Rect { y: area.y + y, height: 1, ..*area };
                buffer.set_style(line, style);
            }
            Target::Window(..) => {}
            Target::Sheet(sheet) => sheet.ground(y, style),
        }
    }

    /// A horizontal line with a title.
    pub fn rule(&mut self, y: u16, title: &str) {
        let style = self.styles.style(Role::Label);
        match &mut self.target {
            Target::Window(..) => self.put(0, y, self.columns, &"─".repeat(usize::from(self.columns)), Role::Label),
            Target::Sheet(sheet) => sheet.rule(y, style),
        }
        if !title.is_empty() {
            self.put(1, y, self.columns.saturating_sub(2), &format!(" {title} "), Role::Value);
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
                    let style = self.styles.style(role);
                    self.write((place.x + column as u16, y), 1, BARS[usize::from(part) - 1], style, true);
                }
            }
        }
    }
}
