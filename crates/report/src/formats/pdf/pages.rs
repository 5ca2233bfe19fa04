//! Lays out a document on pages, each page a drawing.

use super::fonts::TextWidths;
use crate::document::drawing::{Anchor, BLUE, Colour, Drawing, GREY, INK, Shape};
use crate::document::{Block, Cell, Document, Paper, Table};

/// Width and height of the paper, points (ISO 216).
const fn size_of(paper: Paper) -> (f64, f64) {
    match paper {
        Paper::A4Landscape => (841.89, 595.28),
        Paper::A5Portrait => (419.53, 595.28),
    }
}

/// Margin of a page, points.
const MARGIN: f64 = 30.0;
/// Between columns, points.
const GAP: f64 = 16.0;
/// Font size of the sentence that says it all, points.
const LEAD_SIZE: f64 = 13.5;
/// Height of the room for a signature and a stamp, points.
const SIGN: f64 = 48.0;
/// Font size of paragraphs, points.
const BODY: f64 = 9.0;
/// Font size of tables, points.
const SMALL: f64 = 6.6;
/// The same on the first page.
const FIRST: f64 = 7.6;
/// Line height over font size.
const LEAD: f64 = 1.42;
/// Background of the heads of tables.
const HEAD: Colour = (232, 239, 246);

/// The pages of a document.
pub(super) fn pages(document: &Document, widths: &TextWidths<'_>) -> Vec<Drawing> {
    let (width, height) = size_of(document.paper);
    let mut layout = Layout {
        pages: Vec::new(),
        size: (width, height),
        y: height,
        left: MARGIN,
        width: width - 2.0 * MARGIN,
        small: SMALL,
        widths,
    };
    layout.paragraph(&document.title, 15.0, BLUE);
    for section in &document.sections {
        layout.space(8.0);
        if section.new_page && layout.y > MARGIN + 40.0 {
            layout.new_page();
        }
        // A heading needs room for some lines below it on the same page.
        layout.need(70.0);
        if !section.heading.is_empty() {
            layout.paragraph(&section.heading, if section.level == 1 { 13.0 } else { 11.0 }, INK);
        }
        layout.small = if is_first(&section.blocks) { FIRST } else { SMALL };
        layout.blocks(&section.blocks);
    }
    let count = layout.pages.len();
    for (n, page) in layout.pages.iter_mut().enumerate() {
        let foot = format!("{} · {}/{count}", document.title, n + 1);
        page.text((page.width / 2.0, page.height - 14.0), foot, Anchor::Middle, GREY);
    }
    layout.pages
}

/// True for what is read first: it has the sentence that says it all, and larger letters.
fn is_first(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Lead(_) => true,
        Block::Columns(columns) => columns.iter().any(|blocks| is_first(blocks)),
        _ => false,
    })
}

struct Layout<'a> {
    pages: Vec<Drawing>,
    /// Width and height of a page.
    size: (f64, f64),
    /// Where the next line begins on the last page, points from the top.
    y: f64,
    /// Left edge and width of the column that is written.
    left: f64,
    width: f64,
    /// Font size of tables and facts.
    small: f64,
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
        let (width, height) = self.size;
        self.pages.push(Drawing::new("page", String::new(), width, height));
        self.y = MARGIN;
    }

    /// Begins a new page when less than `height` is left; true when it did.
    fn need(&mut self, height: f64) -> bool {
        let full = self.y + height > self.size.1 - MARGIN;
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
        for line in self.widths.lines(text, size, self.width) {
            self.need(size * LEAD);
            let y = self.y + size;
            self.write((self.left, y), line, size, Anchor::Start, colour);
            self.y += size * LEAD;
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Lead(text) => self.paragraph(text, LEAD_SIZE, INK),
                Block::Note(text) => self.paragraph(text, BODY, (70, 70, 70)),
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table),
                Block::Chart(drawing) | Block::Code(drawing, _) => self.chart(drawing),
                Block::Columns(columns) => self.columns(columns),
                Block::Signatures(lines) => self.signatures(lines),
            }
            self.space(4.0);
        }
    }

    /// Columns side by side from here on, on one page; a code is as narrow as it is.
    fn columns(&mut self, columns: &[Vec<Block>]) {
        let (left, width, top) = (self.left, self.width, self.y);
        let page = self.pages.len();
        let narrow = |blocks: &Vec<Block>| match blocks.as_slice() {
            [Block::Code(code, _)] => Some(code.width),
            [] => Some(0.0),
            _ => None,
        };
        let taken: f64 = columns.iter().filter_map(narrow).sum();
        let wide = columns.iter().filter(|blocks| narrow(blocks).is_none()).count().max(1);
        let each = (width - taken - GAP * (columns.len() as f64 - 1.0)) / wide as f64;
        let mut bottom = top;
        for blocks in columns {
            self.width = narrow(blocks).unwrap_or(each);
            // What does not fit on this page goes on on the next, below what the other columns have there.
            if self.pages.len() == page {
                self.y = top;
            }
            self.blocks(blocks);
            bottom = if self.pages.len() == page { bottom.max(self.y) } else { self.y };
            self.left += self.width + GAP;
        }
        (self.left, self.width, self.y) = (left, width, bottom);
    }

    /// Boxes to sign in, the last one wider and dashed for the stamp.
    fn signatures(&mut self, lines: &[String]) {
        self.need(SIGN + 6.0);
        let each = (self.width - GAP * (lines.len() as f64 - 1.0)) / lines.len().max(1) as f64;
        let top = self.y;
        for (n, line) in lines.iter().enumerate() {
            let x = self.left + (each + GAP) * n as f64;
            for (row, line) in self.widths.lines(line, self.small + 1.0, each - 4.0).into_iter().enumerate() {
                let y = top + (self.small + 1.0) * (1.0 + LEAD * row as f64);
                self.write((x + 2.0, y), line, self.small + 1.0, Anchor::Start, (90, 90, 90));
            }
            let bottom = top + SIGN;
            if n + 1 == lines.len() {
                let frame =
                    vec![(x, top - 2.0), (x + each, top - 2.0), (x + each, bottom), (x, bottom), (x, top - 2.0)];
                self.page().line(frame, GREY, 0.8, true);
            } else {
                self.page().line(vec![(x, bottom), (x + each, bottom)], INK, 0.7, false);
            }
        }
        self.y = top + SIGN + 4.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        // Two names with their values in a row; one in a narrow column.
        let beside = if self.width > 500.0 { 2 } else { 1 };
        let column = self.width / beside as f64;
        let name_width = if beside == 2 { 150.0 } else { (0.42 * column).min(150.0) };
        let left = self.left;
        for pair in facts.chunks(beside) {
            let texts: Vec<_> = pair
                .iter()
                .map(|(name, value)| {
                    let lines = |text: &str, width: f64| self.widths.lines(text, self.small + 1.0, width);
                    (lines(name, name_width - 6.0), lines(value, column - name_width - 8.0))
                })
                .collect();
            let most = texts.iter().map(|(name, value)| name.len().max(value.len())).max().unwrap_or(1);
            let height = most as f64 * (self.small + 1.0) * LEAD + 3.0;
            self.need(height);
            let top = self.y;
            for (n, (name, value)) in texts.into_iter().enumerate() {
                let x = left + column * n as f64;
                for (lines, x, colour) in [(name, x, (90, 90, 90)), (value, x + name_width, INK)] {
                    for (row, line) in lines.into_iter().enumerate() {
                        let y = top + (self.small + 1.0) * (1.0 + LEAD * row as f64);
                        self.write((x, y), line, self.small + 1.0, Anchor::Start, colour);
                    }
                }
            }
            let right = left + self.width;
            self.page().line(vec![(left, top + height - 1.0), (right, top + height - 1.0)], HEAD, 0.5, false);
            self.y = top + height;
        }
    }

    /// Widths of the columns: what their cells need, scaled to the page.
    fn column_widths(&self, table: &Table) -> Vec<f64> {
        let room = self.width;
        let needed: Vec<f64> = (0..table.heads.len())
            .map(|column| {
                let cells = table.rows.iter().take(400).map(|row| self.widths.text(&row[column].shown(), self.small));
                let widest = cells.fold(0.0, f64::max).min(190.0);
                // A head may break, but not within a word of ordinary length.
                let head = (self.widths.text(&table.heads[column], self.small) / 3.0).clamp(22.0, 60.0);
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
            .map(|(cell, width)| self.widths.lines(&cell.shown(), self.small, width - 4.0))
            .collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(1);
        let height = most as f64 * self.small * LEAD + 2.5;
        if head {
            self.need(height + 30.0);
        } else if self.y + height > self.size.1 - MARGIN && self.y > MARGIN + 120.0 {
            return false;
        }
        let top = self.y;
        let table_width: f64 = widths.iter().sum();
        if head {
            let left = self.left;
            self.page().rectangle((left, top), (table_width, height), HEAD);
        }
        let left = self.left;
        let mut x = left;
        for ((cell, lines), width) in cells.iter().zip(lines).zip(widths) {
            for (row, line) in lines.into_iter().enumerate() {
                let y = top + self.small * (1.05 + LEAD * row as f64);
                let (at, anchor) = match cell {
                    Cell::Number(..) => ((x + width - 3.0, y), Anchor::End),
                    _ => ((x + 2.0, y), Anchor::Start),
                };
                self.write(at, line, self.small, anchor, INK);
            }
            x += width;
        }
        let line = vec![(left, top + height), (left + table_width, top + height)];
        self.page().line(line, (215, 215, 215), 0.4, false);
        self.y = top + height;
        true
    }

    fn chart(&mut self, chart: &Drawing) {
        let scale = (self.width / chart.width).min(0.92);
        let height = chart.height * scale + 18.0;
        self.need(height);
        let (left, top) = (self.left, self.y);
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
        if chart.caption.is_empty() {
            return;
        }
        self.paragraph(&chart.caption, self.small + 1.0, (90, 90, 90));
    }
}
