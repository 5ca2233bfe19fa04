//! Opening the file: only a journal, of a version this program knows, or a new one.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{JournalError, is_damage};
use super::quarantine::beside;
use super::schema::{APPLICATION_ID, APPLICATION_ID_AT, HeaderPragmas, VERSION, migrate};
use super::{integrity, quarantine, schema, wal};

/// How long SQLite waits for a lock: a slow disk may hold one for seconds (assumed).
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements that are kept prepared: those of all tables that are written or checked each minute, and of the readers.
const STATEMENTS: usize = 64;
/// Readable and writable by the owner, readable by the group, nothing for others: journals name people and places.
const MODE: u32 = 0o640;
/// How long opening waits for another program that is creating or writing the same journal (assumed).
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two attempts at opening (assumed).
const RETRY_PAUSE: Duration = Duration::from_millis(50);
/// Files up to this size, in bytes, are checked before they are written, which takes some tenths of a second; larger
/// ones are checked in the background.
const MAX_CHECKED_FIRST_BYTES: u64 = 32 << 20;

/// Opens a journal to write, and creates it when there is none.
///
/// Changing a new file to its write-ahead log answers "locked" at once, without SQLite's own waiting, while another
/// program does the same: the whole opening is tried again.
pub(super) fn to_write(path: &Path) -> Result<Connection, JournalError> {
    to_write_within(path, OPEN_TIMEOUT)
}

/// As [`to_write`]; another program that holds the file is waited for, at most `patience`, besides SQLite's own waiting.
#[allow(clippy::disallowed_methods, reason = "an edge: waiting for another program is a matter of the wall clock")]
pub(super) fn to_write_within(path: &Path, patience: Duration) -> Result<Connection, JournalError> {
    let started = Instant::now();
    loop {
        match try_to_write(path) {
            Err(error) if error.is_busy() && started.elapsed() < patience => std::thread::sleep(RETRY_PAUSE),
            done => return done,
        }
    }
}

fn try_to_write(path: &Path) -> Result<Connection, JournalError> {
    if path.is_dir() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(|error| JournalError::Folder { path: path.to_owned(), error })?;
    }
    let sqlite = |error| JournalError::sqlite(path, error);
    // SQLite would make it readable by all users, and its write-ahead log after it.
    drop(OpenOptions::new().create_new(true).write(true).mode(MODE).open(path));
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(BUSY_TIMEOUT).map_err(sqlite)?;
    // SQLite has names that are no files, such as ":memory:".
    if FileId::of(path).is_none() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    // Read the header before any write: a file of another program stays as it is.
    let header = HeaderPragmas::read_consistent(&connection).map_err(sqlite)?;
    if !header.is_empty() {
        check_header(path, header)?;
    }
    remove_excess_permissions(path);
    connection.pragma_update(None, "journal_mode", "wal").map_err(sqlite)?;
    connection.pragma_update(None, "synchronous", "full").map_err(sqlite)?;
    if header.version < VERSION {
        migrate(&mut connection).map_err(sqlite)?;
    }
    connection.pragma_update(None, "foreign_keys", true).map_err(sqlite)?;
    Ok(connection)
}

/// Makes a folder for a journal, and those above it that are missing, closed to others: what is in it names people.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o750).create(folder)
}

/// Writes a journal's version field anew where its tables tell that it is damaged. For the service, which has nobody to ask.
pub(super) fn repair_version(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let header = HeaderPragmas::read_consistent(&connection)?;
    if header.application_id == APPLICATION_ID
        && let Some(version) = schema::damaged_version(&connection, header)?
    {
        let (path, found) = (path.display(), header.version);
        tracing::warn!("{path}: the version field said {found}, its tables are those of {version}");
        connection.pragma_update(None, "user_version", version)?;
    }
    Ok(())
}

/// Takes away permissions that an earlier version of the program gave to others. A file of another owner stays as it is.
fn remove_excess_permissions(path: &Path) {
    let found = std::fs::metadata(path).ok().map(|found| found.permissions().mode() & 0o777);
    if let Some(mode) = found.filter(|mode| mode & !MODE != 0) {
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & MODE));
    }
}

/// Opens a journal to write. A damaged one is moved into quarantine and a new one begun: then also where it was moved.
pub(super) fn sound_to_write(path: &Path) -> Result<(Connection, Option<PathBuf>), JournalError> {
    sound_to_write_within(path, OPEN_TIMEOUT)
}

/// As [`sound_to_write`]; another program that holds the file is waited for, at most `patience`.
pub(super) fn sound_to_write_within(
    path: &Path,
    patience: Duration,
) -> Result<(Connection, Option<PathBuf>), JournalError> {
    let small = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= MAX_CHECKED_FIRST_BYTES);
    // Before SQLite opens the file: it would write over what it does not read.
    let broken_log = wal::problem(path).filter(|_| has_application_id(path) || wal::has_application_id(path));
    let opened = if broken_log.is_some() { None } else { Some(to_write_within(path, patience)) };
    let problem = match opened.transpose() {
        Ok(None) => broken_log.unwrap_or_default(),
        Ok(Some(connection)) if !small => return Ok((connection, None)),
        Ok(Some(connection)) => {
            let check = || integrity::problems(&to_read(path).ok()?, false).ok();
            let lines = check().unwrap_or_default();
            if lines.is_empty() {
                return Ok((connection, None));
            }
            lines.join("; ")
        }
        Err(JournalError::Sqlite { error, .. }) if is_damage(&error) && has_application_id(path) => error.to_string(),
        Err(error) => return Err(error),
    };
    let moved = quarantine::quarantine(path).map_err(|error| JournalError::Quarantine {
        path: path.to_owned(),
        problem: problem.clone(),
        error,
    })?;
    tracing::warn!(
        "{}: the journal is damaged ({problem}); it is kept as {}, and a new one is begun; `grainloss journal salvage` \
         recovers what can be read",
        path.display(),
        moved.display()
    );
    Ok((to_write_within(path, patience)?, Some(moved)))
}

/// True when the file's header has our `application_id`, even if SQLite cannot open the rest. Only for a file that this
/// process does not use: closing it drops SQLite's locks.
pub(super) fn has_application_id(path: &Path) -> bool {
    let mut start = [0; APPLICATION_ID_AT + 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start[APPLICATION_ID_AT..] == (APPLICATION_ID as u32).to_be_bytes()
}

/// What distinguishes a file from another one that later has the same path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The file at this path; `None` when there is none.
    pub fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().as_ref().map(Self::new)
    }

    /// The file that was found.
    pub fn new(found: &Metadata) -> Self {
        Self { device: found.dev(), inode: found.ino() }
    }
}

/// Opens an existing journal to read.
pub(super) fn to_read(path: &Path) -> Result<Connection, JournalError> {
    if !path.exists() {
        return Err(JournalError::Missing(path.to_owned()));
    }
    if !path.is_file() {
        return Err(JournalError::NotAFile(path.to_owned()));
    }
    let sqlite = |error| JournalError::sqlite(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |name: &Path, flags| {
        let connection = Connection::open_with_flags(name, flags)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else SQLite prepares a statement anew for each other range that it is asked for.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let header = HeaderPragmas::read_consistent(&connection)?;
        Ok((connection, header))
    };
    let opened = match open(path, flags) {
        // Nobody writes a closed journal, and SQLite wants to make files beside it even to read.
        Err(error) if cannot_make_files(&error) => {
            let log = beside(path, "-wal");
            if std::fs::metadata(&log).is_ok_and(|found| found.len() > 0) {
                return Err(JournalError::NotClosed { path: path.to_owned(), log });
            }
            open(&immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)
        }
        opened => opened,
    };
    let (connection, header) = opened.map_err(sqlite)?;
    if header.is_empty() {
        return Err(JournalError::Missing(path.to_owned()));
    }
    check_header(path, header)?;
    if header.version == VERSION {
        return Ok(connection);
    }
    // Reading changes nothing: an older journal is migrated in a copy in memory.
    let copy = || {
        let mut copy = Connection::open_in_memory()?;
        rusqlite::backup::Backup::new(&connection, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
        migrate(&mut copy)?;
        Ok(copy)
    };
    copy().map_err(sqlite)
}

/// True when SQLite cannot make the files that it needs beside the journal.
fn cannot_make_files(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly))
}

/// The name by which SQLite reads a file that does not change while it is read, and makes no file beside it.
fn immutable(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut name = b"file:".to_vec();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            name.push(byte);
        } else {
            name.extend(format!("%{byte:02X}").bytes());
        }
    }
    name.extend(b"?immutable=1");
    PathBuf::from(OsString::from_vec(name))
}

/// Refuses a file of another program, and a journal of a later version.
fn check_header(path: &Path, header: HeaderPragmas) -> Result<(), JournalError> {
    if header.application_id != APPLICATION_ID {
        return Err(JournalError::NotOurs { path: path.to_owned(), found: header.application_id });
    }
    if header.version > VERSION {
        return Err(JournalError::TooNew { path: path.to_owned(), found: header.version });
    }
    Ok(())
}
