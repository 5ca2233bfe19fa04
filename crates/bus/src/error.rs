//! Why frames cannot be read.

use std::io;
use std::path::PathBuf;

use grainloss_can::log::{Foreign, LogProblem, Place, READABLE};
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
        "{file}: {}; these logs are read: {READABLE}; each also inside gzip, zstd, xz, bzip2, or a zip archive of one file",
        foreign.map_or_else(
            || format!("no CAN frame in it{first}"),
            |foreign| format!("no CAN frame in it{first}: this is {foreign}")
        )
    )]
    NoFrames {
        /// The file.
        file: String,
        /// What the first line that is none of a log was.
        first: String,
        /// Its place, and what was wrong with it; `None` when something else is told in `first`.
        problem: Option<(Place, LogProblem)>,
        /// What the file is, where it is no log.
        foreign: Option<Foreign>,
    },
    /// There is no such interface.
    #[error("--iface {name}: no such CAN interface; CAN interfaces here: {}", if there.is_empty() { "none".to_owned() } else { there.join(", ") })]
    NoInterface {
        /// The name asked for.
        name: String,
        /// The interfaces that there are.
        there: Vec<String>,
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
