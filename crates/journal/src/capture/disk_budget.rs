//! Room for captures: the oldest of exported sessions go first, others never.

use std::path::PathBuf;

use crate::{Captures, JournalError, capture_path};

pub(super) struct Room {
    pub journal: PathBuf,
    /// Bytes for all captures of the journal.
    pub budget: u64,
    /// The session that is being captured.
    pub session: i64,
}

impl Room {
    /// True when the budget has room beside `mine` bytes of the session's own, after making some where that is needed.
    pub fn is_there(&self, mine: u64) -> Result<bool, JournalError> {
        let captures = Captures::of(&self.journal)?;
        let mut others = Vec::new();
        for (session, file, may_go) in captures.kept()?.into_iter().filter(|(session, ..)| *session != self.session) {
            let Some(path) = capture_path(&self.journal, &file) else { continue };
            let bytes = std::fs::metadata(&path).map_or(0, |found| found.len());
            others.push((session, path, may_go, bytes));
        }
        let mut taken = mine + others.iter().map(|(.., bytes)| bytes).sum::<u64>();
        for (session, path, may_go, bytes) in others {
            if taken < self.budget {
                return Ok(true);
            }
            if may_go && (bytes == 0 || std::fs::remove_file(&path).is_ok()) {
                captures.pruned(session)?;
                tracing::info!("{}: removed to make room", path.display());
                taken -= bytes;
            }
        }
        Ok(taken < self.budget)
    }
}
