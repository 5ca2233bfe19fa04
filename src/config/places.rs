//! Where configuration and state are, and reading a file of them.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use grainloss_core::data_file::{FileError, line_of};
use grainloss_knowledge::{Words, files};

/// The file's name.
pub const NAME: &str = "grainloss.toml";
/// The system's file: what holds for every user, and for the service that the package installs.
pub const SYSTEM_FILE: &str = "/etc/grainloss/grainloss.toml";
/// A longer file is refused, bytes: it is a mistake, and reading it could exhaust a small computer.
const LONGEST_BYTES: u64 = 256 * 1024;

/// The user's own file, whether it exists or not: in `$XDG_CONFIG_HOME/grainloss`, or below `~/.config`. `None` when
/// neither XDG_CONFIG_HOME nor HOME is set.
pub fn user_file() -> Option<PathBuf> {
    files::user_path("", NAME)
}

/// The folder of what the program remembers by itself: the one that systemd made for the service (`$STATE_DIRECTORY`), or
/// `$XDG_STATE_HOME/grainloss`, or `~/.local/state/grainloss`. `None` when none of these variables is set.
pub fn state_folder() -> Option<PathBuf> {
    let of_service = std::env::var("STATE_DIRECTORY").ok().filter(|folders| !folders.is_empty());
    // systemd may name several folders.
    let of_service = of_service.and_then(|folders| Some(PathBuf::from(folders.split(':').next()?)));
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let of_user = || std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).or_else(home);
    of_service.or_else(|| of_user().map(|folder| folder.join("grainloss")))
}

/// The path, with `~/` at its start replaced by the user's home.
pub fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// The text of a configuration file; `None` when there is no such file.
///
/// # Errors
/// When it is no file, cannot be read, is too long, or is not UTF-8.
pub(super) fn read(path: &Path, words: &Words) -> Result<Option<String>, FileError> {
    let refused = |line: Option<usize>, problem: String| FileError { file: path.display().to_string(), line, problem };
    let unreadable = |error: &std::io::Error| {
        let key = if error.kind() == ErrorKind::IsADirectory { "config-is-folder" } else { "config-unreadable" };
        refused(None, words.with(key, &[("error", &error.to_string())]))
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > LONGEST_BYTES {
        let most = (LONGEST_BYTES / 1024).to_string();
        return Err(refused(None, words.with("config-too-big", &[("most", &most)])));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        refused(Some(line_of(&good, good.len())), words.get("config-not-utf8"))
    })
}
