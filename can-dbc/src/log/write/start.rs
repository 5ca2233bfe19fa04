//! When a log that is written began.

/// When a log began, and the frames that came before that.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    pub start_us: Option<i64>,
    pub early: u64,
}

impl Start {
    /// Microseconds since the first frame, which begins the log.
    pub fn since_us(&mut self, t_us: i64) -> u64 {
        let start_us = *self.start_us.get_or_insert(t_us.div_euclid(1000) * 1000);
        self.early += u64::from(t_us < start_us);
        u64::try_from(t_us.saturating_sub(start_us)).unwrap_or(0)
    }
}
