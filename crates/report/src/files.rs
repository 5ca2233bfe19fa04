//! Writes files completely or not at all, readable by owner and group only, and never outside the intended folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Readable by owner and group: reports contain names and places.
const MODE: u32 = 0o640;

/// Writes a temporary file in the same folder and renames it to `path` once it is complete and on the disk. What exists
/// and is not a regular file (a pipe, a device) is written directly.
///
/// # Errors
///
/// `path` is a folder, the file cannot be written, or `write` returns an error; the file that was there then stays.
pub fn write_whole<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<(), E> {
    let found = fs::metadata(path);
    if found.as_ref().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let mut out = io::BufWriter::new(OpenOptions::new().write(true).open(path)?);
        write(&mut out)?;
        return Ok(out.flush()?);
    }
    if found.is_ok_and(|found| found.is_dir()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    let (part, file) = create_temporary(path)?;
    let mut out = io::BufWriter::new(file);
    let written = write(&mut out).and_then(|()| {
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        // The new name is also on the disk where the file system can synchronise a folder.
        if let Ok(folder) = File::open(folder_of(path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    });
    if written.is_err() {
        // An incomplete file is useless.
        let _ = fs::remove_file(&part);
    }
    written
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates the temporary file for `path`.
fn create_temporary(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let folder = folder_of(path);
    let mut n = 0;
    loop {
        let part = folder.join(format!(".{name}.{}-{n}.part", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(MODE).open(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n < 1000 => n += 1,
            opened => return Ok((part, opened?)),
        }
    }
}

/// A file name from any text: letters, digits and `-_.`, at most 80 bytes, never hidden and never a path.
pub fn plain_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
        if name.len() + c.len_utf8() > 80 {
            break;
        }
        name.push(c);
    }
    let name = name.trim_start_matches('.').to_owned();
    if name.is_empty() { "_".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.csv");
        write_whole(&path, |out| out.write_all(b"first")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let failed = write_whole(&path, |out| {
            out.write_all(b"sec")?;
            Err(io::Error::other("disk full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "disk full");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_symbolic_link_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("r.csv"));
        fs::write(&target, "untouched").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_whole(&link, |out| out.write_all(b"report")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"untouched");
        assert_eq!(fs::read(&link).unwrap(), b"report");
    }

    #[test]
    fn plain_names_are_never_paths_and_never_hidden() {
        for (text, name) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "_"),
            ("/etc/x", "_etc_x"),
            ("a\0b\nc", "a_b_c"),
            ("王家 3号地", "王家_3号地"),
            ("", "_"),
        ] {
            assert_eq!(plain_name(text), name, "{text:?}");
        }
    }
}
