//! How the journal is doing, for the screen.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Shared between the writer and whoever shows it.
#[derive(Debug, Default)]
pub struct JournalHealth {
    session: AtomicI64,
    stored: AtomicU64,
    waiting: AtomicU64,
    lost: AtomicU64,
    error: Mutex<Option<String>>,
    last_error: Mutex<Option<String>>,
    damage: Mutex<Option<String>>,
    aside: Mutex<Option<PathBuf>>,
}

impl JournalHealth {
    /// The session that is being written: another one after a damaged file was set aside.
    pub fn session(&self) -> i64 {
        self.session.load(Ordering::Relaxed)
    }

    pub(super) fn set_session(&self, session: i64) {
        self.session.store(session, Ordering::Relaxed);
    }

    /// Seconds committed.
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Records that wait for the disk.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Records lost for ever.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Why the disk takes nothing, if so.
    pub fn error(&self) -> Option<String> {
        self.error.lock().map_or(None, |error| error.clone())
    }

    /// Why the disk last took nothing, whether or not it does now.
    pub fn last_error(&self) -> Option<String> {
        self.last_error.lock().map_or(None, |error| error.clone())
    }

    /// Where a damaged journal was set aside, if this run found one.
    pub fn set_aside(&self) -> Option<PathBuf> {
        self.aside.lock().map_or(None, |aside| aside.clone())
    }

    /// The check at the start has come to its end: what is wrong with the file.
    pub(super) fn set_checked(&self, damage: Option<String>) {
        if let Ok(mut slot) = self.damage.lock() {
            *slot = damage;
        }
    }

    /// What the check found, once.
    pub(super) fn take_damage(&self) -> Option<String> {
        self.damage.lock().map_or(None, |mut damage| damage.take())
    }

    pub(super) fn put_aside(&self, path: PathBuf) {
        if let Ok(mut slot) = self.aside.lock() {
            *slot = Some(path);
        }
    }

    pub(super) fn add_stored(&self, records: u64) {
        self.stored.fetch_add(records, Ordering::Relaxed);
    }

    pub(super) fn add_lost(&self, records: u64) {
        self.lost.fetch_add(records, Ordering::Relaxed);
    }

    pub(super) fn set(&self, waiting: u64, error: Option<String>) {
        self.waiting.store(waiting, Ordering::Relaxed);
        if let (Some(error), Ok(mut slot)) = (&error, self.last_error.lock()) {
            *slot = Some(error.clone());
        }
        if let Ok(mut slot) = self.error.lock() {
            *slot = error;
        }
    }
}
