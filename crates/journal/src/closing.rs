//! What is stated of a session with each commit: its complete minutes, the minute that is not over, and its end.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use super::chain::facts;
use super::progress::Progress;
use super::proof;
use super::seals::{SealKind, Sealer, object};

/// States the minutes that are complete.
pub(super) fn seal_minutes(
    connection: &Connection,
    session: i64,
    written: &Progress,
    sealer: &mut Sealer,
) -> rusqlite::Result<()> {
    let stated = json!({ "chain": written.chain.head, "end_us": written.chain.end_us });
    sealer.add(connection, session, SealKind::Minutes, object(stated))
}

/// Stores the minute that is not over, signed.
pub(super) fn store_open_minute(
    connection: &Connection,
    session: i64,
    written: &Progress,
    sealer: &Sealer,
) -> rusqlite::Result<()> {
    let body = open_minute(connection, session, written)?.to_string();
    let (hash, key, signature) = sealer.signed(&body);
    let sql = "INSERT OR REPLACE INTO open_minute (session, last_us, body, hash, public_key, signature) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![session, written.last_us, body, hash, key, signature]).map(drop)
}

/// What is stated of the minute that is not over.
fn open_minute(connection: &Connection, session: i64, written: &Progress) -> rusqlite::Result<Value> {
    Ok(json!({
        "session": session,
        "chain": written.chain.head,
        "minute": written.chain.rows.hashed(i64::MAX),
        "last_seq": written.next_seq - 1,
        "last_us": written.last_us,
        "seconds": written.seconds,
        "totals": written.totals,
        "memory_sha256": memory_sha256(connection, session)?,
    }))
}

/// The hash of what the session would go on with; `None` when there is nothing yet.
pub(super) fn memory_sha256(connection: &Connection, session: i64) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT memory FROM session WHERE id = ?1";
    let memory: Option<Option<String>> =
        connection.prepare_cached(sql)?.query_row([session], |row| row.get(0)).optional()?;
    Ok(memory.flatten().map(|memory| proof::hash(&memory)))
}

/// Seals a session that is closed. The seal of an earlier close stays in the list of seals; `proof` holds the newest.
pub(super) fn seal_end(
    connection: &Connection,
    session: i64,
    written: &Progress,
    sealer: &mut Sealer,
) -> rusqlite::Result<()> {
    let mut facts: Map<String, Value> = facts(connection, session, true)?;
    // What the writer knows itself is not taken from the file.
    facts.extend(written.begun.clone());
    facts.insert("seconds".to_owned(), written.seconds.into());
    facts.insert("last_us".to_owned(), written.last_us.into());
    facts.insert("totals".to_owned(), written.totals.clone().into());
    let facts = Value::Object(facts).to_string();
    let root = proof::root(&written.chain.head, &facts);
    let (key, signature) = sealer.key().map(|key| proof::sign(key, &root)).unzip();
    connection.execute(
        "INSERT OR REPLACE INTO proof (session, facts, root, public_key, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![session, facts, root, key, signature],
    )?;
    connection.execute("DELETE FROM open_minute WHERE session = ?1", [session])?;
    let memory = memory_sha256(connection, session)?;
    let stated = json!({ "facts": facts, "root": root, "memory_sha256": memory });
    sealer.add(connection, session, SealKind::End, object(stated))
}
