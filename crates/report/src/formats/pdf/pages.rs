//! Lays out a document on pages of A4 landscape, each page a drawing.

use super::fonts::TextWidths;
use crate::document::drawing::{Anchor, BLUE, Colour, Drawing, GREY, INK, Shape};
use crate::document::{Block, Cell, Document, Table};

/// Width of a page (A4 landscape), points.
pub(super) const WIDTH: f64 = 841.89;
/// Height of a page, points.
pub(super) const HEIGHT: f64 = 595.28;
/// Margin of a page, points.
const MARGIN: f64 = 36.0;
/// Font size of paragraphs, points.
const BODY: f64 = 9.0;
/// Font size of tables, points.
const SMALL: f64 = 6.6;
/// Line height over font size.
const LEAD: f64 = 1.42;
/// Background of the heads of tables.
const HEAD: Colour = (232, 239, 246);

/// The pages of a document.
pub(super) fn pages(document: &Document, widths: &TextWidths<'_>) -> Vec<Drawing> {
    let mut layout = Layout { pages: Vec::new(), y: HEIGHT, widths };
    layout.paragraph(&document.title, 17.0, BLUE);
    for section in &document.sections {
        layout.space(10.0);
        // A heading needs room for some lines below it on the same page.
        layout.need(70.0);
        layout.paragraph(&section.heading, if section.level == 1 { 14.0 } else { 11.5 }, INK);
        for block in &section.blocks {
            match block {
                Block::Note(text) => layout.paragraph(text, BODY, (70, 70, 70)),
                Block::Facts(facts) => layout.facts(facts),
                Block::Table(table) => layout.table(table),
                Block::Chart(drawing) => layout.chart(drawing),
            }
            layout.space(4.0);
        }
    }
    let count = layout.pages.len();
    for (n, page) in layout.pages.iter_mut().enumerate() {
        let foot = format!("{} · {}/{count}", document.title, n + 1);
        page.text((WIDTH / 2.0, HEIGHT - 16.0), foot, Anchor::Middle, GREY);
    }
    layout.pages
}

struct Layout<'a> {
    pages: Vec<Drawing>,
    /// Where the next line begins on the last page, points from the top.
    y: f64,
    widths: &'a TextWidths<'a>,
}

impl Layout<'_> {
    fn page(&mut self) -> &mut Drawing {
        if self.pages.is_empty() {
            self.new_page();
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    fn new_page(&mut self) {
        self.pages.push(Drawing::new("page", String::new(), WIDTH, HEIGHT));
        self.y = MARGIN;
    }

    /// Begins a new page when less than `height` is left; true when it did.
    fn need(&mut self, height: f64) -> bool {
        let full = self.y + height > HEIGHT - MARGIN;
        if full {
            self.new_page();
        }
        full
    }

    fn space(&mut self, height: f64) {
        self.y += height;
    }

    fn write(&mut self, at: (f64, f64), text: String, size: f64, anchor: Anchor, colour: Colour) {
        self.page().shapes.push(Shape::Text { at, text, size, anchor, colour });
    }

    fn paragraph(&mut self, text: &str, size: f64, colour: Colour) {
        for line in self.widths.lines(text, size, WIDTH - 2.0 * MARGIN) {
            self.need(size * LEAD);
            let y = self.y + size;
            self.write((MARGIN, y), line, size, Anchor::Start, colour);
            self.y += size * LEAD;
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        // Two names with their values in a row.
        let column = (WIDTH - 2.0 * MARGIN) / 2.0;
        let name_width = 150.0;
        for pair in facts.chunks(2) {
            let texts: Vec<_> = pair
                .iter()
                .map(|(name, value)| {
                    let lines = |text: &str, width: f64| self.widths.lines(text, SMALL + 1.0, width);
                    (lines(name, name_width - 6.0), lines(value, column - name_width - 8.0))
                })
                .collect();
            let most = texts.iter().map(|(name, value)| name.len().max(value.len())).max().unwrap_or(1);
            let height = most as f64 * (SMALL + 1.0) * LEAD + 3.0;
            self.need(height);
            let top = self.y;
            for (n, (name, value)) in texts.into_iter().enumerate() {
                let x = MARGIN + column * n as f64;
                for (lines, x, colour) in [(name, x, (90, 90, 90)), (value, x + name_width, INK)] {
                    for (row, line) in lines.into_iter().enumerate() {
                        let y = top + (SMALL + 1.0) * (1.0 + LEAD * row as f64);
                        self.write((x, y), line, SMALL + 1.0, Anchor::Start, colour);
                    }
                }
            }
            self.page().line(
                vec![(MARGIN, top + height - 1.0), (WIDTH - MARGIN, top + height - 1.0)],
                HEAD,
                0.5,
                false,
            );
            self.y = top + height;
        }
    }

    /// Widths of the columns: what their cells need, scaled to the page.
    fn column_widths(&self, table: &Table) -> Vec<f64> {
        let room = WIDTH - 2.0 * MARGIN;
        let needed: Vec<f64> = (0..table.heads.len())
            .map(|column| {
                let cells = table.rows.iter().take(400).map(|row| self.widths.text(&row[column].shown(), SMALL));
                let widest = cells.fold(0.0, f64::max).min(190.0);
                // A head may break, but not within a word of ordinary length.
                let head = (self.widths.text(&table.heads[column], SMALL) / 3.0).clamp(22.0, 60.0);
                widest.max(head) + 5.0
            })
            .collect();
        let sum: f64 = needed.iter().sum();
        needed.iter().map(|width| width * (room / sum).min(1.6)).collect()
    }

    fn table(&mut self, table: &Table) {
        let widths = self.column_widths(table);
        let heads: Vec<Cell> = table.heads.iter().cloned().map(Cell::Text).collect();
        self.row(&heads, &widths, true);
        for row in &table.rows {
            if self.row(row, &widths, false) {
                continue;
            }
            // The page was full: the heads again, then the row.
            self.new_page();
            self.row(&heads, &widths, true);
            self.row(row, &widths, false);
        }
    }

    /// Writes a row; returns false, without writing, when it does not fit on the rest of the page.
    fn row(&mut self, cells: &[Cell], widths: &[f64], head: bool) -> bool {
        let lines: Vec<Vec<String>> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| self.widths.lines(&cell.shown(), SMALL, width - 4.0))
            .collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(1);
        let height = most as f64 * SMALL * LEAD + 2.5;
        if head {
            self.need(height + 30.0);
        } else if self.y + height > HEIGHT - MARGIN && self.y > MARGIN + 120.0 {
            return false;
        }
        let top = self.y;
        let table_width: f64 = widths.iter().sum();
        if head {
            self.page().rectangle((MARGIN, top), (table_width, height), HEAD);
        }
        let mut x = MARGIN;
        for ((cell, lines), width) in cells.iter().zip(lines).zip(widths) {
            for (row, line) in lines.into_iter().enumerate() {
                let y = top + SMALL * (1.05 + LEAD * row as f64);
                let (at, anchor) = match cell {
                    Cell::Number(..) => ((x + width - 3.0, y), Anchor::End),
                    _ => ((x + 2.0, y), Anchor::Start),
                };
                self.write(at, line, SMALL, anchor, INK);
            }
            x += width;
        }
        self.page().line(
            vec![(MARGIN, top + height), (MARGIN + table_width, top + height)],
            (215, 215, 215),
            0.4,
            false,
        );
        self.y = top + height;
        true
    }

    fn chart(&mut self, chart: &Drawing) {
        let scale = 0.92;
        let height = chart.height * scale + 18.0;
        self.need(height);
        let (left, top) = (MARGIN, self.y);
        let at = |(x, y): (f64, f64)| (left + x * scale, top + y * scale);
        let all = |points: &[(f64, f64)]| points.iter().copied().map(at).collect::<Vec<_>>();
        let moved: Vec<Shape> = chart
            .shapes
            .iter()
            .map(|shape| match shape.clone() {
                Shape::Line { points, colour, width, dashed } => {
                    Shape::Line { points: all(&points), colour, width: width * scale, dashed }
                }
                Shape::Area { points, colour } => Shape::Area { points: all(&points), colour },
                Shape::Dot { at: place, radius, colour } => {
                    Shape::Dot { at: at(place), radius: radius * scale, colour }
                }
                Shape::Text { at: place, text, size, anchor, colour } => {
                    Shape::Text { at: at(place), text, size: size * scale, anchor, colour }
                }
            })
            .collect();
        self.page().shapes.extend(moved);
        self.y = top + chart.height * scale;
        self.paragraph(&chart.caption, SMALL + 1.0, (90, 90, 90));
    }
}
