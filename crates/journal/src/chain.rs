//! The hash chain over a session's minutes, and the seal when the session is closed.

use rusqlite::{Connection, OptionalExtension, params};

use serde_json::Map;

use super::hashed_columns::{FUSIONS, RECORDS, TENTHS, json, push_value};
use super::minute_rows::MinuteRows;
use super::proof::{self, MINUTE_US, ProofMinute, RowsHash, minute_end};
use super::rows;

/// The columns of `session` that are stated when it begins and sealed when it is closed.
const BEGUN: &str = "id, started_us, source, clock, machine, profile_sha256, crop, limit_id, limit_percent, limit_source, \
    software, operator, field, place, township, machine_name, plate, yield_kg_ha, tkw_g, revision_of, revision";
/// The columns that are sealed besides, when it is closed; not `made_us`, the wall clock: the same log and key give the same
/// proof.
const ENDED: &str = "last_us, seconds, end_reason, totals, \
    (SELECT sha256 FROM capture WHERE capture.session = session.id) AS capture_sha256";
/// What is sealed of the capture since version 2 of the seals.
const CAPTURE: &str = "(SELECT file FROM capture WHERE capture.session = session.id) AS capture_file, \
    (SELECT frames FROM capture WHERE capture.session = session.id) AS capture_frames, \
    (SELECT lost FROM capture WHERE capture.session = session.id) AS capture_lost, \
    (SELECT bytes FROM capture WHERE capture.session = session.id) AS capture_bytes";
/// The facts of a session that was sealed since the journal has a list of seals hold this under `seals`.
pub(super) const SEALS_VERSION: i64 = 2;

/// How far a session's minutes are hashed.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// The end of the newest hashed minute, µs; rows up to it are not added any more. `i64::MIN` before the first.
    pub end_us: i64,
    /// Records up to this number are hashed; -1 before the first.
    pub last_seq: i64,
    /// The chain's hash after that minute, hexadecimal.
    pub head: String,
    /// The rows after that minute, as the writer was given them.
    pub rows: MinuteRows,
}

impl Chain {
    pub fn new() -> Self {
        Self { end_us: i64::MIN, last_seq: -1, head: proof::beginning(), rows: MinuteRows::default() }
    }

    /// The chain of a session that is continued, once it was verified. When it was closed (`ended`), its last minute was
    /// closed before it was complete: that one is taken out, to be completed and hashed again; it is returned beside the
    /// chain.
    pub fn resume(connection: &Connection, session: i64, ended: bool) -> rusqlite::Result<(Self, Option<ProofMinute>)> {
        let newest = "SELECT end_us, seconds, columns, rows_sha256, records_sha256 FROM minute WHERE session = ?1 \
            ORDER BY end_us DESC LIMIT 1";
        let minute = |row: &rusqlite::Row<'_>| {
            Ok(ProofMinute {
                end_us: row.get(0)?,
                seconds: row.get(1)?,
                columns: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                rows_sha256: row.get(3)?,
                records_sha256: row.get(4)?,
            })
        };
        let last = connection.query_row(newest, [session], minute).optional()?.filter(|_| ended);
        if let Some(last) = &last {
            connection
                .execute("DELETE FROM minute WHERE session = ?1 AND end_us = ?2", params![session, last.end_us])?;
        }
        let newest = "SELECT end_us, last_seq, chain FROM minute WHERE session = ?1 ORDER BY end_us DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let before = connection.query_row(newest, [session], read).optional()?;
        let (end_us, last_seq, head) = before.unwrap_or_else(|| (i64::MIN, -1, proof::beginning()));
        let rows = MinuteRows::read(connection, session, end_us, last_seq)?;
        Ok((Self { end_us, last_seq, head, rows }, last))
    }

    /// Stores the minutes that are complete at `now_us`; with `all` also the last, incomplete one. `last_seq` is the number
    /// of the newest record. True when a minute was stored.
    pub fn close(
        &mut self,
        connection: &Connection,
        session: i64,
        now_us: i64,
        last_seq: i64,
        all: bool,
    ) -> rusqlite::Result<bool> {
        let mut stored = false;
        loop {
            let end_us = match self.rows.first_end_us() {
                Some(end_us) => end_us,
                // Records after the last second, such as the bus counters at the end.
                None if all && last_seq > self.last_seq => minute_end(now_us.max(self.end_us.saturating_add(1)).max(1)),
                None => return Ok(stored),
            };
            if end_us > now_us && !all {
                return Ok(stored);
            }
            let minute = self.rows.hashed(end_us);
            self.rows.remove_to(end_us);
            self.head = proof::link(&self.head, &minute);
            (self.end_us, self.last_seq) = (end_us, last_seq);
            stored = true;
            connection
                .prepare_cached(
                    "INSERT INTO minute (session, end_us, seconds, columns, last_seq, rows_sha256, records_sha256, chain) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    session,
                    end_us,
                    minute.seconds,
                    minute.columns as i64,
                    last_seq,
                    minute.rows_sha256,
                    minute.records_sha256,
                    self.head
                ])?;
        }
    }
}

/// The hashes of a minute as it is stored now, and how many rows of `tenth` and `fusion` are in it. Records with
/// `after_seq < seq <= last_seq` belong to it.
pub(super) fn hashed(
    connection: &Connection,
    session: i64,
    end_us: i64,
    (after_seq, last_seq): (i64, i64),
    columns: usize,
) -> rusqlite::Result<(ProofMinute, i64)> {
    let mut rows = RowsHash::default();
    let within = (end_us.saturating_sub(MINUTE_US), end_us);
    rows::each_line(connection, session, within, columns, |_, line| rows.add(&[line]))?;
    let mut records = RowsHash::default();
    for (table, names) in RECORDS {
        let sql = format!("SELECT {names} FROM {table} WHERE session = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq");
        hash_rows(connection, table, &sql, (session, after_seq, last_seq), &mut records)?;
    }
    let before = records.seconds;
    let sql = format!("SELECT {TENTHS} FROM tenth WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3 ORDER BY t_us");
    hash_rows(connection, "tenth", &sql, (session, within.0, within.1), &mut records)?;
    let sql = format!(
        "SELECT {FUSIONS} FROM fusion WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3 ORDER BY t_us, measurement"
    );
    hash_rows(connection, "fusion", &sql, (session, within.0, within.1), &mut records)?;
    let timed = records.seconds - before;
    let minute = ProofMinute {
        end_us,
        seconds: rows.seconds,
        columns,
        rows_sha256: rows.finish(),
        records_sha256: records.finish(),
    };
    Ok((minute, timed))
}

/// Hashes the rows of a query, each as the table's name and its columns as JSON.
fn hash_rows(
    connection: &Connection,
    table: &str,
    sql: &str,
    range: (i64, i64, i64),
    hash: &mut RowsHash,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(range)?;
    let mut line = String::new();
    while let Some(row) = rows.next()? {
        table.clone_into(&mut line);
        for at in 0..columns {
            push_value(&mut line, row.get_ref(at)?);
        }
        hash.add(&[&line]);
    }
    Ok(())
}

/// What a session says of itself since it began, as it is stored now; empty when there is no such session.
pub(super) fn begun(connection: &Connection, session: i64) -> rusqlite::Result<Map<String, serde_json::Value>> {
    columns(connection, session, BEGUN)
}

/// The session's facts as they are stored now; with `listed` those of a session that has seals. Empty when there is no such
/// session.
pub(super) fn facts(
    connection: &Connection,
    session: i64,
    listed: bool,
) -> rusqlite::Result<Map<String, serde_json::Value>> {
    if !listed {
        return columns(connection, session, &format!("{BEGUN}, {ENDED}"));
    }
    let mut facts = columns(connection, session, &format!("{BEGUN}, {ENDED}, {CAPTURE}"))?;
    facts.insert("seals".to_owned(), SEALS_VERSION.into());
    Ok(facts)
}

fn columns(connection: &Connection, session: i64, sql: &str) -> rusqlite::Result<Map<String, serde_json::Value>> {
    let mut statement = connection.prepare(&format!("SELECT {sql} FROM session WHERE id = ?1"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let read = |row: &rusqlite::Row<'_>| {
        names.iter().enumerate().map(|(at, name)| Ok((name.clone(), json(row.get_ref(at)?)))).collect()
    };
    Ok(statement.query_row([session], read).optional()?.unwrap_or_default())
}
