//! What the sheets are filled with: times, names with their values, tables.

use rust_xlsxwriter::{ExcelDateTime, Worksheet, XlsxError};

use super::style::CellFormats;
use crate::document::{Cell, Table};
use grainloss_knowledge::local_time::date_and_time;

/// A time as a cell of the workbook. Workbooks have no time zones: it is local time.
pub(super) fn excel_time(t_us: i64) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::parse_from_str(&date_and_time(t_us))
}

/// Names with their values in words, the values over the columns up to `columns`; returns the row after them.
pub(super) fn write_texts(
    sheet: &mut Worksheet,
    mut row: u32,
    facts: &[(String, String)],
    columns: u16,
    formats: &CellFormats,
) -> Result<u32, XlsxError> {
    for (name, value) in facts {
        sheet.write_string_with_format(row, 0, name, &formats.name)?;
        sheet.merge_range(row, 1, row, columns - 1, "", &formats.text)?;
        sheet.write_string_with_format(row, 1, value, &formats.text)?;
        // Merged cells do not grow with their text.
        let wide: usize = value.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let lines = wide.div_ceil(12 * usize::from(columns - 1)).max(1);
        if lines > 1 {
            sheet.set_row_height(row, 17.0 * lines as f64)?;
        }
        row += 1;
    }
    Ok(row)
}

/// Writes a table from row `from` on; returns the row after it.
pub(super) fn write_table(
    sheet: &mut Worksheet,
    from: u32,
    table: &Table,
    formats: &CellFormats,
) -> Result<u32, XlsxError> {
    write_rows(sheet, from, &table.heads, table.rows.iter(), formats)
}

/// [`write_table`] with rows that are made one at a time.
pub(super) fn write_rows(
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
    // A head breaks into two lines.
    sheet.set_row_height(from, 34)?;
    let mut row = from;
    let mut timed = vec![false; heads.len()];
    for cells in rows {
        row += 1;
        for (column, cell) in cells.as_ref().iter().enumerate() {
            if let (Cell::Time(_), Some(timed)) = (cell, timed.get_mut(column)) {
                *timed = true;
            }
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
    for (column, _) in timed.iter().enumerate().filter(|(_, timed)| **timed) {
        sheet.set_column_width(column as u16, 19)?;
    }
    Ok(row + 1)
}
