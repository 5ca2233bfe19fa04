//! A Parquet file of one table of the store. The same rows give the same bytes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::error::StoreError;
use crate::schema::{Kind, Table};

/// Rows that are handed to the writer at a time.
const BATCH: usize = 8192;
/// Rows of a row group: some five megabytes of memory.
const GROUP: usize = 1 << 18;
/// Columns whose numbers differ from row to row: deltas are smaller than a dictionary.
const DELTAS: [&str; 6] = ["t_s", "t_ms", "latitude_e7", "longitude_e7", "cell_north", "cell_east"];

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Whole(i64),
    /// Text.
    Text(Arc<str>),
    /// Unknown.
    Unknown,
}

impl Value {
    /// A whole number, or unknown.
    pub fn whole(number: Option<i64>) -> Self {
        number.map_or(Self::Unknown, Self::Whole)
    }

    /// A text, or unknown.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Unknown, |text| Self::Text(text.into()))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<&Arc<str>> for Value {
    fn from(text: &Arc<str>) -> Self {
        Self::Text(Arc::clone(text))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

#[derive(Debug)]
enum Builder {
    Whole(Int64Builder),
    Text(StringBuilder),
}

/// A file that is being written.
#[derive(Debug)]
pub struct TableFile {
    path: PathBuf,
    table: &'static Table,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
    columns: Vec<Builder>,
    waiting: usize,
}

impl TableFile {
    /// Begins a file of this table.
    ///
    /// # Errors
    /// [`StoreError::File`] when it cannot be made, [`StoreError::Parquet`] when the Parquet writer refuses.
    pub fn create(path: &Path, table: &'static Table) -> Result<Self, StoreError> {
        let file = File::create(path).map_err(StoreError::file(path))?;
        let field = |column: &crate::schema::Column| {
            let kind = match column.kind {
                Kind::Whole => DataType::Int64,
                Kind::Text => DataType::Utf8,
            };
            Field::new(column.name, kind, column.may_be_unknown)
        };
        let schema = Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()));
        let refused = |error: parquet::errors::ParquetError| StoreError::Parquet {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        let options = ArrowWriterOptions::new()
            .with_properties(properties(table).map_err(refused)?)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(refused)?;
        let builder = |column: &crate::schema::Column| match column.kind {
            Kind::Whole => Builder::Whole(Int64Builder::with_capacity(BATCH)),
            Kind::Text => Builder::Text(StringBuilder::new()),
        };
        let columns = table.columns.iter().map(builder).collect();
        Ok(Self { path: path.to_owned(), table, schema, writer, columns, waiting: 0 })
    }

    /// Adds a row: a value for each column of the table, in their order.
    ///
    /// # Errors
    /// [`StoreError::Row`] when a value is not of its column's kind, [`StoreError::Parquet`] when it cannot be written.
    pub fn push(&mut self, row: &[Value]) -> Result<(), StoreError> {
        for (at, column) in self.table.columns.iter().enumerate() {
            match (&mut self.columns[at], row.get(at)) {
                (Builder::Whole(builder), Some(Value::Whole(number))) => builder.append_value(*number),
                (Builder::Text(builder), Some(Value::Text(text))) => builder.append_value(text),
                (Builder::Whole(builder), Some(Value::Unknown)) if column.may_be_unknown => builder.append_null(),
                (Builder::Text(builder), Some(Value::Unknown)) if column.may_be_unknown => builder.append_null(),
                _ => return Err(StoreError::Row { table: self.table.name, column: column.name }),
            }
        }
        self.waiting += 1;
        if self.waiting >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let arrays = self.columns.iter_mut().map(|builder| match builder {
            Builder::Whole(builder) => Arc::new(builder.finish()) as ArrayRef,
            Builder::Text(builder) => Arc::new(builder.finish()) as ArrayRef,
        });
        let refused = |problem: String| StoreError::Parquet { path: self.path.clone(), problem };
        let batch =
            RecordBatch::try_new(self.schema.clone(), arrays.collect()).map_err(|error| refused(error.to_string()))?;
        self.writer.write(&batch).map_err(|error| refused(error.to_string()))?;
        self.waiting = 0;
        Ok(())
    }

    /// Ends the file, which is on the disk then.
    ///
    /// # Errors
    /// [`StoreError::File`] or [`StoreError::Parquet`] when it cannot be written.
    pub fn finish(mut self) -> Result<(), StoreError> {
        if self.waiting > 0 {
            self.flush()?;
        }
        let file = self.writer.into_inner();
        let file = file.map_err(|error| StoreError::Parquet { path: self.path.clone(), problem: error.to_string() })?;
        file.sync_all().map_err(StoreError::file(&self.path))
    }
}

fn properties(table: &Table) -> Result<WriterProperties, parquet::errors::ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_created_by("grainloss-fleet".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(GROUP));
    for column in table.columns.iter().filter(|column| DELTAS.contains(&column.name)) {
        let path = ColumnPath::from(column.name);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(properties.build())
}
