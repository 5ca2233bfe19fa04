//! Closing a session's records.

use std::sync::Arc;

use grainloss_journal::Writer;
use grainloss_journal::capture::{Capture, Captured};

/// What did not reach the disk.
#[derive(Debug, Default)]
pub struct Losses {
    /// Records that the journal lost, and why; `None` when it is complete.
    pub journal: Option<(u64, Option<String>)>,
    /// What became of the capture; `None` when none was kept.
    pub capture: Option<Captured>,
}

impl Losses {
    /// These and those of a later session.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let journal = [self.journal, later.journal].into_iter().flatten();
        let capture = [self.capture, later.capture].into_iter().flatten();
        Self {
            journal: journal.reduce(|one, other| (one.0 + other.0, one.1.or(other.1))),
            capture: capture.reduce(|one, other| Captured {
                frames: one.frames + other.frames,
                lost: one.lost + other.lost,
                error: one.error.or(other.error),
            }),
        }
    }
}

/// Closes a session's records: the capture first, since the journal signs its hash.
pub fn close_records(journal: Option<Writer>, capture: Option<Capture>, reason: &'static str) -> Losses {
    let capture = capture.map(Capture::finish);
    let journal = journal.and_then(|journal| {
        let health = Arc::clone(journal.health());
        journal.finish(reason);
        (health.lost() > 0).then(|| (health.lost(), health.last_error()))
    });
    Losses { journal, capture }
}
