//! A live bus on a thread of its own: every frame goes to the log first, then to the ranking and to the screen.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::cli::error::CliError;
use crate::cli::said::Said as _;
use grainloss_bus::{Filter, FrameSource as _, LiveSource, Polled};
use grainloss_can::Frame;
use grainloss_can::candump::write_frame;
use grainloss_core::clock::BusClock;

/// Frames that wait for the screen: what is beyond is not seen there, and is in the log.
const WAITING: usize = 1 << 14;
/// The log is on the disk so often, µs of bus time.
const FLUSH_EVERY_US: i64 = 1_000_000;

/// Where frames go besides, with their bus time; false when there is no room.
pub(super) type Forward = Box<dyn FnMut(&Frame, i64) -> bool + Send>;

/// What the bus brings.
pub(super) enum News {
    Frame(Box<Frame>, i64),
    Quiet(i64),
    LogFailed(String),
    BusFailed(String),
}

/// A bus that is listened to.
pub(super) struct Bus {
    news: Receiver<News>,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    now_us: AtomicI64,
    /// Frames that the ranking had no room for.
    lost: AtomicU64,
}

impl Bus {
    /// Opens the interfaces, and the log behind what it already holds.
    pub fn open(
        names: &[String],
        log: Option<&Path>,
        ranking: Option<Forward>,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, CliError> {
        let source = LiveSource::open(names, &Filter::All).map_err(CliError::input)?;
        let wrong =
            |path: &Path, error: &io::Error| CliError::input(format!("--record {}: {}", path.display(), error.said()));
        let log = log.map(|path| append(path).map_err(|error| wrong(path, &error))).transpose()?;
        let (sender, news) = sync_channel(WAITING);
        let shared = Arc::new(Shared::default());
        let listener = Listener { source, log, ranking, sender, shared: Arc::clone(&shared), stop: Arc::clone(&stop) };
        let thread = std::thread::Builder::new().name("bus log".to_owned()).spawn(move || listener.run());
        Ok(Self { news, shared, stop, thread: thread.map_err(CliError::failed)? })
    }

    /// Hands over what has come since the last time.
    pub fn each(&self, mut take: impl FnMut(News)) {
        // No more than one queue full: what comes meanwhile is for the next time.
        for news in self.news.try_iter().take(WAITING) {
            take(news);
        }
    }

    /// The time of the bus, µs.
    pub fn now_us(&self) -> i64 {
        self.shared.now_us.load(Ordering::Relaxed)
    }

    /// Frames that are not in the ranking.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// Stops listening; the log is written out.
    pub fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A panic there has been printed; what was recorded is on the disk.
        let _ = self.thread.join();
    }
}

/// Opens a log to write behind what it holds; half of a line at its end stays a line of its own.
fn append(path: &Path) -> io::Result<BufWriter<File>> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(BufWriter::with_capacity(1 << 16, file))
}

struct Listener {
    source: LiveSource,
    log: Option<BufWriter<File>>,
    ranking: Option<Forward>,
    sender: SyncSender<News>,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
}

impl Listener {
    fn run(mut self) {
        let mut clock = BusClock::default();
        let mut flushed_us = 0;
        while !self.stop.load(Ordering::Relaxed) {
            let now_us = match self.source.poll() {
                Ok(Polled::Frame(frame)) => {
                    let (t_us, _) = clock.on(frame.t_us);
                    self.record(&frame);
                    self.rank(&frame, t_us);
                    // Only the picture lacks what the screen has no room for.
                    let _ = self.sender.try_send(News::Frame(Box::new(frame), t_us));
                    t_us
                }
                Ok(Polled::Quiet(now_us)) => {
                    let _ = self.sender.try_send(News::Quiet(now_us));
                    now_us
                }
                Ok(Polled::News(_)) => continue,
                Ok(Polled::End) => break,
                Err(error) => {
                    let _ = self.sender.try_send(News::BusFailed(error.to_string()));
                    break;
                }
            };
            self.shared.now_us.store(now_us, Ordering::Relaxed);
            if now_us >= flushed_us + FLUSH_EVERY_US {
                flushed_us = now_us;
                self.flush();
            }
        }
        self.flush();
    }

    fn record(&mut self, frame: &Frame) {
        let Some(log) = &mut self.log else { return };
        let name = self.source.interfaces().get(usize::from(frame.interface)).map_or("can", String::as_str);
        if let Err(error) = write_frame(log, name, frame) {
            self.fail(&error);
        }
    }

    fn flush(&mut self) {
        if let Some(Err(error)) = self.log.as_mut().map(io::Write::flush) {
            self.fail(&error);
        }
    }

    /// The log is given up: the guide goes on without it.
    fn fail(&mut self, error: &io::Error) {
        self.log = None;
        let _ = self.sender.try_send(News::LogFailed(error.to_string()));
    }

    fn rank(&mut self, frame: &Frame, t_us: i64) {
        if self.ranking.as_mut().is_some_and(|forward| !forward(frame, t_us)) {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_gone_on_with_behind_half_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.log");
        std::fs::write(&path, "(1.000000) can0 123#00\n(1.100000) can0 12").unwrap();
        let frame = Frame::new(2_000_000, grainloss_can::CanId::standard(0x123).unwrap(), &[1]).unwrap();
        let mut log = append(&path).unwrap();
        write_frame(&mut log, "can0", &frame).unwrap();
        log.flush().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "(1.000000) can0 123#00\n(1.100000) can0 12\n(2.000000) can0 123#01\n");
    }
}
