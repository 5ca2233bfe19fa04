//! Seals: signed statements about the journal, each naming the one before. They are added and never changed. The newest is
//! also kept in a file beside the journal, so that seals missing at the end are noticed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::key::DeviceKeys;
use super::proof;
use super::quarantine::{HEAD_ENDING, beside};

/// The newest seal, as the file beside the journal holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The seal's number.
    pub seal: i64,
    /// Its hash.
    pub hash: String,
    /// The highest number of a session so far.
    pub session: i64,
}

impl Head {
    /// The head beside this journal; `None` when there is none, or it cannot be read.
    pub fn beside(journal: &Path) -> Option<Self> {
        /// A head is a hundred bytes; what is longer is none.
        const MOST_BYTES: u64 = 4096;
        let path = beside(journal, HEAD_ENDING);
        let small = std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MOST_BYTES);
        small.then(|| std::fs::read_to_string(path).ok()).flatten().and_then(|text| serde_json::from_str(&text).ok())
    }
}

/// What a seal states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealKind {
    /// Sessions that were in the journal before it had seals.
    Earlier,
    /// A session begins.
    Begin,
    /// Minutes of a session are complete.
    Minutes,
    /// A session is closed.
    End,
    /// A session goes on after an interruption.
    Continue,
    /// A correction was added.
    Correction,
    /// A capture file was deleted to make room.
    CaptureDeleted,
    /// A point was measured by hand, or corrected.
    Point,
}

impl SealKind {
    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Earlier => "earlier",
            Self::Begin => "begin",
            Self::Minutes => "minutes",
            Self::End => "end",
            Self::Continue => "continue",
            Self::Correction => "correction",
            Self::CaptureDeleted => "capture-deleted",
            Self::Point => "point",
        }
    }
}

/// Adds seals to a journal.
#[derive(Clone, Debug)]
pub(super) struct Sealer {
    journal: PathBuf,
    key: Option<SigningKey>,
    /// The newest seal that this program wrote, or the one that the file beside the journal names; `None` before the first.
    head: Option<Head>,
}

impl Sealer {
    /// Seals the journal at this path with the key beside it, which is made when there is none. Without a usable key the
    /// seals are not signed, and a warning says why.
    pub fn of(journal: &Path) -> Self {
        let key = DeviceKeys::beside(journal).load_or_make();
        let key = key.inspect_err(|error| tracing::warn!("the session will not be signed: {error}")).ok();
        Self { journal: journal.to_owned(), key, head: Head::beside(journal) }
    }

    /// The key; `None` when there is none that can be used.
    pub const fn key(&self) -> Option<&SigningKey> {
        self.key.as_ref()
    }

    /// True for a public key of this device, the one in use or an earlier one.
    pub fn is_ours(&self, public_key: &str) -> bool {
        let in_use = self.key.as_ref().map(|key| grainloss_core::data_file::hex(key.verifying_key().as_bytes()));
        in_use.as_deref() == Some(public_key)
            || DeviceKeys::beside(&self.journal).public().iter().any(|key| key == public_key)
    }

    /// Hash, public key and signature of a text.
    pub fn signed(&self, text: &str) -> (String, Option<String>, Option<String>) {
        let hash = proof::hash(text);
        let (key, signature) = self.key.as_ref().map(|key| proof::sign(key, &hash)).unzip();
        (hash, key, signature)
    }

    /// The number for a new session: above every number that was ever used.
    pub fn next_session(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let sql =
            "SELECT max((SELECT coalesce(max(id), 0) FROM session), (SELECT coalesce(max(session), 0) FROM seal))";
        let used: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(used.max(self.head.as_ref().map_or(0, |head| head.session)).saturating_add(1))
    }

    /// Adds a seal within the transaction on `connection`. Seals that are missing since the newest one known are named in
    /// it.
    pub fn add(
        &mut self,
        connection: &Connection,
        session: i64,
        kind: SealKind,
        stated: Map<String, Value>,
    ) -> rusqlite::Result<()> {
        if newest(connection)?.is_none() && self.head.is_none() && kind != SealKind::Earlier {
            self.add_earlier(connection, session, kind != SealKind::Begin)?;
        }
        self.write(connection, newest(connection)?, session, kind, stated)
    }

    fn write(
        &mut self,
        connection: &Connection,
        newest: Option<(i64, String)>,
        session: i64,
        kind: SealKind,
        mut stated: Map<String, Value>,
    ) -> rusqlite::Result<()> {
        let mut number = newest.as_ref().map_or(0, |(id, _)| *id);
        match &self.head {
            Some(head) => {
                let sql = "SELECT hash FROM seal WHERE id = ?1";
                let found: Option<String> = connection.query_row(sql, [head.seal], |row| row.get(0)).optional()?;
                if found.as_ref() != Some(&head.hash) {
                    tracing::warn!(
                        "{}: seals up to number {} are missing or were changed; this is noted in the journal",
                        self.journal.display(),
                        head.seal
                    );
                    stated.insert("missing".to_owned(), json!({ "seal": head.seal, "hash": head.hash }));
                    number = number.max(head.seal);
                }
            }
            None if number > 0 => {
                stated.insert("head".to_owned(), "missing".into());
            }
            None => {}
        }
        number = number.saturating_add(1);
        stated.insert("seal".to_owned(), number.into());
        stated.insert("before".to_owned(), newest.map(|(_, hash)| hash).into());
        stated.insert("session".to_owned(), session.into());
        stated.insert("kind".to_owned(), kind.word().into());
        let body = Value::Object(stated).to_string();
        let (hash, key, signature) = self.signed(&body);
        connection
            .prepare_cached(
                "INSERT INTO seal (id, session, kind, body, hash, public_key, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![number, session, kind.word(), body, hash, key, signature])?;
        let highest = self.head.as_ref().map_or(0, |head| head.session).max(session);
        self.head = Some(Head { seal: number, hash, session: highest });
        Ok(())
    }

    /// States which sessions an earlier version of the program wrote, if there are any: with `all` `session`
    /// too.
    fn add_earlier(&mut self, connection: &Connection, session: i64, all: bool) -> rusqlite::Result<()> {
        let sql = "SELECT id, (SELECT root FROM proof WHERE proof.session = session.id), \
            (SELECT count(*) FROM correction WHERE correction.session = session.id) FROM session \
            WHERE ?1 OR id <> ?2 ORDER BY id";
        let mut statement = connection.prepare(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(json!({
                "id": row.get::<_, i64>(0)?,
                "root": row.get::<_, Option<String>>(1)?,
                "corrections": row.get::<_, i64>(2)?,
            }))
        };
        let earlier = statement.query_map(params![all, session], read)?.collect::<rusqlite::Result<Vec<Value>>>()?;
        if earlier.is_empty() {
            return Ok(());
        }
        let newest = earlier.last().and_then(|newest| newest["id"].as_i64()).unwrap_or(0);
        self.write(connection, None, newest, SealKind::Earlier, object(json!({ "sessions": earlier })))
    }

    /// Writes the newest seal into the file beside the journal, once the transaction is committed. Failing to do so costs
    /// nothing of the journal: the file then names an earlier seal.
    pub fn publish(&self) {
        let Some(head) = &self.head else { return };
        let path = beside(&self.journal, HEAD_ENDING);
        let part = beside(&self.journal, ".head.part");
        let written = serde_json::to_string(head).map_err(std::io::Error::other).and_then(|text| {
            use std::os::unix::fs::OpenOptionsExt as _;
            let _ = std::fs::remove_file(&part);
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o640).open(&part)?;
            file.write_all(format!("{text}\n").as_bytes())?;
            std::fs::rename(&part, &path)
        });
        if let Err(error) = written {
            tracing::debug!("{}: {error}", path.display());
        }
    }
}

/// Number and hash of the newest seal; `None` before the first.
fn newest(connection: &Connection) -> rusqlite::Result<Option<(i64, String)>> {
    let sql = "SELECT id, hash FROM seal ORDER BY id DESC LIMIT 1";
    connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// The fields of a JSON object; empty for any other value.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
