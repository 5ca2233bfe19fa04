//! XLSX: a workbook with the first page, minutes, log, pans and the measuring sheets, whose formulas can be followed. Every text is written as text: a name that begins with `=` is not a formula.

mod front_sheet;
mod measuring_sheet;
mod page_setup;
mod picture;
mod sheet;
mod style;

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use self::sheet::{excel_time, write_rows, write_table, write_texts};
use self::style::CellFormats;
use crate::document::point_sheet::filled_sheet;
use crate::document::{Table, compose, driver_tables, loss_sheet, pan_table, point_table, records, tables};
use crate::error::ReportError;
use crate::model::{MAX_DETAILED_SESSIONS, Report, SessionReport};
use crate::points::PointReport;
use crate::text::ReportText;

/// Most measuring sheets in one workbook (assumed: more are not filled in).
const MAX_SHEETS: usize = 50;

/// Writes the workbook of a report as it is packed: the whole file is never in memory.
///
/// # Errors
///
/// The labels of the measuring sheet cannot be read, or the workbook cannot be made or written.
pub fn write_xlsx(report: Report, text: &ReportText, out: &mut (dyn Write + Send)) -> Result<(), ReportError> {
    let mut book = make(&report, text)?;
    // A season's report is as large as its workbook.
    drop(report);
    let mut out = Remembering { out, failed: None };
    book.save_to_writer(&mut out).map_err(|error| match out.failed.take() {
        Some(failed) => ReportError::Write(failed),
        None => ReportError::Workbook(error.to_string()),
    })
}

/// Remembers why a write failed: the workbook's own error says it in words only.
struct Remembering<'a> {
    out: &'a mut (dyn Write + Send),
    failed: Option<io::Error>,
}

impl Remembering<'_> {
    fn remember<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        written.map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }
}

impl Write for Remembering<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.remember(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.out.flush();
        self.remember(written)
    }
}

fn make(report: &Report, text: &ReportText) -> Result<Workbook, ReportError> {
    let failed = |error: XlsxError| ReportError::Workbook(error.to_string());
    let mut book = Workbook::new();
    let dated = excel_time(compose::dated_us(report)).map_err(failed)?;
    let properties = DocProperties::new().set_title(compose::title(report, text)).set_creation_datetime(&dated);
    book.set_properties(&properties.set_author(concat!("grainloss ", env!("CARGO_PKG_VERSION"))));
    let formats = CellFormats::new();
    let sessions = report.sessions.as_slice();
    let minutes = text.get("report-sheet-minutes");
    let part = text.get("report-xlsx-part");
    let sheet = book.add_worksheet();
    if let [one] = sessions {
        let minutes = front_sheet::Minutes { sheet: &minutes, rows: one.minutes.len() as u32 };
        front_sheet::session(sheet, report, one, &minutes, text, &formats).map_err(failed)?;
        details(book.add_worksheet(), report, one, text, &formats).map_err(failed)?;
    } else {
        front_sheet::many(sheet, report, text, &formats).map_err(failed)?;
        let table = tables::overview(report, text);
        list(book.add_worksheet(), "sessions", &table, None, text, &formats).map_err(failed)?;
        let sheet = book.add_worksheet();
        sheet.set_name(text.get("report-sheet-drivers")).map_err(failed)?;
        let row = write_table(sheet, 0, &driver_tables::drivers(sessions, text), &formats).map_err(failed)?;
        write_table(sheet, row + 1, &driver_tables::habits(sessions, text), &formats).map_err(failed)?;
        page_setup::page_setup(sheet, None, sessions.len().div_ceil(20) as u16).map_err(failed)?;
    }
    // A report of many sessions is not printed minute by minute: the first page shows what there is.
    let most_pages = |pages: u32| (sessions.len() > 1).then_some(pages);
    // The minutes of a season are hundreds of thousands of cells: each row goes to a temporary file when it is complete.
    let sheet = book.add_worksheet_with_low_memory().map_err(failed)?;
    sheet.set_name(&minutes).map_err(failed)?;
    let heads = tables::minute_heads(sessions, text);
    let rows = write_rows(sheet, 0, &heads, tables::minute_rows(sessions, text), &formats).map_err(failed)? - 1;
    page_setup::list(sheet, heads.len(), rows, most_pages(1), &part).map_err(failed)?;
    let log = records::log(sessions, text);
    if !log.rows.is_empty() {
        list(book.add_worksheet(), "log", &log, most_pages(2), text, &formats).map_err(failed)?;
    }
    let pans = pan_table::pans(sessions, text);
    if !pans.rows.is_empty() {
        list(book.add_worksheet(), "pans", &pans, most_pages(2), text, &formats).map_err(failed)?;
    }
    // The forms are of a session each: a report of many has none.
    let detailed = sessions.iter().filter(|_| sessions.len() <= MAX_DETAILED_SESSIONS);
    for session in detailed {
        let loss = loss_sheet::sheet(session, text).map_err(ReportError::Knowledge)?;
        let sheet = book.add_worksheet();
        let name = if sessions.len() == 1 {
            text.get("report-sheet-measured")
        } else {
            format!("{} {}", text.get("report-sheet-measured"), session.id)
        };
        sheet.set_name(name).map_err(failed)?;
        // Programs that do not evaluate formulas show this: an empty text, not a 0.
        sheet.set_formula_result_default("");
        measuring_sheet::write(sheet, &loss, text, &formats).map_err(failed)?;
        page_setup::page_setup(sheet, None, 1).map_err(failed)?;
        for point in &session.points {
            point_sheet(&mut book, point, text, &formats)?;
        }
    }
    Ok(book)
}

/// The bytes of a workbook of measured points: a table of all of them, and the form of each, its arithmetic as formulas.
///
/// # Errors
///
/// The labels of the measuring sheet cannot be read, or the workbook cannot be made.
pub fn points_xlsx(points: &[PointReport], text: &ReportText) -> Result<Vec<u8>, ReportError> {
    let failed = |error: XlsxError| ReportError::Workbook(error.to_string());
    let mut book = Workbook::new();
    let dated = points.iter().map(|point| point.stored.made_us).max().unwrap_or(0);
    let dated = excel_time(dated).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_title(text.get("point-document")).set_creation_datetime(&dated));
    let formats = CellFormats::new();
    for point in points.iter().take(MAX_SHEETS) {
        point_sheet(&mut book, point, text, &formats)?;
    }
    let sheet = book.add_worksheet();
    sheet.set_name(text.get("point-sheet-all")).map_err(failed)?;
    let table = point_table(points, text);
    write_table(sheet, 0, &table, &formats).map_err(failed)?;
    page_setup::list(sheet, table.heads.len(), table.rows.len() as u32, None, "").map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

/// The form of a measured point.
fn point_sheet(
    book: &mut Workbook,
    point: &PointReport,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), ReportError> {
    let failed = |error: XlsxError| ReportError::Workbook(error.to_string());
    let loss = filled_sheet(point, text).map_err(ReportError::Knowledge)?;
    let sheet = book.add_worksheet();
    let name = text.with("point-sheet", &[("id", &point.stored.id.to_string())]);
    sheet.set_name(name).map_err(failed)?;
    sheet.set_formula_result_default("");
    measuring_sheet::write(sheet, &loss, text, formats).map_err(failed)?;
    page_setup::page_setup(sheet, None, 1).map_err(failed)
}

/// The bytes of a workbook with one table; `name` is that of the sheet.
///
/// # Errors
///
/// The workbook cannot be made, such as when `name` is not a valid name of a sheet.
pub fn table_xlsx(name: &str, table: &Table) -> Result<Vec<u8>, ReportError> {
    let write = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // A table has no date of its own: a fixed one, so that the same table gives the same bytes.
        book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2025, 1, 1)?));
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        write_table(sheet, 0, table, &CellFormats::new())?;
        page_setup::list(sheet, table.heads.len(), table.rows.len() as u32, None, "")?;
        book.save_to_buffer()
    };
    write().map_err(|error| ReportError::Workbook(error.to_string()))
}

/// A sheet that is one list.
fn list(
    sheet: &mut Worksheet,
    key: &str,
    table: &Table,
    most_pages: Option<u32>,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    sheet.set_name(text.get(&format!("report-sheet-{key}")))?;
    write_table(sheet, 0, table, formats)?;
    page_setup::list(sheet, table.heads.len(), table.rows.len() as u32, most_pages, &text.get("report-xlsx-part"))
}

/// The second sheet of a session: names, limits, drivers, habits, and how to read it all.
fn details(
    sheet: &mut Worksheet,
    report: &Report,
    s: &SessionReport,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    sheet.set_name(text.get("report-sheet-details"))?;
    sheet.set_default_row_height(18);
    let one = std::slice::from_ref(s);
    let mut row = write_texts(sheet, 0, &tables::named_facts(s, text), 16, formats)?;
    for table in [tables::limits(s, text), driver_tables::drivers(one, text), driver_tables::habits(one, text)] {
        if !table.rows.is_empty() {
            row = write_table(sheet, row + 1, &table, formats)?;
        }
    }
    row += 1;
    for note in compose::how_to_read(report, text) {
        sheet.merge_range(row, 0, row, 15, &note, &formats.plain)?;
        row += 1;
    }
    // Documents and identifiers of the limits are long.
    sheet.set_column_width(0, 30)?.set_column_width(3, 48)?.set_column_width(4, 24)?;
    page_setup::page_setup(sheet, None, 1)
}
