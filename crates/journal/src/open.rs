//! Opening the file: ours, of a version we know, or made anew.

use std::fs::OpenOptions;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::{check, quarantine};

/// Marks a file as ours: "grlj" (SQLite's application_id).
const APPLICATION_ID: i64 = 0x6772_6C6A;
/// How long SQLite waits for a lock: a slow disk may hold one for seconds.
const BUSY: Duration = Duration::from_secs(10);
/// Each makes the next version out of the one before; the first begins with nothing. None is ever changed again.
const MIGRATIONS: [&str; 3] =
    [include_str!("migrations/001.sql"), include_str!("migrations/002.sql"), include_str!("migrations/003.sql")];
/// The version that they lead to.
const VERSION: i64 = MIGRATIONS.len() as i64;
/// Readable and writable by the owner, readable by the group, nothing for others: journals name people and places.
const MODE: u32 = 0o640;

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
    /// Not the name of a file.
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
    /// A journal from a later program.
    #[error("{}: written by a newer grainloss (version {found}, this one knows {VERSION}); update grainloss", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version found in it.
        found: i64,
    },
    /// There is something where a new journal is wanted.
    #[error("{}: this file is there already, and would be lost; name another", .0.display())]
    Exists(PathBuf),
    /// A copy cannot be made.
    #[error("{}: cannot be made: {error}", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A damaged journal cannot be set aside.
    #[error("{}: the journal is damaged ({problem}) and cannot be set aside: {error}; name another with --db", path.display())]
    Aside {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What the system says.
        error: std::io::Error,
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
    /// Another program holds the file.
    fn is_busy(&self) -> bool {
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

/// How long the opening waits for another program that is making or writing the same journal.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two attempts at opening.
const PAUSE: Duration = Duration::from_millis(50);

/// Opens a journal to write, and makes it when it is not there.
///
/// Changing a new file to its write-ahead log answers "locked" at once, without SQLite's own waiting, while another
/// program does the same: the whole opening is tried again.
#[allow(clippy::disallowed_methods, reason = "an edge: waiting for another program is a matter of the wall clock")]
pub(super) fn to_write(path: &Path) -> Result<Connection, JournalError> {
    let started = Instant::now();
    loop {
        match try_to_write(path) {
            Err(error) if error.is_busy() && started.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
}

fn try_to_write(path: &Path) -> Result<Connection, JournalError> {
    if path.is_dir() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| JournalError::Folder { path: path.to_owned(), error })?;
    }
    let sqlite = |error| JournalError::Sqlite { path: path.to_owned(), error };
    // SQLite would make it readable by everybody, and its write-ahead log after it.
    drop(OpenOptions::new().create_new(true).write(true).mode(MODE).open(path));
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    // SQLite has names that are no files, such as ":memory:".
    if identity(path).is_none() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    // Look before touching: a file of somebody else's stays as it is.
    let (id, version, objects) = settled_marks(&connection).map_err(sqlite)?;
    let new = id == 0 && version == 0 && objects == 0;
    if !new {
        check(path, id, version)?;
    }
    close_to_others(path);
    connection.pragma_update(None, "journal_mode", "wal").map_err(sqlite)?;
    connection.pragma_update(None, "synchronous", "full").map_err(sqlite)?;
    if version < VERSION {
        migrate(&mut connection).map_err(sqlite)?;
    }
    connection.pragma_update(None, "foreign_keys", true).map_err(sqlite)?;
    Ok(connection)
}

/// Brings a journal, or an empty file, to our version: all of it or nothing.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Another process may have been first.
    let version = usize::try_from(marks(&transaction)?.1).unwrap_or(usize::MAX);
    for sql in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Takes from others what a version before this one gave them. A file of another owner stays as it is.
fn close_to_others(path: &Path) {
    let found = std::fs::metadata(path).ok().map(|found| found.permissions().mode() & 0o777);
    if let Some(mode) = found.filter(|mode| mode & !MODE != 0) {
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & MODE));
    }
}

/// Files up to this size are looked through before they are written, in some tenths of a second; larger ones meanwhile.
const CHECKED_FIRST: u64 = 32 << 20;

/// Opens a journal to write. One that is damaged is set aside and a new one begun: then where it went.
pub(super) fn sound_to_write(path: &Path) -> Result<(Connection, Option<PathBuf>), JournalError> {
    let small = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= CHECKED_FIRST);
    let problem = match (is_ours(path), to_write(path)) {
        (_, Ok(connection)) if !small => return Ok((connection, None)),
        (_, Ok(connection)) => {
            let lines = check::problems(path, false).unwrap_or_default();
            if lines.is_empty() {
                return Ok((connection, None));
            }
            lines.join("; ")
        }
        (true, Err(JournalError::Sqlite { error, .. })) if check::is_damage(&error) => error.to_string(),
        (_, Err(error)) => return Err(error),
    };
    let aside = quarantine::set_aside(path).map_err(|error| JournalError::Aside {
        path: path.to_owned(),
        problem: problem.clone(),
        error,
    })?;
    tracing::warn!(
        "{}: the journal is damaged ({problem}); it is kept as {}, and a new one is begun; `grainloss journal salvage` \
         recovers what can be read",
        path.display(),
        aside.display()
    );
    Ok((to_write(path)?, Some(aside)))
}

/// Our mark stands where it belongs, whatever else became of the file.
fn is_ours(path: &Path) -> bool {
    let mut start = [0; 72];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && start[68..] == (APPLICATION_ID as u32).to_be_bytes()
}

/// What makes the file at this path itself; `None` when there is none.
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Opens a journal that is there, to read.
pub(super) fn to_read(path: &Path) -> Result<Connection, JournalError> {
    if !path.exists() {
        return Err(JournalError::Missing(path.to_owned()));
    }
    if !path.is_file() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    let sqlite = |error| JournalError::Sqlite { path: path.to_owned(), error };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    connection.busy_timeout(BUSY).map_err(sqlite)?;
    let (id, version, objects) = settled_marks(&connection).map_err(sqlite)?;
    if (id, version, objects) == (0, 0, 0) {
        // A file that was made and never written, such as by a power cut at the first start.
        return Err(JournalError::Missing(path.to_owned()));
    }
    check(path, id, version)?;
    if version == VERSION {
        return Ok(connection);
    }
    // Reading changes nothing: an older journal is brought to our version in memory.
    let copy = || {
        let mut copy = Connection::open_in_memory()?;
        rusqlite::backup::Backup::new(&connection, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
        migrate(&mut copy)?;
        Ok(copy)
    };
    copy().map_err(sqlite)
}

fn check(path: &Path, id: i64, version: i64) -> Result<(), JournalError> {
    if id != APPLICATION_ID {
        return Err(JournalError::NotOurs { path: path.to_owned(), found: id });
    }
    if version > VERSION {
        return Err(JournalError::TooNew { path: path.to_owned(), found: version });
    }
    Ok(())
}

/// [`marks`], all three of one moment: another program may be making the journal just now.
fn settled_marks(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    marks(&*connection.unchecked_transaction()?)
}

/// Application id, version, and how many tables and indices there are.
fn marks(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0));
    Ok((
        number("SELECT application_id FROM pragma_application_id")?,
        number("SELECT user_version FROM pragma_user_version")?,
        number("SELECT count(*) FROM sqlite_schema")?,
    ))
}
