//! The table of trainings: who was trained on which day, as the office keeps it in a spreadsheet.

use std::fs;
use std::path::Path;

use crate::error::StoreError;
use crate::schema;
use crate::table_file::{TableFile, Value};

/// The columns of the CSV file; `co_op` may be left out.
const COLUMNS: [&str; 3] = ["driver", "co_op", "day"];

/// Takes the trainings of a CSV file over into a store; those that were there go. Returns how many there are.
///
/// # Errors
/// [`StoreError::Line`] for a line that cannot be read: then nothing is changed. [`StoreError::File`] or
/// [`StoreError::Parquet`] when a file cannot be read or written.
pub fn import(store: &Path, csv: &Path) -> Result<u64, StoreError> {
    let trainings = read(csv)?;
    let folder = store.join(schema::TRAININGS.name);
    fs::create_dir_all(&folder).map_err(StoreError::file(&folder))?;
    // Not *.parquet: no engine reads it before it is whole.
    let (new, whole) = (folder.join("part-0.new"), folder.join("part-0.parquet"));
    let mut file = TableFile::create(&new, &schema::TRAININGS)?;
    for row in &trainings {
        file.push(row)?;
    }
    file.finish()?;
    fs::rename(&new, &whole).map_err(StoreError::file(&whole))?;
    Ok(trainings.len() as u64)
}

fn read(path: &Path) -> Result<Vec<[Value; 3]>, StoreError> {
    let wrong = |line: u64, field: &str, problem: &str| StoreError::Line {
        path: path.to_owned(),
        line,
        field: field.to_owned(),
        problem: problem.to_owned(),
    };
    let failed = |error: csv::Error| match error.position().map(csv::Position::line) {
        Some(line) => wrong(line, "-", &error.to_string()),
        None => StoreError::File { path: path.to_owned(), source: error.into() },
    };
    let mut file = csv::Reader::from_path(path).map_err(failed)?;
    let heads = file.headers().map_err(failed)?.clone();
    // Spreadsheet programs put a mark of the encoding before the first head.
    let heads: Vec<&str> = heads.iter().map(|head| head.trim_start_matches('\u{feff}').trim()).collect();
    if let Some(unknown) = heads.iter().find(|head| !COLUMNS.contains(head)) {
        return Err(wrong(1, unknown, &format!("expected one of {}", COLUMNS.join(", "))));
    }
    let mut trainings = Vec::new();
    for row in file.records() {
        let row = row.map_err(failed)?;
        let line = row.position().map_or(0, csv::Position::line);
        let field = |name: &str| {
            let at = heads.iter().position(|head| *head == name);
            at.and_then(|at| row.get(at)).map(str::trim).filter(|text| !text.is_empty())
        };
        let driver = field("driver").ok_or_else(|| wrong(line, "driver", "missing"))?;
        let day = field("day").unwrap_or_default();
        let Ok(date) = day.parse::<jiff::civil::Date>() else {
            return Err(wrong(line, "day", &format!("{day:?}; expected a day such as 2026-06-12")));
        };
        trainings.push([driver.into(), field("co_op").into(), date.to_string().as_str().into()]);
    }
    Ok(trainings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_leaves_the_trainings_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("trainings.csv");
        fs::write(&csv, "\u{feff}driver,co_op,day\n王,甲,2026-06-13\n李,,2026-06-14\n").unwrap();
        assert_eq!(import(folder.path(), &csv).unwrap(), 2);
        let before = fs::read(folder.path().join("trainings/part-0.parquet")).unwrap();
        fs::write(&csv, "driver,day\n王,2026-06-13\n李,13.6.\n").unwrap();
        let error = import(folder.path(), &csv).unwrap_err().to_string();
        assert!(error.contains("line 3: day") && error.contains("2026-06-12"), "{error}");
        assert_eq!(fs::read(folder.path().join("trainings/part-0.parquet")).unwrap(), before);
    }
}
