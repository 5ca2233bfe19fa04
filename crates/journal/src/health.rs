//! The writer's status, for the screen.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// The writer's status, shared between its thread and the screens.
#[derive(Debug, Default)]
pub struct JournalHealth {
    session: AtomicI64,
    /// A file is open, or was.
    opened: AtomicBool,
    stored: AtomicU64,
    waiting: AtomicU64,
    lost: AtomicU64,
    error: Mutex<Option<String>>,
    last_error: Mutex<Option<String>>,
    damage: Mutex<Option<String>>,
    quarantined: Mutex<Option<PathBuf>>,
    removals: AtomicU64,
    files: AtomicU64,
    persists: AtomicBool,
}

impl JournalHealth {
    /// The session that is being written; changes when a damaged or removed file was left and a new one begun. `None`
    /// before the session's first record.
    pub fn session(&self) -> Option<i64> {
        Some(self.session.load(Ordering::Relaxed)).filter(|session| *session > 0)
    }

    pub(super) fn set_opened(&self) {
        self.opened.store(true, Ordering::Relaxed);
    }

    pub(super) fn set_session(&self, session: i64) {
        self.session.store(session, Ordering::Relaxed);
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Number of files opened so far: the first, and each that was begun in the place of another.
    pub(super) fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Number of seconds committed so far.
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Number of records that wait because the disk refuses to write; 0 when it writes.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Number of records lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Why the disk refuses to write; `None` when it writes.
    pub fn error(&self) -> Option<String> {
        self.error.lock().map_or(None, |error| error.clone())
    }

    /// The newest reason for which the disk refused to write, even if it writes now; `None` when it never did.
    pub fn last_error(&self) -> Option<String> {
        self.last_error.lock().map_or(None, |error| error.clone())
    }

    /// Where a damaged journal was moved; `None` when this run found none.
    pub fn quarantined(&self) -> Option<PathBuf> {
        self.quarantined.lock().map_or(None, |path| path.clone())
    }

    /// Notes what is wrong with the file; `None` when it is sound.
    pub(super) fn set_damage(&self, damage: Option<String>) {
        if let Ok(mut slot) = self.damage.lock() {
            *slot = damage;
        }
    }

    /// What is wrong with the file, once: the next call gives `None`.
    pub(super) fn take_damage(&self) -> Option<String> {
        self.damage.lock().map_or(None, |mut damage| damage.take())
    }

    pub(super) fn set_quarantined(&self, path: PathBuf) {
        if let Ok(mut slot) = self.quarantined.lock() {
            *slot = Some(path);
        }
    }

    /// How often the file was removed, renamed or replaced while it was written.
    pub fn removals(&self) -> u64 {
        self.removals.load(Ordering::Relaxed)
    }

    /// The file has gone from its path: what was stored in it is lost to the journal.
    pub(super) fn removed(&self, error: String) {
        self.add_lost(self.stored.swap(0, Ordering::Relaxed));
        self.removals.fetch_add(1, Ordering::Relaxed);
        self.set_disk_status(self.waiting(), Some(error));
    }

    /// The first attempt to open the file takes long: says so unless it has an outcome meanwhile.
    pub(super) fn set_slow(&self) {
        if !self.opened.load(Ordering::Relaxed) && self.error().is_none() {
            self.set_disk_status(0, Some("the disk is slow, or another program holds the journal".to_owned()));
        }
    }

    pub(super) fn add_stored(&self, records: u64) {
        self.stored.fetch_add(records, Ordering::Relaxed);
    }

    pub(super) fn add_lost(&self, records: u64) {
        self.lost.fetch_add(records, Ordering::Relaxed);
    }

    /// Whether a writer that ends asks a disk that refuses again and again. Otherwise it asks once more, and what is not
    /// written then is lost.
    pub fn set_persists(&self, persists: bool) {
        self.persists.store(persists, Ordering::Relaxed);
    }

    pub(super) fn persists(&self) -> bool {
        self.persists.load(Ordering::Relaxed)
    }

    /// Notes how many records wait and why the disk refuses to write; `None` when it writes.
    pub(super) fn set_disk_status(&self, waiting: u64, error: Option<String>) {
        self.waiting.store(waiting, Ordering::Relaxed);
        if let (Some(error), Ok(mut slot)) = (&error, self.last_error.lock()) {
            *slot = Some(error.clone());
        }
        if let Ok(mut slot) = self.error.lock() {
            *slot = error;
        }
    }
}
