//! How the uplink does, in a small file beside the blocks, for people and for the next start.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::budget::Kept;
use super::whole_file::{read_json, write_json};

/// The file's name in the outbox.
pub const STATUS_FILE: &str = ".uplink.json";

/// How the uplink does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The store; `None` when none is configured.
    pub store: Option<Line>,
    /// The broker; `None` when none is configured.
    pub broker: Option<Line>,
    /// What was sent in the last hour.
    pub budget: Vec<Kept>,
}

/// How one of the two does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// How many blocks, or alarms, wait.
    pub waiting: usize,
    /// When the newest arrived, seconds since 1970 by the wall clock; `None` before the first.
    pub arrived_unix_s: Option<u64>,
    /// Since when nothing arrives, seconds since 1970 by the wall clock; `None` while all is well.
    pub failing_unix_s: Option<u64>,
    /// What is wrong, by its word; `None` while all is well.
    pub problem: Option<String>,
    /// The same as it was said by the system or the other side.
    pub error: Option<String>,
}

impl Line {
    /// Something arrived; so many wait.
    pub fn worked(&mut self, waiting: usize) {
        *self = Self { waiting, arrived_unix_s: Some(wall_s()), ..Self::default() };
    }

    /// It failed; so many wait.
    pub fn failed(&mut self, word: &str, error: &str, waiting: usize) {
        self.waiting = waiting;
        self.failing_unix_s = self.failing_unix_s.or_else(|| Some(wall_s()));
        self.problem = Some(word.to_owned());
        self.error = Some(error.to_owned());
    }
}

/// Wall clock: for people only, nothing waits by it.
#[allow(clippy::disallowed_methods, reason = "when something failed is said in the user's time")]
fn wall_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The file, and what is in it.
#[derive(Debug)]
pub struct StatusFile {
    path: PathBuf,
    status: Mutex<Status>,
}

impl StatusFile {
    /// The status of this outbox, as it was left.
    pub fn open(outbox: &Path) -> Self {
        let path = outbox.join(STATUS_FILE);
        // What cannot be read is made anew.
        let status = read_json(&path).unwrap_or_default();
        Self { path, status: Mutex::new(status) }
    }

    /// The status of an outbox as it stands in its file.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    pub fn read(outbox: &Path) -> io::Result<Status> {
        read_json(&outbox.join(STATUS_FILE))
    }

    /// What it says now.
    pub fn now(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Only what is configured is in it.
    pub fn configured(&self, store: bool, broker: bool) {
        self.change(|status| {
            status.store = store.then(|| status.store.take().unwrap_or_default());
            status.broker = broker.then(|| status.broker.take().unwrap_or_default());
        });
    }

    /// Changes the store's line.
    pub(crate) fn store(&self, change: impl FnOnce(&mut Line)) {
        self.line("store", |status| status.store.get_or_insert_default(), change);
    }

    /// Changes the broker's line.
    pub(crate) fn broker(&self, change: impl FnOnce(&mut Line)) {
        self.line("broker", |status| status.broker.get_or_insert_default(), change);
    }

    pub(crate) fn budget(&self, kept: Vec<Kept>) {
        self.change(|status| status.budget = kept);
    }

    /// Says once in the log when it begins to fail, and when it works again.
    fn line(&self, what: &str, line: fn(&mut Status) -> &mut Line, change: impl FnOnce(&mut Line)) {
        self.change(|status| {
            let line = line(status);
            let failed = line.failing_unix_s.is_some();
            change(line);
            match (&line.error, failed) {
                (Some(error), false) => tracing::warn!("uplink: {what}: {error}; it is tried again, nothing is lost"),
                (None, true) => tracing::info!("uplink: {what}: works again"),
                _ => {}
            }
        });
    }

    /// Changes it, and writes the file when it is another one then.
    fn change(&self, change: impl FnOnce(&mut Status)) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let before = status.clone();
        change(&mut status);
        if *status != before
            && let Err(error) = write_json(&self.path, &*status)
        {
            tracing::debug!("{}: {error}", self.path.display());
        }
    }
}
