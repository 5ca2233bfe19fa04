//! The disk budget of all captures: files of exported sessions are deleted, oldest first, others never.

use std::path::PathBuf;

use crate::{Captures, JournalError, capture_path};

/// The disk budget that the captures of a journal share.
pub(super) struct DiskBudget {
    /// The journal.
    pub journal: PathBuf,
    /// Bytes for all captures of the journal.
    pub budget_bytes: u64,
    /// The session that is being captured.
    pub session: i64,
}

impl DiskBudget {
    /// True when the budget has room beside `own_bytes` of this session. Deletes files of exported sessions where needed.
    pub fn has_room(&self, own_bytes: u64) -> Result<bool, JournalError> {
        let captures = Captures::open(&self.journal)?;
        let mut others = Vec::new();
        for capture in captures.present()?.into_iter().filter(|capture| capture.session != self.session) {
            let Some(path) = capture_path(&self.journal, &capture.file) else { continue };
            let bytes = std::fs::metadata(&path).map_or(0, |found| found.len());
            others.push((capture, path, bytes));
        }
        let mut taken = own_bytes + others.iter().map(|(.., bytes)| bytes).sum::<u64>();
        for (capture, path, bytes) in others {
            if taken < self.budget_bytes {
                return Ok(true);
            }
            if capture.exported && (bytes == 0 || std::fs::remove_file(&path).is_ok()) {
                captures.set_pruned(capture.session)?;
                tracing::info!("{}: deleted to free disk space", path.display());
                taken -= bytes;
            }
        }
        Ok(taken < self.budget_bytes)
    }
}
