//! Why a connection between service and screen cannot be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::messages::PROTOCOL;
use grainloss_core::clean_text::clean_line;

/// Why a connection cannot be used.
#[derive(Debug, Error)]
pub enum LinkError {
    /// No service listens at the socket.
    #[error("{}: no service listens here ({error}); is `grainloss run` running? name its socket with --socket", path.display())]
    NoService {
        /// The socket.
        path: PathBuf,
        /// What the system reports.
        error: io::Error,
    },
    /// This user may not open the socket.
    #[error("{}: this user may not watch the service; its group may: `usermod -aG GROUP USER`, then log in again", .0.display())]
    Forbidden(PathBuf),
    /// The other side speaks another version of the protocol.
    #[error(
        "the service is {} and speaks protocol {protocol}, this program speaks {PROTOCOL}; install the same version of both",
        clean_line(theirs)
    )]
    Version {
        /// Name and version of the service.
        theirs: String,
        /// The version of the protocol that it speaks.
        protocol: u16,
    },
    /// The service has ended the connection and said why.
    #[error("the service has ended the connection: {}", clean_line(.0))]
    Bye(String),
    /// A message longer than allowed: its length and the most allowed, bytes.
    #[error("a message of {0} bytes; at most {1} are taken")]
    TooLong(usize, usize),
    /// A message that cannot be read.
    #[error("a damaged message: {0}")]
    Damaged(String),
    /// The other side has gone.
    #[error("the connection was closed")]
    Closed,
    /// The system reports an error.
    #[error(transparent)]
    Io(#[from] io::Error),
}
