//! The writer thread: takes records from a bounded queue and commits them once a second.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ToSql, params, types::Value};

use super::health::JournalHealth;
use super::open::{self, JournalError};
use super::reader::StoredEvent;
use crate::record::{COLUMNS, Cell, SecondRow};

/// Records that fit the queue: a quarter of an hour of seconds.
const QUEUE: usize = 1000;
/// Records kept while the disk takes nothing: an hour of seconds with their totals and events.
const KEPT: usize = 10_000;
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
pub enum Entry {
    /// One second, and the session's totals up to it as JSON.
    Second(Box<SecondRow>, String),
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
            let task = move || Task { connection, session, seq: 0, pending: VecDeque::new(), health }.run(&entries);
            std::thread::Builder::new().name("journal".to_owned()).spawn(task)
        };
        let thread = thread.map_err(|error| JournalError::Folder { path: path.to_owned(), error })?;
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
    session: i64,
    seq: i64,
    pending: VecDeque<Entry>,
    health: Arc<JournalHealth>,
}

impl Task {
    #[allow(clippy::disallowed_methods, reason = "an edge: commits are paced by the wall clock")]
    fn run(mut self, entries: &Receiver<Entry>) {
        let mut lost_recorded = 0;
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
                let lost = self.health.lost();
                if lost > lost_recorded && self.record_lost(lost - lost_recorded) {
                    lost_recorded = lost;
                }
                self.commit();
                next = Instant::now() + COMMIT_EVERY;
            }
            if closed {
                self.health.add_lost(self.pending.len() as u64);
                return;
            }
        }
    }

    fn keep(&mut self, entry: Entry) {
        if self.pending.len() >= KEPT {
            // The oldest goes, unless it is the end of the session.
            if let Some(Entry::Second(..) | Entry::Event(_)) = self.pending.pop_front() {
                self.health.add_lost(1);
            }
        }
        self.pending.push_back(entry);
    }

    /// Puts down that records were lost; false while there is no second to date it with.
    fn record_lost(&mut self, records: u64) -> bool {
        let newest = self.pending.iter().rev().find_map(|entry| match entry {
            Entry::Second(row, _) => Some(row.t_us),
            _ => None,
        });
        let Some(t_us) = newest else { return false };
        let count = i64::try_from(records).unwrap_or(i64::MAX);
        self.keep(Entry::Event(StoredEvent { count: Some(count), ..StoredEvent::new(t_us, "lost", "records") }));
        true
    }

    /// Writes everything that waits in one transaction. What the disk does not take waits on.
    fn commit(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        match write(&mut self.connection, self.session, self.seq, &self.pending) {
            Ok(seq) => {
                self.seq = seq;
                self.health.add_stored(seconds(&self.pending));
                self.pending.clear();
                if self.health.error().is_some() {
                    tracing::warn!("the journal is being written again");
                }
                self.health.set(0, None);
            }
            Err(error) => {
                if self.health.error().is_none() {
                    tracing::warn!("the journal cannot be written, trying again every second: {error}");
                }
                self.health.set(self.pending.len() as u64, Some(error.to_string()));
            }
        }
    }
}

fn seconds(entries: &VecDeque<Entry>) -> u64 {
    entries.iter().filter(|entry| matches!(entry, Entry::Second(..))).count() as u64
}

/// One transaction; the next event's number.
fn write(connection: &mut Connection, session: i64, mut seq: i64, entries: &VecDeque<Entry>) -> rusqlite::Result<i64> {
    let transaction = connection.transaction()?;
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
                    let cells = COLUMNS[1..].iter().map(|column| value(&(column.cell)(row)));
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
        if let Some((t_us, totals)) = newest {
            transaction.execute(
                "UPDATE session SET last_us = ?2, totals = ?3 WHERE id = ?1",
                params![session, t_us, totals],
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
        // The journal keeps what the trace prints, so that a report is the same bytes from either.
        Cell::Number(_, _) => cell.text().parse().map_or(Value::Null, Value::Real),
        Cell::Word(word) => Value::Text((*word).to_owned()),
    }
}
