//! Which seconds of which session did not come back.

use rusqlite::{Connection, Row};

/// One second, µs.
const SECOND_US: i64 = 1_000_000;

/// Seconds of a session that could not be recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSeconds {
    /// The session's number.
    pub session: i64,
    /// Bus time after which they are missing, µs since 1970 UTC: the end of the second before them.
    pub from_us: i64,
    /// Bus time of the end of the last of them, µs since 1970 UTC.
    pub to_us: i64,
}

impl MissingSeconds {
    /// How many seconds lie between. A session that was interrupted may not have had all of them.
    pub const fn seconds(&self) -> i64 {
        (self.to_us - self.from_us) / SECOND_US
    }
}

/// The holes of all sessions of which the row says that they had more seconds than are here, and of those whose row is
/// lost, by time.
pub(super) fn missing(journal: &Connection, substituted: &[i64]) -> rusqlite::Result<Vec<MissingSeconds>> {
    let sql = "SELECT id, started_us, coalesce(last_us, started_us), seconds, \
               (SELECT count(*) FROM sample WHERE session = id) FROM session ORDER BY id";
    let mut statement = journal.prepare(sql)?;
    let read =
        |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, i64>(3)?, row.get::<_, i64>(4)?));
    let sessions = statement.query_map([], read)?.collect::<rusqlite::Result<Vec<(i64, i64, i64, i64, i64)>>>()?;
    let mut missing = Vec::new();
    for (session, started_us, last_us, said, found) in sessions {
        if found >= said && !substituted.contains(&session) {
            continue;
        }
        let mut times = journal.prepare_cached("SELECT t_us FROM sample WHERE session = ?1 ORDER BY t_us")?;
        let times = times.query_map([session], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        let mut before_us = started_us;
        let ends = times.iter().map(|t_us| (t_us - SECOND_US, *t_us)).chain([(last_us, last_us)]);
        for (to_us, next_us) in ends {
            // A second may begin between two whole ones.
            if to_us - before_us >= SECOND_US {
                missing.push(MissingSeconds { session, from_us: before_us, to_us });
            }
            before_us = next_us;
        }
    }
    Ok(missing)
}
