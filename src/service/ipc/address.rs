//! Where the socket is.

use std::io;
use std::path::PathBuf;

/// The socket's name in its folder.
const SOCKET: &str = "grainloss.sock";

/// Where the service's socket is by default: in the folder that systemd made for the service, or in the user's own. `None`
/// when neither is set.
pub fn default_socket() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // systemd may name several folders.
    let of_service = folder("RUNTIME_DIRECTORY").and_then(|all| Some(PathBuf::from(all.split(':').next()?)));
    let of_user = || folder("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("grainloss"));
    of_service.or_else(of_user).map(|folder| folder.join(SOCKET))
}

/// Where a screen looks for the socket: that of the system's service if there is one, otherwise the default. `None` as for
/// [`default_socket`].
pub fn socket_to_watch() -> Option<PathBuf> {
    let system = PathBuf::from("/run/grainloss").join(SOCKET);
    // A socket in a folder that this user may not enter is there as well: the refusal will say so.
    let there = system.exists()
        || std::fs::read_dir("/run/grainloss").is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    if there { Some(system) } else { default_socket() }
}
