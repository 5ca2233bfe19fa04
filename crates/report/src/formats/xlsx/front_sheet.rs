//! The first sheet: what the first page of the report says, with its numbers as numbers; map, charts and square code beside.

use rust_xlsxwriter::{Chart, ChartType, Format, Worksheet, XlsxError};

use super::page_setup::page_setup;
use super::picture::picture;
use super::sheet::{write_table, write_texts};
use super::style::CellFormats;
use crate::document::groups::{By, groups};
use crate::document::{Block, Table, compose, front, map, season, sentence, tables};
use crate::model::{Report, SessionReport};
use crate::text::ReportText;

/// Columns of the tables; pictures stand beyond.
const COLUMNS: u16 = 7;
/// Size of the map, points.
const MAP: (f64, f64) = (400.0, 260.0);
/// Most characters of the sentence on a line, for the height of its row.
const LINE: usize = 62;

/// Where the charts find their numbers.
pub(super) struct Minutes<'a> {
    /// Name of the sheet of minutes.
    pub sheet: &'a str,
    /// Their rows, without the heads.
    pub rows: u32,
}

/// The first sheet of a session.
pub(super) fn session(
    sheet: &mut Worksheet,
    report: &Report,
    s: &SessionReport,
    minutes: &Minutes<'_>,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    sheet.set_name(text.get("report-sheet-summary"))?;
    sheet.set_default_row_height(18);
    sheet.set_column_width(0, 36)?;
    for column in 1..COLUMNS {
        sheet.set_column_width(column, 13)?;
    }
    let said = text.in_each(|text| sentence::sentence(s, text));
    let mut row = head(sheet, &compose::title(report, text), &said, COLUMNS, formats)?;
    row = write_texts(sheet, row, &front::who_and_where(s, text), COLUMNS, formats)? + 1;
    row = write_table(sheet, row, &front::verdicts(s, text), formats)? + 1;
    row = write_table(sheet, row, &tables::figures(s, text), formats)? + 1;
    let worth = s.prices.grain_per_kg.is_none().then(|| text.get("worth-no-price"));
    let measured = front::measured(s, text);
    for note in worth.into_iter().chain([measured]) {
        sheet.merge_range(row, 0, row, COLUMNS - 1, &note, &formats.text)?;
        row += 1;
    }
    let habits = front::habits(s, text);
    if !habits.rows.is_empty() {
        row = write_table(sheet, row + 1, &habits, formats)?;
    }
    let drivers_at = row + 1;
    row = write_table(sheet, drivers_at, &drivers(report, text), formats)? + 1;
    signatures(sheet, row, text)?;
    // The tables set widths; the first column has names.
    sheet.set_column_width(0, 36)?;
    let beside = COLUMNS + 1;
    if let Some(drawing) = map::map(s, "map", MAP, text) {
        sheet.insert_image(2, beside, &picture(&drawing, 1.2)?)?;
        let limit_pct = s.limit.as_ref().map(|judged| judged.limit.percent);
        let top = format!("{:.1}", map::top_of(&s.track, limit_pct));
        let mut caption = text.with("report-xlsx-map", &[("top", &top)]);
        if let Some(limit) = limit_pct {
            caption += &text.with("report-xlsx-limit", &[("limit", &format!("{limit}"))]);
        }
        sheet.merge_range(19, beside, 19, beside + 9, &caption, &formats.plain)?;
        sheet.set_row_height(19, 30)?;
    }
    if minutes.rows > 0 {
        sheet.insert_chart(21, beside, loss_chart(minutes, text).set_width(620).set_height(250))?;
    }
    let rows = s.drivers.len() as u32;
    let chart = bars(sheet, (drivers_at + 1, drivers_at + rows), (0, 0), 3, &text.get("report-chart-drivers"));
    sheet.insert_chart(34, beside, &chart)?;
    if let [Block::Code(code, _)] = front::code(s, text).as_slice() {
        sheet.insert_image(34, beside + 7, &picture(code, 1.3)?)?;
        sheet.merge_range(45, beside + 7, 45, beside + 9, &code.caption, &formats.plain)?;
        sheet.set_row_height(45, 62)?;
    }
    page_setup(sheet, None, 1)
}

/// The first sheet of many sessions.
pub(super) fn many(
    sheet: &mut Worksheet,
    report: &Report,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    sheet.set_name(text.get("report-sheet-summary"))?;
    sheet.set_default_row_height(18);
    let crops = groups(report, By::Crop);
    let said = text.in_each(|text| season::sentence(report, &crops, text));
    let mut row = head(sheet, &compose::title(report, text), &said, 13, formats)?;
    let asked: Vec<(String, String)> =
        report.asked.iter().map(|(item, value)| (text.get(&format!("report-asked-{item}")), value.clone())).collect();
    row = write_texts(sheet, row, &asked, 4, formats)?;
    row = write_table(sheet, row + 1, &season::totals(&crops, text), formats)?;
    sheet.write_string(row, 0, text.get("report-note-totals"))?;
    let mut drivers_at = (0, 0);
    for (by, key) in [(By::Driver, "operator"), (By::Machine, "machine"), (By::Field, "field")] {
        let from = row + 2;
        row = write_table(sheet, from, &season::comparison(&groups(report, by), key, text), formats)?;
        if by == By::Driver {
            drivers_at = (from + 1, row - 1);
        }
    }
    sheet.write_string(row, 0, text.get("report-note-compared"))?;
    let chart = bars(sheet, drivers_at, (0, 1), 9, &text.get("report-chart-drivers"));
    sheet.insert_chart(row + 2, 0, &chart)?;
    signatures(sheet, row + 20, text)?;
    page_setup(sheet, None, 1)
}

/// Title and sentence; returns the next row.
fn head(sheet: &mut Worksheet, title: &str, said: &str, columns: u16, formats: &CellFormats) -> Result<u32, XlsxError> {
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    sheet.merge_range(1, 0, 1, columns - 1, said, &formats.lead)?;
    // A Chinese character is as wide as two others.
    let wide: usize = said.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let lines = (wide * usize::from(COLUMNS)).div_ceil(LINE * usize::from(columns)).max(1);
    sheet.set_row_height(1, 22.0 * lines as f64)?;
    Ok(3)
}

/// Drivers for their chart: area, loss and loss rate.
fn drivers(report: &Report, text: &ReportText) -> Table {
    let all = season::comparison(&groups(report, By::Driver), "operator", text);
    // Name, area, loss, and loss rate with its interval.
    let keep = [1, 4, 6, 9, 10, 11];
    let pick = |row: &[crate::document::Cell]| keep.iter().map(|at| row[*at].clone()).collect();
    Table {
        heads: keep.iter().map(|at| all.heads[*at].clone()).collect(),
        rows: all.rows.iter().map(|row| pick(row)).collect(),
    }
}

/// Loss rates as bars, from the rows between two rows.
fn bars(sheet: &Worksheet, (first, last): (u32, u32), names: (u16, u16), values: u16, title: &str) -> Chart {
    let name = sheet.name();
    let mut chart = Chart::new(ChartType::Bar);
    let series = chart.add_series();
    series.set_categories((name.as_str(), first, names.0, last.max(first), names.1));
    series.set_values((name.as_str(), first, values, last.max(first), values));
    chart.title().set_name(title);
    chart.title().set_font(&small());
    chart.legend().set_hidden();
    chart.y_axis().set_reverse();
    chart.set_width(400).set_height(260);
    chart
}

fn small() -> rust_xlsxwriter::ChartFont {
    let mut font = rust_xlsxwriter::ChartFont::new();
    font.set_size(10);
    font
}

/// Loss and its interval over the minutes.
fn loss_chart(minutes: &Minutes<'_>, text: &ReportText) -> Chart {
    let (name, rows) = (minutes.sheet, minutes.rows);
    let mut chart = Chart::new(ChartType::Line);
    // The columns of `tables::minutes`: the loss and its two edges.
    for (column, key) in [(16u16, "report-col-loss-pct"), (17, "report-col-lo"), (18, "report-col-hi")] {
        let series = chart.add_series();
        series.set_categories((name, 1, 0, rows, 0)).set_values((name, 1, column, rows, column));
        series.set_name(text.get(key).as_str());
    }
    chart.title().set_name(text.get("report-chart-loss-time").as_str());
    chart.title().set_font(&small());
    chart.y_axis().set_name(text.get("report-axis-loss").as_str());
    // A text axis: a date axis has days only.
    chart.x_axis().set_text_axis(true).set_num_format("hh:mm").set_label_interval((rows / 8).max(1) as u16);
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    chart
}

/// Boxes to sign in.
fn signatures(sheet: &mut Worksheet, row: u32, text: &ReportText) -> Result<(), XlsxError> {
    let Block::Signatures(lines) = front::signatures(text) else { return Ok(()) };
    let open =
        Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin).set_align(rust_xlsxwriter::FormatAlign::Top);
    let open = open.set_text_wrap().set_font_color(0x0066_6666);
    for (at, line) in lines.iter().enumerate() {
        sheet.write_string_with_format(row, at as u16, line, &open)?;
    }
    sheet.set_row_height(row, 64)?;
    Ok(())
}
