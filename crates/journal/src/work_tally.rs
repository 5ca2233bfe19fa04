//! The settled cutting of a session by what makes work alike, and the sums of its seconds: counted while it is written, and
//! kept in its memory when it ends, so that a season's seconds need not be read to compare its work.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

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

/// It, and of how many seconds.
#[derive(Serialize, Deserialize)]
struct Stored {
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
        if let Ok(work) = serde_json::to_string(&Stored { seconds: self.seconds, work }) {
            let sql = "UPDATE session SET memory = json_set(coalesce(memory, '{}'), '$.work', json(?2)) WHERE id = ?1";
            connection.execute(sql, params![session, work])?;
        }
        Ok(())
    }
}

/// What is kept in a session's memory; `None` where an earlier version wrote it, while it is open, and where it was continued
/// since.
pub(super) fn remembered(connection: &Connection, session: i64) -> rusqlite::Result<Option<RememberedWork>> {
    let sql = "SELECT memory -> '$.work', seconds FROM session WHERE id = ?1 AND json_valid(memory)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([session])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (work, seconds): (Option<String>, i64) = (row.get(0)?, row.get(1)?);
    let stored = work.and_then(|work| serde_json::from_str::<Stored>(&work).ok());
    Ok(stored.filter(|stored| stored.seconds == seconds).map(|stored| stored.work))
}
