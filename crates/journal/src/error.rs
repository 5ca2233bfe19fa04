//! Why a journal cannot be used, as the user reads it.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::schema::VERSION;

/// Why a journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Reading or writing failed.
    #[error("{}: {error}{}", path.display(), hint(error))]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        error: rusqlite::Error,
    },
    /// The folder cannot be made.
    #[error("{}: cannot make the folder of the journal: {error}", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The writer cannot be started.
    #[error("{}: cannot start the journal's thread: {error}", path.display())]
    Thread {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The path names no regular file.
    #[error("{}: not a file's name; name a file with --db", .0.display())]
    NotAFile(PathBuf),
    /// There is no such file.
    #[error("{}: no journal here; run `grainloss demo`, `run` or `replay` first, or name another with --db", .0.display())]
    Missing(PathBuf),
    /// A database of another program.
    #[error("{}: this is not a grainloss journal (application id {found:#x}); name another file with --db", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// The id found in it.
        found: i64,
    },
    /// A journal of a later version of the program.
    #[error("{}: written by a newer grainloss (version {found}, this one knows {VERSION}); update grainloss", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version found in it.
        found: i64,
    },
    /// A file stands where a new journal should be created.
    #[error("{}: this file is there already, and would be lost; name another", .0.display())]
    Exists(PathBuf),
    /// A file beside the journal cannot be made.
    #[error("{}: cannot be made: {error}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The journal was not closed, and its folder cannot be written.
    #[error("{}: it was not closed, and this user may not write beside it, which reading {} needs; copy both into a folder of your own and read the copy", path.display(), log.display())]
    NotClosed {
        /// The file.
        path: PathBuf,
        /// Its write-ahead log.
        log: PathBuf,
    },
    /// No page of a journal is in the file.
    #[error("{}: nothing of a grainloss journal is in this file; name another", .0.display())]
    NothingFound(PathBuf),
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A damaged journal cannot be moved into quarantine.
    #[error("{}: the journal is damaged ({problem}) and cannot be moved aside: {error}; name another with --db", path.display())]
    Quarantine {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// No calibration of that number.
    #[error("{}: no calibration {id}; `grainloss calibration list` lists them", path.display())]
    NoCalibration {
        /// The file.
        path: PathBuf,
        /// The number asked for.
        id: i64,
    },
    /// No measured point of that number.
    #[error("{}: no measured point {id}; `grainloss measure list` lists them", path.display())]
    NoPoint {
        /// The file.
        path: PathBuf,
        /// The number asked for.
        id: i64,
    },
    /// Another point has taken its place.
    #[error("{}: measured point {id} was corrected by point {by} already; correct that one", path.display())]
    PointCorrected {
        /// The file.
        path: PathBuf,
        /// The number asked for.
        id: i64,
        /// The point that holds.
        by: i64,
    },
    /// No session of that number.
    #[error("{}: no session {id}; `grainloss sessions` lists them", path.display())]
    NoSession {
        /// The file.
        path: PathBuf,
        /// The number asked for.
        id: String,
    },
}

impl JournalError {
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        Self::Sqlite { path: path.to_owned(), error }
    }

    /// What SQLite calls the error (its primary result code); `None` when it is none of SQLite's.
    pub fn sqlite_code(&self) -> Option<i32> {
        let Self::Sqlite { error, .. } = self else { return None };
        error.sqlite_error().map(|error| error.extended_code & 0xff)
    }

    /// True when another program holds a lock on the file.
    pub(super) fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let Self::Sqlite { error, .. } = self else { return false };
        matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked))
    }
}

fn hint(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen) => "; is the folder there, and may you write to it?",
        Some(rusqlite::ErrorCode::NotADatabase) => "; this is not a grainloss journal, name another file with --db",
        Some(rusqlite::ErrorCode::ReadOnly) => "; the file is read-only",
        _ => "",
    }
}

/// True when SQLite says that the file itself is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}
