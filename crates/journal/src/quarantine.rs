//! Moves a damaged journal, with its write-ahead log, to a name that is free: nothing is overwritten.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Ending of the file that holds the newest seal.
pub(super) const HEAD_ENDING: &str = ".head";
/// Number of names tried before giving up (assumed).
const MAX_NAMES: u32 = 10_000;

/// Moves the journal at this path to the first free name of `NAME.damaged-1.sqlite`, `NAME.damaged-2.sqlite` …; returns
/// the new path.
pub(super) fn quarantine(path: &Path) -> io::Result<PathBuf> {
    for n in 1..MAX_NAMES {
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
        // A hard link is refused where a file exists; a rename would overwrite it.
        match std::fs::hard_link(path, &to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            done => done?,
        }
        let wal = beside(path, "-wal");
        if wal.exists() {
            std::fs::rename(wal, beside(&to, "-wal"))?;
        }
        // The seals that it names are in the file that is moved.
        let _ = std::fs::rename(beside(path, HEAD_ENDING), beside(&to, HEAD_ENDING));
        // Only an index of the log; SQLite creates it again.
        let _ = std::fs::remove_file(beside(path, "-shm"));
        std::fs::remove_file(path)?;
        return Ok(to);
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "all 9999 names for damaged journals are in use; delete or move some of these files",
    ))
}

/// The path of a file beside the database: its whole name with this ending added.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarantine_takes_the_first_free_name_and_overwrites_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for expected in ["j.damaged-1.sqlite", "j.damaged-3.sqlite"] {
            std::fs::write(at("j.damaged-2.sqlite"), "another file").unwrap();
            std::fs::write(at("j.sqlite"), expected).unwrap();
            std::fs::write(at("j.sqlite-wal"), "log").unwrap();
            assert_eq!(quarantine(&at("j.sqlite")).unwrap(), at(expected));
            assert_eq!(std::fs::read_to_string(at(expected)).unwrap(), expected);
            assert_eq!(std::fs::read_to_string(at(&format!("{expected}-wal"))).unwrap(), "log");
            assert!(!at("j.sqlite").exists() && !at("j.sqlite-wal").exists());
        }
        assert_eq!(std::fs::read_to_string(at("j.damaged-2.sqlite")).unwrap(), "another file");
    }
}
