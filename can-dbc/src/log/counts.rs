//! What a log held, and what was wrong with the rest of it.

use std::fmt;

use thiserror::Error;

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
    /// How often the recorder's clock, of so many bits, began anew at 0; the frames' times go on.
    pub clock_wraps: u64,
    /// Lines that are none of these; records, where the log is not text.
    pub bad_lines: u64,
    /// Where the first of them is, and what was wrong with it.
    pub first_bad: Option<(Place, LogProblem)>,
}

impl LogCounts {
    /// Counts a line or record that is none of a log.
    pub(crate) fn bad(&mut self, place: Place, problem: LogProblem) {
        self.bad_lines += 1;
        self.first_bad.get_or_insert((place, problem));
    }

    /// Adds what another log held; the first problem stays the first.
    pub fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        self.remote += other.remote;
        self.bus_errors += other.bus_errors;
        self.dropped = self.dropped.saturating_add(other.dropped);
        self.clock_wraps += other.clock_wraps;
        self.bad_lines += other.bad_lines;
        self.first_bad = self.first_bad.or(other.first_bad);
    }
}

/// A place in a log, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a text, from 1.
    Line(u64),
    /// A byte of a binary log, from 0.
    Byte(u64),
}

/// `line 12`, `byte 4096`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

/// Why a line or a record is none of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LogProblem {
    /// No `(seconds.fraction)` at the start.
    #[error("expected '(seconds.fraction)' at the start of the line")]
    Time,
    /// A time that no recorder can have seen.
    #[error("the time is before 1970 or beyond the year 2100")]
    TimeRange,
    /// No interface name after the time.
    #[error("expected an interface name after the time")]
    Interface,
    /// No identifier before the `#`.
    #[error("expected an identifier of 3 or 8 hexadecimal digits followed by '#'")]
    Identifier,
    /// The data is not pairs of hexadecimal digits, or there is too much of it.
    #[error("expected pairs of hexadecimal digits, at most 8 bytes (64 after '##')")]
    Data,
    /// Something behind the data that is neither `R` nor `T`.
    #[error("expected nothing, 'R' or 'T' after the data")]
    Tail,
    /// A line of candump's screen format between lines of its log format.
    #[error("this is candump's screen format, in the middle of its log format")]
    ScreenFormat,
    /// Longer than any frame could be.
    #[error("the line is longer than any frame")]
    TooLong,
    /// Frames of more than 256 interfaces.
    #[error("a 257th interface; frames of 256 are read")]
    TooManyInterfaces,
    /// What was expected, in the words of the format.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A binary log that ends in the middle of a record.
    #[error("the log ends in the middle of {0}")]
    CutShort(&'static str),
}
