//! Reading a journal: sessions, their seconds and events.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::entry::Item;
use super::error::JournalError;
use super::records::Stored;
use super::session::{self, SESSION, Session};
use super::session_start::ProfileText;
use super::{open, rows};
use grainloss_core::record::COLUMNS;
use grainloss_core::record::EventRecord;

/// A journal opened to read.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    pub(super) connection: Connection,
}

/// The journal as it is at one moment; ends when it is dropped.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Snapshot<'a> {
    _until_dropped: Transaction<'a>,
}

impl Journal {
    /// Opens the journal at this path to read it.
    ///
    /// # Errors
    /// [`JournalError`] when there is no journal, it is of another program or a later version, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self { path: path.to_owned(), connection: open::to_read(path)? })
    }

    /// Everything that is read while this is kept is of one moment, whatever is written meanwhile; and the file is locked once
    /// and not for each question. No second one while it is kept.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, JournalError> {
        let begun = self.connection.unchecked_transaction().map_err(|error| self.sqlite_error(error))?;
        Ok(Snapshot { _until_dropped: begun })
    }

    pub(super) fn sqlite_error(&self, error: rusqlite::Error) -> JournalError {
        JournalError::sqlite(&self.path, error)
    }

    /// Every session, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn sessions(&self) -> Result<Vec<Session>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare(&format!("{SESSION} ORDER BY id"))?;
            let mut sessions = statement.query_map([], session::session)?.collect::<rusqlite::Result<Vec<_>>>()?;
            self.apply_later_entries(&mut sessions, "")?;
            Ok(sessions)
        };
        read().map_err(|error| self.sqlite_error(error))
    }

    /// Applies later entries and corrections to sessions that are sorted by number. `which` is the SQL condition on the
    /// rows to read. One query for all sessions: one for each of a thousand would take longer than the list itself.
    fn apply_later_entries(&self, sessions: &mut [Session], which: &str) -> rusqlite::Result<()> {
        let tables = [("fact", "seq", "t_us, NULL"), ("correction", "id", "NULL, was")];
        for (table, order, more) in tables {
            let sql = format!("SELECT session, item, value, {more} FROM {table} {which} ORDER BY session, {order}");
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (id, item): (i64, String) = (row.get(0)?, row.get(1)?);
                let Ok(at) = sessions.binary_search_by_key(&id, |session| session.id) else { continue };
                let value: Option<String> = row.get(2)?;
                if item == Item::Operator.word() {
                    let (from_us, was): (Option<i64>, Option<String>) = (row.get(3)?, row.get(4)?);
                    let drivers = &mut sessions[at].drivers;
                    match from_us {
                        Some(from_us) => drivers.entered(from_us, value.clone()),
                        None => drivers.corrected(was.as_deref(), value.as_deref()),
                    }
                }
                if let Some(slot) = sessions[at].entered.field_mut(&item) {
                    *slot = value;
                }
            }
        }
        Ok(())
    }

    /// All rows of one kind of a session, in order: pans, settings, activities, alarms, facts, sensors, buses,
    /// corrections, minutes, exports.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    #[allow(private_bounds, reason = "the kinds are a closed list")]
    pub fn all<T: Stored>(&self, session: i64) -> Result<Vec<T>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(T::SQL)?;
            statement.query_map([session], T::of)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.sqlite_error(error))
    }

    /// The machine profile with this SHA-256; `None` when the journal does not hold it.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn profile(&self, sha256: &str) -> Result<Option<ProfileText>, JournalError> {
        let read = |row: &Row<'_>| {
            let dbc: (Option<String>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
            Ok(ProfileText { text: row.get(0)?, dbc: dbc.0.zip(dbc.1) })
        };
        let sql = "SELECT text, dbc_name, dbc FROM profile WHERE sha256 = ?1";
        let found = self.connection.prepare_cached(sql).and_then(|mut found| found.query_row([sha256], read));
        found.optional().map_err(|error| self.sqlite_error(error))
    }

    /// The journal's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// One session: by number, or the newest as `last`.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] when there is none of this number, [`JournalError::Sqlite`] when the file cannot be read.
    pub fn session(&self, id: &str) -> Result<Session, JournalError> {
        let missing = || JournalError::NoSession { path: self.path.clone(), id: id.to_owned() };
        let found = if id == "last" {
            self.connection.query_row(&format!("{SESSION} ORDER BY id DESC LIMIT 1"), [], session::session).optional()
        } else {
            let number: i64 = id.parse().map_err(|_| missing())?;
            self.connection.query_row(&format!("{SESSION} WHERE id = ?1"), [number], session::session).optional()
        };
        let mut found = found.map_err(|error| self.sqlite_error(error))?.ok_or_else(missing)?;
        let which = format!("WHERE session = {}", found.id);
        self.apply_later_entries(std::slice::from_mut(&mut found), &which).map_err(|error| self.sqlite_error(error))?;
        Ok(found)
    }

    /// Calls `take` with each second of a session, oldest first, as the texts of [`COLUMNS`], empty where unknown. The
    /// inner result is the first error of `take`, which ends the reading.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn each_second(
        &self,
        session: i64,
        mut take: impl FnMut(&[String]) -> std::io::Result<()>,
    ) -> Result<std::io::Result<()>, JournalError> {
        let whole = (i64::MIN, i64::MAX);
        let done = rows::each(&self.connection, session, whole, COLUMNS.len(), |_, texts| take(texts));
        done.map_err(|error| self.sqlite_error(error))
    }

    /// Calls `take` with each second of a session with `after_us < t_us <= to_us`, oldest first: its time, and the texts of
    /// [`COLUMNS`], empty where unknown.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn seconds_within(
        &self,
        session: i64,
        within_us: (i64, i64),
        mut take: impl FnMut(i64, &[String]),
    ) -> Result<(), JournalError> {
        let done = rows::each(&self.connection, session, within_us, COLUMNS.len(), |t_us, texts| {
            take(t_us, texts);
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(()) = done.map_err(|error| self.sqlite_error(error))?;
        Ok(())
    }

    /// Which journal this is: the hash of its first seal, hexadecimal, the same for its whole life and for every copy; `None`
    /// for a journal without seals, of an earlier version.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn identity(&self) -> Result<Option<String>, JournalError> {
        let sql = "SELECT hash FROM seal WHERE id = 1";
        let found = self.connection.query_row(sql, [], |row| row.get(0)).optional();
        found.map_err(|error| self.sqlite_error(error))
    }

    /// The number of the newest seal that states something of this session, or one of these measured points; `None` when there
    /// is none. That its capture was deleted to make room does not count.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn newest_seal(&self, session: i64, points: &[i64]) -> Result<Option<i64>, JournalError> {
        let points: Vec<String> = points.iter().map(i64::to_string).collect();
        let sql = format!(
            "SELECT max(id) FROM seal WHERE session = ?1 AND kind <> 'capture-deleted' OR kind = 'point' AND json_extract(body, '$.point') IN ({})",
            points.join(", ")
        );
        self.connection.query_row(&sql, [session], |row| row.get(0)).map_err(|error| self.sqlite_error(error))
    }

    /// The events of a session, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn events(&self, session: i64) -> Result<Vec<EventRecord>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT t_us, kind, id, level, stream, count, value FROM event WHERE session = ?1 ORDER BY seq",
            )?;
            let event = |row: &Row<'_>| {
                let text = |at| row.get::<_, String>(at).map(Cow::Owned);
                Ok(EventRecord {
                    t_us: row.get(0)?,
                    kind: text(1)?,
                    id: text(2)?,
                    level: row.get(3)?,
                    stream: row.get::<_, Option<String>>(4)?.map(Cow::Owned),
                    count: row.get(5)?,
                    value: row.get(6)?,
                })
            };
            statement.query_map([session], event)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.sqlite_error(error))
    }
}
