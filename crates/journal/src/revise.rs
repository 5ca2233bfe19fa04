//! A revision of a session made of its seconds alone: everything as it was, with alarms of its own.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Transaction, TransactionBehavior, params};

use super::chain::Chain;
use super::key::DeviceKeys;
use super::open::{self, JournalError};
use super::reader::StoredEvent;
use super::start::{SessionStart, begin};

/// What is taken over as it is.
const COPIED: [&str; 7] = ["sample", "tenth", "pan", "setting", "activity", "fact", "sensor"];

/// Stores a copy of session `from` beside it, begun with `start`, with these alarm levels by second and these events in
/// place of its alarms; the copy's number.
pub fn revise_alarms(
    path: &Path,
    from: i64,
    start: &SessionStart,
    levels: &BTreeMap<i64, u8>,
    events: &[StoredEvent],
) -> Result<i64, JournalError> {
    let wrong = |error| JournalError::Sqlite { path: path.to_owned(), error };
    let mut connection = open::to_write(path)?;
    let session = begin(&mut connection, start).map_err(wrong)?;
    let key = DeviceKeys::beside(path).load_or_make();
    let key = key.inspect_err(|error| tracing::warn!("the session will not be signed: {error}")).ok();
    let copy = |transaction: &Transaction<'_>| -> rusqlite::Result<()> {
        for table in COPIED {
            copy_table(transaction, table, from, session, "")?;
        }
        copy_table(transaction, "event", from, session, " AND kind NOT LIKE 'alarm-%'")?;
        for (t_us, level) in levels {
            transaction
                .prepare_cached("UPDATE sample SET alarm_level = ?3 WHERE session = ?1 AND t_us = ?2")?
                .execute(params![session, t_us, level])?;
        }
        let tables = ["event", "pan", "setting", "activity", "fact", "sensor"];
        let mut seq: i64 = 0;
        for table in tables {
            let newest = format!("SELECT coalesce(max(seq) + 1, 0) FROM {table} WHERE session = ?1");
            seq = seq.max(transaction.query_row(&newest, [session], |row| row.get(0))?);
        }
        for (event, seq) in events.iter().zip(seq..) {
            let StoredEvent { t_us, kind, id, level, stream, count, value } = event;
            transaction.execute(
                "INSERT INTO event (session, seq, t_us, kind, id, level, stream, count, value) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![session, seq, t_us, kind, id, level, stream, count, value],
            )?;
        }
        transaction.execute(
            "UPDATE session SET (last_us, seconds, totals, end_reason) = \
             (SELECT last_us, seconds, totals, coalesce(end_reason, 'never closed') FROM session WHERE id = ?2) WHERE id = ?1",
            [session, from],
        )?;
        let last_us: Option<i64> =
            transaction.query_row("SELECT last_us FROM session WHERE id = ?1", [session], |row| row.get(0))?;
        let mut chain = Chain::new();
        chain.close(transaction, session, last_us.unwrap_or(0), seq + events.len() as i64, true)?;
        chain.seal(transaction, session, key.as_ref())
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
    copy(&transaction).map_err(wrong)?;
    transaction.commit().map_err(wrong)?;
    Ok(session)
}

fn copy_table(transaction: &Transaction<'_>, table: &str, from: i64, to: i64, condition: &str) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare("SELECT name FROM pragma_table_info(?1) WHERE name <> 'session'")?;
    let names = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?.join(", ");
    let sql =
        format!("INSERT INTO {table} (session, {names}) SELECT ?2, {names} FROM {table} WHERE session = ?1{condition}");
    transaction.execute(&sql, [from, to]).map(drop)
}
