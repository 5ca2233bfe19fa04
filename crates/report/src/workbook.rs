//! The workbook: summary, minutes, pans, alarms, settings and the measuring sheets, with formulas that an inspector can
//! follow. Every text is written as a text: a name that begins with `=` is a name.

use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::compose;
use super::document::{Cell, Table};
use super::loss_sheet;
use super::model::Report;
use super::text::ReportText;
use super::{ReportError, measuring, tables};
use grainloss_knowledge::local_time::date_and_time;

/// The formats of the cells.
pub(super) struct Formats {
    /// Titles.
    pub title: Format,
    /// Heads of columns.
    pub head: Format,
    /// Names in front of values, and notes.
    pub name: Format,
    /// Texts.
    pub text: Format,
    time: Format,
    decimals: Vec<Format>,
    /// What somebody fills in.
    pub open: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let decimals = ["0", "0.0", "0.00", "0.000", "0.0000"].map(|picture| cell().set_num_format(picture));
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: cell().set_bold().set_text_wrap().set_background_color(0x00EE_F3F8),
            name: cell().set_background_color(0x00F6_F6F6).set_text_wrap(),
            text: cell().set_text_wrap(),
            time: cell().set_num_format("yyyy-mm-dd hh:mm:ss"),
            decimals: decimals.to_vec(),
            open: cell().set_background_color(0x00FF_FBE6),
        }
    }

    /// Numbers with so many decimals.
    pub fn number(&self, decimals: usize) -> &Format {
        &self.decimals[decimals.min(self.decimals.len() - 1)]
    }
}

/// The bytes of the workbook.
pub fn xlsx(report: &Report, tongue: &ReportText) -> Result<Vec<u8>, ReportError> {
    make(report, tongue)?.save_to_buffer().map_err(|error| ReportError::Workbook(error.to_string()))
}

fn make(report: &Report, tongue: &ReportText) -> Result<Workbook, ReportError> {
    let wrong = |error: XlsxError| ReportError::Workbook(error.to_string());
    let mut book = Workbook::new();
    let dated = moment(compose::dated_us(report)).map_err(wrong)?;
    let properties = DocProperties::new().set_title(compose::title(report, tongue)).set_creation_datetime(&dated);
    book.set_properties(&properties.set_author(concat!("grainloss ", env!("CARGO_PKG_VERSION"))));
    let formats = Formats::new();
    summary(book.add_worksheet(), report, tongue, &formats).map_err(wrong)?;
    let sessions = report.sessions.as_slice();
    // A season's minutes are hundreds of thousands of cells: each row goes to a temporary file as soon as it is whole.
    let sheet = book.add_worksheet_with_low_memory().map_err(wrong)?;
    sheet.set_name(tongue.get("report-sheet-minutes")).map_err(wrong)?;
    let rows =
        write_rows(sheet, 0, &tables::minute_heads(sessions, tongue), tables::minute_rows(sessions, tongue), &formats);
    let rows = rows.map_err(wrong)? - 1;
    sheet.set_freeze_panes(1, 0).map_err(wrong)?;
    if let ([_], 1..) = (sessions, rows) {
        loss_chart(sheet, rows, tongue).map_err(wrong)?;
    }
    let sheets = [
        ("pans", tables::pans(sessions, tongue)),
        ("alarms", tables::alarms(sessions, tongue)),
        ("faults", tables::notices(sessions, tongue)),
        ("settings", tables::settings(sessions, tongue)),
    ];
    for (key, table) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(tongue.get(&format!("report-sheet-{key}"))).map_err(wrong)?;
        write_table(sheet, 0, &table, &formats).map_err(wrong)?;
        sheet.set_freeze_panes(1, 0).map_err(wrong)?;
    }
    for session in sessions.iter().take(MOST_SHEETS) {
        let loss = loss_sheet::sheet(session, tongue).map_err(ReportError::Knowledge)?;
        let sheet = book.add_worksheet();
        let name = if sessions.len() == 1 {
            tongue.get("report-sheet-measured")
        } else {
            format!("{} {}", tongue.get("report-sheet-measured"), session.id)
        };
        sheet.set_name(name).map_err(wrong)?;
        // Where a formula gives an empty text, a reader that does not reckon must not see a 0.
        sheet.set_formula_result_default("");
        measuring::write(sheet, &loss, tongue, &formats).map_err(wrong)?;
    }
    Ok(book)
}

/// A workbook of one table.
pub fn table_xlsx(name: &str, table: &Table) -> Result<Vec<u8>, ReportError> {
    let write = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // A table has no date of its own, and the same table is the same bytes.
        book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2025, 1, 1)?));
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        write_table(sheet, 0, table, &Formats::new())?;
        sheet.set_freeze_panes(1, 0)?;
        book.save_to_buffer()
    };
    write().map_err(|error| ReportError::Workbook(error.to_string()))
}

/// More measuring sheets in one workbook nobody fills in.
const MOST_SHEETS: usize = 50;

/// A time as the workbook has it.
fn moment(t_us: i64) -> Result<ExcelDateTime, XlsxError> {
    // A workbook knows no zones: what is in its cells is what people here read.
    ExcelDateTime::parse_from_str(&date_and_time(t_us))
}

fn summary(sheet: &mut Worksheet, report: &Report, tongue: &ReportText, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(tongue.get("report-sheet-summary"))?;
    sheet.write_string_with_format(0, 0, compose::title(report, tongue), &formats.title)?;
    let mut row = 2;
    for (item, value) in &report.asked {
        sheet.write_string_with_format(row, 0, tongue.get(&format!("report-asked-{item}")), &formats.name)?;
        sheet.write_string_with_format(row, 1, value, &formats.text)?;
        row += 1;
    }
    if let [session] = report.sessions.as_slice() {
        for (name, value) in tables::facts(session, tongue) {
            sheet.write_string_with_format(row, 0, name, &formats.name)?;
            sheet.write_string_with_format(row, 1, value, &formats.text)?;
            row += 1;
        }
        row = write_table(sheet, row + 1, &tables::limits(session, tongue), formats)? + 1;
        sheet.set_column_width(0, 34)?.set_column_width(1, 64)?;
    } else {
        row = write_table(sheet, row + 1, &tables::overview(report, tongue), formats)? + 1;
    }
    for note in compose::how_to_read(report, tongue) {
        sheet.write_string(row, 0, note)?;
        row += 1;
    }
    Ok(())
}

/// Writes a table from a row on; gives the row behind it.
fn write_table(sheet: &mut Worksheet, from: u32, table: &Table, formats: &Formats) -> Result<u32, XlsxError> {
    write_rows(sheet, from, &table.heads, table.rows.iter(), formats)
}

/// The same with rows that are made one by one.
fn write_rows(
    sheet: &mut Worksheet,
    from: u32,
    heads: &[String],
    rows: impl Iterator<Item = impl AsRef<[Cell]>>,
    formats: &Formats,
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
                Cell::Time(t_us) => sheet.write_datetime_with_format(row, column, moment(*t_us)?, &formats.time)?,
            };
        }
    }
    Ok(row + 1)
}

/// Loss and its interval over the minutes.
fn loss_chart(sheet: &mut Worksheet, rows: u32, tongue: &ReportText) -> Result<(), XlsxError> {
    let name = sheet.name();
    let mut chart = Chart::new(ChartType::Line);
    // The columns of `tables::minutes`: the loss and its two edges.
    for (column, dash) in [(16u16, "report-col-loss-pct"), (17, "report-col-lo"), (18, "report-col-hi")] {
        let series = chart.add_series();
        series.set_categories((name.as_str(), 1, 0, rows, 0)).set_values((name.as_str(), 1, column, rows, column));
        series.set_name(tongue.get(dash).as_str());
    }
    chart.title().set_name(tongue.get("report-chart-loss-time").as_str());
    chart.y_axis().set_name(tongue.get("report-axis-loss").as_str());
    sheet.insert_chart(1, 22, &chart)?;
    Ok(())
}
