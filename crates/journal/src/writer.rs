//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use rusqlite::Connection;

use super::chain::Chain;
use super::entry::Entry;
use super::health::JournalHealth;
use super::key::DeviceKeys;
use super::open::{self, JournalError};
use super::start::{Memory, SessionStart, begin, reopen};
use super::transaction::{Written, write};
use super::{check, quarantine};

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
    /// The number of the session that was begun, or gone on with; [`JournalHealth::session`] says which one it is now.
    pub session: i64,
    queue: Option<SyncSender<Entry>>,
    overflow: Overflow,
    health: Arc<JournalHealth>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the journal, begins a session in it and starts the thread.
    pub fn start(path: &Path, start: &SessionStart, overflow: Overflow) -> Result<Self, JournalError> {
        let (mut connection, aside) = open::sound_to_write(path)?;
        let session =
            begin(&mut connection, start).map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })?;
        Self::spawn((path, start), connection, session, Written { seq: 0, chain: Chain::new() }, aside, overflow)
    }

    /// Goes on with a session that a restart or a power cut has interrupted: its records, and its memory. `None` when that
    /// cannot be read: then another one must be begun. `start` is how one begins should the file break meanwhile.
    pub fn resume(
        path: &Path,
        session: i64,
        start: &SessionStart,
        overflow: Overflow,
    ) -> Result<Option<(Self, Memory)>, JournalError> {
        let (mut connection, aside) = open::sound_to_write(path)?;
        let reopened =
            reopen(&mut connection, session).map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })?;
        let Some((written, memory)) = reopened else { return Ok(None) };
        Ok(Some((Self::spawn((path, start), connection, session, written, aside, overflow)?, memory)))
    }

    fn spawn(
        (path, start): (&Path, &SessionStart),
        connection: Connection,
        session: i64,
        written: Written,
        aside: Option<PathBuf>,
        overflow: Overflow,
    ) -> Result<Self, JournalError> {
        let (queue, entries) = sync_channel(QUEUE);
        let health = Arc::new(JournalHealth::default());
        health.set_session(session);
        if let Some(aside) = aside {
            health.put_aside(aside);
        }
        let check = check::Background::start(path, &health);
        let key = DeviceKeys::beside(path).load_or_make();
        let key = key.inspect_err(|error| tracing::warn!("the session will not be signed: {error}")).ok();
        let thread = {
            let health = Arc::clone(&health);
            let task = Task {
                connection,
                file: open::identity(path),
                path: path.to_owned(),
                start: start.clone(),
                check,
                overflow,
                refused_since: None,
                session,
                written,
                key,
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
    /// To begin anew with, should the file turn out to be damaged.
    start: SessionStart,
    check: Option<check::Background>,
    /// What file the path led to at the start.
    file: Option<(u64, u64)>,
    overflow: Overflow,
    /// Since when the disk takes nothing.
    refused_since: Option<Instant>,
    session: i64,
    written: Written,
    key: Option<SigningKey>,
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
                if let Some(check) = self.check.take() {
                    check.stop();
                }
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
            let state = row.doing.activity.map(grainloss_core::harvest::Activity::word);
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
        if let Some(damage) = self.health.take_damage() {
            self.begin_anew(&damage);
        }
        if self.pending.is_empty() {
            return;
        }
        let lost = self.health.lost();
        let (session, unrecorded, key) = (self.session, lost - self.lost_recorded, self.key.as_ref());
        match write(&mut self.connection, session, &self.written, &self.pending, unrecorded, key) {
            Ok(written) => {
                self.written = written;
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
                if check::is_damage(&error) {
                    self.health.set_checked(Some(error.to_string()));
                }
                if self.health.error().is_none() {
                    tracing::warn!("the journal cannot be written, trying again every second: {error}");
                }
                self.health.set(self.pending.len() as u64, Some(error.to_string()));
                self.refused_since.get_or_insert_with(Instant::now);
            }
        }
    }
}

impl Task {
    /// The file is damaged: sets it aside, unless another program has done so, and goes on in a new one. What this session
    /// had stored stays in the damaged file; what waits goes into the new one.
    fn begin_anew(&mut self, damage: &str) {
        if let Some(check) = self.check.take() {
            check.stop();
        }
        let ours = open::identity(&self.path) == self.file;
        let aside = if ours { quarantine::set_aside(&self.path).map(Some) } else { Ok(None) };
        let begun = aside.map_err(|error| error.to_string()).and_then(|aside| {
            let mut connection = open::to_write(&self.path).map_err(|error| error.to_string())?;
            let session = begin(&mut connection, &self.start).map_err(|error| error.to_string())?;
            Ok((aside, connection, session))
        });
        match begun {
            Ok((aside, connection, session)) => {
                let path = self.path.display();
                let kept = aside.as_ref().map_or_else(String::new, |aside| format!(" is kept as {}", aside.display()));
                tracing::warn!(
                    "{path}: the journal is damaged ({damage}); it{kept}, and goes on in a new one as session {session}"
                );
                if let Some(aside) = aside {
                    self.health.put_aside(aside);
                }
                (self.connection, self.session, self.doing) = (connection, session, None);
                self.written = Written { seq: 0, chain: Chain::new() };
                self.file = open::identity(&self.path);
                self.health.set_session(session);
            }
            Err(error) => {
                tracing::warn!("the damaged journal cannot be set aside, trying again: {error}");
                self.health.set_checked(Some(damage.to_owned()));
            }
        }
    }
}

fn seconds(entries: &VecDeque<Entry>) -> u64 {
    entries.iter().filter(|entry| matches!(entry, Entry::Second(..))).count() as u64
}
