//! The tables `capture` and `export`, through a connection of their own beside the writer's.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::error::JournalError;
use super::open;
use super::seals::{SealKind, Sealer};

/// The captures of a journal: which session has which file.
#[derive(Debug)]
pub struct Captures {
    path: PathBuf,
    connection: Connection,
}

impl Captures {
    /// Opens the journal at this path, which must exist.
    ///
    /// # Errors
    /// [`JournalError::Missing`] when there is no journal; another one when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        if !path.is_file() {
            return Err(JournalError::Missing(path.to_owned()));
        }
        Ok(Self { path: path.to_owned(), connection: open::to_write(path)? })
    }

    fn sqlite_error(&self, error: rusqlite::Error) -> JournalError {
        JournalError::sqlite(&self.path, error)
    }

    fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), JournalError> {
        let done = self.connection.execute(sql, values).map(drop);
        done.map_err(|error| self.sqlite_error(error))
    }

    /// Stores that a session is captured in this file, relative to the journal's folder.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the journal cannot be written.
    pub fn begin(&self, session: i64, file: &str) -> Result<(), JournalError> {
        let sql = "INSERT INTO capture (session, file) VALUES (?1, ?2) \
            ON CONFLICT (session) DO UPDATE SET file = excluded.file, sha256 = NULL, pruned = 0";
        self.run(sql, params![session, file])
    }

    /// The capture file of a session; `None` when it has none or it was deleted.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the journal cannot be read.
    pub fn file_of(&self, session: i64) -> Result<Option<String>, JournalError> {
        let sql = "SELECT file FROM capture WHERE session = ?1 AND pruned = 0";
        let found =
            self.connection.prepare_cached(sql).and_then(|mut found| found.query_row([session], |row| row.get(0)));
        found.optional().map_err(|error| self.sqlite_error(error))
    }

    /// Stores that a session's capture is complete: number of frames and lost frames, size and SHA-256 of its file.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the journal cannot be written.
    pub fn end(&self, session: i64, frames: u64, lost: u64, bytes: u64, sha256: &str) -> Result<(), JournalError> {
        let numbers = [frames, lost, bytes].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        self.run(
            "UPDATE capture SET frames = ?2, lost = ?3, bytes = ?4, sha256 = ?5 WHERE session = ?1",
            params![session, numbers[0], numbers[1], numbers[2], sha256],
        )
    }

    /// Stores that the session's capture file was deleted to free disk space.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the journal cannot be written.
    pub fn set_pruned(&self, session: i64) -> Result<(), JournalError> {
        let store = || {
            let transaction = self.connection.unchecked_transaction()?;
            transaction.execute("UPDATE capture SET pruned = 1 WHERE session = ?1", [session])?;
            let mut sealer = Sealer::of(&self.path);
            sealer.add(&transaction, session, SealKind::CaptureDeleted, serde_json::Map::new())?;
            transaction.commit()?;
            sealer.publish();
            Ok(())
        };
        store().map_err(|error| self.sqlite_error(error))
    }

    /// The captures whose files were not deleted, oldest session first.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the journal cannot be read.
    pub fn present(&self) -> Result<Vec<PresentCapture>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT session, file, EXISTS (SELECT 1 FROM export WHERE export.session = capture.session) \
                 FROM capture WHERE pruned = 0 ORDER BY session",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(PresentCapture { session: row.get(0)?, file: row.get(1)?, exported: row.get(2)? })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.sqlite_error(error))
    }
}

/// A capture whose file was not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentCapture {
    /// The session.
    pub session: i64,
    /// Its file, relative to the journal's folder.
    pub file: String,
    /// True when a report of the session was made: then the file may be deleted to free disk space.
    pub exported: bool,
}

/// Path of a capture's file. `None` for a name that is no capture file beside the journal: a journal that was tampered with
/// must not make the program read or delete other files.
pub fn capture_path(journal: &Path, file: &str) -> Option<PathBuf> {
    let (folder, name) = file.split_once('/')?;
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\', '\0']);
    let ours = plain(folder) && plain(name) && folder.ends_with("-raw") && name.ends_with(".log.zst");
    ours.then(|| journal.parent().unwrap_or(Path::new("")).join(folder).join(name))
}

/// Stores that a report of this session was made. `made_us` is the wall clock, `file` is `None` for standard output.
///
/// # Errors
/// [`JournalError`] when there is no journal, or it cannot be opened or written.
pub fn mark_exported(
    path: &Path,
    session: i64,
    format: &str,
    file: Option<&Path>,
    made_us: i64,
) -> Result<(), JournalError> {
    let file = file.map(|file| file.display().to_string());
    let captures = Captures::open(path)?;
    captures.run(
        "INSERT INTO export (session, made_us, format, file) VALUES (?1, ?2, ?3, ?4)",
        params![session, made_us, format, file],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capture_path_accepts_only_capture_files_beside_the_journal() {
        let journal = Path::new("/var/lib/j.sqlite");
        let path = capture_path(journal, "j-raw/session-000001.log.zst");
        assert_eq!(path, Some(PathBuf::from("/var/lib/j-raw/session-000001.log.zst")));
        for bad in
            ["/etc/passwd", "../x-raw/a.log.zst", "j-raw/../../a.log.zst", "j-raw/a.txt", "a.log.zst", "-raw/", ""]
        {
            assert_eq!(capture_path(journal, bad), None, "{bad}");
        }
    }
}
