//! Reading files that somebody named: a slip such as `/dev/zero` must not fill the memory of a small computer.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Longest text file that is read, bytes: profiles, knowledge, crop conditions, pans, scenarios, keys (our choice; the largest
/// that come with the program have 30 kB).
pub const LONGEST_TEXT: u64 = 4 << 20;
/// Longest DBC file that is read, bytes (our choice: 100,000 signals are 8 MB).
pub const LONGEST_DBC: u64 = 64 << 20;
/// Longest report that is verified, bytes (our choice: a day of seconds as CSV is 50 MB).
pub const LONGEST_REPORT: u64 = 256 << 20;

/// The content of a file of at most `most` bytes. A longer regular file is refused by its length, before anything of it is
/// read; of a pipe or a device no more than `most` bytes are read.
///
/// # Errors
/// When the file cannot be read, or is longer: then the error says so, and what to do. It does not name the file.
pub fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let found = file.metadata()?;
    if found.is_file() && found.len() > most {
        return Err(too_long(most));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_long(most)) } else { Ok(bytes) }
}

/// The same for UTF-8 text.
///
/// # Errors
/// As [`read_bounded`], and when the file is not UTF-8.
pub fn read_text_bounded(path: &Path, most: u64) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text; save it as UTF-8");
    String::from_utf8(read_bounded(path, most)?).map_err(not_text)
}

fn too_long(most: u64) -> io::Error {
    let limit = if most >= 1 << 20 { format!("{} MB", most >> 20) } else { format!("{} kB", most >> 10) };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("longer than {limit}, the most that is read of such a file; name the file that you mean"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_a_device_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, vec![b'x'; 1024]).unwrap();
        assert_eq!(read_bounded(&path, 1024).unwrap().len(), 1024);
        let error = read_bounded(&path, 1023).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let error = read_bounded(Path::new("/dev/zero"), 2048).unwrap_err().to_string();
        assert!(error.starts_with("longer than 2 kB"), "{error}");
        assert_eq!(read_bounded(Path::new("/dev/null"), 2048).unwrap(), b"");
        std::fs::write(&path, [0xFF]).unwrap();
        assert_eq!(read_text_bounded(&path, 10).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
