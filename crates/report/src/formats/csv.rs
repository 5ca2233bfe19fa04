//! CSV: the seconds of a session, or one table.

use std::io::{self, Write};

use crate::document::{Cell, Table};
use crate::error::ReportError;
use grainloss_core::clean_text::clean_line;
use grainloss_core::record::COLUMNS;
use grainloss_journal::{Journal, Session};

/// The columns that say where the machine was: empty in a redacted report.
const PLACE_COLUMNS: [&str; 3] = ["latitude_deg", "longitude_deg", "course_deg"];

/// Writes one row a second, with the columns of the trace. An unknown value is an empty field; so is a place in a
/// redacted report.
///
/// # Errors
///
/// The journal cannot be read, or `out` cannot be written.
pub fn write_csv(journal: &Journal, session: &Session, redact: bool, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(COLUMNS.iter().map(|column| column.name)).map_err(io_error)?;
    let hidden = |column: usize| redact && PLACE_COLUMNS.contains(&COLUMNS[column].name);
    journal.each_second(session.id, |fields| {
        let fields = fields.iter().enumerate().map(|(column, field)| if hidden(column) { "" } else { field.as_str() });
        rows.write_record(fields).map_err(io_error)
    })??;
    rows.flush()?;
    Ok(())
}

/// A table as CSV, with a byte-order mark, which spreadsheet programs need to read Chinese. A text that such a program
/// would take for a formula begins with an apostrophe, and what a terminal would obey is spelled out, `\u001b`: a row is
/// one line.
///
/// # Errors
///
/// The rows are not all as long as the heads.
pub fn table_csv(table: &Table) -> Result<Vec<u8>, ReportError> {
    let mut rows = ::csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
    rows.write_record(&table.heads).map_err(io_error)?;
    for row in &table.rows {
        let fields = row.iter().map(|cell| match cell {
            Cell::Text(text) => without_formula(text),
            other => other.shown(),
        });
        rows.write_record(fields).map_err(io_error)?;
    }
    rows.into_inner().map_err(|error| ReportError::Write(error.into_error()))
}

/// The text, with an apostrophe in front where a spreadsheet program would take it for a formula.
fn without_formula(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '=', '+', '-', '@']);
    let text = clean_line(text);
    if formula { format!("'{text}") } else { text.into_owned() }
}

/// Keeps the kind of an I/O error: a closed pipe is not a failure.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
