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
use std::time::{Duration, Instant};

use grainloss_can::Frame;
use grainloss_can::candump::write_frame;

use crate::{Captures, JournalError, JournalHealth, Overflow, capture_path};
use disk_budget::DiskBudget;
use file::CaptureFile;

/// Number of CAN frames that fit the queue: ten seconds of a full bus (assumed).
const QUEUE_LEN: usize = 20_000;
/// A zstd frame spans at most this much bus time, µs (our choice: what a crash may cost).
const MAX_SPAN_US: i64 = 10_000_000;
/// On a silent bus it is closed after this much wall-clock time.
const MAX_SILENCE: Duration = Duration::from_secs(10);
/// So often it is looked whether the file is still at its path.
const LOOK_EVERY: Duration = Duration::from_secs(1);
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
    removals: AtomicU64,
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
    /// Begins to capture the session of the journal at this path that its writer writes, or continues where it was
    /// interrupted. All captures of the journal may take `budget_bytes` together.
    ///
    /// # Errors
    /// [`JournalError`] when the journal cannot be written, or the capture's file or thread cannot be created.
    pub fn start(
        journal: &Path,
        writer: &Arc<JournalHealth>,
        budget_bytes: u64,
        overflow: Overflow,
    ) -> Result<Self, JournalError> {
        let (files, session) = (writer.files(), writer.session().unwrap_or_default());
        let (file, frames) = opened(journal, session)?;
        Self::spawn(journal, writer, budget_bytes, overflow, Some((files, session, file, frames)))
    }

    /// As [`Capture::start`], as soon as the journal and the disk let it: until then frames are held in memory, as far as
    /// they fit.
    ///
    /// # Errors
    /// [`JournalError::Thread`] when the thread cannot be started.
    pub fn start_when_possible(
        journal: &Path,
        writer: &Arc<JournalHealth>,
        budget_bytes: u64,
        overflow: Overflow,
    ) -> Result<Self, JournalError> {
        Self::spawn(journal, writer, budget_bytes, overflow, None)
    }

    fn spawn(
        journal: &Path,
        writer: &Arc<JournalHealth>,
        budget_bytes: u64,
        overflow: Overflow,
        begun: Option<(u64, i64, CaptureFile, u64)>,
    ) -> Result<Self, JournalError> {
        let (files, session, file, frames) =
            begun.map_or((0, 0, None, 0), |(files, session, file, frames)| (files, session, Some(file), frames));
        let health = Arc::new(CaptureHealth::default());
        let (queue, items) = sync_channel(QUEUE_LEN);
        let task = Task {
            journal: journal.to_owned(),
            writer: Arc::clone(writer),
            files,
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

    /// How often the file has gone from its path since the capture began; a new one is begun each time, and the frames in the
    /// old one count as lost.
    pub fn removals(&self) -> u64 {
        self.health.removals.load(Ordering::Relaxed)
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

/// The file of a session, new or continued, and the number of frames in it.
fn opened(journal: &Path, session: i64) -> Result<(CaptureFile, u64), JournalError> {
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
    Ok((file, frames))
}

/// The capture thread.
struct Task {
    journal: PathBuf,
    /// The journal's writer, which knows the session.
    writer: Arc<JournalHealth>,
    /// [`JournalHealth::files`] when the file was begun.
    files: u64,
    session: i64,
    budget: DiskBudget,
    /// `None` before the file could be made.
    file: Option<CaptureFile>,
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
    #[allow(clippy::disallowed_methods, reason = "an edge: a silent bus and a removed file are seen by the wall clock")]
    fn run(mut self, items: &Receiver<Message>) -> u64 {
        let (mut heard, mut looked) = (Instant::now(), None::<Instant>);
        loop {
            match items.recv_timeout(LOOK_EVERY) {
                Ok(Message::InterfaceNames(names)) => self.names = names,
                Ok(Message::Frame(frame)) => {
                    heard = Instant::now();
                    self.frame(&frame);
                }
                Err(RecvTimeoutError::Timeout) if heard.elapsed() >= MAX_SILENCE => self.flush(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY) {
                looked = Some(Instant::now());
                self.look();
            }
        }
        self.look();
        self.flush();
        if self.file.is_none() && self.writer.session().is_none() && self.writer.error().is_none() {
            // The session had no second, so that it was not stored, and neither are its frames.
            return 0;
        }
        self.health.lost.fetch_add(self.pending, Ordering::Relaxed);
        let lost = self.health.lost.load(Ordering::Relaxed);
        let Some(file) = &mut self.file else { return self.frames };
        let stored = file.close().map_err(|error| error.to_string()).and_then(|(bytes, sha256)| {
            let captures = Captures::open(&self.journal).map_err(|error| error.to_string())?;
            captures.end(self.session, self.frames, lost, bytes, &sha256).map_err(|error| error.to_string())
        });
        if let Err(error) = stored {
            self.report(DISK, &error);
        }
        self.frames
    }

    /// Begins a file when there is none yet, when it has gone from its path, and when the journal goes on in another file.
    fn look(&mut self) {
        if self.file.as_ref().is_some_and(CaptureFile::has_moved) {
            self.removed();
        } else if self.files != self.writer.files() {
            self.file = None;
        }
        let (files, Some(session)) = (self.writer.files(), self.writer.session()) else { return };
        if self.file.is_some() {
            return;
        }
        match opened(&self.journal, session) {
            Ok((file, frames)) => {
                (self.files, self.session, self.budget.session) = (files, session, session);
                (self.file, self.frames) = (Some(file), frames);
            }
            Err(error) => self.report(DISK, &error.to_string()),
        }
    }

    /// The file is gone, with the frames in it.
    fn removed(&mut self) {
        let why = "the file was removed, renamed or replaced; a new one is begun";
        tracing::warn!("session {}: {why}", self.session);
        self.file = None;
        self.health.removals.fetch_add(1, Ordering::Relaxed);
        let lost = std::mem::take(&mut self.frames);
        if lost > 0 {
            self.health.lost.fetch_add(lost, Ordering::Relaxed);
            self.keep_error(why);
        }
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
        let Some(file) = &mut self.file else { return };
        match self.budget.has_room(file.bytes()) {
            Ok(true) => {}
            Ok(false) => {
                return self.report(NO_SPACE, "the budget is spent, and no exported session is left to make room");
            }
            Err(error) => return self.report(DISK, &error.to_string()),
        }
        match file.append(&self.text) {
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
            tracing::warn!("session {}: frames are not captured: {error}", self.session);
        }
        self.keep_error(error);
    }

    /// What the end tells of lost frames.
    fn keep_error(&self, error: &str) {
        if let Ok(mut slot) = self.health.error.lock() {
            *slot = Some(error.to_owned());
        }
    }
}
