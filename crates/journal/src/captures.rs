//! What the journal knows of captures and exports. Short visits of a connection of their own, beside the writer's.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::open::{self, JournalError};

/// The captures of a journal.
#[derive(Debug)]
pub struct Captures {
    path: PathBuf,
    connection: Connection,
}

impl Captures {
    /// Those of the journal at this path.
    pub fn of(path: &Path) -> Result<Self, JournalError> {
        if !path.is_file() {
            return Err(JournalError::Missing(path.to_owned()));
        }
        Ok(Self { path: path.to_owned(), connection: open::to_write(path)? })
    }

    fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), JournalError> {
        let done = self.connection.execute(sql, values).map(drop);
        done.map_err(|error| JournalError::Sqlite { path: self.path.clone(), error })
    }

    /// A session begins to be captured in this file, named from the journal's folder; or goes on to be.
    pub fn begin(&self, session: i64, file: &str) -> Result<(), JournalError> {
        let sql = "INSERT INTO capture (session, file) VALUES (?1, ?2) \
            ON CONFLICT (session) DO UPDATE SET file = excluded.file, sha256 = NULL, pruned = 0";
        self.run(sql, params![session, file])
    }

    /// The file in which a session is captured, if it is there.
    pub fn file_of(&self, session: i64) -> Result<Option<String>, JournalError> {
        let sql = "SELECT file FROM capture WHERE session = ?1 AND pruned = 0";
        let found = self.connection.query_row(sql, [session], |row| row.get(0)).optional();
        found.map_err(|error| JournalError::Sqlite { path: self.path.clone(), error })
    }

    /// It is complete.
    pub fn end(&self, session: i64, frames: u64, lost: u64, bytes: u64, sha256: &str) -> Result<(), JournalError> {
        let numbers = [frames, lost, bytes].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        self.run(
            "UPDATE capture SET frames = ?2, lost = ?3, bytes = ?4, sha256 = ?5 WHERE session = ?1",
            params![session, numbers[0], numbers[1], numbers[2], sha256],
        )
    }

    /// Its file was removed to make room.
    pub fn pruned(&self, session: i64) -> Result<(), JournalError> {
        self.run("UPDATE capture SET pruned = 1 WHERE session = ?1", params![session])
    }

    /// Session, file and whether it may go, oldest first: of those that are there. A session that was exported may.
    pub fn kept(&self) -> Result<Vec<(i64, String, bool)>, JournalError> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT session, file, EXISTS (SELECT 1 FROM export WHERE export.session = capture.session) \
                 FROM capture WHERE pruned = 0 ORDER BY session",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| JournalError::Sqlite { path: self.path.clone(), error })
    }
}

/// Where a capture's file is. `None` for a name that leads anywhere but to a capture beside the journal: a journal that
/// somebody has changed must not make us read, or remove, what is none of ours.
pub fn capture_path(journal: &Path, file: &str) -> Option<PathBuf> {
    let (folder, name) = file.split_once('/')?;
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\', '\0']);
    let ours = plain(folder) && plain(name) && folder.ends_with("-raw") && name.ends_with(".log.zst");
    ours.then(|| journal.parent().unwrap_or(Path::new("")).join(folder).join(name))
}

/// Notes that a report of this session was made. `made_us` is the wall clock's.
pub fn mark_exported(
    path: &Path,
    session: i64,
    format: &str,
    file: Option<&Path>,
    made_us: i64,
) -> Result<(), JournalError> {
    let file = file.map(|file| file.display().to_string());
    let captures = Captures::of(path)?;
    captures.run(
        "INSERT INTO export (session, made_us, format, file) VALUES (?1, ?2, ?3, ?4)",
        params![session, made_us, format, file],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_is_beside_its_journal() {
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
