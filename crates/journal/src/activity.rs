//! The machine's activity, stored where it changes.

use grainloss_core::harvest::Activity;
use grainloss_core::record::SecondRow;

use super::entry::Entry;

const SECOND_US: i64 = 1_000_000;

/// Notes the activity of second after second.
#[derive(Debug, Default)]
pub(super) struct ActivityChanges {
    /// The newest second's end, µs of bus time, and the activity in it; `None` before the first.
    newest: Option<(i64, Option<&'static str>)>,
}

impl ActivityChanges {
    /// The newest second's end, µs of bus time; `None` before the first.
    pub fn newest_us(&self) -> Option<i64> {
        self.newest.map(|(t_us, _)| t_us)
    }

    /// The changes that a second brings: to unknown at the end of the second before, if seconds are missing between, and
    /// to its own activity.
    pub fn second(&mut self, row: &SecondRow) -> [Option<Entry>; 2] {
        let state = row.doing.activity.map(Activity::word);
        let (from_us, to_us) = (row.t_us - SECOND_US, row.t_us);
        match self.newest.replace((to_us, state)) {
            Some((before_us, before)) if before_us == from_us && before == state => [None, None],
            Some((before_us, before)) if before_us < from_us => {
                [before.map(|_| Entry::Activity(before_us, None)), Some(Entry::Activity(from_us, state))]
            }
            _ => [None, Some(Entry::Activity(from_us, state))],
        }
    }
}
