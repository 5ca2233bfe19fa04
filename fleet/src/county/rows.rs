//! Rows on their way into the files of a county.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::schema::Table;
use crate::table_file::{TableFile, Value};

/// A file of a table that is being written. It is there only when it has a row.
pub(super) struct Rows {
    table: &'static Table,
    path: PathBuf,
    file: Option<TableFile>,
    /// How many rows it has.
    pub(super) written: u64,
}

impl Rows {
    /// For this table; the file lies below the store in the folders of `partition` (`season=2026/…`, or nothing).
    pub(super) fn new(store: &Path, table: &'static Table, partition: &str) -> Self {
        let path = store.join(table.name).join(partition).join("part-0.parquet");
        Self { table, path, file: None, written: 0 }
    }

    /// Adds a row, in the order of the table's columns.
    pub(super) fn push(&mut self, row: &[Value]) -> Result<(), StoreError> {
        if self.file.is_none() {
            let folder = self.path.parent().unwrap_or(&self.path);
            fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(TableFile::create(&self.path, self.table)?),
        };
        self.written += 1;
        file.push(row)
    }

    /// Ends the file; returns its rows and bytes.
    pub(super) fn finish(self) -> Result<(u64, u64), StoreError> {
        let Some(file) = self.file else { return Ok((0, 0)) };
        file.finish()?;
        let bytes = fs::metadata(&self.path).map_err(StoreError::file(&self.path))?.len();
        Ok((self.written, bytes))
    }
}
