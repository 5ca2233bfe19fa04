//! Checks whether a journal was changed: hashes everything again, and compares with the chain, the seals and the signatures.

mod list;
mod session;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::error::JournalError;
use super::proof::{PROOF_VERSION, Proof, ProofMinute};
use super::reader::Journal;
use super::records::Minute;

pub(super) use list::SealList;

/// What was found of a journal, or of one session in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// What does not fit in the journal as a whole.
    pub journal: Vec<JournalProblem>,
    /// What could not be checked of the journal as a whole.
    pub unchecked: Vec<Unchecked>,
    /// The sessions, oldest first.
    pub sessions: Vec<SessionVerification>,
}

/// What was found of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionVerification {
    /// Its number.
    pub session: i64,
    /// What was changed; empty when nothing was found.
    pub problems: Vec<Problem>,
    /// The public keys that signed any of it, hexadecimal, each once.
    pub keys: Vec<String>,
    /// True when everything of it is signed.
    pub signed: bool,
    /// True while it is not closed: it is running, or it was interrupted.
    pub open: bool,
    /// The newest second that a signature covers, µs; `None` when there is none.
    pub to_us: Option<i64>,
    /// Number of minutes, records and corrections that were compared.
    pub compared: Compared,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

/// How much of a session was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Seconds.
    pub seconds: i64,
    /// Complete minutes.
    pub minutes: usize,
    /// Corrections.
    pub corrections: usize,
}

/// What was changed in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A minute's rows or records: its number from 1, and its end, µs.
    Minute(usize, i64),
    /// A minute that a seal names is not there: its end, µs.
    MinuteMissing(i64),
    /// The minute that was not over when the session was interrupted.
    OpenMinute,
    /// Rows that no minute covers: their table and number.
    Uncovered(&'static str, i64),
    /// What the session says of itself, or its totals.
    Facts,
    /// The chain, a seal or its signature: the seal's number, or `None` for the chain and the seal of the whole session.
    Seal(Option<i64>),
    /// A correction: its number from 1.
    Correction(usize),
    /// Corrections that were sealed and are not there.
    CorrectionsMissing(usize),
    /// The machine profile is not the one that was used.
    Profile,
    /// The capture file is not the one that was recorded.
    Capture,
    /// The journal says that the capture was deleted to make room, and no seal does.
    CaptureDeleted,
    /// What was learned from pans is not what was recorded.
    Calibration,
    /// The service did not write it: no seal names it.
    Unsealed,
}

/// What does not fit in a journal as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalProblem {
    /// Seals are missing: from this number to that.
    SealsMissing(i64, i64),
    /// A seal was changed: its number.
    SealAltered(i64),
    /// A session that was begun is not there: its number.
    SessionMissing(i64),
    /// A session's number was used twice.
    SessionTwice(i64),
    /// A table, view, index or trigger that the program did not make, or that was changed or removed: type and name.
    Foreign(String, String),
}

/// What could not be checked, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// An earlier version of the program wrote the session: its beginning, the minutes before it was closed, deleted
    /// sessions and the capture's counts have no seal.
    EarlierVersion,
    /// The capture file was deleted to make room.
    CaptureDeleted,
    /// The capture file is not beside the journal.
    CaptureMissing,
    /// The capture's hash is not known: the session is open, or was interrupted.
    CaptureOpen,
    /// The profile is not in the journal.
    ProfileMissing,
    /// The file that names the newest seal is not beside the journal: sessions removed at the end would not be noticed.
    HeadMissing,
    /// That file was missing when a session began: sessions removed before it would not be noticed. The session's number.
    HeadWasMissing(i64),
}

impl Verification {
    /// True when nothing was changed.
    pub fn is_untouched(&self) -> bool {
        self.journal.is_empty() && self.sessions.iter().all(|session| session.problems.is_empty())
    }
}

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
        let minutes = self.all::<Minute>(session)?.iter().map(proof_minute).collect();
        Ok(Some(Proof { version: PROOF_VERSION, facts, minutes, root, public_key, signature }))
    }

    /// Checks every session and the journal as a whole.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn verify(&self) -> Result<Verification, JournalError> {
        let verify = || {
            let list = SealList::read(&self.connection)?;
            let mut verification = list.verify(&self.connection, self.path())?;
            let mut statement = self.connection.prepare("SELECT id FROM session ORDER BY id")?;
            let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
            for id in ids {
                verification.sessions.push(session::verify(&self.connection, self.path(), &list, id)?);
            }
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

fn proof_minute(minute: &Minute) -> ProofMinute {
    ProofMinute {
        end_us: minute.end_us,
        seconds: minute.seconds,
        columns: usize::try_from(minute.columns).unwrap_or(0),
        rows_sha256: minute.rows_sha256.clone(),
        records_sha256: minute.records_sha256.clone(),
    }
}
