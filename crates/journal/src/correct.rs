//! Corrections to a closed session: additions with a name and a reason. The stored rows stay as they are.

use std::path::Path;

use rusqlite::{OptionalExtension, TransactionBehavior, params};
use serde_json::json;

use super::entry::Item;
use super::error::JournalError;
use super::reader::Journal;
use super::records::Correction;
use super::seals::{SealKind, Sealer, object};
use super::{open, proof};

/// A correction to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCorrection {
    /// The item to correct.
    pub item: Item,
    /// The value now; `None` removes it.
    pub value: Option<String>,
    /// Name of the person who corrects it.
    pub who: String,
    /// The reason.
    pub why: String,
    /// When, by the wall clock, microseconds since 1970.
    pub made_us: i64,
}

impl Correction {
    /// The hash over `before` and this correction.
    pub(super) fn link(&self, before: &str) -> String {
        let Self { made_us, item, was, value, who, why, .. } = self;
        proof::hash(&format!("{before}\n{}", json!([made_us, item, was, value, who, why])))
    }
}

/// Adds a correction to session `id`, signed with the device's key if there is one; returns what was stored.
///
/// # Errors
/// [`JournalError::NoSession`] when there is no such session; another one when the journal cannot be opened or written.
pub fn correct(path: &Path, id: &str, new: &NewCorrection) -> Result<Correction, JournalError> {
    let journal = Journal::open(path)?;
    let mut session = journal.session(id)?;
    let was = session.entered.field_mut(new.item.word()).and_then(Option::take);
    drop(journal);
    let sqlite = |error| JournalError::sqlite(path, error);
    let mut connection = open::to_write(path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
    let text = |sql: &str| transaction.query_row(sql, [session.id], |row| row.get::<_, String>(0)).optional();
    let before = text("SELECT chain FROM correction WHERE session = ?1 ORDER BY id DESC LIMIT 1").map_err(sqlite)?;
    let root = text("SELECT root FROM proof WHERE session = ?1").map_err(sqlite)?;
    let before = before.or(root).unwrap_or_else(proof::beginning);
    let mut made = Correction {
        id: 0,
        made_us: new.made_us,
        item: new.item.word().to_owned(),
        was,
        value: new.value.clone(),
        who: new.who.clone(),
        why: new.why.clone(),
        chain: String::new(),
        public_key: None,
        signature: None,
    };
    made.chain = made.link(&before);
    let mut sealer = Sealer::of(path);
    let signed = sealer.key().map(|key| proof::sign(key, &made.chain));
    (made.public_key, made.signature) = signed.unzip();
    // Sealed before it is added: corrections of an earlier version of the program are stated without it.
    let stated = object(json!({ "from": before, "chain": made.chain }));
    sealer.add(&transaction, session.id, SealKind::Correction, stated).map_err(sqlite)?;
    let c = &made;
    transaction
        .execute(
            "INSERT INTO correction (session, made_us, item, was, value, who, why, chain, public_key, signature) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![session.id, c.made_us, c.item, c.was, c.value, c.who, c.why, c.chain, c.public_key, c.signature],
        )
        .map_err(sqlite)?;
    made.id = transaction.last_insert_rowid();
    transaction.commit().map_err(sqlite)?;
    sealer.publish();
    Ok(made)
}
