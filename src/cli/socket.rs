//! Options of the socket between the service and its screens.

use clap::Args;

use super::error::CliError;
use crate::config::{Flags, Socket};
use crate::service::{SocketConfig, default_socket};
use grainloss_knowledge::spoken;

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
    /// What it says about `[socket]`.
    pub fn flags(&self, flags: Flags) -> Flags {
        let asked = self.is_asked_for();
        let path = self.socket.clone().filter(|path| !path.is_empty());
        flags
            .switch("socket.enabled", "--no-socket", self.no_socket, false)
            .switch("socket.enabled", if self.socket.is_some() { "--socket" } else { "--socket-group" }, asked, true)
            .set("socket.path", "--socket", path)
            .set("socket.group", "--socket-group", self.socket_group.clone())
    }

    const fn is_asked_for(&self) -> bool {
        self.socket.is_some() || self.socket_group.is_some()
    }

    /// The socket of the settings; `always`, or where one was asked for on the command line. `None` when there is to be
    /// none, or no place for it.
    ///
    /// # Errors
    /// When one was asked for by name, and there is no place for it.
    pub fn config(&self, always: bool, settings: &Socket) -> Result<Option<SocketConfig>, CliError> {
        if !settings.enabled || !(always || self.is_asked_for()) {
            return Ok(None);
        }
        let Some(path) = settings.path().or_else(default_socket) else {
            if self.socket.is_some() {
                return Err(CliError::input(spoken().get("cli-no-socket-place")));
            }
            tracing::warn!("{}", spoken().get("cli-no-socket"));
            return Ok(None);
        };
        Ok(Some(SocketConfig { path, group: settings.group.clone() }))
    }
}
