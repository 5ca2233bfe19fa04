//! How long a session cut, and how long with a loss above a limit: counted while it is written, and kept in its memory, so that
//! a season's seconds need not be read for it.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use grainloss_core::record::COLUMNS;

/// The name of a tally in a session's memory.
const NAME: &str = "limit_tally";

/// How long a session cut, and how long with a loss above a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CuttingTally {
    /// Seconds of cutting.
    pub cutting_s: i64,
    /// Those with a known loss.
    pub known_s: i64,
    /// Those with a loss above the limit.
    pub above_s: i64,
    /// Those with a loss that is above the limit for certain: the lower end of its band is.
    pub surely_above_s: i64,
}

/// A tally, and the limit that it was counted with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LimitTally {
    limit_pct: f64,
    #[serde(flatten)]
    tally: CuttingTally,
}

impl LimitTally {
    /// Before the first second.
    pub fn new(limit_pct: f64) -> Self {
        Self { limit_pct, tally: CuttingTally::default() }
    }

    /// Of the seconds that are stored.
    pub fn read(connection: &Connection, session: i64, limit_pct: f64) -> rusqlite::Result<Self> {
        Ok(Self { limit_pct, tally: count(connection, session, limit_pct)? })
    }

    /// Counts a second: the values of all columns but the time, as they are stored.
    pub fn add(&mut self, values: &[Value]) {
        static AT: LazyLock<[Option<usize>; 3]> = LazyLock::new(|| {
            ["state", "total_pct", "total_lo"].map(|name| COLUMNS[1..].iter().position(|column| column.name == name))
        });
        let [state, total, low] = AT.map(|at| at.and_then(|at| values.get(at)));
        if !matches!(state, Some(Value::Text(state)) if state == "cutting") {
            return;
        }
        let is_above = |value: Option<&Value>| matches!(value, Some(Value::Real(value)) if *value > self.limit_pct);
        self.tally.cutting_s += 1;
        self.tally.known_s += i64::from(matches!(total, Some(Value::Real(_))));
        self.tally.above_s += i64::from(is_above(total));
        self.tally.surely_above_s += i64::from(is_above(low));
    }

    /// Adds it to a session's memory.
    pub fn add_to(&self, memory: &mut serde_json::Value) {
        if let (Some(memory), Ok(tally)) = (memory.as_object_mut(), serde_json::to_value(self)) {
            memory.insert(NAME.to_owned(), tally);
        }
    }
}

/// The tally in a session's memory; `None` where an earlier version wrote it, and where it was counted with another limit.
pub(super) fn remembered(
    connection: &Connection,
    session: i64,
    limit_pct: f64,
) -> rusqlite::Result<Option<CuttingTally>> {
    #[derive(Deserialize)]
    struct Memory {
        limit_tally: LimitTally,
    }
    let mut statement = connection.prepare_cached("SELECT memory FROM session WHERE id = ?1")?;
    let memory: Option<String> = statement.query_row([session], |row| row.get(0))?;
    let memory = memory.and_then(|memory| serde_json::from_str::<Memory>(&memory).ok());
    Ok(memory.map(|memory| memory.limit_tally).filter(|kept| kept.limit_pct == limit_pct).map(|kept| kept.tally))
}

/// Counts the stored seconds of a session.
pub(super) fn count(connection: &Connection, session: i64, limit_pct: f64) -> rusqlite::Result<CuttingTally> {
    let sql = "SELECT count(*), count(total_pct), coalesce(sum(total_pct > ?2), 0), coalesce(sum(total_lo > ?2), 0) \
               FROM sample WHERE session = ?1 AND state = 'cutting'";
    connection.prepare_cached(sql)?.query_row(params![session, limit_pct], |row| {
        Ok(CuttingTally {
            cutting_s: row.get(0)?,
            known_s: row.get(1)?,
            above_s: row.get(2)?,
            surely_above_s: row.get(3)?,
        })
    })
}
