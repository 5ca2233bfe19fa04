//! Continues a session that a restart or a power cut interrupted.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::chain::{Chain, begun};
use super::closing::store_open_minute;
use super::limit_tally::LimitTally;
use super::numbered;
use super::progress::{Progress, limit_percent};
use super::records::{Stored, StoredPan};
use super::seals::{SealKind, Sealer, object};
use super::verification::Unchecked;
use super::verify::before_continuing;
use super::work_tally::WorkTally;
use serde_json::json;

use grainloss_core::harvest::{EstimatorCheckpoint, PanEntry, Totals};

/// What an interrupted session continues with.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Memory {
    /// The session's totals at its last stored second.
    #[serde(flatten)]
    pub totals: Totals,
    /// The estimator's state; `None` when none was stored, or another version of the program stored it.
    #[serde(default, deserialize_with = "if_readable")]
    pub learned: Option<EstimatorCheckpoint>,
    /// The drop pans that were judged, oldest first.
    #[serde(skip)]
    pub pans: Vec<PanEntry>,
}

fn if_readable<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<EstimatorCheckpoint>, D::Error> {
    let value = <serde_json::Value as serde::Deserialize>::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

/// Opens an interrupted session again: how far it is written, and its memory. `None` when it was changed since it was
/// written, or its memory cannot be read: then another session is to begin.
pub(super) fn reopen(
    connection: &mut Connection,
    path: &Path,
    session: i64,
    sealer: &mut Sealer,
) -> rusqlite::Result<Option<(Progress, Memory)>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let checked = before_continuing(&transaction, path, session)?;
    let strangers = checked.keys.iter().filter(|key| !sealer.is_ours(key)).count();
    // An open minute whose signature was taken away could be anything.
    let earlier = checked.unchecked.contains(&Unchecked::EarlierVersion);
    let stripped = !checked.signed && sealer.key().is_some() && !earlier;
    if !checked.problems.is_empty() || strangers > 0 || stripped {
        tracing::warn!(
            "{}: session {session} is not continued, since it was changed after it was written ({:?}); `grainloss verify \
             {session}` says where; a new session begins",
            path.display(),
            checked.problems
        );
        return Ok(None);
    }
    let sql = "SELECT memory, last_us, seconds, totals FROM session WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let Some((memory, last_us, seconds, totals)) = transaction.query_row(sql, [session], read).optional()? else {
        return Ok(None);
    };
    let memory: Option<String> = memory;
    let memory = memory.and_then(|memory| serde_json::from_str::<Memory>(&memory).ok());
    let Some(mut memory) = memory else { return Ok(None) };
    let pans =
        transaction.prepare(StoredPan::SQL)?.query_map([session], StoredPan::of)?.collect::<Result<Vec<_>, _>>()?;
    memory.pans = pans.iter().filter_map(StoredPan::entry).collect();
    let next_seq = numbered::next_seq(&transaction, session)?;
    transaction.execute("UPDATE session SET end_reason = NULL WHERE id = ?1", [session])?;
    let (chain, reopened) = Chain::resume(&transaction, session, !checked.open)?;
    let begun = begun(&transaction, session)?;
    let tally = limit_percent(&begun).map(|limit| LimitTally::read(&transaction, session, limit)).transpose()?;
    let work = WorkTally::read(&transaction, session)?;
    let progress = Progress { next_seq, chain, seconds, last_us, totals, tally, work, begun };
    let mut seals = sealer.clone();
    let sql = "SELECT root FROM proof WHERE session = ?1";
    let root: Option<String> = transaction.query_row(sql, [session], |row| row.get(0)).optional()?;
    let stated = json!({
        "root": root,
        "reopened": reopened,
        "chain": progress.chain.head,
        "last_us": last_us,
        "unsealed_before": earlier,
    });
    seals.add(&transaction, session, SealKind::Continue, object(stated))?;
    store_open_minute(&transaction, session, &progress, &seals)?;
    transaction.commit()?;
    *sealer = seals;
    sealer.publish();
    Ok(Some((progress, memory)))
}
