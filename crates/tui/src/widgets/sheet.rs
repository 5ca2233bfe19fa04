//! What a screen writes, before it is known how much of it the window shows. A narrow window gets the same pieces below each
//! other; no figure is cut.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::tap::{Tap, TapArea};
use super::wrap::{shorten, wrap};

/// Where a piece begins that has no room at its own place.
const INDENT: u16 = 3;
/// A screen has no more rows than this: the longest list has some hundred.
const MOST_ROWS: usize = 1000;

/// A text at a place.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub x: u16,
    pub text: String,
    pub style: Style,
    pub tap: Option<Tap>,
    /// Part of a chart: it stays where it is.
    pub is_bar: bool,
}

/// A row of a screen.
#[derive(Clone, Debug, Default)]
struct SheetRow {
    /// Of the whole row.
    ground: Option<Style>,
    pieces: Vec<Piece>,
    /// What a tap on the row does.
    tap: Option<Tap>,
    /// A line across, with this style.
    rule: Option<Style>,
}

/// The rows of a screen, as many as it has.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    rows: Vec<SheetRow>,
    /// The row that is to be in sight.
    pub focus: Option<usize>,
    /// The line below all others that stays, with its style.
    pub foot: Option<(String, Style)>,
}

/// A line as it is drawn.
#[derive(Debug, Default)]
pub(crate) struct SheetLine {
    ground: Option<Style>,
    rule: Option<Style>,
    pieces: Vec<Piece>,
    tap: Option<Tap>,
    /// The row that it is of.
    pub row: usize,
}

impl Sheet {
    fn row(&mut self, y: u16) -> Option<&mut SheetRow> {
        let y = usize::from(y);
        if y >= MOST_ROWS {
            return None;
        }
        if self.rows.len() <= y {
            self.rows.resize_with(y + 1, SheetRow::default);
        }
        self.rows.get_mut(y)
    }

    pub(super) fn put(&mut self, y: u16, piece: Piece) {
        if let Some(row) = self.row(y) {
            row.pieces.push(piece);
        }
    }

    pub(super) fn ground(&mut self, y: u16, style: Style) {
        if let Some(row) = self.row(y) {
            row.ground = Some(style);
        }
    }

    pub(super) fn rule(&mut self, y: u16, style: Style) {
        if let Some(row) = self.row(y) {
            row.rule = Some(style);
        }
    }

    pub(super) fn tap(&mut self, y: u16, tap: Tap) {
        if let Some(row) = self.row(y) {
            row.tap = Some(tap);
        }
    }

    /// A tap on what was written last in a row does this.
    pub(super) fn tap_last(&mut self, y: u16, tap: Tap) {
        if let Some(piece) = self.row(y).and_then(|row| row.pieces.last_mut()) {
            piece.tap = Some(tap);
        }
    }

    /// The lines from row `first` on in a window of this width; what is empty at the end is left out.
    pub fn lines(&self, first: u16, width: u16, narrow: bool) -> Vec<SheetLine> {
        let mut lines = Vec::new();
        for (at, row) in self.rows.iter().enumerate().skip(usize::from(first)) {
            if narrow {
                lines.extend(flow(row, at, width));
            } else {
                lines.push(line(row, at, row.pieces.clone()));
            }
        }
        while lines.last().is_some_and(SheetLine::is_empty) {
            lines.pop();
        }
        lines
    }
}

fn line(row: &SheetRow, at: usize, pieces: Vec<Piece>) -> SheetLine {
    SheetLine { ground: row.ground, rule: row.rule, pieces, tap: row.tap, row: at }
}

/// The pieces of a row at their own places as far as they fit there, the others below.
fn flow(row: &SheetRow, at: usize, width: u16) -> Vec<SheetLine> {
    if row.rule.is_some() {
        let room = usize::from(width.saturating_sub(2));
        let short = |piece: &Piece| Piece { text: shorten(&piece.text, room), ..piece.clone() };
        return vec![line(row, at, row.pieces.iter().map(short).collect())];
    }
    let mut lines = vec![Vec::new()];
    let mut end = 0;
    let mut pieces = row.pieces.clone();
    pieces.sort_by_key(|piece| piece.x);
    for mut piece in pieces {
        if piece.is_bar {
            // A chart has as many columns as the window.
            lines[0].push(piece);
            continue;
        }
        let text_width = |text: &str| text.width() as u16;
        let columns = text_width(&piece.text);
        let on_first = lines.len() == 1;
        if on_first && piece.x >= end && piece.x + columns <= width {
            end = piece.x + columns + 1;
        } else if end > 0 && end + 1 + columns < width {
            piece.x = end + 1;
            end = piece.x + columns + 1;
        } else {
            let text = piece.text.trim();
            let x = if end == 0 { piece.x.min(INDENT) } else { INDENT };
            let parts = wrap(text, usize::from(width.saturating_sub(x + 1)));
            for (nth, part) in parts.into_iter().enumerate() {
                if nth > 0 || end > 0 {
                    lines.push(Vec::new());
                }
                end = x + text_width(&part) + 1;
                let last = lines.len() - 1;
                lines[last].push(Piece { x, text: part, ..piece.clone() });
            }
            continue;
        }
        let last = lines.len() - 1;
        lines[last].push(piece);
    }
    lines.into_iter().map(|pieces| line(row, at, pieces)).collect()
}

impl SheetLine {
    fn is_empty(&self) -> bool {
        self.ground.is_none() && self.rule.is_none() && self.pieces.iter().all(|piece| piece.text.trim().is_empty())
    }

    /// Draws it at row `y` of the window, and adds the places that can be tapped.
    pub fn draw(&self, buffer: &mut Buffer, window: Rect, y: u16, taps: &mut Vec<TapArea>) {
        let whole = Rect { y: window.y + y, height: 1, ..window };
        if let Some(style) = self.ground {
            buffer.set_style(whole, style);
        }
        if let Some(style) = self.rule {
            buffer.set_stringn(
                whole.x,
                whole.y,
                "─".repeat(usize::from(window.width)),
                usize::from(window.width),
                style,
            );
        }
        taps.extend(self.tap.map(|tap| TapArea { place: whole, tap }));
        for piece in &self.pieces {
            let room = window.width.saturating_sub(piece.x);
            if room == 0 {
                continue;
            }
            buffer.set_stringn(whole.x + piece.x, whole.y, &piece.text, usize::from(room), piece.style);
            let width = (piece.text.width() as u16).min(room);
            let place = Rect { x: whole.x + piece.x, width, ..whole };
            taps.extend(piece.tap.map(|tap| TapArea { place, tap }));
        }
    }
}
