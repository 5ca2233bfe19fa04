//! The formats of the cells.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

/// The formats of the cells of a workbook.
pub(super) struct CellFormats {
    /// Titles.
    pub title: Format,
    /// Heads of columns.
    pub head: Format,
    /// Names in front of values, and notes.
    pub name: Format,
    /// The sentence that says it all.
    pub lead: Format,
    /// Texts without a frame.
    pub plain: Format,
    /// Texts.
    pub text: Format,
    /// Date and time.
    pub time: Format,
    decimals: Vec<Format>,
    /// Cells to be filled in.
    pub open: Format,
}

impl CellFormats {
    /// The formats.
    pub fn new() -> Self {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let decimals = ["0", "0.0", "0.00", "0.000", "0.0000"].map(|picture| cell().set_num_format(picture));
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: cell().set_bold().set_text_wrap().set_background_color(0x00EE_F3F8),
            name: cell().set_background_color(0x00F6_F6F6).set_text_wrap(),
            lead: Format::new().set_bold().set_font_size(13).set_text_wrap().set_align(FormatAlign::Top),
            plain: Format::new().set_text_wrap().set_font_size(9).set_align(FormatAlign::Top),
            text: cell().set_text_wrap(),
            time: cell().set_num_format("yyyy-mm-dd hh:mm:ss"),
            decimals: decimals.to_vec(),
            open: cell().set_background_color(0x00FF_FBE6),
        }
    }

    /// Numbers with so many decimals, at most four.
    pub fn number(&self, decimals: usize) -> &Format {
        &self.decimals[decimals.min(self.decimals.len() - 1)]
    }
}
