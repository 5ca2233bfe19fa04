//! The price of habits while the session runs: watches its seconds, and keeps a book for everyone who drives.

use grainloss_core::habits::{DriverBooks, HabitChange, HabitLimits, HabitPrice, HabitWatch, SessionLoss, WorkSecond};
use grainloss_core::harvest::Totals;
use grainloss_core::record::{EventRecord, SecondRow};
use grainloss_protocol::snapshot::SessionInfo;

/// Habits of the session that runs.
#[derive(Debug)]
pub(super) struct Habits {
    watch: HabitWatch,
    books: DriverBooks,
    /// The journal has been told that habits are watched.
    is_noted: bool,
}

impl Habits {
    /// Of a session that begins, or goes on with these books.
    pub fn new(session: &SessionInfo, books: Option<DriverBooks>) -> Self {
        let rated_feed_kg_s = Some(session.measures.rated_feed_kg_s);
        let stubble_m = session.limit.as_ref().and_then(|limit| limit.stubble_m);
        Self {
            watch: HabitWatch::new(HabitLimits { rated_feed_kg_s, stubble_m }),
            books: books.unwrap_or_else(|| DriverBooks::new(session.operator.clone())),
            is_noted: false,
        }
    }

    /// Books a second; hands over what began or ended with it, for the journal.
    pub fn second(&mut self, row: &SecondRow, mut put: impl FnMut(EventRecord)) {
        if !std::mem::replace(&mut self.is_noted, true) {
            put(EventRecord::new(row.t_us, "habits", "watched"));
        }
        self.watch.second(row, |HabitChange { habit, began }| {
            put(EventRecord::new(row.t_us, if began { "habit" } else { "habit-over" }, habit.word()));
        });
        self.books.second(&WorkSecond::of(row), self.watch.active());
    }

    /// This operator drives from now on.
    pub fn drives(&mut self, operator: &str) {
        self.books.drives(Some(operator));
    }

    /// What the habits of who drives now have cost.
    pub fn prices(&self, totals: &Totals) -> Vec<HabitPrice> {
        self.books.current(SessionLoss { header_kg: totals.header_loss_kg(), rear_kg: totals.rear_loss_kg() })
    }
}
