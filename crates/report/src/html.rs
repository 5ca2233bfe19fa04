//! The page: one file that needs nothing else, runs no script and fetches nothing.

use super::document::{Block, Cell, Document, Table};
use super::svg::{escaped, svg};

/// What the page looks like, on a screen and on paper.
const STYLE: &str = include_str!("page.css");

/// The whole page.
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
        out.extend([format!("<section id=\"{id}\">\n<h{level}>{heading}</h{level}>\n")]);
        for block in &section.blocks {
            out += &block_html(block);
        }
        out += "</section>\n";
    }
    out += "</body>\n</html>\n";
    out
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Note(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Facts(facts) => {
            let row = |(name, value): &(String, String)| {
                format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value))
            };
            format!("<table class=\"facts\">\n{}</table>\n", facts.iter().map(row).collect::<String>())
        }
        Block::Table(table) => table_html(table),
        Block::Chart(drawing) => {
            format!("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", svg(drawing), escaped(&drawing.caption))
        }
    }
}

fn table_html(table: &Table) -> String {
    let heads = table.heads.iter().map(|head| format!("<th>{}</th>", escaped(head))).collect::<Vec<_>>().concat();
    let cell = |cell: &Cell| match cell {
        Cell::Number(..) => format!("<td class=\"n\">{}</td>", escaped(&cell.shown())),
        _ => format!("<td>{}</td>", escaped(&cell.shown())),
    };
    let row = |row: &Vec<Cell>| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<Vec<_>>().concat());
    let rows = table.rows.iter().map(row).collect::<Vec<_>>().concat();
    format!("<div class=\"wide\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n")
}
