//! The tables whose rows share one sequence `seq` in each session.

use rusqlite::Connection;

/// Names of the tables, in the order in which a minute's hash takes them.
pub(super) const TABLES: [&str; 8] =
    ["event", "pan", "setting", "activity", "acknowledgement", "fact", "sensor", "bus"];

/// The number of the session's next record: one above the highest that any of the tables has.
pub(super) fn next_seq(connection: &Connection, session: i64) -> rusqlite::Result<i64> {
    let mut next = 0;
    for table in TABLES {
        let newest = format!("SELECT coalesce(max(seq) + 1, 0) FROM {table} WHERE session = ?1");
        next = next.max(connection.query_row(&newest, [session], |row| row.get(0))?);
    }
    Ok(next)
}
