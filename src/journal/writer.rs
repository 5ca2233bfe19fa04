//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::entry::Entry;
use super::health::JournalHealth;
use super::open::{self, JournalError};
use super::start::{SessionStart, begin};
use super::transaction::write;

/// Records that fit the queue: a quarter of an hour of seconds.
const QUEUE: usize = 1000;
/// Records kept while the disk takes nothing: an hour of seconds with their totals and events.
const KEPT: usize = 10_000;
/// A replay, which has time, waits so long for a disk that takes nothing before records are dropped.
const GRACE: Duration = Duration::from_secs(20);
const SECOND_US: i64 = 1_000_000;
/// One commit a second.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// What to do when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Drop the record and count it: the machine does not wait for the disk.
    Count,
    /// Wait: a replay has time.
    Wait,
}

/// The loop's end of the queue.
#[derive(Debug)]
pub struct Writer {
    /// The number of the session being written.
    pub session: i64,
    queue: Option<SyncSender<Entry>>,
    overflow: Overflow,
    health: Arc<JournalHealth>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the journal, begins a session in it and starts the thread.
    pub fn start(path: &Path, start: &SessionStart, overflow: Overflow) -> Result<Self, JournalError> {
        let mut connection = open::to_write(path)?;
        let session =
            begin(&mut connection, start).map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })?;
        let (queue, entries) = sync_channel(QUEUE);
        let health = Arc::new(JournalHealth::default());
        let thread = {
            let health = Arc::clone(&health);
            let task = Task {
                connection,
                file: open::identity(path),
                path: path.to_owned(),
                overflow,
                refused_since: None,
                session,
                seq: 0,
                pending: VecDeque::new(),
                doing: None,
                lost_recorded: 0,
                health,
            };
            std::thread::Builder::new().name("journal".to_owned()).spawn(move || task.run(&entries))
        };
        let thread = thread.map_err(|error| JournalError::Thread { path: path.to_owned(), error })?;
        Ok(Self { session, queue: Some(queue), overflow, health, thread: Some(thread) })
    }

    /// How the journal is doing.
    pub fn health(&self) -> &Arc<JournalHealth> {
        &self.health
    }

    /// Hands a record over.
    pub fn put(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        let gone = match self.overflow {
            Overflow::Wait => queue.send(entry).is_err(),
            Overflow::Count => match queue.try_send(entry) {
                Ok(()) => false,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => true,
            },
        };
        if gone {
            self.health.add_lost(1);
        }
    }

    /// Ends the session and waits until everything is on the disk, or has been tried.
    pub fn finish(mut self, reason: &'static str) {
        if let Some(queue) = &self.queue {
            // The end must not be lost: wait for room.
            let _ = queue.send(Entry::End(reason));
        }
        self.close();
    }

    fn close(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has been reported by its own hook.
            let _ = thread.join();
        }
    }
}

/// Without `finish` the session stays open, but what was handed over is written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The thread's side.
struct Task {
    connection: Connection,
    path: PathBuf,
    /// What file the path led to at the start.
    file: Option<(u64, u64)>,
    overflow: Overflow,
    /// Since when the disk takes nothing.
    refused_since: Option<Instant>,
    session: i64,
    seq: i64,
    pending: VecDeque<Entry>,
    /// The newest second and what the machine did in it.
    doing: Option<(i64, Option<&'static str>)>,
    /// Lost records that the journal tells of.
    lost_recorded: u64,
    health: Arc<JournalHealth>,
}

impl Task {
    #[allow(clippy::disallowed_methods, reason = "an edge: commits are paced by the wall clock")]
    fn run(mut self, entries: &Receiver<Entry>) {
        let mut next = Instant::now() + COMMIT_EVERY;
        loop {
            let closed = match entries.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(entry) => {
                    self.keep(entry);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            // A full buffer is written at once, unless the disk has just refused it.
            let full = self.pending.len() >= KEPT && self.health.error().is_none();
            if closed || full || Instant::now() >= next {
                self.commit();
                next = Instant::now() + COMMIT_EVERY;
            }
            if closed {
                while !self.pending.is_empty() && self.is_waiting() {
                    std::thread::sleep(COMMIT_EVERY);
                    self.commit();
                }
                self.health.add_lost(self.pending.len() as u64);
                if open::identity(&self.path) != self.file {
                    // It was written to a file that nobody can find any more.
                    self.health.add_lost(self.health.stored());
                    self.health
                        .set(0, Some("the journal's file was removed or replaced while it was written".to_owned()));
                }
                return;
            }
        }
    }

    /// Keeps a record until the next commit, and before a second in which the machine does something else says so.
    fn keep(&mut self, entry: Entry) {
        if let Entry::Second(row, _) = &entry {
            let state = row.doing.activity.map(crate::harvest::Activity::word);
            let (from_us, to_us) = (row.t_us - SECOND_US, row.t_us);
            match self.doing.replace((to_us, state)) {
                Some((before_us, before)) if before_us == from_us && before == state => {}
                Some((before_us, before)) if before_us < from_us => {
                    if before.is_some() {
                        self.keep_one(Entry::Activity(before_us, None));
                    }
                    self.keep_one(Entry::Activity(from_us, state));
                }
                _ => self.keep_one(Entry::Activity(from_us, state)),
            }
        }
        self.keep_one(entry);
    }

    fn keep_one(&mut self, entry: Entry) {
        while self.pending.len() >= KEPT && self.is_waiting() {
            std::thread::sleep(COMMIT_EVERY);
            self.commit();
        }
        if self.pending.len() >= KEPT {
            self.pending.pop_front();
            self.health.add_lost(1);
        }
        self.pending.push_back(entry);
    }

    /// A replay waits for a disk that takes nothing, for a while.
    fn is_waiting(&self) -> bool {
        self.overflow == Overflow::Wait && self.refused_since.is_some_and(|since| since.elapsed() < GRACE)
    }

    /// Writes everything that waits in one transaction. What the disk does not take waits on.
    #[allow(clippy::disallowed_methods, reason = "an edge: how long a disk refuses is a matter of the wall clock")]
    fn commit(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let lost = self.health.lost();
        match write(&mut self.connection, self.session, self.seq, &self.pending, lost - self.lost_recorded) {
            Ok(seq) => {
                self.seq = seq;
                self.lost_recorded = lost;
                self.health.add_stored(seconds(&self.pending));
                self.pending.clear();
                if self.health.error().is_some() {
                    tracing::warn!("the journal is being written again");
                }
                self.health.set(0, None);
                self.refused_since = None;
            }
            Err(error) => {
                if self.health.error().is_none() {
                    tracing::warn!("the journal cannot be written, trying again every second: {error}");
                }
                self.health.set(self.pending.len() as u64, Some(error.to_string()));
                self.refused_since.get_or_insert_with(Instant::now);
            }
        }
    }
}

fn seconds(entries: &VecDeque<Entry>) -> u64 {
    entries.iter().filter(|entry| matches!(entry, Entry::Second(..))).count() as u64
}
