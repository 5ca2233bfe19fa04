//! XLSX: a workbook with summary, minutes, pans, alarms, settings and the measuring sheets, whose formulas can be
//! followed. Every text is written as text: a name that begins with `=` is not a formula.

mod measuring_sheet;
mod style;

use rust_xlsxwriter::{Chart, ChartType, DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use self::style::CellFormats;
use crate::document::point_sheet::filled_sheet;
use crate::document::{Cell, Table, compose, driver_tables, loss_sheet, pan_table, point_table, tables};
use crate::error::ReportError;
use crate::model::Report;
use crate::points::PointReport;
use crate::text::ReportText;
use grainloss_knowledge::local_time::date_and_time;

/// Most measuring sheets in one workbook (assumed: more are not filled in).
const MAX_SHEETS: usize = 50;

/// The bytes of the workbook of a report.
///
/// # Errors
///
/// The labels of the measuring sheet cannot be read, or the workbook cannot be made.
pub fn xlsx(report: &Report, text: &ReportText) -> Result<Vec<u8>, ReportError> {
    make(report, text)?.save_to_buffer().map_err(|error| ReportError::Workbook(error.to_string()))
}

fn make(report: &Report, text: &ReportText) -> Result<Workbook, ReportError> {
    let failed = |error: XlsxError| ReportError::Workbook(error.to_string());
    let mut book = Workbook::new();
    let dated = excel_time(compose::dated_us(report)).map_err(failed)?;
    let properties = DocProperties::new().set_title(compose::title(report, text)).set_creation_datetime(&dated);
    book.set_properties(&properties.set_author(concat!("grainloss ", env!("CARGO_PKG_VERSION"))));
    let formats = CellFormats::new();
    summary(book.add_worksheet(), report, text, &formats).map_err(failed)?;
    let sessions = report.sessions.as_slice();
    // The minutes of a season are hundreds of thousands of cells: each row goes to a temporary file when it is complete.
    let sheet = book.add_worksheet_with_low_memory().map_err(failed)?;
    sheet.set_name(text.get("report-sheet-minutes")).map_err(failed)?;
    let rows =
        write_rows(sheet, 0, &tables::minute_heads(sessions, text), tables::minute_rows(sessions, text), &formats);
    let rows = rows.map_err(failed)? - 1;
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    if let ([_], 1..) = (sessions, rows) {
        loss_chart(sheet, rows, text).map_err(failed)?;
    }
    let sheets = [
        ("pans", pan_table::pans(sessions, text)),
        ("alarms", tables::alarms(sessions, text)),
        ("faults", tables::notices(sessions, text)),
        ("settings", tables::settings(sessions, text)),
        ("drivers", driver_tables::drivers(sessions, text)),
        ("habits", driver_tables::habits(sessions, text)),
    ];
    for (key, table) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(text.get(&format!("report-sheet-{key}"))).map_err(failed)?;
        write_table(sheet, 0, &table, &formats).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
    }
    for session in sessions.iter().take(MAX_SHEETS) {
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
    write_table(sheet, 0, &point_table(points, text), &formats).map_err(failed)?;
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
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
    measuring_sheet::write(sheet, &loss, text, formats).map_err(failed)
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
        sheet.set_freeze_panes(1, 0)?;
        book.save_to_buffer()
    };
    write().map_err(|error| ReportError::Workbook(error.to_string()))
}

/// A time as a cell of the workbook. Workbooks have no time zones: it is local time.
fn excel_time(t_us: i64) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::parse_from_str(&date_and_time(t_us))
}

fn summary(sheet: &mut Worksheet, report: &Report, text: &ReportText, formats: &CellFormats) -> Result<(), XlsxError> {
    sheet.set_name(text.get("report-sheet-summary"))?;
    sheet.write_string_with_format(0, 0, compose::title(report, text), &formats.title)?;
    let mut row = 2;
    for (item, value) in &report.asked {
        sheet.write_string_with_format(row, 0, text.get(&format!("report-asked-{item}")), &formats.name)?;
        sheet.write_string_with_format(row, 1, value, &formats.text)?;
        row += 1;
    }
    if let [session] = report.sessions.as_slice() {
        for (name, value) in tables::facts(session, text) {
            sheet.write_string_with_format(row, 0, name, &formats.name)?;
            sheet.write_string_with_format(row, 1, value, &formats.text)?;
            row += 1;
        }
        row = write_table(sheet, row + 1, &tables::limits(session, text), formats)? + 1;
        sheet.set_column_width(0, 34)?.set_column_width(1, 64)?;
    } else {
        row = write_table(sheet, row + 1, &tables::overview(report, text), formats)? + 1;
    }
    for note in compose::how_to_read(report, text) {
        sheet.write_string(row, 0, note)?;
        row += 1;
    }
    Ok(())
}

/// Writes a table from row `from` on; returns the row after it.
fn write_table(sheet: &mut Worksheet, from: u32, table: &Table, formats: &CellFormats) -> Result<u32, XlsxError> {
    write_rows(sheet, from, &table.heads, table.rows.iter(), formats)
}

/// [`write_table`] with rows that are made one at a time.
fn write_rows(
    sheet: &mut Worksheet,
    from: u32,
    heads: &[String],
    rows: impl Iterator<Item = impl AsRef<[Cell]>>,
    formats: &CellFormats,
) -> Result<u32, XlsxError> {
    for (column, head) in heads.iter().enumerate() {
        let column = column as u16;
        sheet.write_string_with_format(from, column, head, &formats.head)?;
        sheet.set_column_width(column, if column < 2 { 20 } else { 12 })?;
    }
    let mut row = from;
    for cells in rows {
        row += 1;
        for (column, cell) in cells.as_ref().iter().enumerate() {
            let column = column as u16;
            match cell {
                Cell::Empty => sheet.write_blank(row, column, &formats.text)?,
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.text)?,
                Cell::Number(value, decimals) => {
                    sheet.write_number_with_format(row, column, *value, formats.number(*decimals))?
                }
                Cell::Time(t_us) => sheet.write_datetime_with_format(row, column, excel_time(*t_us)?, &formats.time)?,
            };
        }
    }
    Ok(row + 1)
}

/// Loss and its interval over the minutes.
fn loss_chart(sheet: &mut Worksheet, rows: u32, text: &ReportText) -> Result<(), XlsxError> {
    let name = sheet.name();
    let mut chart = Chart::new(ChartType::Line);
    // The columns of `tables::minutes`: the loss and its two edges.
    for (column, dash) in [(16u16, "report-col-loss-pct"), (17, "report-col-lo"), (18, "report-col-hi")] {
        let series = chart.add_series();
        series.set_categories((name.as_str(), 1, 0, rows, 0)).set_values((name.as_str(), 1, column, rows, column));
        series.set_name(text.get(dash).as_str());
    }
    chart.title().set_name(text.get("report-chart-loss-time").as_str());
    chart.y_axis().set_name(text.get("report-axis-loss").as_str());
    sheet.insert_chart(1, 22, &chart)?;
    Ok(())
}
