//! The seconds of a session as texts, as the CSV report prints them and the proof hashes them.

use std::fmt::Write as _;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use grainloss_core::record::{COLUMNS, Holds};
use grainloss_core::time::SECOND_US;

/// Calls `take` with time and texts of each second with `after_us < t_us <= to_us`, oldest first: the first `columns` of
/// [`COLUMNS`]. The inner result is the first error of `take`, which ends the reading.
pub(super) fn each<E>(
    connection: &Connection,
    session: i64,
    within_us: (i64, i64),
    columns: usize,
    mut take: impl FnMut(i64, &[String]) -> Result<(), E>,
) -> rusqlite::Result<Result<(), E>> {
    let mut statement = connection.prepare_cached(&select(columns))?;
    let mut rows = statement.query((session, within_us.0, within_us.1))?;
    let mut texts = vec![String::new(); readable(columns)];
    while let Some(row) = rows.next()? {
        for (at, text) in texts.iter_mut().enumerate() {
            text.clear();
            push_field(text, at, row.get_ref(at)?);
        }
        if let Err(stopped) = take(row.get(0)?, &texts) {
            return Ok(Err(stopped));
        }
    }
    Ok(Ok(()))
}

/// The same with the texts of a second as the line that is hashed, without its line feed; the time is as it is stored.
pub(super) fn each_line(
    connection: &Connection,
    session: i64,
    within_us: (i64, i64),
    columns: usize,
    mut take: impl FnMut(ValueRef<'_>, &str),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&select(columns))?;
    let mut rows = statement.query((session, within_us.0, within_us.1))?;
    let mut line = String::new();
    while let Some(row) = rows.next()? {
        line.clear();
        push_field(&mut line, 0, row.get_ref(0)?);
        for at in 1..readable(columns) {
            line.push(',');
            push_field(&mut line, at, row.get_ref(at)?);
        }
        take(row.get_ref(0)?, &line);
    }
    Ok(())
}

/// How many columns are read where so many are asked for: the time at least.
fn readable(columns: usize) -> usize {
    columns.clamp(1, COLUMNS.len())
}

fn select(columns: usize) -> String {
    let names = COLUMNS[1..readable(columns)].iter().map(|column| column.name);
    let names = std::iter::once("t_us").chain(names).collect::<Vec<_>>().join(", ");
    format!("SELECT {names} FROM sample WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3 ORDER BY t_us")
}

/// Adds the text of the `at`-th of [`COLUMNS`] for a stored value; time as microseconds for the first.
///
/// A value of another kind than the column's is none of this program: a table can lose its types (`PRAGMA
/// writable_schema`). Its kind is written, which no value of the column is, so that its hash is another.
pub(super) fn push_field(text: &mut String, at: usize, value: ValueRef<'_>) {
    let column = &COLUMNS[at];
    // A `String` takes everything.
    match (value, column.holds) {
        (ValueRef::Null, _) => {}
        (ValueRef::Integer(t_us), _) if at == 0 && t_us % SECOND_US == 0 => column.push_number(text, t_us as f64 / 1e6),
        // Its hash must not be that of a whole second.
        (ValueRef::Integer(t_us), _) if at == 0 => _ = write!(text, "{t_us} µs"),
        (ValueRef::Integer(number), Holds::Whole) => _ = write!(text, "{number}"),
        (ValueRef::Real(number), Holds::Number) if at > 0 => column.push_number(text, number),
        (ValueRef::Text(word), Holds::Word) if !word.is_empty() => text.push_str(&String::from_utf8_lossy(word)),
        (other, _) => _ = write!(text, "{}", other.data_type()),
    }
}
