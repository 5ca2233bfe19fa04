//! A package on the disk: a folder of plain files, or one tar file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::cli::said::Said as _;
use grainloss_fitting::package::{FILES, Files, PackageError, from_tar, longest, to_tar};

/// The longest tar file: every file as long as it may be, and their heads.
fn longest_tar() -> u64 {
    FILES.iter().map(|(_, most)| *most as u64 + 1024).sum::<u64>() + 1024
}

fn is_tar(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "tar")
}

fn named(path: &Path, error: &io::Error) -> String {
    format!("{}: {}", path.display(), error.said())
}

/// Refuses a place where something is already.
pub(super) fn must_be_new(path: &Path) -> Result<(), String> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(format!("--out {}: there is something already; name a new file or folder", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(named(path, &error)),
    }
}

/// Writes a package to a new place.
pub(super) fn write(path: &Path, files: &Files) -> Result<(), String> {
    let new = |path: &Path, bytes: &[u8]| {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all())).map_err(|e| named(path, &e))
    };
    if is_tar(path) {
        return new(path, &to_tar(files));
    }
    fs::create_dir(path).map_err(|error| named(path, &error))?;
    files.iter().try_for_each(|(name, bytes)| new(&path.join(name), bytes))
}

/// Reads a package: the outer error is the disk's, the inner one the package's.
pub(super) fn read(path: &Path) -> Result<Result<Files, PackageError>, String> {
    // The user's own name may be a link; nothing in the package may.
    let path = &fs::canonicalize(path).map_err(|error| named(path, &error))?;
    let found = fs::metadata(path).map_err(|error| named(path, &error))?;
    if !found.is_dir() {
        let bytes = plain_file(path, longest_tar())?;
        return Ok(bytes.map_or_else(
            || Err(PackageError::TooLong { file: "tar".to_owned(), most: longest_tar() as usize }),
            |bytes| from_tar(&bytes),
        ));
    }
    let mut files = Files::new();
    for entry in fs::read_dir(path).map_err(|error| named(path, &error))? {
        let entry = entry.map_err(|error| named(path, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        let Some(most) = longest(&name).filter(|_| is_plain) else { return Ok(Err(PackageError::Foreign(name))) };
        let Some(bytes) = plain_file(&entry.path(), most as u64)? else {
            return Ok(Err(PackageError::TooLong { file: name, most }));
        };
        files.insert(name, bytes);
    }
    Ok(Ok(files))
}

/// The bytes of a plain file; never through a link. `None` when it is too long.
fn plain_file(path: &Path, most: u64) -> Result<Option<Vec<u8>>, String> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file: File = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)
        .map_err(|error| named(path, &error))?;
    let found = file.metadata().map_err(|error| named(path, &error))?;
    if !found.is_file() {
        return Err(format!("{}: no plain file; expected a package as folder or .tar file", path.display()));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| named(path, &error))?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
