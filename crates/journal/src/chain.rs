//! The hash chain over a session's minutes, and the seal when the session is closed.

use ed25519_dalek::SigningKey;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::proof::{self, MINUTE_US, ProofMinute, RowsHash, minute_end};
use super::rows;
use grainloss_core::data_file;
use grainloss_core::record::COLUMNS;

/// The columns of each numbered table that are hashed, in this order. Never changed: a later version adds tables and columns
/// in a list of its own.
const RECORDS: [(&str, &str); 8] = [
    ("event", "seq, t_us, kind, id, level, stream, count, value"),
    (
        "pan",
        "seq, t_us, dropped_us, known_us, kind, area_m2, header_width_m, discharge_width_m, concentration, kernels, grams, \
         grain_kg, shed_kernels_m2, shed_kg_m2, who, outcome, log_found_over_expected, weight",
    ),
    ("setting", "seq, t_us, setting, value, unit, origin, who"),
    ("activity", "seq, t_us, state"),
    ("acknowledgement", "seq, t_us, alarm, stream, who"),
    ("fact", "seq, t_us, item, value, who"),
    ("sensor", "seq, t_us, channel, state"),
    ("bus", "seq, t_us, interface, state, frames, error_frames, odd"),
];
/// The columns of `tenth` that are hashed.
const TENTHS: &str = "t_us, state, ground_speed_m_s, header_height_m, feed_kg_s, engine_rpm, grain_in_kg_s, \
    header_loss_kg_s, separation_loss_kg_s, cleaning_loss_kg_s, total_pct, total_lo, total_hi";
/// The columns of `fusion` that are hashed; a journal without such rows has the same hashes as before version 4.
const FUSIONS: &str = "t_us, measurement, innovation, variance, test_ratio, outcome, reason";
/// The columns of `session` that are sealed; not `made_us`, the wall clock: the same log and key give the same proof.
const FACTS: &str = "id, started_us, last_us, seconds, end_reason, source, clock, machine, profile_sha256, crop, limit_id, \
    limit_percent, limit_source, software, totals, operator, field, place, township, machine_name, plate, yield_kg_ha, \
    tkw_g, revision_of, revision, (SELECT sha256 FROM capture WHERE capture.session = session.id) AS capture_sha256";

/// How far a session's minutes are hashed.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// The end of the newest hashed minute, µs; rows up to it are not added any more. `i64::MIN` before the first.
    pub end_us: i64,
    /// Records up to this number are hashed; -1 before the first.
    pub last_seq: i64,
    /// The chain's hash after that minute, hexadecimal.
    pub head: String,
}

impl Chain {
    pub fn new() -> Self {
        Self { end_us: i64::MIN, last_seq: -1, head: proof::beginning() }
    }

    /// The chain of a session that is continued. An existing seal is removed: a new one follows over old and new minutes.
    /// The last minute, which the seal closed before it was complete, is hashed again.
    pub fn resume(connection: &Connection, session: i64) -> rusqlite::Result<Self> {
        if connection.execute("DELETE FROM proof WHERE session = ?1", [session])? > 0 {
            let last = "DELETE FROM minute WHERE session = ?1 AND end_us = \
                (SELECT max(end_us) FROM minute WHERE session = ?1)";
            connection.execute(last, [session])?;
        }
        let newest = "SELECT end_us, last_seq, chain FROM minute WHERE session = ?1 ORDER BY end_us DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| Ok(Self { end_us: row.get(0)?, last_seq: row.get(1)?, head: row.get(2)? });
        Ok(connection.query_row(newest, [session], read).optional()?.unwrap_or_else(Self::new))
    }

    /// Hashes the minutes that are complete at `now_us`; with `all` also the last, incomplete one. `last_seq` is the number
    /// of the newest record.
    pub fn close(
        &mut self,
        connection: &Connection,
        session: i64,
        now_us: i64,
        last_seq: i64,
        all: bool,
    ) -> rusqlite::Result<()> {
        loop {
            let next = "SELECT min(t_us) FROM sample WHERE session = ?1 AND t_us > ?2";
            let next: Option<i64> =
                connection.prepare_cached(next)?.query_row(params![session, self.end_us], |row| row.get(0))?;
            let end_us = match next {
                Some(t_us) => minute_end(t_us),
                // Records after the last second, such as the bus counters at the end.
                None if all && last_seq > self.last_seq => minute_end(now_us.max(self.end_us.saturating_add(1)).max(1)),
                None => return Ok(()),
            };
            if end_us > now_us && !all {
                return Ok(());
            }
            let minute = hashed(connection, session, end_us, (self.last_seq, last_seq), COLUMNS.len())?;
            self.head = proof::link(&self.head, &minute);
            (self.end_us, self.last_seq) = (end_us, last_seq);
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

    /// Seals the session: hashes its facts with the chain and signs that; `None` as key leaves it unsigned.
    pub fn seal(&self, connection: &Connection, session: i64, key: Option<&SigningKey>) -> rusqlite::Result<()> {
        let facts = facts(connection, session)?;
        let root = proof::root(&self.head, &facts);
        let signed = key.map(|key| proof::sign(key, &root));
        let (key, signature) = signed.unzip();
        connection.execute(
            "INSERT OR IGNORE INTO proof (session, facts, root, public_key, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![session, facts, root, key, signature],
        )?;
        Ok(())
    }
}

/// The hashes of a minute as it is stored now. Records with `after_seq < seq <= last_seq` belong to it.
pub(super) fn hashed(
    connection: &Connection,
    session: i64,
    end_us: i64,
    (after_seq, last_seq): (i64, i64),
    columns: usize,
) -> rusqlite::Result<ProofMinute> {
    let mut rows = RowsHash::default();
    let within = (end_us.saturating_sub(MINUTE_US), end_us);
    let done = rows::each(connection, session, within, columns, |_, texts| {
        rows.add(texts);
        Ok::<(), std::convert::Infallible>(())
    })?;
    let Ok(()) = done;
    let mut records = RowsHash::default();
    for (table, names) in RECORDS {
        let sql = format!("SELECT {names} FROM {table} WHERE session = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq");
        hash_rows(connection, table, &sql, (session, after_seq, last_seq), &mut records)?;
    }
    let sql = format!("SELECT {TENTHS} FROM tenth WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3 ORDER BY t_us");
    hash_rows(connection, "tenth", &sql, (session, within.0, within.1), &mut records)?;
    let sql = format!(
        "SELECT {FUSIONS} FROM fusion WHERE session = ?1 AND t_us > ?2 AND t_us <= ?3 ORDER BY t_us, measurement"
    );
    hash_rows(connection, "fusion", &sql, (session, within.0, within.1), &mut records)?;
    Ok(ProofMinute {
        end_us,
        seconds: rows.seconds,
        columns,
        rows_sha256: rows.finish(),
        records_sha256: records.finish(),
    })
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
    while let Some(row) = rows.next()? {
        let mut fields = vec![table.to_owned()];
        for at in 0..columns {
            fields.push(json(row.get(at)?).to_string());
        }
        hash.add(&fields);
    }
    Ok(())
}

fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => data_file::hex(&bytes).into(),
    }
}

/// The session's facts as they are stored now: JSON text with its keys in alphabetical order.
pub(super) fn facts(connection: &Connection, session: i64) -> rusqlite::Result<String> {
    let mut statement = connection.prepare(&format!("SELECT {FACTS} FROM session WHERE id = ?1"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let read = |row: &rusqlite::Row<'_>| {
        let mut facts = serde_json::Map::new();
        for (at, name) in names.iter().enumerate() {
            facts.insert(name.clone(), json(row.get(at)?));
        }
        Ok(serde_json::Value::Object(facts).to_string())
    };
    Ok(statement.query_row([session], read).optional()?.unwrap_or_default())
}
