//! The rows of a session that no stored minute covers yet, kept as the lines that the proof hashes: what is signed is what
//! the writer was given, not what the file holds afterwards.

use std::collections::BTreeMap;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params};

use super::hashed_columns::{FUSIONS, RECORDS, TENTHS, json, push_value};
use super::proof::{ProofMinute, RowsHash, minute_end};
use super::rows;
use grainloss_core::record::COLUMNS;

/// Room for the line of a second; most have less than 300 bytes.
const LINE_BYTES: usize = 400;

/// The lines of the minutes that are not hashed yet.
#[derive(Clone, Debug, Default)]
pub(super) struct MinuteRows {
    /// By time, µs: the line of the CSV report, without its line feed.
    samples: BTreeMap<i64, String>,
    /// A list for each of [`RECORDS`], in the order in which they were written.
    records: [Vec<String>; RECORDS.len()],
    /// By time, µs.
    tenths: BTreeMap<i64, String>,
    /// By time, µs, and measurement.
    fusions: BTreeMap<(i64, String), String>,
}

impl MinuteRows {
    /// Adds a second: time, µs, and the values of all columns but the time.
    pub fn add_second(&mut self, t_us: i64, values: &[Value]) {
        let mut line = String::with_capacity(LINE_BYTES);
        rows::push_field(&mut line, 0, ValueRef::Integer(t_us));
        for (at, value) in values.iter().enumerate() {
            line.push(',');
            rows::push_field(&mut line, at + 1, stored(value));
        }
        self.samples.insert(t_us, line);
    }

    /// Adds a row of `tenth`: time, µs, and the values of all columns but the time.
    pub fn add_tenth(&mut self, t_us: i64, values: &[Value]) {
        self.tenths.insert(t_us, line("tenth", std::iter::once(&Value::Integer(t_us)).chain(values)));
    }

    /// Adds a row of `fusion`: time, µs, and the values of all columns but the time, the measurement first.
    pub fn add_fusion(&mut self, t_us: i64, values: &[Value]) {
        let measurement = values.first().map(|value| json(value.into()).to_string()).unwrap_or_default();
        let line = line("fusion", std::iter::once(&Value::Integer(t_us)).chain(values));
        self.fusions.insert((t_us, measurement), line);
    }

    /// Adds a record to the `table`-th of [`RECORDS`]: its values from `seq` on.
    ///
    /// # Errors
    /// When a value cannot be stored in SQLite.
    pub fn add_record(&mut self, table: usize, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        let owned = values.iter().map(|value| {
            Ok(match value.to_sql()? {
                ToSqlOutput::Borrowed(value) => value.try_into()?,
                ToSqlOutput::Owned(value) => value,
                _ => Value::Null,
            })
        });
        let owned = owned.collect::<rusqlite::Result<Vec<Value>>>()?;
        self.records[table].push(line(RECORDS[table].0, &owned));
        Ok(())
    }

    /// The end of the first minute that has rows; `None` when there are none with a time of their own.
    pub fn first_end_us(&self) -> Option<i64> {
        let first = [
            self.samples.first_key_value().map(|(t_us, _)| *t_us),
            self.tenths.first_key_value().map(|(t_us, _)| *t_us),
            self.fusions.first_key_value().map(|((t_us, _), _)| *t_us),
        ];
        first.into_iter().flatten().min().map(minute_end)
    }

    /// The hashes of all records and of the rows up to `end_us`.
    pub fn hashed(&self, end_us: i64) -> ProofMinute {
        let mut samples = RowsHash::default();
        self.samples.range(..=end_us).for_each(|(_, line)| samples.add(&[line]));
        let mut records = RowsHash::default();
        self.records.iter().flatten().for_each(|line| records.add(&[line]));
        self.tenths.range(..=end_us).for_each(|(_, line)| records.add(&[line]));
        let fusions = self.fusions.iter().take_while(|((t_us, _), _)| *t_us <= end_us);
        fusions.for_each(|(_, line)| records.add(&[line]));
        ProofMinute {
            end_us,
            seconds: samples.seconds,
            columns: COLUMNS.len(),
            rows_sha256: samples.finish(),
            records_sha256: records.finish(),
        }
    }

    /// Removes all records and the rows up to `end_us`.
    pub fn remove_to(&mut self, end_us: i64) {
        self.records.iter_mut().for_each(Vec::clear);
        self.samples.retain(|t_us, _| *t_us > end_us);
        self.tenths.retain(|t_us, _| *t_us > end_us);
        self.fusions.retain(|(t_us, _), _| *t_us > end_us);
    }

    /// Reads back the rows of a session after its last stored minute, which ended at `after_us`, and its records after
    /// `after_seq`: for a session that is continued.
    pub fn read(connection: &Connection, session: i64, after_us: i64, after_seq: i64) -> rusqlite::Result<Self> {
        let mut read = Self::default();
        rows::each_line(connection, session, (after_us, i64::MAX), COLUMNS.len(), |t_us, line| {
            if let ValueRef::Integer(t_us) = t_us {
                read.samples.insert(t_us, line.to_owned());
            }
        })?;
        let values = |sql: &str, after: i64| {
            let mut statement = connection.prepare(sql)?;
            let columns = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
            statement.query_map(params![session, after], row)?.collect::<rusqlite::Result<Vec<Vec<Value>>>>()
        };
        for (list, (table, names)) in read.records.iter_mut().zip(RECORDS) {
            let sql = format!("SELECT {names} FROM {table} WHERE session = ?1 AND seq > ?2 ORDER BY seq");
            list.extend(values(&sql, after_seq)?.iter().map(|row| line(table, row)));
        }
        let time = |row: &[Value]| {
            row.first().and_then(|t_us| if let Value::Integer(t_us) = t_us { Some(*t_us) } else { None })
        };
        for row in values(&format!("SELECT {TENTHS} FROM tenth WHERE session = ?1 AND t_us > ?2"), after_us)? {
            if let Some(t_us) = time(&row) {
                read.add_tenth(t_us, &row[1..]);
            }
        }
        for row in values(&format!("SELECT {FUSIONS} FROM fusion WHERE session = ?1 AND t_us > ?2"), after_us)? {
            if let Some(t_us) = time(&row) {
                read.add_fusion(t_us, &row[1..]);
            }
        }
        Ok(read)
    }
}

/// A row's line: the table's name and each value as JSON, separated by commas.
fn line<'a>(table: &str, values: impl IntoIterator<Item = &'a Value>) -> String {
    let mut line = table.to_owned();
    for value in values {
        push_value(&mut line, stored(value));
    }
    line
}

/// A value as SQLite gives it back: it has no NaN and no negative zero.
fn stored(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Real(number) if number.is_nan() => ValueRef::Null,
        Value::Real(number) => ValueRef::Real(number + 0.0),
        value => ValueRef::from(value),
    }
}
