//! How far a long run is, on a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Short runs are over before anybody asks.
const FIRST_AFTER: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_millis(500);

/// A line on standard error that is written over and over; nothing when that is no terminal.
pub(super) struct Progress {
    shown: Option<Shown>,
    seconds: u64,
    done: u64,
}

struct Shown {
    began: Instant,
    next: Instant,
    is_there: bool,
}

impl Progress {
    /// Progress of a harvest of this length, s; `u64::MAX` is one without end.
    #[allow(clippy::disallowed_methods, reason = "an edge: people wait by the wall clock")]
    pub fn new(seconds: u64) -> Self {
        let shown = std::io::stderr().is_terminal().then(|| {
            let began = Instant::now();
            Shown { began, next: began + FIRST_AFTER, is_there: false }
        });
        Self { shown, seconds, done: 0 }
    }

    /// Another second of harvest is done.
    #[allow(clippy::disallowed_methods, reason = "an edge: people wait by the wall clock")]
    pub fn second(&mut self) {
        self.done += 1;
        let Some(shown) = &mut self.shown else { return };
        let now = Instant::now();
        if now < shown.next {
            return;
        }
        (shown.next, shown.is_there) = (now + EVERY, true);
        let times = self.done as f64 / (now - shown.began).as_secs_f64();
        let of = if self.seconds == u64::MAX { String::new() } else { format!(" / {}", clock(self.seconds)) };
        // A terminal that has gone is no error.
        let _ = write!(std::io::stderr(), "\r{}{of}  × {times:.0} \x1b[K", clock(self.done));
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.shown.as_ref().is_some_and(|shown| shown.is_there) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Hours, minutes, seconds.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_not_cut_off() {
        assert_eq!(clock(3_725), "1:02:05");
        assert_eq!(clock(360_000), "100:00:00");
    }
}
