//! Where frames come from: log files and the kernel's CAN sockets. Reading only; nothing here can send.

mod health;
mod log;
mod socketcan;

use std::io;
use std::path::PathBuf;

use grainloss_can::Frame;
use thiserror::Error;

pub use health::{BusHealth, BusNews, BusState, ErrorFrame, Happening, Told, worst};
pub use log::{LogBytes, LogSource, LogTotals, Watch, mdf, unpacked};
pub use socketcan::{Filter, LiveSource, can_interfaces};

/// Why frames cannot be had.
#[derive(Debug, Error)]
pub enum BusError {
    /// A log file cannot be read.
    #[error("{}: {error}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A log without a single frame.
    #[error(
        "{file}: no CAN frame in it{first}; expected lines of candump -L: (seconds.fraction) can0 ID#DATA, or a log of another \
         known format (ASC, BLF, TRC, GVRET csv, pcap, pcapng)"
    )]
    NoFrames {
        /// The file.
        file: String,
        /// What the first line that is none of a log was.
        first: String,
    },
    /// There is no such interface.
    #[error("--iface {name}: no such CAN interface; {found}")]
    NoInterface {
        /// The name asked for.
        name: String,
        /// The interfaces that there are, in a sentence.
        found: String,
    },
    /// The interface is there, but frames cannot be read from it.
    #[error("--iface {name}: {error}")]
    Socket {
        /// The interface.
        name: String,
        /// What the system says.
        error: io::Error,
    },
}

/// What a source has to give.
#[derive(Debug)]
pub enum Polled {
    /// A frame. Its time is the source's.
    Frame(Frame),
    /// No frame for a while; the source's time now, microseconds since 1970-01-01 UTC.
    Quiet(i64),
    /// Something happened to a bus, or to the clock.
    News(News),
    /// There will be no more.
    End,
}

/// What happens beside the frames. Times are the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// To a bus.
    Bus(BusNews),
    /// The computer's wall clock was set; the source's time goes on as before.
    ClockSet {
        /// When.
        t_us: i64,
        /// By how much: forward above 0, µs.
        by_us: i64,
    },
}

/// A source of frames in the order of their arrival.
pub trait FrameSource {
    /// The names of the interfaces that frames have come from so far; [`Frame::interface`] is a place in this list. It
    /// only grows.
    fn interfaces(&self) -> &[String] {
        &[]
    }

    /// How each of the interfaces is doing; empty where nobody can tell.
    fn health(&self) -> &[BusHealth] {
        &[]
    }

    /// At the end: what has happened and was not told yet, one after the other.
    fn last_news(&mut self) -> Option<News> {
        None
    }

    /// The next frame; waits a tenth of a second at most when the bus is silent.
    fn poll(&mut self) -> Result<Polled, BusError>;
}
