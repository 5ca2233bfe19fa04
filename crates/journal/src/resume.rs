//! Continues a session that a restart or a power cut interrupted.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::chain::Chain;
use super::numbered;
use super::progress::Progress;
use super::records::{Stored, StoredPan};
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

/// Opens an interrupted session again: how far it is written, and its memory. `None` when the memory cannot be read.
pub(super) fn reopen(connection: &mut Connection, session: i64) -> rusqlite::Result<Option<(Progress, Memory)>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let sql = "SELECT memory FROM session WHERE id = ?1";
    let memory: Option<Option<String>> = transaction.query_row(sql, [session], |row| row.get(0)).optional()?;
    let memory = memory.flatten().and_then(|memory| serde_json::from_str::<Memory>(&memory).ok());
    let Some(mut memory) = memory else { return Ok(None) };
    let pans =
        transaction.prepare(StoredPan::SQL)?.query_map([session], StoredPan::of)?.collect::<Result<Vec<_>, _>>()?;
    memory.pans = pans.iter().filter_map(StoredPan::entry).collect();
    let next_seq = numbered::next_seq(&transaction, session)?;
    transaction.execute("UPDATE session SET end_reason = NULL WHERE id = ?1", [session])?;
    let chain = Chain::resume(&transaction, session)?;
    transaction.commit()?;
    Ok(Some((Progress { next_seq, chain }, memory)))
}
