//! Frames from logs of any format: plain, gzip, zstd, xz, bzip2 or zip, recognised by their first bytes; `-` is standard input.

mod unpack;
mod zip;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use grainloss_can::Frame;
use grainloss_can::log::{Foreign, Format, Interfaces, LogCounts, Place, Reader};
use sha2::{Digest, Sha256};

use crate::error::BusError;
use crate::source::{FrameSource, Polled};
use grainloss_core::data_file;

pub use unpack::{LogBytes, unpacked};
pub use zip::one_file;

/// No two frames of a recording are so far apart by accident, µs.
const FAR_US: u64 = 60_000_000;

/// What all the logs of a replay held.
#[derive(Clone, Debug, Default)]
pub struct LogTotals {
    /// Counts over all files.
    pub counts: LogCounts,
    /// The first bad line: file, line, and what was wrong with it.
    pub first_bad: Option<String>,
    /// SHA-256 of all that was read, file after file, as it is on the disk, in hexadecimal; `None` when something could
    /// not be read to its end.
    pub sha256: Option<String>,
    /// What the first of the logs is that is of no format that is read; `None` where all are.
    pub foreign: Option<Foreign>,
    /// Where reading broke off before the end of a file, if it did, and why.
    pub damaged: Option<String>,
}

/// Wraps a file, to follow how far it has been read; its second argument is the file's size, bytes.
pub type Watch = Box<dyn Fn(File, u64) -> LogBytes + Send>;

/// Several logs, read one after the other.
pub struct LogSource {
    paths: VecDeque<PathBuf>,
    /// The first frames, read ahead; `None` before that.
    first: Option<VecDeque<Frame>>,
    current: Option<(PathBuf, Reader<LogBytes>)>,
    /// Those of the files before the current one.
    interfaces: Interfaces,
    totals: LogTotals,
    hash: Arc<Mutex<Sha256>>,
    files: Vec<String>,
    watch: Option<Watch>,
}

impl std::fmt::Debug for LogSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogSource").field("files", &self.files).finish_non_exhaustive()
    }
}

impl LogSource {
    /// Opens every log at once, so that a missing one is reported before an hour is spent on the others.
    ///
    /// # Errors
    ///
    /// When a file is not there, cannot be read, or is a folder.
    pub fn open(paths: &[PathBuf]) -> Result<Self, BusError> {
        for path in paths.iter().filter(|path| path.as_os_str() != "-") {
            let wrong = |error| BusError::Log { path: path.clone(), error };
            let found = std::fs::metadata(path).map_err(wrong)?;
            if found.is_dir() {
                return Err(wrong(io::Error::from(io::ErrorKind::IsADirectory)));
            }
            // A pipe is opened once only: its writer would take the second reader for the first one's end.
            if found.is_file() {
                let mut file = File::open(path).map_err(wrong)?;
                one_file(&mut file).map_err(wrong)?;
            }
        }
        Ok(Self {
            first: None,
            paths: paths.iter().cloned().collect::<VecDeque<_>>(),
            current: None,
            interfaces: Interfaces::default(),
            totals: LogTotals::default(),
            hash: Arc::default(),
            files: paths.iter().map(|path| path.display().to_string()).collect(),
            watch: None,
        })
    }

    /// The same source with a wrapper that follows how far each file has been read.
    #[must_use]
    pub fn watched(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// When the first frame was seen; an error when there is none. The frame is not lost by it.
    ///
    /// # Errors
    ///
    /// When a log cannot be read, or none of them holds a frame.
    pub fn first_us(&mut self) -> Result<i64, BusError> {
        self.look_ahead()?;
        self.first.as_ref().and_then(VecDeque::front).map(|frame| frame.t_us).ok_or_else(|| self.no_frames())
    }

    /// Reads three frames ahead. A first time far from the next two, which agree, is damaged and would shift
    /// every time after it: the frame gets the time of the second one.
    fn look_ahead(&mut self) -> Result<(), BusError> {
        if self.first.is_some() {
            return Ok(());
        }
        let mut first = VecDeque::with_capacity(3);
        while first.len() < 3
            && let Some(frame) = self.read_next()?
        {
            first.push_back(frame);
        }
        let far = |a: &Frame, b: &Frame| a.t_us.abs_diff(b.t_us) > FAR_US;
        if let [a, b, c] = first.make_contiguous()
            && far(a, b)
            && far(a, c)
            && !far(b, c)
        {
            tracing::warn!("the first frame's time is a corrupt one; it is dated as the second frame");
            a.t_us = b.t_us;
        }
        self.first = Some(first);
        Ok(())
    }

    fn open_one(&mut self, path: &Path) -> io::Result<Reader<LogBytes>> {
        let hash = Arc::clone(&self.hash);
        let log = if path.as_os_str() == "-" {
            unpacked(Hashing { input: io::stdin(), hash })
        } else {
            let file = File::open(path)?;
            let found = file.metadata()?;
            match &self.watch {
                Some(watch) if found.is_file() => unpacked(Hashing { input: watch(file, found.len()), hash }),
                _ => unpacked(Hashing { input: file, hash }),
            }
        }?;
        Ok(Reader::with_interfaces(log, std::mem::take(&mut self.interfaces)))
    }

    fn no_frames(&self) -> BusError {
        let reason = self.totals.damaged.as_ref().or(self.totals.first_bad.as_ref());
        let first = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
        let problem = self.totals.counts.first_bad.filter(|_| self.totals.damaged.is_none());
        BusError::NoFrames { file: self.files.join(", "), first, problem, foreign: self.totals.foreign }
    }

    /// What has been read. An error when there was no frame at all.
    ///
    /// # Errors
    ///
    /// When none of the logs held a frame.
    pub fn finish(mut self) -> Result<LogTotals, BusError> {
        self.close_current();
        if self.totals.counts.frames == 0 {
            return Err(self.no_frames());
        }
        if self.totals.damaged.is_none()
            && let Ok(hash) = self.hash.lock()
        {
            self.totals.sha256 = Some(data_file::hex(&hash.clone().finalize()));
        }
        Ok(self.totals)
    }

    fn close_current(&mut self) {
        let Some((path, reader)) = self.current.take() else { return };
        let file = path.display();
        if reader.undated() {
            tracing::warn!("{file}: the log does not say when it began; its times count from 1970");
        }
        if let Format::Foreign(foreign) = reader.format() {
            self.totals.foreign.get_or_insert(foreign);
        }
        if reader.counts().clock_wraps > 0 {
            let wraps = reader.counts().clock_wraps;
            tracing::warn!("{file}: the recorder's clock began anew {wraps} times; the frames' times go on");
        }
        self.totals.counts.add(reader.counts());
        if let (None, Some((place, problem))) = (&self.totals.first_bad, reader.counts().first_bad) {
            self.totals.first_bad = Some(match place {
                Place::Line(line) => format!("{file}:{line}: {problem}"),
                Place::Byte(_) => format!("{file}: {place}: {problem}"),
            });
        }
        self.interfaces = reader.into_interfaces();
    }
}

impl FrameSource for LogSource {
    fn interfaces(&self) -> &[String] {
        self.current.as_ref().map_or_else(|| self.interfaces.names(), |(_, reader)| reader.interfaces())
    }

    fn poll(&mut self) -> Result<Polled, BusError> {
        self.look_ahead()?;
        let ahead = self.first.as_mut().and_then(VecDeque::pop_front);
        let next = if ahead.is_some() { ahead } else { self.read_next()? };
        Ok(next.map_or(Polled::End, Polled::Frame))
    }
}

impl LogSource {
    /// The next frame of the logs, or `None` at their end.
    fn read_next(&mut self) -> Result<Option<Frame>, BusError> {
        loop {
            if self.current.is_none() {
                let Some(path) = self.paths.pop_front() else { return Ok(None) };
                let reader = self.open_one(&path).map_err(|error| BusError::Log { path: path.clone(), error })?;
                self.current = Some((path, reader));
            }
            let Some((path, reader)) = &mut self.current else { continue };
            match reader.next_frame() {
                Ok(Some(frame)) => return Ok(Some(frame)),
                Ok(None) => self.close_current(),
                // A compressed file cut short: what was read is good, the rest is gone.
                Err(error) if error.kind() != io::ErrorKind::Other || reader.counts().frames > 0 => {
                    let frames = reader.counts().frames;
                    self.totals.damaged = Some(format!("{}: {error} after {frames} frames", path.display()));
                    self.close_current();
                }
                Err(error) => return Err(BusError::Log { path: path.clone(), error }),
            }
        }
    }
}

/// Adds all that is read through it to a hash.
struct Hashing<R> {
    input: R,
    hash: Arc<Mutex<Sha256>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        if let Ok(mut hash) = self.hash.lock() {
            hash.update(&buffer[..n]);
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupt_first_time_moves_nothing() {
        for (times, expected) in [
            (["9999.0", "1000.0", "1000.1"], [1000.0, 1000.0, 1000.1]),
            (["0.0", "1000.0", "1000.1"], [1000.0, 1000.0, 1000.1]),
            // Two recordings in one: the first frame may be all that is left of the first one, or a gap.
            (["1000.0", "1001.0", "5000.0"], [1000.0, 1001.0, 5000.0]),
            (["1000.0", "3000.0", "5000.0"], [1000.0, 3000.0, 5000.0]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log");
            let lines: String = times.iter().map(|t| ["(", t, ") can0 123#00\n"].concat()).collect();
            std::fs::write(&path, lines).unwrap();
            let mut source = LogSource::open(&[path]).unwrap();
            assert_eq!(source.first_us().unwrap(), (expected[0] * 1e6) as i64);
            for t in expected {
                let Polled::Frame(frame) = source.poll().unwrap() else { panic!("{times:?}") };
                assert_eq!(frame.t_us, (t * 1e6) as i64, "{times:?}");
            }
        }
    }

    #[test]
    fn an_interface_keeps_its_place_from_file_to_file() {
        let folder = tempfile::tempdir().unwrap();
        let logs = [
            ("a", "(1749520800.0) can0 123#00\n(1749520800.1) can1 123#01\n"),
            // Another format, and the interfaces in another order.
            ("b", " (1749520801.0)  vcan7  123   [1]  02\n (1749520801.1)  can1  123   [1]  03\n"),
            ("c", "(1749520802.0) can0 123#04\n"),
        ];
        let paths = logs.map(|(name, text)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        });
        let mut source = LogSource::open(&paths).unwrap();
        assert_eq!(source.first_us().unwrap(), 1_749_520_800_000_000);
        let mut names = Vec::new();
        while let Polled::Frame(frame) = source.poll().unwrap() {
            let name = source.interfaces()[usize::from(frame.interface)].clone();
            names.push((frame.payload()[0], frame.interface, name));
        }
        let expected = [(0, 0, "can0"), (1, 1, "can1"), (2, 2, "vcan7"), (3, 1, "can1"), (4, 0, "can0")];
        assert_eq!(names, expected.map(|(payload, place, name)| (payload, place, name.to_owned())));
        assert_eq!(source.interfaces(), ["can0", "can1", "vcan7"]);
        assert_eq!(source.finish().unwrap().counts.frames, 5);
    }
}
