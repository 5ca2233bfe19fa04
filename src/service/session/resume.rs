//! Which session is resumed at a start.

use std::path::Path;

use grainloss_journal::{Journal, JournalError, Session, SessionStart};

/// A session ends with a whole second, which may lie a little ahead of the clock, µs.
const AHEAD_US: i64 = 2_000_000;

/// The newest session, if it was interrupted by a crash or a restart less than `within_us` ago, on the machine, crop,
/// field and source of `start`; `None` when a new one is to begin.
pub(super) fn interrupted(journal: &Path, start: &SessionStart, within_us: i64) -> Option<Session> {
    if !journal.exists() {
        return None;
    }
    // A journal that cannot be read is no obstacle: it is moved aside when the new session begins.
    let sessions = Journal::open(journal).and_then(|journal| journal.sessions());
    let newest = match sessions {
        // A revision is made later and goes on with nothing.
        Ok(all) => all.into_iter().rfind(|session| session.revision_of.is_none()),
        // A file without anything in it: it becomes a journal now.
        Err(JournalError::Missing(_)) => None,
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    };
    newest.filter(|session| {
        matches!(session.end_reason.as_deref(), None | Some("stopped" | "input failed"))
            && session.machine == start.machine
            && session.crop == start.crop
            && session.entered.field == start.entered.field
            && session.source == start.source
            && session.last_us.is_some_and(|last_us| (-AHEAD_US..within_us).contains(&(start.started_us - last_us)))
    })
}
