//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::begin::begin;
use super::check::BackgroundCheck;
use super::entry::Entry;
use super::error::{JournalError, is_damage};
use super::fusions::FusionSelection;
use super::health::JournalHealth;
use super::open::{self, FileId};
use super::progress::Progress;
use super::quarantine;
use super::resume::{Memory, reopen};
use super::seals::Sealer;
use super::session_start::SessionStart;
use super::transaction::write;

/// Number of records that fit the queue: a quarter of an hour with a row a second (assumed).
const QUEUE_LEN: usize = 1000;
/// Number of records held in memory while the disk refuses to write: more than an hour of seconds with their events
/// (assumed).
const MAX_PENDING: usize = 10_000;
/// How long a replay, which is not bound to real time, waits for a disk that refuses to write before it drops records
/// (assumed).
const REPLAY_TIMEOUT: Duration = Duration::from_secs(20);
const SECOND_US: i64 = 1_000_000;
/// Time between two commits.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// What to do with a record when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Drop the record and count it as lost: a running machine does not wait for the disk.
    Count,
    /// Wait until there is room: for a replay.
    Wait,
}

/// Sends records to the writer thread; the service loop holds it.
#[derive(Debug)]
pub struct Writer {
    /// The session that was begun or continued; [`JournalHealth::session`] is the one that is written now.
    pub session: i64,
    queue: Option<SyncSender<Entry>>,
    overflow: Overflow,
    health: Arc<JournalHealth>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the journal, begins a session in it and starts the thread.
    ///
    /// # Errors
    /// [`JournalError`] when the file is no journal, cannot be opened or written, or the thread cannot be started.
    pub fn start(path: &Path, start: &SessionStart, overflow: Overflow) -> Result<Self, JournalError> {
        let (mut connection, quarantined) = open::sound_to_write(path)?;
        let mut sealer = Sealer::of(path);
        let begun = begin(&mut connection, start, &mut sealer);
        let (session, progress) = begun.map_err(|error| JournalError::sqlite(path, error))?;
        Self::spawn((path, start), connection, (session, progress, sealer), quarantined, overflow)
    }

    /// Continues a session that a restart or a power cut interrupted: the writer, and the session's memory. `None` when
    /// the memory cannot be read: then the caller begins another session. `start` describes the session that is begun if
    /// the file turns out to be damaged.
    ///
    /// # Errors
    /// [`JournalError`] when the file is no journal, cannot be opened or written, or the thread cannot be started.
    pub fn resume(
        path: &Path,
        session: i64,
        start: &SessionStart,
        overflow: Overflow,
    ) -> Result<Option<(Self, Memory)>, JournalError> {
        let (mut connection, quarantined) = open::sound_to_write(path)?;
        let mut sealer = Sealer::of(path);
        let reopened = reopen(&mut connection, path, session, &mut sealer);
        let Some((progress, memory)) = reopened.map_err(|error| JournalError::sqlite(path, error))? else {
            return Ok(None);
        };
        let writer = Self::spawn((path, start), connection, (session, progress, sealer), quarantined, overflow)?;
        Ok(Some((writer, memory)))
    }

    fn spawn(
        (path, start): (&Path, &SessionStart),
        connection: Connection,
        (session, progress, sealer): (i64, Progress, Sealer),
        quarantined: Option<PathBuf>,
        overflow: Overflow,
    ) -> Result<Self, JournalError> {
        let (queue, entries) = sync_channel(QUEUE_LEN);
        let health = Arc::new(JournalHealth::default());
        health.set_session(session);
        if let Some(quarantined) = quarantined {
            health.set_quarantined(quarantined);
        }
        let check = BackgroundCheck::start(path, &health);
        let thread = {
            let health = Arc::clone(&health);
            let task = Task {
                connection,
                file: FileId::of(path),
                path: path.to_owned(),
                start: start.clone(),
                check,
                overflow,
                refusing_since: None,
                session,
                progress,
                sealer,
                pending: VecDeque::new(),
                activity: None,
                fusions: FusionSelection::default(),
                lost_recorded: 0,
                health,
            };
            std::thread::Builder::new().name("journal".to_owned()).spawn(move || task.run(&entries))
        };
        let thread = thread.map_err(|error| JournalError::Thread { path: path.to_owned(), error })?;
        Ok(Self { session, queue: Some(queue), overflow, health, thread: Some(thread) })
    }

    /// The writer's status.
    pub fn health(&self) -> &Arc<JournalHealth> {
        &self.health
    }

    /// Sends a record to the writer. A record for which there is no room is handled as [`Overflow`] says.
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

    /// Ends the session and waits until every record is on the disk or was given up.
    pub fn finish(mut self, reason: &'static str) {
        if let Some(queue) = &self.queue {
            // The end must not be lost, so this waits for room.
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

/// Without `finish` the session stays open, but the records that were sent are written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The writer thread.
struct Task {
    connection: Connection,
    path: PathBuf,
    /// For the session that is begun if the file turns out to be damaged.
    start: SessionStart,
    check: Option<BackgroundCheck>,
    /// The file that the path led to when it was opened; `None` when it could not be read.
    file: Option<FileId>,
    overflow: Overflow,
    /// Since when the disk refuses to write; `None` when it writes.
    refusing_since: Option<Instant>,
    session: i64,
    progress: Progress,
    sealer: Sealer,
    pending: VecDeque<Entry>,
    /// The newest second's end, µs of bus time, and the machine's activity in it; `None` before the first.
    activity: Option<(i64, Option<&'static str>)>,
    /// Which fusion records are stored.
    fusions: FusionSelection,
    /// Number of lost records that are noted in the journal as event `lost`.
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
                    self.enqueue(entry);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            // A full buffer is written at once, unless the disk has just refused it.
            let full = self.pending.len() >= MAX_PENDING && self.health.error().is_none();
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
                if FileId::of(&self.path) != self.file {
                    // The records went to a file that no longer has a name.
                    self.health.add_lost(self.health.stored());
                    self.health.set_disk_status(
                        0,
                        Some("the journal's file was removed or replaced while it was written".to_owned()),
                    );
                }
                return;
            }
        }
    }

    /// Holds a record until the next commit. Before a second it adds the change of activity, if any; of the
    /// second's fusion records it leaves those that are to be stored.
    fn enqueue(&mut self, mut entry: Entry) {
        if let Entry::Second(row, _) = &mut entry {
            self.fusions.select(row);
            let state = row.doing.activity.map(grainloss_core::harvest::Activity::word);
            let (from_us, to_us) = (row.t_us - SECOND_US, row.t_us);
            match self.activity.replace((to_us, state)) {
                Some((before_us, before)) if before_us == from_us && before == state => {}
                Some((before_us, before)) if before_us < from_us => {
                    if before.is_some() {
                        self.push(Entry::Activity(before_us, None));
                    }
                    self.push(Entry::Activity(from_us, state));
                }
                _ => self.push(Entry::Activity(from_us, state)),
            }
        }
        self.push(entry);
    }

    fn push(&mut self, entry: Entry) {
        while self.pending.len() >= MAX_PENDING && self.is_waiting() {
            std::thread::sleep(COMMIT_EVERY);
            self.commit();
        }
        if self.pending.len() >= MAX_PENDING && self.health.error().is_none() {
            // Nothing is dropped before the disk was asked.
            self.commit();
        }
        if self.pending.len() >= MAX_PENDING {
            self.pending.pop_front();
            self.health.add_lost(1);
        }
        self.pending.push_back(entry);
    }

    /// True while a replay waits for a disk that refuses to write.
    fn is_waiting(&self) -> bool {
        self.overflow == Overflow::Wait && self.refusing_since.is_some_and(|since| since.elapsed() < REPLAY_TIMEOUT)
    }

    /// Writes all pending records in one transaction. If the disk refuses, they stay pending.
    #[allow(clippy::disallowed_methods, reason = "an edge: how long a disk refuses is a matter of the wall clock")]
    fn commit(&mut self) {
        if let Some(damage) = self.health.take_damage() {
            self.replace_file(&damage);
        }
        if self.pending.is_empty() {
            return;
        }
        let lost = self.health.lost();
        let (session, unrecorded) = (self.session, lost - self.lost_recorded);
        match write(&mut self.connection, session, &self.progress, &self.pending, unrecorded, &mut self.sealer) {
            Ok(progress) => {
                self.progress = progress;
                self.lost_recorded = lost;
                self.health.add_stored(seconds(&self.pending));
                self.pending.clear();
                if self.health.error().is_some() {
                    tracing::warn!("the journal is being written again");
                }
                self.health.set_disk_status(0, None);
                self.refusing_since = None;
            }
            Err(error) => {
                if is_damage(&error) {
                    self.health.set_damage(Some(error.to_string()));
                }
                if self.health.error().is_none() {
                    tracing::warn!("the journal cannot be written, trying again every second: {error}");
                }
                self.health.set_disk_status(self.pending.len() as u64, Some(error.to_string()));
                self.refusing_since.get_or_insert_with(Instant::now);
            }
        }
    }
}

impl Task {
    /// The file is damaged: moves it into quarantine, unless another program has done so, and begins a new one. What this
    /// session had stored stays in the damaged file; pending records go into the new one.
    fn replace_file(&mut self, damage: &str) {
        if let Some(check) = self.check.take() {
            check.stop();
        }
        let ours = FileId::of(&self.path) == self.file;
        let quarantined = if ours { quarantine::quarantine(&self.path).map(Some) } else { Ok(None) };
        let begun = quarantined.map_err(|error| error.to_string()).and_then(|quarantined| {
            // The seals of the damaged file went with it.
            self.sealer = Sealer::of(&self.path);
            let mut connection = open::to_write(&self.path).map_err(|error| error.to_string())?;
            let begun = begin(&mut connection, &self.start, &mut self.sealer).map_err(|error| error.to_string())?;
            Ok((quarantined, connection, begun))
        });
        match begun {
            Ok((quarantined, connection, (session, progress))) => {
                let path = self.path.display();
                let kept = quarantined
                    .as_ref()
                    .map_or_else(String::new, |quarantined| format!(" is kept as {}", quarantined.display()));
                tracing::warn!(
                    "{path}: the journal is damaged ({damage}); it{kept}, and goes on in a new one as session {session}"
                );
                if let Some(quarantined) = quarantined {
                    self.health.set_quarantined(quarantined);
                }
                (self.connection, self.session, self.activity) = (connection, session, None);
                self.fusions = FusionSelection::default();
                self.progress = progress;
                self.file = FileId::of(&self.path);
                self.health.set_session(session);
            }
            Err(error) => {
                tracing::warn!("the damaged journal cannot be moved aside, trying again: {error}");
                self.health.set_damage(Some(damage.to_owned()));
            }
        }
    }
}

/// Number of seconds among these records.
fn seconds(entries: &VecDeque<Entry>) -> u64 {
    entries.iter().filter(|entry| matches!(entry, Entry::Second(..))).count() as u64
}
