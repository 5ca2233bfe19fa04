//! One service for one journal: a lock file beside it, which the kernel releases however the service ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why the journal cannot be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another service writes to it.
    #[error("{}: another service writes to this journal (pid {pid}); stop it, or name another journal with --db", journal.display())]
    Taken {
        /// The journal.
        journal: PathBuf,
        /// The other service's process number, from the lock file; `unknown` when it cannot be read.
        pid: String,
    },
    /// The lock file cannot be made.
    #[error("{}: cannot be locked: {error}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system reports.
        error: io::Error,
    },
}

/// Held until dropped.
#[derive(Debug)]
pub struct JournalLock(#[allow(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl JournalLock {
    /// Locks this journal; does not wait.
    ///
    /// # Errors
    /// When another service holds the lock, or the lock file cannot be made.
    pub fn take(journal: &Path) -> Result<Self, LockError> {
        let mut path = journal.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |error| LockError::Io { path: path.clone(), error };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            grainloss_journal::make_folder(folder).map_err(failed)?;
        }
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let read = file.take(20).read_to_string(&mut pid);
                let pid = pid.trim().to_owned();
                let pid = if read.is_ok() && !pid.is_empty() { pid } else { "unknown".to_owned() };
                return Err(LockError::Taken { journal: journal.to_owned(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let note = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        // The number is for people; a full disk has no room for it, and the lock holds all the same.
        if let Err(error) = note(&mut file) {
            tracing::warn!("{}: the process number cannot be noted: {error}", path.display());
        }
        Ok(Self(file))
    }

    /// As [`JournalLock::take`]. Where no lock file can be made, on a full or read-only disk, the service starts without a
    /// lock: the estimate goes on, whatever the disk does.
    ///
    /// # Errors
    /// When another service holds the lock.
    pub fn take_if_possible(journal: &Path) -> Result<Option<Self>, LockError> {
        match Self::take(journal) {
            Err(error @ LockError::Io { .. }) => {
                tracing::warn!("{error}; the service starts without a lock");
                Ok(None)
            }
            taken => taken.map(Some),
        }
    }
}
