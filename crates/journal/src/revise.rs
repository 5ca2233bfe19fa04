//! A revision of a session without its frames: a copy with other alarms.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Transaction, TransactionBehavior, params};

use super::begin::begin;
use super::closing::seal_end;
use super::error::JournalError;
use super::minute_rows::MinuteRows;
use super::seals::Sealer;
use super::session_start::SessionStart;
use super::{numbered, open};
use grainloss_core::record::EventRecord;

/// The tables that are copied without change.
const COPIED: [&str; 8] = ["sample", "tenth", "fusion", "pan", "setting", "activity", "fact", "sensor"];

/// Stores a copy of session `from` that begins with `start`, with these alarm levels by second (µs) and these events in
/// place of its alarms; returns the copy's number.
///
/// # Errors
/// [`JournalError`] when the journal cannot be opened or written.
pub fn revise_alarms(
    path: &Path,
    from: i64,
    start: &SessionStart,
    levels: &BTreeMap<i64, u8>,
    events: &[EventRecord],
) -> Result<i64, JournalError> {
    let sqlite = |error| JournalError::sqlite(path, error);
    let mut connection = open::to_write(path)?;
    let mut sealer = Sealer::of(path);
    let (session, mut written) = begin(&mut connection, start, &mut sealer).map_err(sqlite)?;
    let mut copy = |transaction: &Transaction<'_>| -> rusqlite::Result<()> {
        for table in COPIED {
            copy_table(transaction, table, from, session, "")?;
        }
        copy_table(transaction, "event", from, session, " AND kind NOT LIKE 'alarm-%'")?;
        for (t_us, level) in levels {
            transaction
                .prepare_cached("UPDATE sample SET alarm_level = ?3 WHERE session = ?1 AND t_us = ?2")?
                .execute(params![session, t_us, level])?;
        }
        let seq = numbered::next_seq(transaction, session)?;
        for (event, seq) in events.iter().zip(seq..) {
            let EventRecord { t_us, kind, id, level, stream, count, value } = event;
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
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let sql = "SELECT last_us, seconds, totals FROM session WHERE id = ?1";
        (written.last_us, written.seconds, written.totals) = transaction.query_row(sql, [session], read)?;
        written.chain.rows = MinuteRows::read(transaction, session, i64::MIN, -1)?;
        let last_us = written.last_us.unwrap_or(0);
        written.chain.close(transaction, session, last_us, seq + events.len() as i64, true)?;
        seal_end(transaction, session, &written, &mut sealer)
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
    copy(&transaction).map_err(sqlite)?;
    transaction.commit().map_err(sqlite)?;
    sealer.publish();
    Ok(session)
}

fn copy_table(transaction: &Transaction<'_>, table: &str, from: i64, to: i64, condition: &str) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare("SELECT name FROM pragma_table_info(?1) WHERE name <> 'session'")?;
    let names = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?.join(", ");
    let sql =
        format!("INSERT INTO {table} (session, {names}) SELECT ?2, {names} FROM {table} WHERE session = ?1{condition}");
    transaction.execute(&sql, [from, to]).map(drop)
}
