//! Where the socket is.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// The socket's name in its folder.
const SOCKET: &str = "grainloss.sock";

/// Where the service's socket is by default: in the folder that systemd made for the service, in the user's runtime folder,
/// also where `XDG_RUNTIME_DIR` is not set, or beside the journal. `None` when the user has no folder at all.
pub fn default_socket() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // systemd may name several folders.
    let of_service = folder("RUNTIME_DIRECTORY").and_then(|all| Some(PathBuf::from(all.split(':').next()?)));
    let of_user = || {
        let named = folder("XDG_RUNTIME_DIR").map(PathBuf::from);
        named.or_else(runtime_folder).map(|folder| folder.join("grainloss"))
    };
    let of_state = || {
        let named = folder("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
        let home = || Some(PathBuf::from(folder("HOME")?).join(".local/state"));
        named.or_else(home).map(|folder| folder.join("grainloss/run"))
    };
    of_service.or_else(of_user).or_else(of_state).map(|folder| folder.join(SOCKET))
}

/// The runtime folder that a login makes for this user; `None` when there is none, as without a login.
fn runtime_folder() -> Option<PathBuf> {
    let user = std::fs::metadata("/proc/self").ok()?.uid();
    let folder = PathBuf::from(format!("/run/user/{user}"));
    std::fs::metadata(&folder).is_ok_and(|there| there.is_dir() && there.uid() == user).then_some(folder)
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
