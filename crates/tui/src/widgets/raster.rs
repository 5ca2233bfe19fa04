//! Lines and dots in the cells of the terminal: eight braille dots in a cell, or one sign where these would be unseen.

use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;

/// Dots of a cell, across and down.
pub(crate) const DOTS: (i32, i32) = (2, 4);
/// The first braille sign: no dot.
const BRAILLE: u32 = 0x2800;
/// The bits of the dots, by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// How something is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    pub style: Style,
    /// In a cell that two things go through the higher rank gives colour and sign.
    pub rank: f64,
    /// The sign where there is no braille.
    pub sign: char,
}

#[derive(Clone, Debug)]
struct Cell {
    dots: u8,
    ink: Option<Ink>,
    /// A text lies over the dots.
    text: Option<(String, Style)>,
}

/// A picture of so many cells; dots count from the upper left.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    columns: u16,
    rows: u16,
    has_braille: bool,
    cells: Vec<Cell>,
}

impl Raster {
    pub fn new(columns: u16, rows: u16, has_braille: bool) -> Self {
        let cell = Cell { dots: 0, ink: None, text: None };
        Self { columns, rows, has_braille, cells: vec![cell; usize::from(columns) * usize::from(rows)] }
    }

    /// Dots across and down.
    pub fn dots(&self) -> (i32, i32) {
        (i32::from(self.columns) * DOTS.0, i32::from(self.rows) * DOTS.1)
    }

    fn cell(&mut self, column: i32, row: i32) -> Option<&mut Cell> {
        let inside = (0..i32::from(self.columns)).contains(&column) && (0..i32::from(self.rows)).contains(&row);
        inside.then(|| &mut self.cells[row as usize * usize::from(self.columns) + column as usize])
    }

    /// A dot; outside of the picture none.
    pub fn dot(&mut self, x: i32, y: i32, ink: Ink) {
        if let Some(cell) = self.cell(x.div_euclid(DOTS.0), y.div_euclid(DOTS.1)) {
            cell.dots |= BITS[y.rem_euclid(DOTS.1) as usize][x.rem_euclid(DOTS.0) as usize];
            if cell.ink.is_none_or(|before| before.rank <= ink.rank) {
                cell.ink = Some(ink);
            }
        }
    }

    /// A line between two dots.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        /// A longer line goes far outside of any window.
        const LONGEST: f64 = 20_000.0;
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil();
        if !steps.is_finite() || steps > LONGEST {
            return;
        }
        for step in 0..=steps as i32 {
            let part = if steps > 0.0 { f64::from(step) / steps } else { 0.0 };
            let at = |from: f64, to: f64| (from + part * (to - from)).floor() as i32;
            self.dot(at(from.0, to.0), at(from.1, to.1), ink);
        }
    }

    /// A text that begins in the cell of this dot; what is outside is left out.
    pub fn text(&mut self, x: i32, y: i32, text: &str, style: Style) {
        let (mut column, row) = (x.div_euclid(DOTS.0), y.div_euclid(DOTS.1));
        for sign in text.chars() {
            let sign = sign.to_string();
            let width = sign.width() as i32;
            // A wide sign has its second column to itself.
            if column + width > i32::from(self.columns) {
                return;
            }
            for part in 0..width {
                let sign = if part == 0 { sign.clone() } else { String::new() };
                if let Some(cell) = self.cell(column + part, row) {
                    cell.text = Some((sign, style));
                }
            }
            column += width;
        }
    }

    /// Draws it at this column and row. Cells of one style are written together.
    pub fn draw(&self, canvas: &mut Canvas<'_>, x: u16, y: u16) {
        for row in 0..self.rows {
            let mut run: Option<(u16, String, Style)> = None;
            for column in 0..self.columns {
                let cell = &self.cells[usize::from(row) * usize::from(self.columns) + usize::from(column)];
                let shown = match (&cell.text, cell.ink) {
                    (Some((text, style)), _) => Some((text.clone(), *style)),
                    (None, Some(ink)) if self.has_braille => {
                        Some((char::from_u32(BRAILLE + u32::from(cell.dots)).unwrap_or(' ').to_string(), ink.style))
                    }
                    (None, Some(ink)) => Some((ink.sign.to_string(), ink.style)),
                    (None, None) => None,
                };
                run = match (run, shown) {
                    (Some((from, mut text, style)), Some((more, same))) if style == same => {
                        text.push_str(&more);
                        Some((from, text, style))
                    }
                    (before, shown) => {
                        if let Some((from, text, style)) = before {
                            canvas.put_part(x + from, y + row, &text, style);
                        }
                        shown.map(|(text, style)| (column, text, style))
                    }
                };
            }
            if let Some((from, text, style)) = run {
                canvas.put_part(x + from, y + row, &text, style);
            }
        }
    }

    /// The signs of a row, for tests.
    #[cfg(test)]
    pub fn row_text(&self, row: u16) -> String {
        let cells = self.cells.iter().skip(usize::from(row) * usize::from(self.columns));
        let sign = |cell: &Cell| match (&cell.text, cell.ink) {
            (Some((text, _)), _) => text.clone(),
            (None, Some(ink)) if !self.has_braille => ink.sign.to_string(),
            (None, Some(_)) => char::from_u32(BRAILLE + u32::from(cell.dots)).unwrap().to_string(),
            (None, None) => " ".to_owned(),
        };
        cells.take(usize::from(self.columns)).map(sign).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_is_the_bit_of_its_place_and_the_higher_rank_gives_the_sign() {
        let ink = |rank, sign| Ink { style: Style::new(), rank, sign };
        let mut raster = Raster::new(3, 2, true);
        // Braille dot 1 is the upper left, dot 8 the lower right: U+2801, U+2880.
        raster.dot(0, 0, ink(0.0, '.'));
        raster.dot(3, 3, ink(0.0, '.'));
        raster.dot(-1, 0, ink(0.0, '.'));
        raster.dot(6, 0, ink(0.0, '.'));
        assert_eq!(raster.row_text(0), "\u{2801}\u{2880} ");
        // Along the fifth row of dots: the uppermost of the second row of cells, dots 1 and 4.
        raster.line((0.0, 4.0), (3.0, 4.0), ink(0.0, '.'));
        assert_eq!(raster.row_text(1), "\u{2809}\u{2809} ");
        let mut plain = Raster::new(1, 1, false);
        for (rank, sign) in [(0.5, '-'), (2.0, '#'), (1.0, '+')] {
            plain.dot(0, 0, ink(rank, sign));
        }
        assert_eq!(plain.row_text(0), "#", "the highest loss is seen, whatever was drawn after it");
    }
}
