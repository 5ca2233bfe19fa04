//! Frames as a log of another program: Vector ASC and BLF. (candump: [`write_frame`](crate::candump::write_frame).)
//!
//! Layouts as python-can 4.6 and Vector's programs read them. Times count from the first frame's, cut to milliseconds, which is
//! as fine as both formats date a log; a frame that is earlier gets that time, and is counted. Interfaces are channels in the
//! order in which their first frame came, from 1.

mod asc;
mod blf;

pub use asc::AscWriter;
pub use blf::BlfWriter;

/// When a log began, and the frames that came before that.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    start_us: Option<i64>,
    early: u64,
}

impl Start {
    /// Microseconds since the first frame, which begins the log.
    fn since_us(&mut self, t_us: i64) -> u64 {
        let start_us = *self.start_us.get_or_insert(t_us.div_euclid(1000) * 1000);
        self.early += u64::from(t_us < start_us);
        u64::try_from(t_us.saturating_sub(start_us)).unwrap_or(0)
    }
}
