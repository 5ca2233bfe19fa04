//! Fusion records: which of them are stored, and reading them for one moment of a session.

use rusqlite::{Row, params};
use serde::Serialize;

use super::error::JournalError;
use super::reader::Journal;
use grainloss_core::harvest::{Fusion, FusionOutcome, Measurement, NotFusedReason};
use grainloss_core::record::SecondRow;

const SECOND_US: i64 = 1_000_000;
/// A record that only repeats the one before is stored once in this time, µs (our choice: a minute of the proof).
const REPEAT_US: i64 = 60 * SECOND_US;

/// Chooses the records to store: every update; a measurement that was not fused when its reason changes, and once a minute.
/// A window that is still being gathered after an update is no change: only the update is stored.
#[derive(Clone, Debug, Default)]
pub(super) struct FusionSelection {
    /// The newest stored record of each measurement with the end of its second, µs.
    stored: [Option<(i64, FusionOutcome)>; Measurement::ALL.len()],
}

impl FusionSelection {
    /// Leaves in a second only the records that are to be stored with it.
    pub fn select(&mut self, row: &mut SecondRow) {
        let t_us = row.t_us;
        row.fusions.retain(|fusion| fusion.t_us > t_us - SECOND_US && self.is_due(t_us, fusion));
    }

    fn is_due(&mut self, t_us: i64, fusion: &Fusion) -> bool {
        let gathering = fusion.outcome == FusionOutcome::NotFused(NotFusedReason::WindowNotFull);
        let stored = &mut self.stored[fusion.measurement as usize];
        let repeats = stored.is_some_and(|(stored_us, outcome)| {
            let same = outcome == fusion.outcome || gathering && outcome.is_update();
            same && (0..REPEAT_US).contains(&(t_us - stored_us))
        });
        let due = fusion.outcome.is_update() || !repeats;
        if due {
            *stored = Some((t_us, fusion.outcome));
        }
        due
    }
}

/// A fusion record as it is stored: what a measurement contributed to the estimate in a second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredFusion {
    /// The end of the second, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// Which measurement: the word of a [`Measurement`].
    pub measurement: String,
    /// Natural logarithm of measured over expected; `None` when nothing was compared.
    pub innovation: Option<f64>,
    /// The variance that was expected of the innovation; `None` when nothing was compared.
    pub variance: Option<f64>,
    /// Innovation squared over variance: 1 on average; `None` when nothing was compared.
    pub test_ratio: Option<f64>,
    /// `fused`, `discounted` or `not-fused`.
    pub outcome: String,
    /// Why it was discounted or not fused; `None` when it was fused.
    pub reason: Option<String>,
}

impl Journal {
    /// The newest record of each measurement at this moment of a session: of plates and loss indices within `window_us`
    /// before it, of drop pans since the session's start. In the order of the measurements' names.
    ///
    /// # Errors
    /// [`JournalError::Sqlite`] when the file cannot be read.
    pub fn fusions_at(&self, session: i64, t_us: i64, window_us: i64) -> Result<Vec<StoredFusion>, JournalError> {
        // SQLite takes the other columns from the row that has the maximum.
        let sql = "SELECT max(t_us), measurement, innovation, variance, test_ratio, outcome, reason FROM fusion \
                   WHERE session = ?1 AND t_us <= ?2 AND (t_us > ?3 OR measurement LIKE '%-pan') GROUP BY measurement";
        let fusion = |row: &Row<'_>| {
            Ok(StoredFusion {
                t_us: row.get(0)?,
                measurement: row.get(1)?,
                innovation: row.get(2)?,
                variance: row.get(3)?,
                test_ratio: row.get(4)?,
                outcome: row.get(5)?,
                reason: row.get(6)?,
            })
        };
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![session, t_us, t_us.saturating_sub(window_us)], fusion)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.sqlite_error(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_stored_when_its_reason_changes_and_once_a_minute() {
        let refused = |why| FusionOutcome::NotFused(why);
        let (gathering, feed) = (refused(NotFusedReason::WindowNotFull), refused(NotFusedReason::FeedUnknown));
        let mut selection = FusionSelection::default();
        let mut due = |t_s: i64, outcome| {
            let t_us = t_s * SECOND_US;
            let measurement = Measurement::CleaningPlates;
            selection.is_due(t_us, &Fusion { measurement, t_us, innovation: None, outcome })
        };
        assert!(due(1, feed) && !due(2, feed) && !due(60, feed) && due(61, feed));
        assert!(due(62, gathering) && !due(63, gathering), "another reason");
        assert!(due(64, FusionOutcome::Fused) && due(65, FusionOutcome::Fused), "every update");
        assert!(!due(66, gathering) && due(67, feed) && due(68, gathering));
        // A clock that was set back: stored, although the record before has a later time.
        assert!(due(10, gathering));
    }
}
