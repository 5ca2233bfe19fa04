//! A table on its own: as CSV, JSON and a page.

use serde_json::Value;

use super::ReportError;
use super::document::{Block, Cell, Document, Section, Table};
use super::text::ReportText;

/// CSV with a byte-order mark, which spreadsheet programs need to read Chinese. A text that such a program would take
/// for a formula begins with an apostrophe.
pub fn table_csv(table: &Table) -> Result<Vec<u8>, ReportError> {
    let mut rows = csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
    rows.write_record(&table.heads).map_err(super::io_error)?;
    for row in &table.rows {
        let texts = row.iter().map(|cell| match cell {
            Cell::Text(text) => no_formula(text),
            other => other.shown(),
        });
        rows.write_record(texts).map_err(super::io_error)?;
    }
    rows.into_inner().map_err(|error| ReportError::Write(error.into_error()))
}

/// The text, with an apostrophe before what begins a formula.
pub fn no_formula(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '=', '+', '-', '@']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// A page with the table and what a reader must know of it.
pub fn table_html(title: &str, table: &Table, notes: &[String], tongue: &ReportText) -> Vec<u8> {
    let notes = notes.iter().cloned().map(Block::Note);
    let blocks = std::iter::once(Block::Table(table.clone())).chain(notes).collect();
    let section = Section { id: "table".to_owned(), heading: title.to_owned(), level: 1, blocks };
    // A table has no date of its own.
    let page = Document { title: title.to_owned(), language: tongue.code(), dated_us: 0, sections: vec![section] };
    super::html(&page).into_bytes()
}

/// A list of objects, named by the heads; null is unknown.
pub fn table_json(table: &Table) -> Value {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number, _) => serde_json::json!(number),
        Cell::Text(text) => text.as_str().into(),
        Cell::Time(t_us) => super::utc(*t_us).into(),
    };
    let object = |row: &Vec<Cell>| {
        Value::Object(table.heads.iter().zip(row).map(|(head, cell)| (head.clone(), value(cell))).collect())
    };
    table.rows.iter().map(object).collect()
}
