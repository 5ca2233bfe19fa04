//! The register: keys, machines, what was taken in, and what was heard.

mod heard;
mod keys;
mod machines;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::error::StoreError;

pub use keys::{KeyState, KnownKey};
pub use machines::Machine;

/// The version of the register that this program writes.
const VERSION: u32 = 1;

/// The register of a store.
#[derive(Debug)]
pub struct Register {
    path: PathBuf,
    pub(crate) connection: Connection,
}

/// A session of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownSession {
    pub id: i64,
    pub device: String,
    pub journal: String,
    pub number: i64,
    pub revises: Option<i64>,
    pub started_us: i64,
    pub crop: String,
    pub known_by: i64,
}

impl KnownSession {
    /// Its name in the tables.
    pub fn name(&self) -> String {
        session_name(&self.journal, self.number)
    }
}

/// A session's name in the tables: eight hexadecimal digits of its journal, a hyphen, its number.
pub(crate) fn session_name(journal: &str, number: i64) -> String {
    format!("{}-{number}", journal_name(journal))
}

/// A journal's name in the tables: its first eight hexadecimal digits.
pub(crate) fn journal_name(journal: &str) -> String {
    journal.chars().take(8).collect()
}

/// A packet of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownPacket {
    pub id: i64,
    pub sha256: String,
}

impl Register {
    /// The register's file in a store.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("register.sqlite")
    }

    /// Opens the register of a store, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be opened, [`StoreError::Later`] when a later version made it.
    pub fn open(folder: &Path, zone: &str) -> Result<Self, StoreError> {
        let path = Self::path(folder);
        let failed = |source| StoreError::Register { path: path.clone(), source };
        let mut connection = Connection::open(&path).map_err(failed)?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(failed)?;
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'about'", [], |row| row.get(0))
            .map_err(failed)?;
        if tables == 0 {
            let mut make = || {
                let transaction = connection.transaction()?;
                transaction.execute_batch(include_str!("../register/sqlite.sql"))?;
                let version = VERSION.to_string();
                let sql = "INSERT INTO about VALUES ('version', ?1), ('zone', ?2)";
                transaction.execute(sql, [version.as_str(), zone])?;
                transaction.commit()
            };
            make().map_err(failed)?;
        }
        heard::make(&mut connection).map_err(failed)?;
        let register = Self { path, connection };
        let found = register.about("version")?;
        if found.parse::<u32>().is_ok_and(|found| found <= VERSION) {
            Ok(register)
        } else {
            Err(StoreError::Later { path: register.path, found, known: VERSION })
        }
    }

    /// The zone whose dates are the store's days.
    ///
    /// # Errors
    /// [`StoreError::Register`] when it cannot be read.
    pub fn zone(&self) -> Result<String, StoreError> {
        self.about("zone")
    }

    fn about(&self, name: &str) -> Result<String, StoreError> {
        let sql = "SELECT value FROM about WHERE name = ?1";
        self.query(|connection| connection.query_row(sql, [name], |row| row.get(0)))
    }

    pub(crate) fn failed(&self) -> impl FnOnce(rusqlite::Error) -> StoreError + Copy + '_ {
        |source| StoreError::Register { path: self.path.clone(), source }
    }

    pub(crate) fn query<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        ask(&self.connection).map_err(self.failed())
    }

    /// Does this in one transaction: all of it or nothing.
    pub(crate) fn change<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let run = || {
            // `listen` writes beside a gather: who reads before it writes must hold the register from the beginning.
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|source| StoreError::Register { path: self.path.clone(), source })
    }

    /// True when a packet with these bytes was taken in.
    pub(crate) fn has_packet(&self, sha256: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM packet WHERE sha256 = ?1";
        Ok(self.query(|connection| connection.query_row(sql, [sha256], |row| row.get::<_, i64>(0)))? > 0)
    }

    /// True when this object of a bucket was taken in, as it is now.
    pub(crate) fn has_object(&self, url: &str, version: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM object WHERE url = ?1 AND version = ?2";
        Ok(self.query(|connection| connection.query_row(sql, [url, version], |row| row.get::<_, i64>(0)))? > 0)
    }

    /// Notes that it was.
    pub(crate) fn note_object(&self, url: &str, version: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO object VALUES (?1, ?2) ON CONFLICT DO UPDATE SET version = excluded.version";
        self.query(|connection| connection.execute(sql, [url, version])).map(drop)
    }

    /// The session of this number in a journal.
    pub(crate) fn session(&self, journal: &str, number: i64) -> Result<Option<KnownSession>, StoreError> {
        let sql = format!("{SESSION} WHERE journal = ?1 AND number = ?2");
        self.query(|connection| connection.query_row(&sql, params![journal, number], session).optional())
    }

    /// The sessions whose rows belong in this folder, by device and name; with `there` of those only that lie there already.
    pub(crate) fn sessions_in(&self, folder: &str, there: bool) -> Result<Vec<KnownSession>, StoreError> {
        let read = |connection: &Connection| {
            let sql = format!("{SESSION} WHERE folder = ?1 AND (NOT ?2 OR settled = ?1)");
            let mut statement = connection.prepare(&sql)?;
            statement.query_map(params![folder, there], session)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        let mut sessions = self.query(read)?;
        sessions.sort_by_key(|session| (session.device.clone(), session.name()));
        Ok(sessions)
    }

    /// The device that has packets of this journal; `None` when there is none.
    pub(crate) fn device_of_journal(&self, journal: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT device FROM session WHERE journal = ?1 AND folder IS NOT NULL LIMIT 1";
        self.query(|connection| connection.query_row(sql, [journal], |row| row.get(0)).optional())
    }

    /// The minutes of a session that are known: end, seconds, chain, and the packet that has most of it. A minute that was
    /// closed before it was over and completed later is there once.
    pub(crate) fn minutes(&self, session: i64) -> Result<Vec<KnownMinute>, StoreError> {
        // Of packets with as many seconds of it the one with the smallest hash: the same in whatever order they came.
        let sql = "SELECT end_us, seconds, chain, packet, sha256 FROM minute JOIN packet ON packet.id = packet \
            WHERE session = ?1 ORDER BY end_us, seconds DESC, sha256";
        let read = |connection: &Connection| {
            let minute = |row: &Row<'_>| {
                Ok(KnownMinute {
                    end_us: row.get(0)?,
                    seconds: row.get(1)?,
                    chain: row.get(2)?,
                    packet: KnownPacket { id: row.get(3)?, sha256: row.get(4)? },
                })
            };
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map([session], minute)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        let mut minutes = self.query(read)?;
        minutes.dedup_by_key(|minute| minute.end_us);
        Ok(minutes)
    }

    /// The packet that knows most of a session.
    pub(crate) fn best_packet(&self, session: i64) -> Result<Option<KnownPacket>, StoreError> {
        let sql = "SELECT id, sha256 FROM packet WHERE session = ?1 \
            ORDER BY last DESC, seal DESC, steps DESC, names DESC, sha256 LIMIT 1";
        let packet = |row: &Row<'_>| Ok(KnownPacket { id: row.get(0)?, sha256: row.get(1)? });
        self.query(|connection| connection.query_row(sql, [session], packet).optional())
    }

    /// True when another session of the journal that has packets here revises this one.
    pub(crate) fn is_revised(&self, journal: &str, number: i64) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM session WHERE journal = ?1 AND revises = ?2 AND folder IS NOT NULL";
        let count = |connection: &Connection| connection.query_row(sql, params![journal, number], |row| row.get(0));
        Ok(self.query::<i64>(count)? > 0)
    }
}

/// A minute of a session that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownMinute {
    pub end_us: i64,
    pub seconds: i64,
    pub chain: Vec<u8>,
    pub packet: KnownPacket,
}

const SESSION: &str = "SELECT id, device, journal, number, revises, started_us, crop, known_by FROM session";

fn session(row: &Row<'_>) -> rusqlite::Result<KnownSession> {
    Ok(KnownSession {
        id: row.get(0)?,
        device: row.get(1)?,
        journal: row.get(2)?,
        number: row.get(3)?,
        revises: row.get(4)?,
        started_us: row.get(5)?,
        crop: row.get(6)?,
        known_by: row.get(7)?,
    })
}
