//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::activity::ActivityChanges;
use super::begin::begin;
use super::check::BackgroundCheck;
use super::entry::Entry;
use super::error::{JournalError, is_damage};
use super::fusions::FusionSelection;
use super::health::JournalHealth;
use super::open;
use super::overflow::Overflow;
use super::renew::{Opened, Place, REMOVED, Renewal};
use super::resume::{Memory, reopen};
use super::seals::Sealer;
use super::session_start::SessionStart;
use super::transaction::write;

/// Number of records that fit the queue: a quarter of an hour with a row a second (assumed).
const QUEUE_LEN: usize = 1000;
/// Records held in memory while the disk refuses to write: more than an hour of seconds with their events (assumed).
const MAX_PENDING: usize = 10_000;
/// How long a replay waits for a disk that refuses to write before it drops records (assumed).
const REPLAY_TIMEOUT: Duration = Duration::from_secs(20);
/// Time between two commits.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// So long others are waited for once a record has come: to be woken for each costs more than to write it (our choice).
const GATHER: Duration = Duration::from_millis(5);

/// Sends records to the writer thread; the service loop holds it. [`JournalHealth::session`] is the session that is written.
#[derive(Debug)]
pub struct Writer {
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
        let opened = Opened { connection, begun: Some((session, progress)), sealer, quarantined };
        Self::spawn((path, start), Some(opened), overflow, None)
    }

    /// Begins a session with its first second or a person's first entry, as soon as the disk lets it: until then records
    /// are held in memory, as far as they fit. A session without such a record is not stored. Waits for the first attempt
    /// to open the file, at most `patience`; [`JournalHealth::error`] says what came of it.
    ///
    /// # Errors
    /// [`JournalError::Thread`] when the thread cannot be started.
    pub fn start_when_possible(
        path: &Path,
        start: &SessionStart,
        overflow: Overflow,
        patience: Duration,
    ) -> Result<Self, JournalError> {
        let (tried, first) = sync_channel(1);
        let writer = Self::spawn((path, start), None, overflow, Some(tried))?;
        if first.recv_timeout(patience).is_err() {
            writer.health.set_slow();
        }
        Ok(writer)
    }

    /// Continues a session that a restart or a power cut interrupted: the writer, and the session's memory. `None` when
    /// the memory cannot be read: then the caller begins another session. `start` describes the session that is begun if
    /// the file turns out to be damaged. Another program that holds the file is waited for, at most `patience`.
    ///
    /// # Errors
    /// [`JournalError`] when the file is no journal, cannot be opened or written, or the thread cannot be started.
    pub fn resume(
        path: &Path,
        session: i64,
        start: &SessionStart,
        overflow: Overflow,
        patience: Duration,
    ) -> Result<Option<(Self, Memory)>, JournalError> {
        let sqlite = |error| JournalError::sqlite(path, error);
        let (mut connection, quarantined) = open::sound_to_write_within(path, patience)?;
        connection.busy_timeout(patience).map_err(sqlite)?;
        let mut sealer = Sealer::of(path);
        let reopened = reopen(&mut connection, path, session, &mut sealer).map_err(sqlite)?;
        connection.busy_timeout(open::BUSY_TIMEOUT).map_err(sqlite)?;
        let Some((progress, memory)) = reopened else { return Ok(None) };
        let opened = Opened { connection, begun: Some((session, progress)), sealer, quarantined };
        let writer = Self::spawn((path, start), Some(opened), overflow, None)?;
        Ok(Some((writer, memory)))
    }

    fn spawn(
        (path, start): (&Path, &SessionStart),
        opened: Option<Opened>,
        overflow: Overflow,
        tried: Option<SyncSender<()>>,
    ) -> Result<Self, JournalError> {
        let (queue, entries) = sync_channel(QUEUE_LEN);
        let mut task = Task {
            place: Place::new(path),
            opened: None,
            renewal: Some(Renewal::First),
            tried,
            start: start.clone(),
            check: None,
            overflow,
            refusing_since: None,
            pending: VecDeque::new(),
            activity: ActivityChanges::default(),
            fusions: FusionSelection::default(),
            lost_recorded: 0,
            health: Arc::new(JournalHealth::default()),
        };
        if let Some(opened) = opened {
            task.go_on_in(opened);
        }
        let health = Arc::clone(&task.health);
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || task.run(&entries));
        let thread = thread.map_err(|error| JournalError::Thread { path: path.to_owned(), error })?;
        Ok(Self { queue: Some(queue), overflow, health, thread: Some(thread) })
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
    place: Place,
    /// `None` before the file could be opened, and while a new one is to be begun.
    opened: Option<Opened>,
    /// Why a file is to be opened; `None` when it is open and all is well.
    renewal: Option<Renewal>,
    /// Is told after the first attempt to open it.
    tried: Option<SyncSender<()>>,
    /// For the session that is begun when a file can be opened, or in place of one that was damaged or removed.
    start: SessionStart,
    check: Option<BackgroundCheck>,
    overflow: Overflow,
    /// Since when the disk refuses to write; `None` when it writes.
    refusing_since: Option<Instant>,
    pending: VecDeque<Entry>,
    activity: ActivityChanges,
    /// Which fusion records are stored.
    fusions: FusionSelection,
    /// Number of lost records that are noted in the journal as event `lost`.
    lost_recorded: u64,
    health: Arc<JournalHealth>,
}

impl Task {
    #[allow(clippy::disallowed_methods, reason = "an edge: commits are paced by the wall clock")]
    fn run(mut self, entries: &Receiver<Entry>) {
        if self.renewal.is_some() {
            self.commit();
        }
        self.tried = None;
        let mut next = Instant::now() + COMMIT_EVERY;
        loop {
            let mut begins = false;
            let received = entries.recv_timeout(next.saturating_duration_since(Instant::now()));
            let closed = matches!(received, Err(RecvTimeoutError::Disconnected));
            // What comes once a second is committed as it comes, without waking up for the commit again.
            let (gather, nearly) = if received.is_ok() { (GATHER, COMMIT_EVERY / 10) } else { <_>::default() };
            std::thread::sleep(gather);
            // A replay never leaves the queue empty, and there are commits to be made.
            for entry in received.into_iter().chain(entries.try_iter().take(QUEUE_LEN)) {
                begins |= entry.makes_a_session() && self.health.session().is_none();
                self.enqueue(entry);
            }
            // A session's first record and a full buffer are written at once, unless the disk has just refused them.
            let soon = (begins || self.pending.len() >= MAX_PENDING) && self.health.error().is_none();
            if closed || soon || Instant::now() + nearly >= next {
                self.commit();
                next = Instant::now() + COMMIT_EVERY;
            }
            if closed {
                while !self.pending.is_empty() && self.is_waiting() {
                    std::thread::sleep(COMMIT_EVERY);
                    self.commit();
                }
                self.count_lost(self.pending.len() as u64);
                self.close_check();
                if self.opened.is_some() && self.place.has_moved() {
                    self.health.removed(REMOVED.to_owned());
                }
                return;
            }
        }
    }

    /// Holds a record until the next commit: of a second those fusions that are to be stored, after the change of activity.
    fn enqueue(&mut self, mut entry: Entry) {
        if let Entry::Second(row, _) = &mut entry {
            self.fusions.select(row);
            for change in self.activity.second(row).into_iter().flatten() {
                self.push(change);
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
            self.count_lost(1);
        }
        self.pending.push_back(entry);
    }

    /// Records are lost. Those of a session that had no second are not missed.
    fn count_lost(&self, records: u64) {
        if self.opened.as_ref().is_none_or(|opened| opened.begun.is_some()) {
            self.health.add_lost(records);
        }
    }

    /// True while a replay, or a session that was closed, waits for a disk that refuses to write.
    fn is_waiting(&self) -> bool {
        let replays = |since: Instant| self.overflow == Overflow::Wait && since.elapsed() < REPLAY_TIMEOUT;
        self.refusing_since.is_some_and(|since| self.health.persists() || replays(since))
    }

    /// Writes all pending records in one transaction. If the disk refuses, they stay pending.
    fn commit(&mut self) {
        if let Some(damage) = self.health.take_damage() {
            self.renewal = Some(Renewal::Damaged(damage));
        } else if self.opened.is_some() && self.place.has_moved() {
            self.leave_removed_file();
        }
        if let Err(error) = self.renew().and_then(|()| self.begin()) {
            return self.refused(&error);
        }
        let Some(Opened { connection, begun: Some((session, progress)), sealer, .. }) = self.opened.as_mut() else {
            return;
        };
        if self.pending.is_empty() {
            return;
        }
        let lost = self.health.lost();
        match write(connection, *session, progress, &self.pending, lost - self.lost_recorded, sealer) {
            Ok(written) => {
                *progress = written;
                self.lost_recorded = lost;
                let seconds = self.pending.drain(..).filter(|entry| matches!(entry, Entry::Second(..))).count();
                self.health.add_stored(seconds as u64);
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
                self.refused(&error.to_string());
            }
        }
    }

    /// Notes that the disk refuses to write, and why.
    #[allow(clippy::disallowed_methods, reason = "an edge: how long a disk refuses is a matter of the wall clock")]
    fn refused(&mut self, error: &str) {
        if self.health.error().is_none() {
            tracing::warn!("the journal cannot be written, trying again every second: {error}");
        }
        self.health.set_disk_status(self.pending.len() as u64, Some(error.to_owned()));
        self.refusing_since.get_or_insert_with(Instant::now);
    }

    /// The file has gone from its path: what was stored in it is not in the journal any more.
    fn leave_removed_file(&mut self) {
        self.close_check();
        self.opened.take().into_iter().for_each(|opened| self.place.leave(opened.connection));
        self.health.removed(REMOVED.to_owned());
        self.renewal = Some(Renewal::Removed);
    }

    /// The check's connection must be closed before the writer's.
    fn close_check(&mut self) {
        if let Some(check) = self.check.take() {
            check.stop();
        }
    }

    /// Opens a new file, when that is to be done; pending records go into it. What an earlier file of this session holds
    /// stays there.
    fn renew(&mut self) -> Result<(), String> {
        let Some(renewal) = self.renewal.take() else { return Ok(()) };
        self.close_check();
        // The newest second that an earlier file holds is where the new session begins.
        if let Some(t_us) = self.activity.newest_us().filter(|_| renewal != Renewal::First) {
            self.start.started_us = t_us;
        }
        match self.place.open(&renewal, self.opened.is_some()) {
            Ok(opened) => {
                if renewal != Renewal::First {
                    (self.activity, self.fusions) = (ActivityChanges::default(), FusionSelection::default());
                }
                self.go_on_in(opened);
                self.health.set_disk_status(0, None);
                self.refusing_since = None;
                Ok(())
            }
            Err(error) => {
                self.renewal = Some(renewal);
                Err(error)
            }
        }
    }

    /// Begins the session in the open file, once a record makes it one.
    fn begin(&mut self) -> Result<(), String> {
        let Some(opened) = self.opened.as_mut().filter(|opened| opened.begun.is_none()) else { return Ok(()) };
        if self.pending.iter().any(Entry::makes_a_session) {
            let session = self.place.begin(opened, &self.start)?;
            if self.health.session().is_some() {
                tracing::warn!("{}: goes on in the new one as session {session}", self.place.path.display());
            }
            self.health.set_session(session);
        }
        Ok(())
    }

    /// Writes from now on into this file.
    fn go_on_in(&mut self, mut opened: Opened) {
        if let Some(quarantined) = opened.quarantined.take() {
            self.health.set_quarantined(quarantined);
        }
        self.check = BackgroundCheck::start(&self.place.path, &self.health);
        self.place.opened();
        self.health.set_opened();
        if let Some((session, _)) = opened.begun {
            self.health.set_session(session);
        }
        (self.opened, self.renewal) = (Some(opened), None);
    }
}
