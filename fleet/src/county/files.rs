//! The files that a made-up county is written to.

use std::path::Path;

use super::Written;
use super::rows::Rows;
use crate::error::StoreError;
use crate::schema;

/// The files of a day, one of each partitioned table.
pub(super) struct Files {
    pub(super) seconds: Rows,
    pub(super) sessions: Rows,
    pub(super) drivers: Rows,
    pub(super) habits: Rows,
    pub(super) events: Rows,
    pub(super) pans: Rows,
    pub(super) points: Rows,
    pub(super) calibrations: Rows,
    pub(super) findings: Rows,
}

impl Files {
    pub(super) fn new(store: &Path, partition: &str) -> Self {
        let rows = |table| Rows::new(store, table, partition);
        Self {
            seconds: rows(&schema::SECONDS),
            sessions: rows(&schema::SESSIONS),
            drivers: rows(&schema::DRIVERS),
            habits: rows(&schema::HABITS),
            events: rows(&schema::EVENTS),
            pans: rows(&schema::PANS),
            points: rows(&schema::POINTS),
            calibrations: rows(&schema::CALIBRATIONS),
            findings: rows(&schema::FINDINGS),
        }
    }

    pub(super) fn finish(self) -> Result<Written, StoreError> {
        let mut written = Written { seconds: self.seconds.written, ..Written::default() };
        let small = [
            self.sessions,
            self.drivers,
            self.habits,
            self.events,
            self.pans,
            self.points,
            self.calibrations,
            self.findings,
        ];
        for rows in [self.seconds].into_iter().chain(small) {
            written.add_file(rows.finish()?);
        }
        Ok(written)
    }
}
