//! The raw bus beside the journal: every frame of a session as a zstd-compressed candump log.
//!
//! `zstdcat` gives the log that `canplayer` plays. A compressed frame is closed, and forced to the disk, every ten seconds
//! of bus time: a crash costs what came after. The files of a journal have a budget together; the oldest of sessions that
//! were exported make room, and where none may go, capturing stops and says so.

mod disk_budget;
mod file;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use grainloss_can::Frame;
use grainloss_can::candump::write_frame;

use crate::{Captures, JournalError, Overflow, capture_path};
use disk_budget::Room;
use file::CaptureFile;

/// Frames that fit the queue: ten seconds of a full bus.
const QUEUE: usize = 20_000;
/// A compressed frame holds no more than this, µs.
const CLOSE_US: i64 = 10_000_000;
/// Nor does it wait longer for a silent bus.
const CLOSE: Duration = Duration::from_secs(10);
/// Text that waits for a disk that takes nothing, bytes; what is more is lost and counted.
const KEPT: usize = 16 << 20;

/// The words of [`Capture::problem`], by number.
const PROBLEMS: [Option<&str>; 3] = [None, Some("no-space"), Some("disk")];
const NO_SPACE: u8 = 1;
const DISK: u8 = 2;

#[derive(Debug, Default)]
struct Health {
    problem: AtomicU8,
    lost: AtomicU64,
    error: Mutex<Option<String>>,
}

enum Item {
    Frame(Frame),
    Names(Vec<String>),
}

/// The loop's end of the capture.
#[derive(Debug)]
pub struct Capture {
    queue: Option<SyncSender<Item>>,
    named: usize,
    overflow: Overflow,
    health: Arc<Health>,
    thread: Option<JoinHandle<u64>>,
}

/// What a capture leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Frames in the file.
    pub frames: u64,
    /// Frames that are not.
    pub lost: u64,
    /// Why, when some are not.
    pub error: Option<String>,
}

impl Capture {
    /// Begins to capture a session of the journal at this path, or goes on where it was interrupted. All of its captures may take `budget` bytes together.
    pub fn start(journal: &Path, session: i64, budget: u64, overflow: Overflow) -> Result<Self, JournalError> {
        let captures = Captures::of(journal)?;
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
        let health = Arc::new(Health::default());
        let (queue, items) = sync_channel(QUEUE);
        let task = Task {
            journal: journal.to_owned(),
            session,
            room: Room { journal: journal.to_owned(), budget, session },
            file,
            text: Vec::new(),
            in_text: 0,
            began_us: None,
            frames,
            names: Vec::new(),
            health: Arc::clone(&health),
        };
        let thread = std::thread::Builder::new().name("capture".to_owned()).spawn(move || task.run(&items));
        let thread = thread.map_err(|error| JournalError::Thread { path: journal.to_owned(), error })?;
        Ok(Self { queue: Some(queue), named: 0, overflow, health, thread: Some(thread) })
    }

    /// Hands a frame over, as the source gave it; `interfaces` are the names that its number stands for.
    pub fn put(&mut self, frame: &Frame, interfaces: &[String]) {
        if interfaces.len() > self.named {
            self.named = interfaces.len();
            self.send(Item::Names(interfaces.to_vec()));
        }
        self.send(Item::Frame(frame.clone()));
    }

    fn send(&self, item: Item) {
        let Some(queue) = &self.queue else { return };
        let gone = match self.overflow {
            Overflow::Wait => queue.send(item).is_err(),
            Overflow::Count => {
                matches!(queue.try_send(item), Err(TrySendError::Full(_) | TrySendError::Disconnected(_)))
            }
        };
        if gone {
            self.health.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What is wrong now: `no-space` when the budget is spent and nothing may go, `disk` when the disk takes nothing.
    pub fn problem(&self) -> Option<&'static str> {
        PROBLEMS[usize::from(self.health.problem.load(Ordering::Relaxed)) % PROBLEMS.len()]
    }

    /// Writes what is left and tells the journal the file's hash.
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

/// Without `finish` what was handed over is written too.
impl Drop for Capture {
    fn drop(&mut self) {
        self.close();
    }
}

struct Task {
    journal: PathBuf,
    session: i64,
    room: Room,
    file: CaptureFile,
    /// Lines that are not in the file yet, how many, and since when.
    text: Vec<u8>,
    in_text: u64,
    began_us: Option<i64>,
    frames: u64,
    names: Vec<String>,
    health: Arc<Health>,
}

impl Task {
    fn run(mut self, items: &Receiver<Item>) -> u64 {
        loop {
            match items.recv_timeout(CLOSE) {
                Ok(Item::Names(names)) => self.names = names,
                Ok(Item::Frame(frame)) => self.frame(&frame),
                Err(RecvTimeoutError::Timeout) => self.flush(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.flush();
        self.health.lost.fetch_add(self.in_text, Ordering::Relaxed);
        let lost = self.health.lost.load(Ordering::Relaxed);
        let told = self.file.close().map_err(|error| error.to_string()).and_then(|(bytes, sha256)| {
            let captures = Captures::of(&self.journal).map_err(|error| error.to_string())?;
            captures.end(self.session, self.frames, lost, bytes, &sha256).map_err(|error| error.to_string())
        });
        if let Err(error) = told {
            self.wrong(DISK, &error);
        }
        self.frames
    }

    fn frame(&mut self, frame: &Frame) {
        // A clock that was set back closes as well: the next one holds its own ten seconds.
        if self.began_us.is_some_and(|began_us| !(began_us..began_us + CLOSE_US).contains(&frame.t_us)) {
            self.flush();
        }
        if self.text.len() >= KEPT {
            self.health.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.began_us.get_or_insert(frame.t_us);
        // Writing to memory cannot fail.
        let _ = match self.names.get(usize::from(frame.interface)) {
            Some(name) => write_frame(&mut self.text, name, frame),
            None => write_frame(&mut self.text, &format!("can{}", frame.interface), frame),
        };
        self.in_text += 1;
    }

    /// Closes a compressed frame with all that waits.
    fn flush(&mut self) {
        self.began_us = None;
        if self.text.is_empty() {
            return;
        }
        match self.room.is_there(self.file.bytes()) {
            Ok(true) => {}
            Ok(false) => {
                return self.wrong(NO_SPACE, "the budget is spent, and no exported session is left to make room");
            }
            Err(error) => return self.wrong(DISK, &error.to_string()),
        }
        match self.file.append(&self.text) {
            Ok(()) => {
                self.frames += self.in_text;
                (self.in_text, self.began_us) = (0, None);
                self.text.clear();
                if self.health.problem.swap(0, Ordering::Relaxed) != 0 {
                    tracing::warn!("frames are being captured again");
                }
            }
            Err(error) => self.wrong(DISK, &error.to_string()),
        }
    }

    fn wrong(&self, problem: u8, error: &str) {
        if self.health.problem.swap(problem, Ordering::Relaxed) != problem {
            tracing::warn!("{}: frames are not captured: {error}", self.file.path.display());
        }
        if let Ok(mut slot) = self.health.error.lock() {
            *slot = Some(error.to_owned());
        }
    }
}
