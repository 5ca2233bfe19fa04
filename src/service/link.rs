//! The socket between the service and its screens: a Unix socket, on this computer only.
//!
//! A message is its length, four bytes little-endian, and so many bytes of MessagePack with named fields. Both sides say
//! first who they are and which version of the protocol they speak; then the service sends snapshots, the newest only,
//! and answers to commands, and the screen sends commands. What is too long, damaged or of another version closes that one
//! connection.

mod client;
mod peer;
mod server;

use std::io;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub use client::{look, nothing_yet, watch_service};
pub use server::{SocketPlan, serve};

use grainloss_protocol::command::{CommandReply, OperatorCommand};
use grainloss_protocol::snapshot::Snapshot;

/// The version of the protocol: raised with any change that the other side would misunderstand.
pub const PROTOCOL: u16 = 1;
/// A message to the service is no longer than this, bytes.
pub const MOST_TO_SERVICE: usize = 16 * 1024;
/// A message to a screen is no longer than this, bytes.
pub const MOST_TO_SCREEN: usize = 4 * 1024 * 1024;
/// The socket's name in its folder.
const SOCKET: &str = "grainloss.sock";

/// Who is speaking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol.
    pub protocol: u16,
    /// Name and version of the program.
    pub software: String,
    /// Its process.
    pub pid: u32,
}

impl Hello {
    fn ours() -> Self {
        Self {
            protocol: PROTOCOL,
            software: concat!("grainloss ", env!("CARGO_PKG_VERSION")).to_owned(),
            pid: std::process::id(),
        }
    }
}

/// What the service says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToScreen {
    /// First of all.
    Hello(Hello),
    /// The newest of everything.
    Snapshot(Box<Snapshot>),
    /// What became of the command of this number.
    #[serde(rename = "answer")]
    CommandReply(u64, CommandReply),
    /// The connection ends, and why.
    Bye(String),
}

/// What a screen says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToService {
    /// First of all.
    Hello(Hello),
    /// A command, with a number of the screen's own.
    #[serde(rename = "mark")]
    OperatorCommand(u64, OperatorCommand),
}

/// Why a connection cannot be used.
#[derive(Debug, Error)]
pub enum LinkError {
    /// There is nobody.
    #[error("{}: no service listens here ({error}); is `grainloss run` running? name its socket with --socket", path.display())]
    NobodyThere {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// This user may not.
    #[error("{}: this user may not watch the service; its group may: `usermod -aG GROUP USER`, then log in again", .0.display())]
    Forbidden(PathBuf),
    /// Another version.
    #[error(
        "the service is {theirs} and speaks protocol {protocol}, this program speaks {PROTOCOL}; install the same version of both"
    )]
    Version {
        /// Its program.
        theirs: String,
        /// Its protocol.
        protocol: u16,
    },
    /// The service has ended the connection and said why.
    #[error("the service has ended the connection: {0}")]
    Bye(String),
    /// A message that is longer than any.
    #[error("a message of {0} bytes; at most {1} are taken")]
    TooLong(usize, usize),
    /// A message that cannot be read.
    #[error("a damaged message: {0}")]
    Damaged(String),
    /// The other side has gone.
    #[error("the connection was closed")]
    Closed,
    /// The system says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A message as it goes over the socket.
pub(super) fn packed<T: Serialize>(message: &T) -> Result<Vec<u8>, LinkError> {
    let mut bytes = vec![0; 4];
    rmp_serde::encode::write_named(&mut bytes, message).map_err(|error| LinkError::Damaged(error.to_string()))?;
    let length = u32::try_from(bytes.len() - 4).map_err(|_| LinkError::TooLong(bytes.len(), MOST_TO_SCREEN))?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), LinkError> {
    to.write_all(bytes).await?;
    Ok(to.flush().await?)
}

/// The next message, of no more than so many bytes; nothing is set aside for a longer one.
async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<T, LinkError> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(LinkError::Closed),
        other => other?,
    };
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(LinkError::TooLong(length, most));
    }
    let mut bytes = vec![0; length];
    match from.read_exact(&mut bytes).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(LinkError::Closed),
        other => other?,
    };
    rmp_serde::from_slice(&bytes).map_err(|error| LinkError::Damaged(error.to_string()))
}

/// Where the service's socket is by default: in the folder that systemd made for it, or in the user's own.
pub fn default_socket() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // systemd may name several folders.
    let of_service = folder("RUNTIME_DIRECTORY").and_then(|all| Some(PathBuf::from(all.split(':').next()?)));
    let of_user = || folder("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("grainloss"));
    of_service.or_else(of_user).map(|folder| folder.join(SOCKET))
}

/// Where a screen looks for it: the system's service first, if there is one.
pub fn socket_to_watch() -> Option<PathBuf> {
    let system = PathBuf::from("/run/grainloss").join(SOCKET);
    // A socket in a folder that this user may not enter is there as well: the refusal will say so.
    let there = system.exists()
        || std::fs::read_dir("/run/grainloss").is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    if there { Some(system) } else { default_socket() }
}
