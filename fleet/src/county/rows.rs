//! Rows on their way into Parquet files.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::CountyError;
use crate::schema::{Kind, Table};

/// Rows that are handed to the file at once.
const ROWS_AT_ONCE: usize = 32_768;
/// Rows of a row group: what a reader holds in memory and may skip.
const ROWS_OF_GROUP: usize = 262_144;

/// A value of a row.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Null,
    Whole(i64),
    Text(&'a str),
}

impl From<i64> for Cell<'_> {
    fn from(value: i64) -> Self {
        Self::Whole(value)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

enum Builder {
    Whole(Int64Builder),
    Text(StringBuilder),
}

/// A file of a table that is being written. It exists only when it has a row.
pub(super) struct Rows {
    schema: SchemaRef,
    builders: Vec<Builder>,
    file: std::path::PathBuf,
    writer: Option<ArrowWriter<File>>,
    /// How many rows it has.
    pub(super) written: u64,
}

impl Rows {
    /// For this table; the file lies below the store in the folders of `partition` (`season=2026/…`, or nothing).
    pub(super) fn new(store: &Path, table: &'static Table, partition: &str) -> Self {
        let fields = table.columns.iter().map(|column| {
            let kind = match column.kind {
                Kind::Whole => DataType::Int64,
                Kind::Text => DataType::Utf8,
            };
            Field::new(column.name, kind, column.may_be_unknown)
        });
        let builder = |column: &crate::schema::Column| match column.kind {
            Kind::Whole => Builder::Whole(Int64Builder::new()),
            Kind::Text => Builder::Text(StringBuilder::new()),
        };
        Self {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            builders: table.columns.iter().map(builder).collect(),
            file: store.join(table.name).join(partition).join("county.parquet"),
            writer: None,
            written: 0,
        }
    }

    /// Adds a row, in the order of the table's columns.
    pub(super) fn push(&mut self, cells: &[Cell]) -> Result<(), CountyError> {
        assert_eq!(cells.len(), self.builders.len(), "{}", self.file.display());
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            match (builder, cell) {
                (Builder::Whole(builder), Cell::Whole(value)) => builder.append_value(*value),
                (Builder::Text(builder), Cell::Text(value)) => builder.append_value(value),
                (Builder::Whole(builder), _) => builder.append_null(),
                (Builder::Text(builder), _) => builder.append_null(),
            }
        }
        self.written += 1;
        if self.written.is_multiple_of(ROWS_AT_ONCE as u64) { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), CountyError> {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(Builder::finish).collect();
        let write = || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)?;
            if batch.num_rows() == 0 {
                return Ok(());
            }
            let writer = match &mut self.writer {
                Some(writer) => writer,
                none => {
                    fs::create_dir_all(self.file.parent().unwrap_or(&self.file))?;
                    let file = File::create(&self.file)?;
                    none.insert(ArrowWriter::try_new(file, Arc::clone(&self.schema), Some(properties(&self.schema)?))?)
                }
            };
            writer.write(&batch)?;
            Ok(())
        };
        write().map_err(|source| CountyError::Write { path: self.file.clone(), source })
    }

    /// Ends the file; returns its rows and bytes.
    pub(super) fn finish(mut self) -> Result<(u64, u64), CountyError> {
        self.hand_over()?;
        let failed = |source| CountyError::Write { path: self.file.clone(), source };
        let Some(writer) = self.writer.take() else { return Ok((0, 0)) };
        writer.close().map_err(|error| failed(Box::new(error)))?;
        let bytes = fs::metadata(&self.file).map_err(|error| failed(Box::new(error)))?.len();
        Ok((self.written, bytes))
    }
}

impl Builder {
    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Whole(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}

/// Text by dictionary, numbers by their differences: neighbouring seconds are alike.
fn properties(schema: &Schema) -> Result<WriterProperties, parquet::errors::ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROWS_OF_GROUP));
    for field in schema.fields().iter().filter(|field| *field.data_type() == DataType::Int64) {
        let path = parquet::schema::types::ColumnPath::from(field.name().as_str());
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(properties.build())
}
