//! The CAN interfaces of this computer, as `/sys/class/net` has them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::BusError;

const FOLDER: &str = "/sys/class/net";
/// The kind of network interface that speaks CAN, as `/sys/class/net/NAME/type` has it (ARPHRD_CAN).
const ARPHRD_CAN: &str = "280";

/// The CAN interfaces of this computer.
pub fn can_interfaces() -> Vec<String> {
    let entries = fs::read_dir(FOLDER).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| is_can(&folder(name)))
        .collect();
    names.sort();
    names
}

fn folder(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

fn is_can(folder: &Path) -> bool {
    fs::read_to_string(folder.join("type")).is_ok_and(|kind| kind.trim() == ARPHRD_CAN)
}

/// An error that lists those that there are, should this be none of them.
pub(super) fn check(name: &str) -> Result<(), BusError> {
    // A name is looked up in the file system: it must not lead elsewhere.
    if !name.contains('/') && is_can(&folder(name)) {
        return Ok(());
    }
    Err(BusError::NoInterface { name: name.to_owned(), there: can_interfaces() })
}

/// True when the interface is there and up (bit IFF_UP of its flags).
pub(super) fn is_up(name: &str) -> bool {
    let flags = fs::read_to_string(folder(name).join("flags")).unwrap_or_default();
    u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).is_ok_and(|flags| flags & 1 != 0)
}
