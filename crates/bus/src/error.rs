//! Why frames cannot be read.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why frames cannot be read.
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
