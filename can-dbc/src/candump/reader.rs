//! Lines from a stream, with bounded memory and a count of everything that was not a frame.

use std::io::{self, BufRead};

use super::syntax::{Line, LineError, parse_line};
use crate::frame::Frame;

/// No line of a log is longer: CAN XL has 2048 bytes of data, which is 4096 digits.
const MAX_LINE: usize = 8192;

/// What a log held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCounts {
    /// Data frames.
    pub frames: u64,
    /// Remote requests.
    pub remote: u64,
    /// Error frames: reports of the CAN controller.
    pub bus_errors: u64,
    /// Frames that the recorder says it lost.
    pub dropped: u64,
    /// Lines that are none of these.
    pub bad_lines: u64,
    /// The first bad line's number, from 1, and what was wrong with it.
    pub first_bad: Option<(u64, LineError)>,
}

/// Reads the frames of a candump log.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    line: Vec<u8>,
    line_number: u64,
    counts: LogCounts,
}

impl<R: BufRead> Reader<R> {
    /// Reads from this stream on.
    pub fn new(input: R) -> Self {
        Self { input, line: Vec::with_capacity(MAX_LINE), line_number: 0, counts: LogCounts::default() }
    }

    /// What has been read so far.
    pub fn counts(&self) -> &LogCounts {
        &self.counts
    }

    /// The next data frame, or `None` at the end. Everything else is counted and passed over.
    pub fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        self.next_with(|_, frame| frame.clone())
    }

    /// The next data frame, handed to `take` together with the name of its interface.
    pub fn next_with<T>(&mut self, take: impl FnOnce(&[u8], &Frame) -> T) -> io::Result<Option<T>> {
        loop {
            let Some(fits) = self.read_line()? else { return Ok(None) };
            let parsed = if fits { parse_line(&self.line) } else { Err(LineError::TooLong) };
            match parsed {
                Ok(Line::Frame { interface, frame }) => {
                    self.counts.frames += 1;
                    return Ok(Some(take(interface, &frame)));
                }
                Ok(Line::Remote) => self.counts.remote += 1,
                Ok(Line::BusError { .. }) => self.counts.bus_errors += 1,
                Ok(Line::Dropped { frames }) => self.counts.dropped = self.counts.dropped.saturating_add(frames),
                Ok(Line::Empty) => {}
                Err(error) => {
                    self.counts.bad_lines += 1;
                    self.counts.first_bad.get_or_insert((self.line_number, error));
                }
            }
        }
    }

    /// Fills `line`; `Some(false)` when the line was too long and only its beginning is there, `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.line.clear();
        let mut fits = true;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                let read_any = !self.line.is_empty() || !fits;
                self.line_number += u64::from(read_any);
                return Ok(read_any.then_some(fits));
            }
            let (used, ended) = match available.iter().position(|&b| b == b'\n') {
                Some(end) => (end + 1, true),
                None => (available.len(), false),
            };
            if self.line.len() + used <= MAX_LINE {
                self.line.extend_from_slice(&available[..used]);
            } else {
                fits = false;
            }
            self.input.consume(used);
            if ended {
                self.line_number += 1;
                return Ok(Some(fits));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_counted_and_only_data_frames_come_through() {
        let log = b"(1.0) can0 123#01\n\nrubbish\n(1.1) can0 123#R\n(1.2) can0 20000004#0001000000000000\r\n\
            DROPCOUNT: dropped 7 CAN frames on 'can0' socket (total drops 7)\n(1.3) can0 123#02";
        // A tiny buffer, so that lines straddle it.
        let mut reader = Reader::new(io::BufReader::with_capacity(5, &log[..]));
        let mut payloads = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            payloads.extend_from_slice(frame.payload());
        }
        assert_eq!(payloads, [1, 2]);
        let expected = LogCounts {
            frames: 2,
            remote: 1,
            bus_errors: 1,
            dropped: 7,
            bad_lines: 1,
            first_bad: Some((3, LineError::Time)),
        };
        assert_eq!(*reader.counts(), expected);
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let log = [vec![b'x'; 1_000_000], b"\n(1.0) can0 123#01\n".to_vec()].concat();
        let mut reader = Reader::new(&log[..]);
        assert!(reader.next_frame().unwrap().is_some());
        assert_eq!(reader.counts().first_bad, Some((1, LineError::TooLong)));
        assert_eq!(reader.line.capacity(), MAX_LINE);
    }
}
