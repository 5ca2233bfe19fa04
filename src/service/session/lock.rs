//! One service for one journal. The lock is on the journal's file itself (`flock`), so it is the same under every name of
//! the file, needs no room on the disk, and the kernel releases it however the service ends.
//!
//! SQLite's own locks are of another kind (`fcntl`), which Linux keeps apart from these on a local disk. But closing any
//! descriptor of a file drops the process's `fcntl` locks on it: the lock is taken before SQLite opens the file, and a
//! descriptor that holds one is closed only when the journal is no longer in use.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;

/// Mode of a journal that is created: readable and writable by the owner, readable by the group.
const MODE: u32 = 0o640;
/// How often it is checked whether another file has taken the journal's name (our choice).
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Why the journal cannot be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another service writes to it.
    #[error("{}: another service writes to this journal (pid {pid}); stop it, or name another journal with --db", journal.display())]
    Taken {
        /// The journal.
        journal: PathBuf,
        /// The other service's process number as the kernel tells it; `unknown` when it does not.
        pid: String,
    },
}

/// Held until dropped; drop it after everything that uses the journal.
///
/// When the journal is set aside or removed and a new file begun in its place, the new file is locked as well. A disk
/// that is full or read-only, or a folder that is missing, does not keep a service from starting: the lock is then taken
/// when the file is there.
#[derive(Debug)]
pub struct JournalLock {
    held: Arc<Mutex<Held>>,
    stop: Option<Sender<()>>,
    follower: Option<JoinHandle<()>>,
}

impl JournalLock {
    /// Locks this journal, and creates an empty one when there is none; does not wait.
    ///
    /// # Errors
    /// When another service holds the lock.
    pub fn take(journal: &Path) -> Result<Self, LockError> {
        let mut held = Held { journal: journal.to_owned(), created: false, files: Vec::new() };
        if let Err(error) = held.create().and_then(|()| held.lock()) {
            if error.kind() == io::ErrorKind::WouldBlock {
                return Err(LockError::Taken { journal: journal.to_owned(), pid: holder(journal) });
            }
            tracing::warn!("{}: not locked against a second service yet: {error}", journal.display());
        }
        let held = Arc::new(Mutex::new(held));
        let (stop, stopped) = channel::<()>();
        let following = Arc::clone(&held);
        let follow = move || {
            let mut told = false;
            while stopped.recv_timeout(FOLLOW_EVERY) == Err(RecvTimeoutError::Timeout) {
                let Ok(mut held) = following.lock() else { return };
                match held.lock() {
                    Ok(()) => told = false,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) if !told => {
                        tracing::warn!("{}: cannot be locked: {error}", held.journal.display());
                        told = true;
                    }
                    Err(_) => {}
                }
            }
        };
        // Without a thread the file stays locked; only one that takes its place would not be.
        let follower = std::thread::Builder::new().name("journal-lock".to_owned()).spawn(follow).ok();
        Ok(Self { held, stop: Some(stop), follower })
    }
}

impl Drop for JournalLock {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(follower) = self.follower.take() {
            let _ = follower.join();
        }
        if let Ok(mut held) = self.held.lock() {
            held.remove_if_empty();
            held.files.clear();
        }
    }
}

/// The files that are locked.
#[derive(Debug)]
struct Held {
    journal: PathBuf,
    /// The file was not there and was made to be locked.
    created: bool,
    /// Every file that has had the journal's name. None is closed before the end.
    files: Vec<HeldFile>,
}

#[derive(Debug)]
struct HeldFile {
    /// Its device and inode.
    id: (u64, u64),
    file: File,
    is_locked: bool,
}

impl Held {
    /// Creates the journal's file when there is none. A link that leads nowhere stays as it is.
    fn create(&mut self) -> io::Result<()> {
        if let Some(folder) = self.journal.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            grainloss_journal::make_folder(folder)?;
        }
        match OpenOptions::new().create_new(true).write(true).mode(MODE).open(&self.journal) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => Ok(()),
            Ok(_) => {
                self.created = true;
                Ok(())
            }
        }
    }

    /// Removes the file that was created for the lock when nothing was written into it.
    fn remove_if_empty(&self) {
        if self.created && std::fs::metadata(&self.journal).is_ok_and(|found| found.is_file() && found.len() == 0) {
            let _ = std::fs::remove_file(&self.journal);
        }
    }

    /// Locks the file that has the journal's name now, unless it is locked. What is no regular file is left to the journal
    /// to refuse.
    fn lock(&mut self) -> io::Result<()> {
        let found = std::fs::metadata(&self.journal)?;
        if !found.is_file() {
            return Ok(());
        }
        let id = (found.dev(), found.ino());
        if !self.files.iter().any(|held| held.id == id) {
            let file = File::open(&self.journal)?;
            let opened = file.metadata()?;
            self.files.push(HeldFile { id: (opened.dev(), opened.ino()), file, is_locked: false });
        }
        for held in self.files.iter_mut().filter(|held| !held.is_locked && held.id == id) {
            match held.file.try_lock() {
                Ok(()) => held.is_locked = true,
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(())
    }
}

/// How often the kernel's list is read before the holder is called unknown (our choice): while other programs take and
/// release locks, one reading of a long list may miss a line.
const LIST_READINGS: usize = 5;

/// The process that holds the lock, from the kernel's list: `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`.
fn holder(journal: &Path) -> String {
    let inode = std::fs::metadata(journal).map_or(0, |found| found.ino()).to_string();
    let pid_in = |locks: &str| {
        let pid = locks.lines().find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let of_it = fields.get(1) == Some(&"FLOCK") && fields.get(5)?.rsplit(':').next() == Some(inode.as_str());
            of_it.then(|| fields.get(4).copied()).flatten().filter(|pid| pid.parse().is_ok_and(|pid: u32| pid > 0))
        });
        pid.map(str::to_owned)
    };
    let found = (0..LIST_READINGS).find_map(|_| pid_in(&std::fs::read_to_string("/proc/locks").unwrap_or_default()));
    found.unwrap_or_else(|| "unknown".to_owned())
}
