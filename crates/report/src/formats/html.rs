//! HTML: one file that runs no script and loads nothing else.

use super::svg::svg;
use crate::document::{Block, Cell, Document, Paper, Section, Table};
use crate::text::ReportText;
use crate::xml::escaped;

/// The style of the page, on screen and on paper.
const STYLE: &str = include_str!("page.css");

/// A document as a page.
pub fn html(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        document.language
    );
    for section in &document.sections {
        let level = section.level + 1;
        let (id, heading) = (escaped(&section.id), escaped(&section.heading));
        let class = if section.new_page { " class=\"page\"" } else { "" };
        let heading = if heading.is_empty() { String::new() } else { format!("<h{level}>{heading}</h{level}>\n") };
        out.extend([format!("<section id=\"{id}\"{class}>\n{heading}")]);
        for block in &section.blocks {
            out += &block_html(block);
        }
        out += "</section>\n";
    }
    out += "</body>\n</html>\n";
    out
}

/// A page with one table, and notes on how to read it.
pub fn table_html(title: &str, table: &Table, notes: &[String], text: &ReportText) -> Vec<u8> {
    let notes = notes.iter().cloned().map(Block::Note);
    let blocks = std::iter::once(Block::Table(table.clone())).chain(notes).collect();
    let section = Section { id: "table".to_owned(), heading: title.to_owned(), level: 1, blocks, new_page: false };
    // A table has no date of its own.
    let page = Document {
        title: title.to_owned(),
        language: text.code(),
        dated_us: 0,
        paper: Paper::A4Landscape,
        sections: vec![section],
    };
    html(&page).into_bytes()
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Lead(text) => format!("<p class=\"lead\">{}</p>\n", escaped(text)),
        Block::Columns(columns) => {
            let column =
                |blocks: &Vec<Block>| format!("<div>\n{}</div>\n", blocks.iter().map(block_html).collect::<String>());
            format!("<div class=\"columns\">\n{}</div>\n", columns.iter().map(column).collect::<String>())
        }
        Block::Signatures(lines) => {
            let line = |line: &String| format!("<div>{}</div>", escaped(line));
            format!("<div class=\"sign\">{}</div>\n", lines.iter().map(line).collect::<String>())
        }
        Block::Note(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Facts(facts) => {
            let row = |(name, value): &(String, String)| {
                format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value))
            };
            format!("<table class=\"facts\">\n{}</table>\n", facts.iter().map(row).collect::<String>())
        }
        Block::Table(table) => table_element(table),
        Block::Code(drawing, text) => {
            let figure = block_html(&Block::Chart(drawing.clone()));
            format!("{figure}<p class=\"code\">{}</p>\n", escaped(text))
        }
        Block::Chart(drawing) => {
            format!("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", svg(drawing), escaped(&drawing.caption))
        }
    }
}

fn table_element(table: &Table) -> String {
    let heads = table.heads.iter().map(|head| format!("<th>{}</th>", escaped(head))).collect::<Vec<_>>().concat();
    let cell = |cell: &Cell| match cell {
        Cell::Number(..) => format!("<td class=\"n\">{}</td>", escaped(&cell.shown())),
        _ => format!("<td>{}</td>", escaped(&cell.shown())),
    };
    let row = |row: &Vec<Cell>| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<Vec<_>>().concat());
    let rows = table.rows.iter().map(row).collect::<Vec<_>>().concat();
    format!("<div class=\"wide\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n")
}
