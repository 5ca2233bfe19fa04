//! Options of the socket between the service and its screens.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::service::{SocketPlan, default_socket};

/// Where the service listens for screens.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Screens")]
pub(super) struct SocketOptions {
    /// The socket that `grainloss watch` attaches to [default: grainloss.sock in $RUNTIME_DIRECTORY, or in
    /// $XDG_RUNTIME_DIR/grainloss]
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "")]
    socket: Option<String>,
    /// The group whose members may watch and mark, besides the user; the socket's mode is 0660
    #[arg(long, value_name = "GROUP")]
    socket_group: Option<String>,
    /// Nobody can attach
    #[arg(long, conflicts_with_all = ["socket", "socket_group"])]
    no_socket: bool,
}

impl SocketOptions {
    /// The socket that was asked for; where none was, the default one if `always` and there is a place for it.
    pub fn plan(&self, always: bool) -> Result<Option<SocketPlan>, CliError> {
        let group = self.socket_group.clone();
        let of = |path| Some(SocketPlan { path, group: group.clone() });
        match self.socket.as_deref() {
            _ if self.no_socket => Ok(None),
            Some("") => default_socket().map(of).ok_or_else(|| {
                CliError::input(
                    "neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR is set; name the socket with --socket PATH",
                )
            }),
            Some(path) => Ok(of(PathBuf::from(path))),
            None if always || self.socket_group.is_some() => {
                let found = default_socket();
                if found.is_none() {
                    tracing::warn!("no socket, so that nobody can attach: name one with --socket PATH");
                }
                Ok(found.and_then(of))
            }
            None => Ok(None),
        }
    }
}
