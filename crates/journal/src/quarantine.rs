//! A damaged journal is set aside under another name, with its write-ahead log, and never overwritten.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Names tried before giving up.
const MOST: u32 = 10_000;

/// Moves the journal at this path to the first free name of `NAME.damaged-1.sqlite`, `NAME.damaged-2.sqlite` … ; the name.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for n in 1..MOST {
        let mut name = path.file_stem().unwrap_or_default().to_owned();
        name.push(format!(".damaged-{n}"));
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        let to = path.with_file_name(name);
        if beside(&to, "-wal").exists() {
            continue;
        }
        // A second name is refused where there is a file already, which renaming would overwrite.
        match std::fs::hard_link(path, &to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            done => done?,
        }
        let wal = beside(path, "-wal");
        if wal.exists() {
            std::fs::rename(wal, beside(&to, "-wal"))?;
        }
        // Only an index of the log, which SQLite makes anew.
        let _ = std::fs::remove_file(beside(path, "-shm"));
        std::fs::remove_file(path)?;
        return Ok(to);
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name for a damaged journal is taken; clear some away"))
}

/// The file that SQLite keeps beside a database.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for expected in ["j.damaged-1.sqlite", "j.damaged-3.sqlite"] {
            std::fs::write(at("j.damaged-2.sqlite"), "somebody's").unwrap();
            std::fs::write(at("j.sqlite"), expected).unwrap();
            std::fs::write(at("j.sqlite-wal"), "log").unwrap();
            assert_eq!(set_aside(&at("j.sqlite")).unwrap(), at(expected));
            assert_eq!(std::fs::read_to_string(at(expected)).unwrap(), expected);
            assert_eq!(std::fs::read_to_string(at(&format!("{expected}-wal"))).unwrap(), "log");
            assert!(!at("j.sqlite").exists() && !at("j.sqlite-wal").exists());
        }
        assert_eq!(std::fs::read_to_string(at("j.damaged-2.sqlite")).unwrap(), "somebody's");
    }
}
