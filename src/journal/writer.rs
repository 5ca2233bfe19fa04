//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ToSql, params, types::Value};

use super::health::JournalHealth;
use super::open::{self, JournalError};
use super::reader::StoredEvent;
use crate::harvest::Totals;
use crate::record::{COLUMNS, Cell, SecondRow, totals_json};

/// Records that fit the queue: a quarter of an hour of seconds.
const QUEUE: usize = 1000;
/// Records kept while the disk takes nothing: an hour of seconds with their totals and events.
const KEPT: usize = 10_000;
/// A replay, which has time, waits so long for a disk that takes nothing before records are dropped.
const GRACE: Duration = Duration::from_secs(20);
/// One commit a second.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// What a session begins with.
#[derive(Clone, Debug)]
pub struct SessionStart {
    /// Bus time of its start, microseconds.
    pub started_us: i64,
    /// Where the frames come from.
    pub source: String,
    /// Whose time it is: `log`, `system` or `simulator`.
    pub clock: &'static str,
    /// The profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The crop's name.
    pub crop: String,
    /// The limit's identifier, per cent and source.
    pub limit: Option<(String, f64, String)>,
}

/// A record for the journal.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "handed over by value: the loop does not allocate")]
pub enum Entry {
    /// One second, and the session's totals up to it.
    Second(SecondRow, Totals),
    /// Something that happened.
    Event(StoredEvent),
    /// The session is over.
    End(&'static str),
}

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
        let connection = open::to_write(path)?;
        let session =
            begin(&connection, start).map_err(|error| JournalError::Sqlite { path: path.to_owned(), error })?;
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

fn begin(connection: &Connection, start: &SessionStart) -> rusqlite::Result<i64> {
    let limit = start.limit.as_ref();
    connection.execute(
        "INSERT INTO session (started_us, source, clock, machine, profile_sha256, crop, limit_id, limit_percent, \
         limit_source, software) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            start.started_us,
            start.source,
            start.clock,
            start.machine,
            start.profile_sha256,
            start.crop,
            limit.map(|limit| &limit.0),
            limit.map(|limit| limit.1),
            limit.map(|limit| &limit.2),
            concat!("grainloss ", env!("CARGO_PKG_VERSION")),
        ],
    )?;
    Ok(connection.last_insert_rowid())
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

    fn keep(&mut self, entry: Entry) {
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

/// One transaction; the next event's number.
fn write(
    connection: &mut Connection,
    session: i64,
    mut seq: i64,
    entries: &VecDeque<Entry>,
    lost: u64,
) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        // A second that is there already stays: writing is idempotent on (session, time).
        let names = COLUMNS[1..].iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        let marks = vec!["?"; COLUMNS.len() + 1].join(", ");
        let mut sample = transaction
            .prepare_cached(&format!("INSERT OR IGNORE INTO sample (session, t_us, {names}) VALUES ({marks})"))?;
        let mut event = transaction.prepare_cached(
            "INSERT INTO event (session, seq, t_us, kind, id, level, stream, count, value) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for entry in entries {
            match entry {
                Entry::Second(row, _) => {
                    let fixed = [Value::Integer(session), Value::Integer(row.t_us)];
                    let cells = COLUMNS[1..].iter().map(|column| value(&column.cell(row)));
                    let values: Vec<Value> = fixed.into_iter().chain(cells).collect();
                    let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
                    sample.execute(&values[..])?;
                }
                Entry::Event(e) => {
                    event.execute(params![session, seq, e.t_us, e.kind, e.id, e.level, e.stream, e.count, e.value])?;
                    seq += 1;
                }
                Entry::End(reason) => {
                    transaction
                        .execute("UPDATE session SET end_reason = ?2 WHERE id = ?1", params![session, reason])?;
                }
            }
        }
        let newest = entries.iter().rev().find_map(|entry| match entry {
            Entry::Second(row, totals) => Some((row.t_us, totals)),
            _ => None,
        });
        if let (Some((t_us, _)), true) = (newest, lost > 0) {
            let count = i64::try_from(lost).unwrap_or(i64::MAX);
            event.execute(params![
                session,
                seq,
                t_us,
                "lost",
                "records",
                None::<u8>,
                None::<&str>,
                count,
                None::<f64>
            ])?;
            seq += 1;
        }
        if let Some((t_us, totals)) = newest {
            transaction.execute(
                "UPDATE session SET last_us = ?2, totals = ?3 WHERE id = ?1",
                params![session, t_us, totals_json(totals).to_string()],
            )?;
        }
    }
    transaction.commit()?;
    Ok(seq)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Whole(number) => Value::Integer(*number),
        Cell::Number(number) => Value::Real(*number),
        Cell::Word(word) => Value::Text((*word).to_owned()),
    }
}
