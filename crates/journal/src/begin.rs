//! Adds a new session to the journal.

use rusqlite::{Connection, TransactionBehavior, params};

use super::chain::begun;
use super::progress::Progress;
use super::seals::{SealKind, Sealer, object};
use super::session_start::SessionStart;
use serde_json::json;

/// Stores a session with what is known at its start, and seals that; returns its number and how far it is written.
pub(super) fn begin(
    connection: &mut Connection,
    start: &SessionStart,
    sealer: &mut Sealer,
) -> rusqlite::Result<(i64, Progress)> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(profile) = &start.profile {
        let dbc = profile.dbc.as_ref();
        transaction.execute(
            "INSERT OR IGNORE INTO profile (sha256, name, text, dbc_name, dbc) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                start.profile_sha256,
                start.machine,
                profile.text,
                dbc.map(|(name, _)| name),
                dbc.map(|(_, bytes)| bytes)
            ],
        )?;
    }
    let session = sealer.next_session(&transaction)?;
    let (limit, entered) = (start.limit.as_ref(), &start.entered);
    transaction.execute(
        "INSERT INTO session (id, started_us, source, clock, machine, profile_sha256, crop, limit_id, limit_percent, \
         limit_source, software, operator, field, place, township, machine_name, plate, yield_kg_ha, tkw_g, revision_of, \
         revision, made_us) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        params![
            session,
            start.started_us,
            start.source,
            start.clock,
            start.machine,
            start.profile_sha256,
            start.crop,
            limit.map(|limit| &limit.0),
            limit.map(|limit| limit.1),
            limit.map(|limit| &limit.2),
            concat!("grainloss ", env!("CARGO_PKG_VERSION")),
            entered.operator,
            entered.field,
            entered.place,
            entered.township,
            entered.machine_name,
            entered.plate,
            start.yield_kg_ha,
            start.tkw_g,
            start.revision.as_ref().map(|revision| revision.0),
            start.revision.as_ref().map(|revision| &revision.1),
            start.made_us,
        ],
    )?;
    let begun = begun(&transaction, session)?;
    let stated = json!({
        "begun": begun,
        "made_us": start.made_us,
        "profile_kept": start.profile.is_some(),
    });
    let mut seals = sealer.clone();
    seals.add(&transaction, session, SealKind::Begin, object(stated))?;
    transaction.commit()?;
    *sealer = seals;
    sealer.publish();
    Ok((session, Progress::new(begun)))
}
