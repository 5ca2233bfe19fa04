//! The clock of the dashboard.

use std::time::{Duration, Instant};

/// Time since the dashboard was opened. It is the wall clock's, whatever the time on the bus is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

#[allow(clippy::disallowed_methods, reason = "an edge: the dashboard runs on the wall clock")]
impl Clock {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn now(self) -> Duration {
        self.0.elapsed()
    }
}
