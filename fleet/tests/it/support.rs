//! Small stores with values by hand, and SQLite as a second engine.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use grainloss_fleet::engine::{Answer, Asked, StorePlace, Value, ask};
use grainloss_fleet::schema::{self, Kind, PARTITIONS, TABLES};
use parquet::arrow::ArrowWriter;
use rusqlite::types::{ToSqlOutput, ValueRef};

/// Everything, as of 900,000 s; missing after three days.
pub fn asked() -> Asked {
    Asked { now_s: 900_000, missing_days: 3, ..Asked::default() }
}

pub struct Cell(pub Value);

macro_rules! cell_from {
    ($($from:ty => |$value:ident| $into:expr),+ $(,)?) => {
        $(impl From<$from> for Cell { fn from($value: $from) -> Self { Cell($into) } })+
    };
}

cell_from! {
    () => |_nothing| Value::Null,
    i32 => |value| Value::Whole(value.into()),
    i64 => |value| Value::Whole(value),
    &str => |value| Value::Text(value.into()),
    String => |value| Value::Text(value.into()),
    Option<i32> => |value| value.map_or(Value::Null, |value| Value::Whole(value.into())),
    Option<i64> => |value| value.map_or(Value::Null, Value::Whole),
    Option<&str> => |value| value.map_or(Value::Null, |value| Value::Text(value.into())),
}

#[allow(unused_macros, reason = "each test takes what it needs")]
macro_rules! rows {
    ($($cell:expr),+ $(,)?) => { vec![$($crate::support::Cell::from($cell).0),+] };
}
#[allow(unused_imports, reason = "each test takes what it needs")]
pub(crate) use rows;

/// A store that is written by hand, in a temporary folder.
pub struct TinyStore {
    folder: tempfile::TempDir,
    rows: BTreeMap<(String, String), Vec<Vec<Value>>>,
}

impl TinyStore {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), rows: BTreeMap::new() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn place(&self) -> StorePlace {
        StorePlace::Folder(self.folder.path().to_owned())
    }

    pub fn add(&mut self, table: &str, partition: &str, row: Vec<Value>) {
        assert_eq!(row.len(), schema::table(table).unwrap().columns.len(), "{table}");
        self.rows.entry((table.to_owned(), partition.to_owned())).or_default().push(row);
    }

    pub fn write(&self) {
        for ((table, partition), rows) in &self.rows {
            let arrays = schema::table(table).unwrap().columns.iter().enumerate().map(|(at, column)| {
                let array: ArrayRef = match column.kind {
                    Kind::Whole => Arc::new(rows.iter().map(|row| row[at].whole()).collect::<Int64Array>()),
                    Kind::Text => Arc::new(rows.iter().map(|row| row[at].text()).collect::<StringArray>()),
                };
                (column.name, array, column.may_be_unknown)
            });
            let batch = RecordBatch::try_from_iter_with_nullable(arrays).unwrap();
            let folder = self.folder.path().join(table).join(partition);
            fs::create_dir_all(&folder).unwrap();
            let mut writer =
                ArrowWriter::try_new(File::create(folder.join("a.parquet")).unwrap(), batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
        }
    }
}

/// The tables of a store in SQLite, which runs the same question files.
pub struct SqliteStore(rusqlite::Connection);

impl SqliteStore {
    pub fn of(store: &StorePlace, asked: &Asked) -> Self {
        let base = rusqlite::Connection::open_in_memory().unwrap();
        for table in TABLES {
            let mut columns: Vec<(&str, &str)> = table
                .columns
                .iter()
                .map(|column| (column.name, if column.kind == Kind::Whole { "INTEGER" } else { "TEXT" }))
                .collect();
            if table.is_partitioned {
                columns.extend(PARTITIONS.iter().map(|name| (*name, "TEXT")));
            }
            let list = |of: &dyn Fn(&(&str, &str)) -> String| columns.iter().map(of).collect::<Vec<_>>().join(", ");
            base.execute_batch(&format!(
                "CREATE TABLE {} ({}) STRICT",
                table.name,
                list(&|(name, kind)| format!("{name} {kind}"))
            ))
            .unwrap();
            let names = list(&|(name, _)| (*name).to_owned());
            let answer = ask(store, &format!("SELECT {names} FROM {}", table.name), asked).unwrap();
            let marks = list(&|_| "?".to_owned());
            let mut insert = base.prepare(&format!("INSERT INTO {} VALUES ({marks})", table.name)).unwrap();
            base.execute_batch("BEGIN").unwrap();
            for row in &answer.rows {
                insert.execute(rusqlite::params_from_iter(row.iter().map(SqlValue))).unwrap();
            }
            base.execute_batch("COMMIT").unwrap();
        }
        base.execute_batch(
            "CREATE TABLE asked (from_day TEXT, to_day TEXT, crop TEXT, now_s INTEGER, missing_days INTEGER) STRICT",
        )
        .unwrap();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        base.execute(
            "INSERT INTO asked VALUES (?, ?, ?, ?, ?)",
            rusqlite::params![
                text(&asked.from_day),
                text(&asked.to_day),
                text(&asked.crop),
                asked.now_s,
                asked.missing_days
            ],
        )
        .unwrap();
        Self(base)
    }

    pub fn ask(&self, sql: &str) -> Answer {
        let mut statement = self.0.prepare(sql).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let rows = statement
            .query_map([], |row| {
                (0..width)
                    .map(|at| {
                        Ok(match row.get_ref(at)? {
                            ValueRef::Null => Value::Null,
                            ValueRef::Integer(value) => Value::Whole(value),
                            ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).unwrap().into()),
                            other => panic!("{other:?}"),
                        })
                    })
                    .collect()
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        Answer { columns, rows }
    }
}

struct SqlValue<'a>(&'a Value);

impl rusqlite::ToSql for SqlValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Whole(value) => ValueRef::Integer(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}
