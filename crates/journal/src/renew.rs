//! Where the journal's file is, and how another is begun in its place.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::begin::begin;
use super::error::JournalError;
use super::open::{self, FileId};
use super::progress::Progress;
use super::quarantine::{self, beside};
use super::seals::Sealer;
use super::session_start::SessionStart;

/// Why a file is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// None could be opened yet.
    First,
    /// The one that was written is damaged in this way.
    Damaged(String),
    /// The one that was written has gone from its path.
    Removed,
}

/// What is said of a file that has gone from its path.
pub(super) const REMOVED: &str = "the journal's file was removed, renamed or replaced while it was written";

/// A journal that is written, and how far.
#[derive(Debug)]
pub(super) struct Opened {
    pub connection: Connection,
    /// The session's number and how far it is written; `None` before its first record.
    pub begun: Option<(i64, Progress)>,
    pub sealer: Sealer,
    /// Where a damaged file was moved, in whose place this one was begun.
    pub quarantined: Option<PathBuf>,
}

/// The journal's path, and the files that it led to when they were opened.
#[derive(Debug)]
pub(super) struct Place {
    pub path: PathBuf,
    file: Option<FileId>,
    log: Option<FileId>,
    /// The path itself was a symbolic link when it was opened.
    is_link: bool,
}

impl Place {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None, log: None, is_link: is_link(path) }
    }

    /// The file at the path has been opened.
    pub fn opened(&mut self) {
        self.file = FileId::of(&self.path);
        self.is_link = is_link(&self.path);
        self.log = None;
    }

    /// True when the path does not lead to the file that was opened any more. What cannot be seen has not moved.
    pub fn has_moved(&mut self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(found) if self.file == Some(FileId::new(&found)) => {
                self.log = FileId::of(&beside(&self.path, "-wal"));
                false
            }
            Ok(_) => true,
            Err(error) => matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        }
    }

    /// Leaves a file that has gone from its path: whoever has it finds all of it in it. Its write-ahead log would be
    /// taken for that of the next file.
    pub fn leave(&self, connection: Connection) {
        tracing::warn!("{}: {REMOVED}; a new one is begun", self.path.display());
        let written: rusqlite::Result<i64> =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        if let Err(error) = written {
            tracing::warn!("the write-ahead log of the journal that has gone: {error}");
        }
        drop(connection);
        let log = beside(&self.path, "-wal");
        if self.log.is_some() && FileId::of(&log) == self.log {
            let _ = std::fs::remove_file(log);
            let _ = std::fs::remove_file(beside(&self.path, "-shm"));
        }
    }

    /// Opens the file at the path: what stands there if it is a journal, or a new one. A damaged one is moved into
    /// quarantine, unless another program has done so: then also where it was moved.
    pub fn open(&self, why: &Renewal, was_open: bool) -> Result<Opened, String> {
        let said = |error: JournalError| error.to_string();
        let (connection, quarantined) = match why {
            Renewal::First => {
                // What cannot be repaired cannot be opened either, which is told then.
                let _ = open::repair_version(&self.path);
                open::sound_to_write_within(&self.path, Duration::ZERO).map_err(said)?
            }
            Renewal::Damaged(damage) => {
                let ours = was_open && FileId::of(&self.path) == self.file;
                let quarantined = if ours { quarantine::quarantine(&self.path).map(Some) } else { Ok(None) };
                let failed = |error| format!("damaged ({damage}), and it cannot be moved aside: {error}");
                let quarantined = quarantined.map_err(failed)?;
                (open::to_write_within(&self.path, Duration::ZERO).map_err(said)?, quarantined)
            }
            // Whoever put a link there would have the journal written into a file of his choice.
            Renewal::Removed if is_link(&self.path) && !self.is_link => {
                return Err(format!(
                    "{}: is a symbolic link now, which is not followed; remove it",
                    self.path.display()
                ));
            }
            Renewal::Removed => (open::to_write_within(&self.path, Duration::ZERO).map_err(said)?, None),
        };
        let path = self.path.display();
        match (why, &quarantined) {
            (Renewal::Damaged(damage), Some(kept)) => tracing::warn!(
                "{path}: the journal is damaged ({damage}); it is kept as {}, and a new one is begun",
                kept.display()
            ),
            (Renewal::First, _) => {}
            _ => tracing::warn!("{path}: a new journal is begun"),
        }
        // The seals of a damaged file went with it; those of a removed one are missed in the new one.
        Ok(Opened { connection, begun: None, sealer: Sealer::of(&self.path), quarantined })
    }

    /// Begins the session in the file that was opened.
    pub fn begin(&self, opened: &mut Opened, start: &SessionStart) -> Result<i64, String> {
        let begun = begin(&mut opened.connection, start, &mut opened.sealer);
        let (session, progress) = begun.map_err(|error| JournalError::sqlite(&self.path, error).to_string())?;
        opened.begun = Some((session, progress));
        Ok(session)
    }
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}
