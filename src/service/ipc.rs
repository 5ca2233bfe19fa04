//! The socket between the service and its screens: a Unix socket, on this computer only.
//!
//! Both sides first send their program and the version of the protocol ([`messages`]); then the service sends snapshots,
//! always the newest, and replies to commands, and the screen sends commands. A message that is too long, damaged or of
//! another version ends that one connection.

mod address;
mod client;
mod error;
mod messages;
mod peer;
mod places;
mod server;
mod wire;

pub use address::{default_socket, socket_to_watch};
pub use client::{WatchThread, latest_snapshot, send_command, snapshot_before_contact, watch_service};
pub use error::LinkError;
pub use messages::PROTOCOL;
pub use server::{SocketConfig, SocketServer, serve, serve_when_possible};
