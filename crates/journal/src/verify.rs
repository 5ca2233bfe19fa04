//! Checks whether a journal was changed: hashes everything again, and compares with the chain, the seals and the signatures.

mod list;
mod points;
mod session;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::error::JournalError;
use super::proof::{PROOF_VERSION, Proof};
use super::reader::Journal;
use super::records::Minute;

use self::list::SealList;
use super::verification::{SessionVerification, Verification};

impl Journal {
    /// The proof that an export of this session carries; `None` for a session that is open or has no seal.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn proof(&self, session: i64) -> Result<Option<Proof>, JournalError> {
        let sql = "SELECT facts, root, public_key, signature FROM proof JOIN session ON session.id = proof.session \
            WHERE proof.session = ?1 AND end_reason IS NOT NULL";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let found =
            self.connection.query_row(sql, [session], read).optional().map_err(|error| self.sqlite_error(error))?;
        let Some((facts, root, public_key, signature)) = found else { return Ok(None) };
        let minutes = self.all::<Minute>(session)?.iter().map(Minute::proof_minute).collect();
        Ok(Some(Proof { version: PROOF_VERSION, facts, minutes, root, public_key, signature }))
    }

    /// Checks every session and the journal as a whole.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn verify(&self) -> Result<Verification, JournalError> {
        self.verify_each(&mut |_, _| ())
    }

    /// As [`verify`](Self::verify); `seen` gets how many sessions were checked, and of how many.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_each(&self, seen: &mut dyn FnMut(usize, usize)) -> Result<Verification, JournalError> {
        let mut verify = || {
            let list = SealList::read(&self.connection)?;
            let mut verification = list.verify(&self.connection, self.path())?;
            verification.points = points::verify(&self.connection, &list)?;
            let mut statement = self.connection.prepare("SELECT id FROM session ORDER BY id")?;
            let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
            for (at, id) in ids.iter().enumerate() {
                seen(at, ids.len());
                verification.sessions.push(session::verify(&self.connection, self.path(), &list, *id)?);
            }
            seen(ids.len(), ids.len());
            Ok(verification)
        };
        verify().map_err(|error| self.sqlite_error(error))
    }

    /// Checks the measured points, and the journal as a whole, without its sessions.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn verify_points(&self) -> Result<Verification, JournalError> {
        let verify = || {
            let list = SealList::read(&self.connection)?;
            let mut verification = list.verify(&self.connection, self.path())?;
            verification.points = points::verify(&self.connection, &list)?;
            Ok(verification)
        };
        verify().map_err(|error| self.sqlite_error(error))
    }

    /// Checks one session, and the journal as a whole.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn verify_session(&self, session: i64) -> Result<Verification, JournalError> {
        let verify = || {
            let list = SealList::read(&self.connection)?;
            let mut verification = list.verify(&self.connection, self.path())?;
            verification.points = points::verify(&self.connection, &list)?;
            verification.sessions.push(session::verify(&self.connection, self.path(), &list, session)?);
            Ok(verification)
        };
        verify().map_err(|error| self.sqlite_error(error))
    }
}

/// Checks a session before it is continued.
pub(super) fn before_continuing(
    connection: &Connection,
    journal: &Path,
    session: i64,
) -> rusqlite::Result<SessionVerification> {
    session::verify(connection, journal, &SealList::read(connection)?, session)
}
