//! An answer: rows of whole numbers and text, and their hash.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest as _, Sha256};

use super::AskError;

/// A value of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Unknown.
    Null,
    /// A whole number.
    Whole(i64),
    /// Text.
    Text(Arc<str>),
}

impl Value {
    /// The number; `None` where it is none.
    pub fn whole(&self) -> Option<i64> {
        if let Self::Whole(value) = self { Some(*value) } else { None }
    }

    /// The text; `None` where it is none.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(value) = self { Some(value) } else { None }
    }
}

/// The rows that answer a question, in the question's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows: as many values as columns.
    pub rows: Vec<Vec<Value>>,
}

impl Answer {
    /// An answer with these columns, without rows yet.
    pub(super) fn with_columns(schema: &Schema) -> Self {
        Self { columns: schema.fields().iter().map(|field| field.name().clone()).collect(), rows: Vec::new() }
    }

    /// Adds rows that an engine gives. A text that stands in the row before, too, is kept once.
    ///
    /// # Errors
    /// [`AskError::NotWhole`] for a column that is neither whole number nor text.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), AskError> {
        let named = batch.columns().iter().zip(batch.schema_ref().fields());
        let arrays: Vec<Cells> =
            named.map(|(array, field)| Cells::of(field.name(), array)).collect::<Result<_, _>>()?;
        for at in 0..batch.num_rows() {
            let before = self.rows.last();
            let value = |(column, cells): (usize, &Cells)| cells.value(at, before.map(|row| &row[column]));
            let row = arrays.iter().enumerate().map(value).collect();
            self.rows.push(row);
        }
        Ok(())
    }

    /// Where this column is; `None` when the answer has none of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// SHA-256 of the rows, 64 hexadecimal digits. The same answer of another engine has the same: values are UTF-8 text,
    /// numbers in decimal; in text `\` is `\\`, a tab `\t`, a line feed `\n`, a carriage return `\r`; null is `\N`. A tab is
    /// between values, a line feed after each row. The columns' names are not in it.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        let mut line = String::new();
        for row in &self.rows {
            line.clear();
            for (at, value) in row.iter().enumerate() {
                if at > 0 {
                    line.push('\t');
                }
                match value {
                    Value::Null => line.push_str("\\N"),
                    Value::Whole(value) => line.push_str(&value.to_string()),
                    Value::Text(text) => text.chars().for_each(|c| match c {
                        '\\' => line.push_str("\\\\"),
                        '\t' => line.push_str("\\t"),
                        '\n' => line.push_str("\\n"),
                        '\r' => line.push_str("\\r"),
                        c => line.push(c),
                    }),
                }
            }
            line.push('\n');
            hash.update(line.as_bytes());
        }
        crate::hex::hex(&hash.finalize())
    }

    /// Writes it as a Parquet file: INT64 and UTF-8 columns. A column without a value is of text.
    ///
    /// # Errors
    /// What the file system or the Parquet writer refuses.
    pub fn write_parquet(&self, path: &Path) -> Result<(), AskError> {
        let failed = |source| AskError::Place { place: path.display().to_string(), source };
        let arrays = self.columns.iter().enumerate().map(|(at, name)| {
            let of = |row: &Vec<Value>| row[at].clone();
            let array: ArrayRef = if self.rows.iter().any(|row| row[at].whole().is_some()) {
                Arc::new(self.rows.iter().map(|row| of(row).whole()).collect::<Int64Array>())
            } else {
                Arc::new(self.rows.iter().map(|row| row[at].text()).collect::<StringArray>())
            };
            (name.as_str(), array, true)
        });
        let write = || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let batch = RecordBatch::try_from_iter_with_nullable(arrays)?;
            let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
            writer.write(&batch)?;
            writer.close()?;
            Ok(())
        };
        write().map_err(failed)
    }

    /// Reads the Parquet files of an answer that any engine wrote: a file, or a folder's files in the order of their names.
    ///
    /// # Errors
    /// What cannot be read, by the file's name.
    pub fn read_parquet(path: &Path) -> Result<Self, AskError> {
        let named = |place: &Path| {
            let place = place.display().to_string();
            move |source: Box<dyn std::error::Error + Send + Sync>| AskError::Place { place, source }
        };
        let mut files = vec![path.to_owned()];
        if path.is_dir() {
            let entries = path.read_dir().map_err(|error| named(path)(Box::new(error)))?;
            files = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            files.retain(|file| file.extension().is_some_and(|extension| extension == "parquet"));
            files.sort();
        }
        let mut answer = Self::default();
        for file in &files {
            let failed = named(file);
            let read = || -> Result<(Arc<Schema>, Vec<RecordBatch>), Box<dyn std::error::Error + Send + Sync>> {
                let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?.build()?;
                let schema = arrow::record_batch::RecordBatchReader::schema(&reader);
                Ok((schema, reader.collect::<Result<_, _>>()?))
            };
            let (schema, batches) = read().map_err(failed)?;
            let mut part = Self::with_columns(&schema);
            batches.iter().try_for_each(|batch| part.add(batch))?;
            if !answer.columns.is_empty() && answer.columns != part.columns {
                let source = format!("columns {:?}, expected {:?}", part.columns, answer.columns).into();
                return Err(named(file)(source));
            }
            answer.columns = part.columns;
            answer.rows.extend(part.rows);
        }
        Ok(answer)
    }
}

/// The cells of a column.
enum Cells {
    Whole(Int64Array),
    Text(StringArray),
}

impl Cells {
    fn of(name: &str, array: &ArrayRef) -> Result<Self, AskError> {
        let not_whole = || AskError::NotWhole { column: name.to_owned(), found: array.data_type().to_string() };
        match array.data_type() {
            DataType::Int64 => Ok(Self::Whole(array.as_primitive::<Int64Type>().clone())),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null | DataType::Dictionary(_, _) => {
                let text = cast(array, &DataType::Utf8).map_err(|_| not_whole())?;
                Ok(Self::Text(text.as_string::<i32>().clone()))
            }
            _ => Err(not_whole()),
        }
    }

    /// The value in this row; `before` is that of the row before.
    fn value(&self, at: usize, before: Option<&Value>) -> Value {
        match self {
            Self::Whole(array) if array.is_valid(at) => Value::Whole(array.value(at)),
            Self::Text(array) if array.is_valid(at) => match before {
                Some(Value::Text(text)) if **text == *array.value(at) => Value::Text(text.clone()),
                _ => Value::Text(array.value(at).into()),
            },
            _ => Value::Null,
        }
    }
}
