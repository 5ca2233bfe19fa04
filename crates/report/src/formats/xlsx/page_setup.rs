//! How the sheets are printed: A4, landscape, as wide as the page, with heads on every page.

use rust_xlsxwriter::{Worksheet, XlsxError};

/// A4 in the list of paper sizes of workbooks.
const A4: u8 = 9;
/// Most rows of a long list on a page (our choice: what can still be read).
const ROWS_A_PAGE: u32 = 90;

/// Sets up a sheet that is printed on so many pages at most; `head`: the row that is repeated on each, `None` for a sheet of
/// one page.
pub(super) fn page_setup(sheet: &mut Worksheet, head: Option<u32>, pages: u16) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, pages);
    // Inches: half a centimetre to a centimetre and a half, for header and footer.
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.25, 0.3);
    sheet.set_footer("&C&A   &P / &N");
    if let Some(head) = head {
        sheet.set_repeat_rows(head, head)?;
    }
    Ok(())
}

/// Sets up a list with its heads in the first row and so many rows below: frozen heads, a filter, heads on every page.
/// `most_pages`: what is printed at most, said in the header of the page; all rows stay in the sheet.
pub(super) fn list(
    sheet: &mut Worksheet,
    columns: usize,
    rows: u32,
    most_pages: Option<u32>,
    part: &str,
) -> Result<(), XlsxError> {
    let last = columns.max(1) as u16 - 1;
    sheet.set_freeze_panes(1, 0)?;
    if rows > 0 {
        sheet.autofilter(0, 0, rows, last)?;
    }
    let printed = most_pages.map_or(rows, |most| rows.min(most * ROWS_A_PAGE - 1));
    page_setup(sheet, Some(0), printed.div_ceil(ROWS_A_PAGE).max(1) as u16)?;
    if printed < rows {
        sheet.set_print_area(0, 0, printed, last)?;
        sheet.set_header(format!("&C{part}"));
    }
    Ok(())
}
