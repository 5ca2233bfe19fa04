//! The raw bus beside the journal: every frame of a session as a zstd-compressed candump log.
//!
//! `zstdcat` gives the log that `canplayer` plays. Every ten seconds of bus time a zstd frame is closed and synced to the
//! disk: a crash loses what came after. All captures of a journal share one disk budget: when it is spent, the oldest files
//! of exported sessions are deleted; when none may be deleted, capturing stops and reports it.

mod disk_budget;
pub(crate) mod file;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use grainloss_can::Frame;
use grainloss_can::candump::write_frame;

use crate::{Captures, JournalError, Overflow, capture_path};
use disk_budget::DiskBudget;
use file::CaptureFile;

/// Number of CAN frames that fit the queue: ten seconds of a full bus (assumed).
const QUEUE_LEN: usize = 20_000;
/// A zstd frame spans at most this much bus time, µs (our choice: what a crash may cost).
const MAX_SPAN_US: i64 = 10_000_000;
/// On a silent bus it is closed after this much wall-clock time.
const MAX_SILENCE: Duration = Duration::from_secs(10);
/// Text held in memory while the disk refuses to write, bytes; frames beyond it are lost and counted (assumed).
const MAX_PENDING_BYTES: usize = 16 << 20;

/// The words of [`Capture::problem`], by number: none, [`NO_SPACE`], [`DISK`].
const PROBLEMS: [Option<&str>; 3] = [None, Some("no-space"), Some("disk")];
/// The disk budget is spent.
const NO_SPACE: u8 = 1;
/// The disk refuses to write.
const DISK: u8 = 2;

/// The thread's status, shared with [`Capture`].
#[derive(Debug, Default)]
struct CaptureHealth {
    problem: AtomicU8,
    lost: AtomicU64,
    error: Mutex<Option<String>>,
}

/// What goes through the queue.
enum Message {
    Frame(Frame),
    /// The interfaces' names, by number.
    InterfaceNames(Vec<String>),
}

/// Sends frames to the capture thread; the service loop holds it.
#[derive(Debug)]
pub struct Capture {
    queue: Option<SyncSender<Message>>,
    interfaces_sent: usize,
    overflow: Overflow,
    health: Arc<CaptureHealth>,
    thread: Option<JoinHandle<u64>>,
}

/// Result of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Number of frames in the file.
    pub frames: u64,
    /// Number of frames that were lost.
    pub lost: u64,
    /// Why frames were lost; `None` when none were.
    pub error: Option<String>,
}

impl Capture {
    /// Begins to capture a session of the journal at this path, or continues where it was interrupted. All captures of the
    /// journal may take `budget_bytes` together.
    ///
    /// # Errors
    /// [`JournalError`] when the journal cannot be written, or the capture's file or thread cannot be created.
    pub fn start(journal: &Path, session: i64, budget_bytes: u64, overflow: Overflow) -> Result<Self, JournalError> {
        let captures = Captures::open(journal)?;
        let folder = file::folder(journal);
        let before = captures.file_of(session)?.and_then(|name| capture_path(journal, &name));
        let opened = match before.filter(|path| path.is_file()) {
            Some(path) => CaptureFile::reopen(path),
            None => CaptureFile::create(&folder, session).map(|file| (file, 0)),
        };
        let (file, frames) =
            opened.map_err(|error| JournalError::Copy { path: folder.join(format!("session-{session}")), error })?;
        captures.begin(session, &file::relative(journal, &file.path))?;
        drop(captures);
        let health = Arc::new(CaptureHealth::default());
        let (queue, items) = sync_channel(QUEUE_LEN);
        let task = Task {
            journal: journal.to_owned(),
            session,
            budget: DiskBudget { journal: journal.to_owned(), budget_bytes, session },
            file,
            text: Vec::new(),
            pending: 0,
            pending_since_us: None,
            frames,
            names: Vec::new(),
            health: Arc::clone(&health),
        };
        let thread = std::thread::Builder::new().name("capture".to_owned()).spawn(move || task.run(&items));
        let thread = thread.map_err(|error| JournalError::Thread { path: journal.to_owned(), error })?;
        Ok(Self { queue: Some(queue), interfaces_sent: 0, overflow, health, thread: Some(thread) })
    }

    /// Sends a frame as the source gave it; `interfaces` are the interfaces' names, by the number in the frame. A frame for
    /// which there is no room is handled as [`Overflow`] says.
    pub fn put(&mut self, frame: &Frame, interfaces: &[String]) {
        if interfaces.len() > self.interfaces_sent {
            self.interfaces_sent = interfaces.len();
            self.send(Message::InterfaceNames(interfaces.to_vec()));
        }
        self.send(Message::Frame(frame.clone()));
    }

    fn send(&self, message: Message) {
        let Some(queue) = &self.queue else { return };
        let gone = match self.overflow {
            Overflow::Wait => queue.send(message).is_err(),
            Overflow::Count => {
                matches!(queue.try_send(message), Err(TrySendError::Full(_) | TrySendError::Disconnected(_)))
            }
        };
        if gone {
            self.health.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Why frames are not captured now: `no-space` when the budget is spent and no file may be deleted, `disk` when the disk
    /// refuses to write. `None` when they are captured.
    pub fn problem(&self) -> Option<&'static str> {
        PROBLEMS[usize::from(self.health.problem.load(Ordering::Relaxed)) % PROBLEMS.len()]
    }

    /// Writes the remaining frames and stores the file's hash in the journal.
    pub fn finish(mut self) -> Captured {
        let frames = self.close();
        let lost = self.health.lost.load(Ordering::Relaxed);
        let error = self.health.error.lock().map_or(None, |error| error.clone());
        let slow = || "the disk was too slow".to_owned();
        Captured { frames, lost, error: error.or_else(|| (lost > 0).then(slow)) }
    }

    fn close(&mut self) -> u64 {
        drop(self.queue.take());
        // A panic has been reported by its own hook.
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

/// Without `finish` the frames that were sent are written too.
impl Drop for Capture {
    fn drop(&mut self) {
        self.close();
    }
}

/// The capture thread.
struct Task {
    journal: PathBuf,
    session: i64,
    budget: DiskBudget,
    file: CaptureFile,
    /// Candump lines that are not in the file yet.
    text: Vec<u8>,
    /// Number of those lines.
    pending: u64,
    /// Bus time of the first of them, µs.
    pending_since_us: Option<i64>,
    frames: u64,
    names: Vec<String>,
    health: Arc<CaptureHealth>,
}

impl Task {
    fn run(mut self, items: &Receiver<Message>) -> u64 {
        loop {
            match items.recv_timeout(MAX_SILENCE) {
                Ok(Message::InterfaceNames(names)) => self.names = names,
                Ok(Message::Frame(frame)) => self.frame(&frame),
                Err(RecvTimeoutError::Timeout) => self.flush(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.flush();
        if !self.file.is_in_place() {
            self.lose_file();
        }
        self.health.lost.fetch_add(self.pending, Ordering::Relaxed);
        let lost = self.health.lost.load(Ordering::Relaxed);
        let stored = self.file.close().map_err(|error| error.to_string()).and_then(|(bytes, sha256)| {
            let captures = Captures::open(&self.journal).map_err(|error| error.to_string())?;
            captures.end(self.session, self.frames, lost, bytes, &sha256).map_err(|error| error.to_string())
        });
        if let Err(error) = stored {
            self.report(DISK, &error);
        }
        self.frames
    }

    fn frame(&mut self, frame: &Frame) {
        // A clock that was set back closes the zstd frame as well: the next one holds its own ten seconds.
        if self
            .pending_since_us
            .is_some_and(|pending_since_us| !(pending_since_us..pending_since_us + MAX_SPAN_US).contains(&frame.t_us))
        {
            self.flush();
        }
        if self.text.len() >= MAX_PENDING_BYTES {
            self.health.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.pending_since_us.get_or_insert(frame.t_us);
        // Writing to memory cannot fail.
        let _ = match self.names.get(usize::from(frame.interface)) {
            Some(name) => write_frame(&mut self.text, name, frame),
            None => write_frame(&mut self.text, &format!("can{}", frame.interface), frame),
        };
        self.pending += 1;
    }

    /// Writes the pending lines as one zstd frame.
    fn flush(&mut self) {
        self.pending_since_us = None;
        if self.text.is_empty() {
            return;
        }
        if !self.file.is_in_place()
            && let Err(error) = self.begin_again()
        {
            return self.report(DISK, &error.to_string());
        }
        match self.budget.has_room(self.file.bytes()) {
            Ok(true) => {}
            Ok(false) => {
                return self.report(NO_SPACE, "the budget is spent, and no exported session is left to make room");
            }
            Err(error) => return self.report(DISK, &error.to_string()),
        }
        match self.file.append(&self.text) {
            Ok(()) => {
                self.frames += self.pending;
                (self.pending, self.pending_since_us) = (0, None);
                self.text.clear();
                if self.health.problem.swap(0, Ordering::Relaxed) != 0 {
                    tracing::warn!("frames are being captured again");
                    self.forget_problem();
                }
            }
            Err(error) => self.report(DISK, &error.to_string()),
        }
    }

    /// The file has been removed: what was in it is lost, and what comes goes into another one.
    fn begin_again(&mut self) -> Result<(), JournalError> {
        self.lose_file();
        let folder = file::folder(&self.journal);
        let file = CaptureFile::create(&folder, self.session)
            .map_err(|error| JournalError::Copy { path: folder.join(format!("session-{}", self.session)), error })?;
        Captures::open(&self.journal)?.begin(self.session, &file::relative(&self.journal, &file.path))?;
        self.file = file;
        Ok(())
    }

    /// Counts the frames of a file that has been removed as lost.
    fn lose_file(&mut self) {
        self.health.lost.fetch_add(std::mem::take(&mut self.frames), Ordering::Relaxed);
        self.report(DISK, "the capture's file was removed or replaced while it was written");
    }

    /// What was put off is written: unless a frame was lost, there is nothing to tell at the end.
    fn forget_problem(&self) {
        if self.health.lost.load(Ordering::Relaxed) == 0
            && let Ok(mut slot) = self.health.error.lock()
        {
            *slot = None;
        }
    }

    /// Notes why frames are not captured; logs it once for each change.
    fn report(&self, problem: u8, error: &str) {
        if self.health.problem.swap(problem, Ordering::Relaxed) != problem {
            tracing::warn!("{}: frames are not captured: {error}", self.file.path.display());
        }
        if let Ok(mut slot) = self.health.error.lock() {
            *slot = Some(error.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(folder: &Path) -> Task {
        Task {
            journal: folder.join("j.sqlite"),
            session: 1,
            budget: DiskBudget { journal: folder.join("j.sqlite"), budget_bytes: 0, session: 1 },
            file: CaptureFile::create(folder, 1).unwrap(),
            text: Vec::new(),
            pending: 0,
            pending_since_us: None,
            frames: 0,
            names: Vec::new(),
            health: Arc::default(),
        }
    }

    #[test]
    fn a_disk_that_was_full_for_a_while_costs_no_frame_and_is_not_told_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let task = task(folder.path());
        let error = |task: &Task| task.health.error.lock().unwrap().clone();
        task.report(DISK, "No space left on device");
        assert!(error(&task).is_some());
        task.forget_problem();
        assert_eq!(error(&task), None, "nothing was lost");
        task.report(DISK, "No space left on device");
        task.health.lost.store(1, Ordering::Relaxed);
        task.forget_problem();
        assert!(error(&task).is_some(), "why a frame was lost");
    }
}
