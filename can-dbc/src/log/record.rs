//! What a line or a record of a log was, and where the frame that it held is put: shared by the readers of all formats.

use super::counts::{LogCounts, LogProblem, Place};
use super::interfaces::Interfaces;
use crate::frame::{CanId, FdFlags, Frame};

/// 2100-01-01 UTC. A later time is damage; taken as it is, it would shift every time after it.
pub(crate) const YEAR_2100_US: i64 = 4_102_444_800_000_000;

/// Where a line or a record puts its frame.
#[derive(Debug)]
pub(crate) struct Out {
    pub frame: Frame,
    pub interfaces: Interfaces,
}

impl Out {
    /// Puts a data frame as a log has it; a time that no recorder can have seen is refused.
    #[inline]
    pub fn put(
        &mut self,
        t_us: i64,
        (id, fd): (CanId, Option<FdFlags>),
        interface: u8,
        payload: &[u8],
    ) -> Result<Kind, LogProblem> {
        if !(0..YEAR_2100_US).contains(&t_us) {
            return Err(LogProblem::TimeRange);
        }
        let put = self.frame.set(t_us, id, interface, fd, payload);
        put.map(|()| Kind::Frame).ok_or(LogProblem::Expected("at most 64 bytes of data"))
    }
}

/// What a line or a record was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A data frame: it is in [`Out`] now.
    Frame,
    /// A remote request.
    Remote,
    /// An error frame.
    BusError,
    /// The recorder lost frames.
    Dropped(u64),
    /// A header, a comment, an event: nothing that was on the bus.
    Nothing,
}

/// Counts what is no frame; true for a frame.
pub(crate) fn count(counts: &mut LogCounts, place: Place, found: Result<Kind, LogProblem>) -> bool {
    match found {
        Ok(Kind::Frame) => {
            counts.frames += 1;
            return true;
        }
        Ok(Kind::Remote) => counts.remote += 1,
        Ok(Kind::BusError) => counts.bus_errors += 1,
        Ok(Kind::Dropped(frames)) => counts.dropped = counts.dropped.saturating_add(frames),
        Ok(Kind::Nothing) => {}
        Err(problem) => counts.bad(place, problem),
    }
    false
}
