//! Map and charts of a session that goes on, from the rows of its journal.

use super::book::ChartBook;
use super::second::ChartSecond;
use grainloss_core::harvest::PanEntry;
use grainloss_journal::{Journal, JournalError, StoredAlarm};

/// What the session's rows show so far; `pans` are those that were judged. Rows are read one by one.
///
/// # Errors
/// When the journal cannot be read.
pub fn charts_so_far(journal: &Journal, session: i64, pans: &[PanEntry]) -> Result<ChartBook, JournalError> {
    let mut book = ChartBook::default();
    for entry in pans {
        book.mark(entry.pan.t_us);
    }
    for alarm in journal.all::<StoredAlarm>(session)? {
        book.raised(alarm.raised_us, &alarm.alarm, alarm.level.unwrap_or(0), alarm.stream.as_deref());
    }
    let done = journal.each_row(session, |second| {
        book.second(&ChartSecond::from(second));
        Ok::<(), std::convert::Infallible>(())
    })?;
    match done {
        Ok(()) => Ok(book),
        Err(never) => match never {},
    }
}
