//! The settled cutting of a session by what makes work alike, and the sums of its seconds: counted while it is written, and
//! kept in its memory when it ends, so that a season's seconds need not be read to compare its work.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::error::JournalError;
use super::reader::Journal;
use super::seconds::{SecondSums, basis};
use grainloss_core::like_work::{LikeWork, WorkCell, WorkSample};
use grainloss_core::record::COLUMNS;

/// What is read of a second. An interval without one of its ends is unknown.
const READ: [&str; 11] = [
    "state",
    "feed_kg_s",
    "grain_in_kg_s",
    "header_loss_kg_s",
    "header_lo",
    "header_hi",
    "rear_loss_kg_s",
    "rear_lo",
    "rear_hi",
    "moisture_pct",
    "basis",
];

/// Work of a session as it was estimated then, before its totals were known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RememberedWork {
    /// Grain and losses of its seconds.
    pub sums: SecondSums,
    /// Settled cutting.
    pub cells: Vec<WorkCell>,
}

/// How samples and classes are made now; what was summed in another way is not used.
const FORM: u32 = 1;

/// It, and of how many seconds.
#[derive(Serialize, Deserialize)]
struct Stored {
    form: u32,
    seconds: i64,
    #[serde(flatten)]
    work: RememberedWork,
}

/// Counts it.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkTally {
    sums: SecondSums,
    work: LikeWork,
    seconds: i64,
}

impl WorkTally {
    /// Of the seconds that are stored.
    pub fn read(connection: &Connection, session: i64) -> rusqlite::Result<Self> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM sample WHERE session = ?1 ORDER BY t_us", READ.join(", ")));
        let mut tally = Self::default();
        let mut statement = connection.prepare_cached(&SQL)?;
        let mut rows = statement.query([session])?;
        while let Some(row) = rows.next()? {
            let mut values: [Value; READ.len()] = std::array::from_fn(|_| Value::Null);
            for (at, value) in values.iter_mut().enumerate() {
                *value = row.get(at)?;
            }
            tally.count(&values.each_ref().map(Some));
        }
        Ok(tally)
    }

    /// Counts a second: the values of all columns but the time, as they are stored.
    pub fn add(&mut self, values: &[Value]) {
        static AT: LazyLock<[Option<usize>; READ.len()]> =
            LazyLock::new(|| READ.map(|name| COLUMNS[1..].iter().position(|column| column.name == name)));
        self.count(&AT.map(|at| at.and_then(|at| values.get(at))));
    }

    fn count(&mut self, values: &[Option<&Value>; READ.len()]) {
        let number = |at: usize| match values[at] {
            Some(Value::Real(number)) => Some(*number),
            _ => None,
        };
        let text = |at: usize| match values[at] {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let interval = |at: usize| number(at).filter(|_| number(at + 1).is_some() && number(at + 2).is_some());
        self.seconds += 1;
        let grain = number(2);
        let add = |sum: &mut Option<f64>, kg_s: Option<f64>| {
            if let Some(kg_s) = kg_s {
                *sum.get_or_insert(0.0) += kg_s;
            }
        };
        add(&mut self.sums.grain_kg, grain);
        if grain.is_some() && number(3).is_some() && number(6).is_some() {
            add(&mut self.sums.header_kg, number(3));
            add(&mut self.sums.rear_kg, number(6));
        }
        let known = grain.zip(interval(3).zip(interval(6))).zip(number(1)).filter(|_| text(0) == Some("cutting"));
        self.work.second(known.map(|((grain_kg_s, (header_kg_s, rear_kg_s)), feed_kg_s)| WorkSample {
            feed_kg_s,
            grain_kg_s,
            header_kg_s,
            rear_kg_s,
            moisture_pct: number(9),
            basis: text(10).and_then(basis),
        }));
    }

    /// Keeps it in the session's memory.
    pub fn store(&self, connection: &Connection, session: i64) -> rusqlite::Result<()> {
        let work = RememberedWork { sums: self.sums, cells: self.work.cells().to_vec() };
        if let Ok(work) = serde_json::to_string(&Stored { form: FORM, seconds: self.seconds, work }) {
            let sql = "UPDATE session SET memory = json_set(coalesce(memory, '{}'), '$.work', json(?2)) WHERE id = ?1";
            connection.execute(sql, params![session, work])?;
        }
        Ok(())
    }
}

impl Journal {
    /// The settled cutting of a session as it was summed while it was written; `None` where an earlier version wrote it, where it
    /// was cut off, and where seconds were added since: then its seconds tell.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn remembered_work(&self, session: i64) -> Result<Option<RememberedWork>, JournalError> {
        remembered(&self.connection, session).map_err(|error| self.sqlite_error(error))
    }
}

/// What is kept in a session's memory; `None` where an earlier version wrote it, where it was cut off, and where seconds were
/// added since.
fn remembered(connection: &Connection, session: i64) -> rusqlite::Result<Option<RememberedWork>> {
    let sql = "SELECT memory -> '$.work', seconds FROM session WHERE id = ?1 AND json_valid(memory)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([session])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (work, seconds): (Option<String>, i64) = (row.get(0)?, row.get(1)?);
    let stored = work.and_then(|work| serde_json::from_str::<Stored>(&work).ok());
    Ok(stored.filter(|stored| (stored.form, stored.seconds) == (FORM, seconds)).map(|stored| stored.work))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Column `name` of second `at`: a speed of feeding that changes after two minutes, a loss that is missing for a while.
    fn stored(name: &str, at: usize) -> Value {
        match name {
            "state" => Value::Text("cutting".into()),
            "basis" => Value::Text("sensed".into()),
            "moisture_pct" => Value::Real(13.0),
            "feed_kg_s" => Value::Real(if at < 120 { 6.0 } else { 8.0 }),
            "rear_hi" if (60..70).contains(&at) => Value::Null,
            name if READ.contains(&name) => Value::Real(0.01 * at as f64),
            _ => Value::Null,
        }
    }

    #[test]
    fn seconds_that_are_read_again_give_what_was_counted_while_they_were_written() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&format!("CREATE TABLE sample (session, t_us, {})", READ.join(", "))).unwrap();
        let mut written = WorkTally::default();
        for at in 0..300 {
            let values: Vec<Value> = COLUMNS[1..].iter().map(|column| stored(column.name, at)).collect();
            written.add(&values);
            let sql = format!("INSERT INTO sample VALUES (1, {at}{})", ", ?".repeat(READ.len()));
            connection.execute(&sql, rusqlite::params_from_iter(READ.map(|name| stored(name, at)))).unwrap();
        }
        let mut again = WorkTally::read(&connection, 1).unwrap();
        assert_eq!((again.sums, again.seconds, &again.work), (written.sums, 300, &written.work));
        // 15 s to fill, one sample of 30 s, broken off at 60; from 70 on the same again until 120, and from there on it goes on.
        assert_eq!(
            written.work.cells().iter().map(|cell| (cell.feed_class, cell.seconds)).collect::<Vec<_>>(),
            [(12, 60), (14, 180)]
        );
        // Grain is 0.01 × the second, of all 300.
        assert!((written.sums.grain_kg.unwrap() - 0.01 * 299.0 * 150.0).abs() < 1e-9);
        // The sample that was open goes on after it was read.
        let values: Vec<Value> = COLUMNS[1..].iter().map(|column| stored(column.name, 300)).collect();
        written.add(&values);
        again.add(&values);
        assert_eq!(again.work, written.work);
    }
}
