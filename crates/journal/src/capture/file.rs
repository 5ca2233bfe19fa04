//! One capture file: zstd frames one after the other, each complete and synced to the disk before the next.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::open::FileId;
use grainloss_core::data_file;

/// zstd level: fast enough for a full bus on a small computer (assumed).
const LEVEL: i32 = 3;

/// A capture file that is being written.
pub(super) struct CaptureFile {
    pub path: PathBuf,
    file: File,
    bytes: u64,
    hash: Sha256,
}

/// The folder of a journal's captures: `journal-raw` beside `journal.sqlite`.
pub(crate) fn folder(journal: &Path) -> PathBuf {
    let mut name = journal.file_stem().unwrap_or_default().to_owned();
    name.push("-raw");
    journal.with_file_name(name)
}

/// The file's path relative to the journal's folder.
pub(super) fn relative(journal: &Path, file: &Path) -> String {
    let folder = journal.parent().unwrap_or(Path::new(""));
    file.strip_prefix(folder).unwrap_or(file).display().to_string()
}

impl CaptureFile {
    /// Creates a file for the session under a name that is free: an existing file, perhaps of another journal, stays.
    pub fn create(folder: &Path, session: i64) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o750).create(folder)?;
        let mut nth = 1;
        loop {
            let ending = if nth == 1 { String::new() } else { format!("-{nth}") };
            let path = folder.join(format!("session-{session:06}{ending}.log.zst"));
            match OpenOptions::new().write(true).create_new(true).mode(0o640).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && nth < 10_000 => nth += 1,
                opened => {
                    let mut created = Self { file: opened?, path, bytes: 0, hash: Sha256::new() };
                    // A file without any zstd frame would be taken for a broken one.
                    return match created.append(&[]) {
                        Ok(()) => Ok(created),
                        Err(error) => {
                            let _ = std::fs::remove_file(&created.path);
                            Err(error)
                        }
                    };
                }
            }
        }
    }

    /// Opens an existing file to continue it: an incomplete zstd frame at its end is cut off. Also returns the number of
    /// lines in it.
    pub fn reopen(path: PathBuf) -> io::Result<(Self, u64)> {
        let bytes = std::fs::read(&path)?;
        let (mut whole, mut lines) = (0, 0);
        while let Some(packed) = bytes.get(whole..).filter(|rest| !rest.is_empty()) {
            let Ok(length) = zstd::zstd_safe::find_frame_compressed_size(packed) else { break };
            let Ok(text) = zstd::stream::decode_all(&packed[..length]) else { break };
            lines += text.split_inclusive(|byte| *byte == b'\n').count() as u64;
            whole += length;
        }
        let file = OpenOptions::new().write(true).open(&path)?;
        file.set_len(whole as u64)?;
        let mut hash = Sha256::new();
        hash.update(&bytes[..whole]);
        Ok((Self { path, file, bytes: whole as u64, hash }, lines))
    }

    /// True when the path does not lead to this file any more. What cannot be seen has not moved.
    pub fn has_moved(&self) -> bool {
        let Ok(ours) = self.file.metadata() else { return false };
        match std::fs::metadata(&self.path) {
            Ok(found) => FileId::new(&found) != FileId::new(&ours),
            Err(error) => matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        }
    }

    /// Size of the complete zstd frames, bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends text as one zstd frame. After a failure the next attempt writes to the same place.
    pub fn append(&mut self, text: &[u8]) -> io::Result<()> {
        let packed = zstd::bulk::compress(text, LEVEL)?;
        self.file.write_all_at(&packed, self.bytes)?;
        self.file.sync_data()?;
        self.hash.update(&packed);
        self.bytes += packed.len() as u64;
        Ok(())
    }

    /// Cuts off the remains of a failed attempt; returns size in bytes and SHA-256.
    pub fn close(&mut self) -> io::Result<(u64, String)> {
        self.file.set_len(self.bytes)?;
        self.file.sync_all()?;
        Ok((self.bytes, data_file::hex(&self.hash.clone().finalize())))
    }
}
