//! Frames from candump logs: plain, gzip or zstd, told apart by their first bytes; `-` is standard input.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use grainloss_can::Frame;
use grainloss_can::candump::{LogCounts, Reader};
use sha2::{Digest, Sha256};

use super::{BusError, FrameSource, Polled};
use crate::data_file;

/// What all the logs of a replay held.
#[derive(Clone, Debug, Default)]
pub struct LogTotals {
    /// Counts over all files.
    pub counts: LogCounts,
    /// SHA-256 of all files, one after the other, as they are on the disk, in hexadecimal; there once all is read.
    pub sha256: Option<String>,
    /// Where reading broke off before the end of a file, if it did, and why.
    pub damaged: Option<String>,
}

/// Several logs, read one after the other.
pub struct LogSource {
    paths: VecDeque<PathBuf>,
    /// A frame that was looked at before its time.
    first: Option<Frame>,
    current: Option<(PathBuf, Reader<Box<dyn BufRead + Send>>)>,
    totals: LogTotals,
    first_bad: String,
    files: Vec<String>,
}

impl std::fmt::Debug for LogSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogSource").field("files", &self.files).finish_non_exhaustive()
    }
}

impl LogSource {
    /// Opens every log at once, so that a missing one is told before an hour is spent on the others.
    pub fn open(paths: &[PathBuf]) -> Result<Self, BusError> {
        for path in paths.iter().filter(|path| path.as_os_str() != "-") {
            let wrong = |error| BusError::Log { path: path.clone(), error };
            let file = File::open(path).map_err(wrong)?;
            if file.metadata().map_err(wrong)?.is_dir() {
                return Err(wrong(io::Error::from(io::ErrorKind::IsADirectory)));
            }
        }
        Ok(Self {
            first: None,
            paths: paths.iter().cloned().collect::<VecDeque<_>>(),
            current: None,
            totals: LogTotals::default(),
            first_bad: String::new(),
            files: paths.iter().map(|path| path.display().to_string()).collect(),
        })
    }

    /// When the first frame was seen; an error when there is none. The frame is not lost by it.
    pub fn first_us(&mut self) -> Result<i64, BusError> {
        if self.first.is_none()
            && let Polled::Frame(frame) = self.poll()?
        {
            self.first = Some(frame);
        }
        self.first.as_ref().map(|frame| frame.t_us).ok_or_else(|| self.no_frames())
    }

    fn no_frames(&self) -> BusError {
        BusError::NoFrames { file: self.files.join(", "), first: self.first_bad.clone() }
    }

    /// What has been read. An error when there was no frame at all.
    pub fn finish(mut self) -> Result<LogTotals, BusError> {
        self.close_current();
        if self.totals.counts.frames == 0 {
            return Err(self.no_frames());
        }
        Ok(self.totals)
    }

    fn close_current(&mut self) {
        let Some((path, reader)) = self.current.take() else { return };
        let (counts, sum) = (reader.counts(), &mut self.totals.counts);
        sum.frames += counts.frames;
        sum.remote += counts.remote;
        sum.bus_errors += counts.bus_errors;
        sum.dropped += counts.dropped;
        sum.bad_lines += counts.bad_lines;
        if let (None, Some((line, error))) = (sum.first_bad, counts.first_bad) {
            sum.first_bad = Some((line, error));
            self.first_bad = format!(" (line {line} of {}: {error})", path.display());
        }
    }
}

impl FrameSource for LogSource {
    fn poll(&mut self) -> Result<Polled, BusError> {
        if let Some(frame) = self.first.take() {
            return Ok(Polled::Frame(frame));
        }
        loop {
            if self.current.is_none() {
                let Some(path) = self.paths.pop_front() else { return Ok(Polled::End) };
                let input = open_log(&path).map_err(|error| BusError::Log { path: path.clone(), error })?;
                self.current = Some((path, Reader::new(input)));
            }
            let Some((path, reader)) = &mut self.current else { continue };
            match reader.next_frame() {
                Ok(Some(frame)) => return Ok(Polled::Frame(frame)),
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

    fn bad(&self) -> u64 {
        self.totals.counts.bad_lines + self.current.as_ref().map_or(0, |(_, reader)| reader.counts().bad_lines)
    }
}

/// SHA-256 of files one after the other; `None` when one is standard input, which is gone once read.
pub fn sha256_of(paths: &[PathBuf]) -> Result<Option<String>, BusError> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    for path in paths {
        if path.as_os_str() == "-" {
            return Ok(None);
        }
        let wrong = |error| BusError::Log { path: path.clone(), error };
        let mut file = File::open(path).map_err(wrong)?;
        loop {
            match file.read(&mut buffer).map_err(wrong)? {
                0 => break,
                n => hash.update(&buffer[..n]),
            }
        }
    }
    Ok(Some(data_file::hex(&hash.finalize())))
}

/// Opens a log and looks at its first bytes; `-` is standard input.
pub fn open_log(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    const BUFFER: usize = 1 << 16;
    let raw: Box<dyn Read + Send> =
        if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    let mut plain = BufReader::with_capacity(BUFFER, raw);
    let start = plain.fill_buf()?;
    if start.starts_with(&[0x1F, 0x8B]) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain))));
    }
    if start.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, zstd::Decoder::with_buffer(plain)?)));
    }
    Ok(Box::new(plain))
}
