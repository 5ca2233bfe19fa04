//! Corrections: additions that say who says otherwise, and why. What is stored stays.

use std::path::Path;

use ed25519_dalek::SigningKey;
use rusqlite::{OptionalExtension, TransactionBehavior, params};
use serde_json::json;

use super::entry::Item;
use super::open::{self, JournalError};
use super::proof;
use super::reader::{Journal, entered};
use super::records::Correction;

/// What somebody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCorrection {
    /// What it is about.
    pub item: Item,
    /// What holds now; `None` takes what was entered back.
    pub value: Option<String>,
    /// Who says so.
    pub who: String,
    /// Why.
    pub why: String,
    /// Wall clock, microseconds since 1970.
    pub made_us: i64,
}

impl Correction {
    /// The chain after this correction.
    pub(super) fn link(&self, before: &str) -> String {
        let Self { made_us, item, was, value, who, why, .. } = self;
        proof::hash(&format!("{before}\n{}", json!([made_us, item, was, value, who, why])))
    }
}

/// Adds a correction to a session, signed with the key if there is one.
pub fn correct(
    path: &Path,
    id: &str,
    new: &NewCorrection,
    key: Option<&SigningKey>,
) -> Result<Correction, JournalError> {
    let journal = Journal::open(path)?;
    let mut session = journal.session(id)?;
    let was = entered(&mut session.entered, new.item.word()).and_then(Option::take);
    drop(journal);
    let wrong = |error| JournalError::Sqlite { path: path.to_owned(), error };
    let mut connection = open::to_write(path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
    let text = |sql: &str| transaction.query_row(sql, [session.id], |row| row.get::<_, String>(0)).optional();
    let before = text("SELECT chain FROM correction WHERE session = ?1 ORDER BY id DESC LIMIT 1").map_err(wrong)?;
    let root = text("SELECT root FROM proof WHERE session = ?1").map_err(wrong)?;
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
    let signed = key.map(|key| proof::sign(key, &made.chain));
    (made.public_key, made.signature) = signed.unzip();
    let c = &made;
    transaction
        .execute(
            "INSERT INTO correction (session, made_us, item, was, value, who, why, chain, public_key, signature) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![session.id, c.made_us, c.item, c.was, c.value, c.who, c.why, c.chain, c.public_key, c.signature],
        )
        .map_err(wrong)?;
    made.id = transaction.last_insert_rowid();
    transaction.commit().map_err(wrong)?;
    Ok(made)
}
