//! The form that a province asks for: a workbook whose columns the office chooses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use serde::Deserialize;

use crate::answers::made;
use crate::engine::{Answer, Value};
use grainloss_knowledge::{Words, crop_name};

/// The form that is used where none is named.
pub const DEFAULT_FORM: &str = include_str!("../forms/province.toml");

/// A form: which question fills it, and its columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The question.
    pub question: String,
    /// The sheet's heading.
    pub title: String,
    /// The columns, from left to right.
    #[serde(rename = "column")]
    pub columns: Vec<FormColumn>,
}

/// A column of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// Its heading.
    pub head: String,
    /// A column of the answer, or one that is made from it.
    pub value: String,
    /// Decimals that a number shows.
    #[serde(default)]
    pub decimals: usize,
    /// Whether the last row of a crop adds it up.
    #[serde(default)]
    pub total: bool,
}

/// Why there is no form.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The file of columns is no form.
    #[error("{}: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        problem: String,
    },
    /// The answer has no such column.
    #[error("{}: column '{head}': value is '{value}'; expected one of {known}", path.display())]
    NoSuchValue {
        /// The file.
        path: PathBuf,
        /// The column's heading.
        head: String,
        /// What it asks for.
        value: String,
        /// What there is.
        known: String,
    },
    /// The workbook cannot be written.
    #[error("{}: {error}", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// Why.
        error: XlsxError,
    },
}

impl Form {
    /// Reads a form from its text; `path` is for the error.
    ///
    /// # Errors
    /// [`FormError::Unreadable`]
    pub fn of_text(path: &Path, text: &str) -> Result<Self, FormError> {
        toml::from_str(text).map_err(|error| FormError::Unreadable {
            path: path.to_owned(),
            problem: error.to_string().trim().to_owned(),
        })
    }

    /// Checks that the answer has what the columns ask for.
    ///
    /// # Errors
    /// [`FormError::NoSuchValue`]
    pub fn check(&self, path: &Path, answer: &Answer) -> Result<(), FormError> {
        let made = made(answer);
        let known = || answer.columns.iter().map(String::as_str).chain(made.iter().map(|made| made.name));
        match self.columns.iter().find(|column| known().all(|name| name != column.value)) {
            None => Ok(()),
            Some(column) => Err(FormError::NoSuchValue {
                path: path.to_owned(),
                head: column.head.clone(),
                value: column.value.clone(),
                known: known().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// The cells of a row: text, or a number; unknown is empty.
    fn cells(&self, answer: &Answer, row: &[Value], words: &Words) -> Vec<FormCell> {
        let made = made(answer);
        let cell = |column: &FormColumn| {
            if let Some(made) = made.iter().find(|made| made.name == column.value) {
                return made.value(answer, row).map_or(FormCell::Empty, FormCell::Number);
            }
            match answer.column(&column.value).and_then(|at| row.get(at)) {
                Some(Value::Whole(whole)) => FormCell::Number(*whole as f64),
                Some(Value::Text(text)) if column.value == "crop" => FormCell::Text(crop_name(text, words.lang)),
                Some(Value::Text(text)) => FormCell::Text(text.to_string()),
                Some(Value::Null) | None => FormCell::Empty,
            }
        };
        self.columns.iter().map(cell).collect()
    }

    /// The rows of the sheet, with one that adds up after each crop. Crops are never added together.
    pub fn rows(&self, answer: &Answer, words: &Words) -> Vec<Vec<FormCell>> {
        let crop = answer.column("crop");
        let mut by_crop: BTreeMap<String, Vec<&Vec<Value>>> = BTreeMap::new();
        for row in &answer.rows {
            let name = crop.and_then(|at| row[at].text()).unwrap_or_default();
            by_crop.entry(name.to_owned()).or_default().push(row);
        }
        let mut rows = Vec::new();
        for (crop, of_crop) in by_crop {
            // Sums are of the whole numbers, so that ratios of the whole come from them as those of a row do.
            let sum: Vec<Value> =
                (0..answer.columns.len()).map(|at| summed(of_crop.iter().map(|row| &row[at]))).collect();
            rows.extend(of_crop.iter().map(|row| self.cells(answer, row, words)));
            let mut total = self.cells(answer, &sum, words);
            for (cell, column) in total.iter_mut().zip(&self.columns) {
                let is_ratio = made(answer).iter().any(|made| made.name == column.value && made.under.is_some());
                if column.value == "crop" {
                    *cell = FormCell::Text(crop_name(&crop, words.lang));
                } else if !column.total && !is_ratio {
                    *cell = FormCell::Empty;
                }
            }
            if let Some(cell) = total.iter_mut().find(|cell| **cell == FormCell::Empty) {
                *cell = FormCell::Text(words.get("fleet-form-total"));
            }
            rows.push(total);
        }
        rows
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// [`FormError::NoSuchValue`], [`FormError::Workbook`]
    pub fn write(&self, path: &Path, columns: &Path, answer: &Answer, words: &Words) -> Result<(), FormError> {
        self.check(columns, answer)?;
        let write = || -> Result<(), XlsxError> {
            let mut book = Workbook::new();
            let sheet = book.add_worksheet();
            sheet.set_name(words.get("fleet-form-sheet"))?;
            let title = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center);
            let head =
                Format::new().set_bold().set_text_wrap().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
            let text = Format::new().set_border(FormatBorder::Thin);
            let last = self.columns.len().saturating_sub(1) as u16;
            if last > 0 {
                sheet.merge_range(0, 0, 0, last, &self.title, &title)?;
            } else {
                sheet.write_with_format(0, 0, &self.title, &title)?;
            }
            for (at, column) in (0_u16..).zip(&self.columns) {
                sheet.write_with_format(1, at, &column.head, &head)?;
                sheet.set_column_width(at, 12)?;
            }
            for (line, row) in (2_u32..).zip(self.rows(answer, words)) {
                for ((at, cell), column) in (0_u16..).zip(row).zip(&self.columns) {
                    match cell {
                        FormCell::Empty => sheet.write_blank(line, at, &text)?,
                        FormCell::Text(value) => sheet.write_with_format(line, at, value, &text)?,
                        FormCell::Number(value) => {
                            let shown = if column.decimals == 0 {
                                "0".to_owned()
                            } else {
                                format!("0.{}", "0".repeat(column.decimals))
                            };
                            sheet.write_with_format(line, at, value, &text.clone().set_num_format(shown))?
                        }
                    };
                }
            }
            sheet
                .set_freeze_panes(2, 0)?
                .set_repeat_rows(0, 1)?
                .set_landscape()
                .set_print_fit_to_pages(1, 0)
                .set_paper_size(9);
            book.save(path)
        };
        write().map_err(|error| FormError::Workbook { path: path.to_owned(), error })
    }
}

/// A cell of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum FormCell {
    /// Unknown, or not for this row.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
}

/// The sum of whole numbers; of unknown ones alone, unknown.
fn summed<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    values.filter_map(Value::whole).fold(Value::Null, |sum, value| Value::Whole(sum.whole().unwrap_or(0) + value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_knowledge::Lang;

    #[test]
    fn each_crop_has_its_total_and_its_ratio_comes_from_sums() {
        let columns = ["crop", "township", "area_dm2", "loss_dg", "known_grain_g"];
        let row = |crop: &str, township: &str, numbers: [i64; 3]| {
            let mut row = vec![Value::Text(crop.into()), Value::Text(township.into())];
            row.extend(numbers.map(Value::Whole));
            row
        };
        let mut unknown = row("wheat", "丙镇", [200_000, 0, 0]);
        unknown[3..].fill(Value::Null);
        let answer = Answer {
            columns: columns.map(str::to_owned).to_vec(),
            // 1 % of 1 t and 2 % of 3 t are 1.75 % of 4 t; the mean of the two would be 1.5 %.
            rows: vec![
                row("wheat", "甲镇", [200_000, 100_000, 1_000_000]),
                row("wheat", "乙镇", [400_000, 600_000, 3_000_000]),
                unknown,
                row("maize", "甲镇", [200_000, 50_000, 1_000_000]),
            ],
        };
        let text = "question='township'\ntitle='t'\n[[column]]\nhead='a'\nvalue='crop'\n[[column]]\nhead='b'\nvalue='township'\n\
            [[column]]\nhead='c'\nvalue='area_mu'\ntotal=true\n[[column]]\nhead='d'\nvalue='loss_pct'\n";
        let form = Form::of_text(Path::new("f.toml"), text).unwrap();
        form.check(Path::new("f.toml"), &answer).unwrap();
        let words = crate::words::words(Lang::Zh);
        let rows = form.rows(&answer, &words);
        let number =
            |cell: &FormCell| if let FormCell::Number(value) = cell { (value * 1e6).round() / 1e6 } else { f64::NAN };
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[1][..2], [FormCell::Text("玉米".into()), FormCell::Text("合计".into())]);
        assert_eq!((number(&rows[1][2]), number(&rows[1][3])), (3.0, 0.5));
        assert_eq!(rows[4][3], FormCell::Empty, "unknown is empty");
        assert_eq!((number(&rows[5][2]), number(&rows[5][3])), (12.0, 1.75));
        let wrong = Form::of_text(Path::new("f.toml"), &text.replace("loss_pct", "profit")).unwrap();
        let said = wrong.check(Path::new("f.toml"), &answer).unwrap_err().to_string();
        assert!(
            said.contains("f.toml") && said.contains("'d'") && said.contains("profit") && said.contains("loss_pct"),
            "{said}"
        );
        assert!(Form::of_text(Path::new("f.toml"), "question = 1").is_err());
    }
}
