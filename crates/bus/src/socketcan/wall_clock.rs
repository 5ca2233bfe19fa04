//! From the kernel's stamps to a time that never jumps.
//!
//! The kernel dates frames by its wall clock (`CLOCK_REALTIME`), which the operator, NTP or a GNSS receiver may set at any
//! moment. The source's own time begins with the wall clock when it is opened and is carried on by the monotonic clock.
//! How far the wall clock is ahead of it is looked up before every batch: a frame's time is its stamp less that lead.
//! Where the lead changes slowly, the clock is being slewed, and it is followed. Where it jumps, the clock was set: frames
//! stamped before are dated with the lead of before, frames stamped after with the new one, and the jump is reported.
//!
//! Two clocks cannot be read at the same moment, and every interface has a thread that reads them for itself. So that
//! frames of two interfaces keep the order of their stamps, all begin with the same lead, and leave it alone as long as
//! what they read differs by no more than two readings do anyway.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A lead that changes by more than this between two looks was set; less is slewing (at most 0.5 ms a second) or the
/// scheduler between the readings of two clocks.
const SET_US: i64 = 10_000;
/// Two clocks are read together when no more than this passed meanwhile; the lead is known no better.
const TOGETHER_US: i64 = 200;
/// What the lead may be wrong by: no frame that is still to come is older than the time of asking less this.
pub(super) const MARGIN_US: i64 = 1000;

/// Where the source's time begins. All threads of a source share one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    began: Instant,
    began_us: i64,
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(super) struct Look {
    /// The source's time.
    pub now_us: i64,
    /// How far the wall clock is ahead of it.
    pub lead_us: i64,
    /// What that may be wrong by: so long apart the clocks were read.
    pub doubt_us: i64,
}

impl Start {
    #[allow(clippy::disallowed_methods, reason = "an edge: live frames are dated here")]
    pub fn now() -> Self {
        Self { began: Instant::now(), began_us: wall_us() }
    }

    /// The source's time.
    pub fn now_us(&self) -> i64 {
        self.began_us + self.began.elapsed().as_micros() as i64
    }

    /// Reads both clocks; a few times, should the scheduler come between.
    pub fn look(&self) -> Look {
        let mut look = self.look_once();
        for _ in 0..3 {
            if look.doubt_us <= TOGETHER_US {
                break;
            }
            let again = self.look_once();
            if again.doubt_us < look.doubt_us {
                look = again;
            }
        }
        look
    }

    fn look_once(&self) -> Look {
        let before_us = self.now_us();
        let wall_us = wall_us();
        let now_us = self.now_us();
        let doubt_us = now_us - before_us;
        Look { now_us, lead_us: wall_us - (before_us + doubt_us / 2), doubt_us }
    }
}

#[allow(clippy::disallowed_methods, reason = "an edge: live frames are dated here")]
fn wall_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as i64
}

/// The lead, followed.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(super) struct WallClock {
    lead_us: i64,
    /// The lead before the clock was last set.
    before_us: i64,
    /// When the newest frame came: time never runs backward.
    newest_us: i64,
}

impl WallClock {
    /// The clock at the [`Start`].
    pub const fn new() -> Self {
        Self { lead_us: 0, before_us: 0, newest_us: i64::MIN }
    }

    /// Takes a look in; by how much the clock was set since the last one, if it was.
    pub fn follow(&mut self, look: Look) -> Option<i64> {
        let by_us = look.lead_us - self.lead_us;
        if by_us.abs() > SET_US + look.doubt_us {
            (self.before_us, self.lead_us) = (self.lead_us, look.lead_us);
            return Some(by_us);
        }
        let known_to_us = TOGETHER_US + look.doubt_us;
        self.lead_us += by_us - by_us.clamp(-known_to_us, known_to_us);
        None
    }

    /// The source's time of a frame with this stamp, received not later than `now_us`. Without a stamp that makes sense
    /// it is `now_us`; never is it before the frame before.
    pub fn date(&mut self, stamp_us: Option<i64>, now_us: i64) -> i64 {
        let sense = self.newest_us.saturating_sub(SET_US)..=now_us.saturating_add(SET_US);
        let by = |lead_us: i64| Some(stamp_us? - lead_us).filter(|t_us| sense.contains(t_us));
        let found = by(self.lead_us).or_else(|| by(self.before_us));
        self.newest_us = found.unwrap_or(now_us).max(self.newest_us);
        self.newest_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000;
    const HOUR: i64 = 3600 * S;

    fn look(now_us: i64, lead_us: i64) -> Look {
        Look { now_us, lead_us, doubt_us: 0 }
    }

    #[test]
    fn frames_are_dated_by_their_stamps_not_by_when_they_are_fetched() {
        let mut clock = WallClock::new();
        // A lead of less than two readings differ by is none.
        assert_eq!(clock.follow(look(S, 150)), None);
        assert_eq!(clock.follow(look(S, -150)), None);
        // Nor is one that was read while the scheduler came between, however large.
        assert_eq!(clock.follow(Look { now_us: S, lead_us: 5_000, doubt_us: 5_000 }), None);
        assert_eq!(clock.follow(Look { now_us: S, lead_us: 50_000, doubt_us: 60_000 }), None);
        // Fetched together, 8 ms and 3 ms after they came.
        assert_eq!(clock.date(Some(S - 8_000), S), S - 8_000);
        assert_eq!(clock.date(Some(S - 3_000), S), S - 3_000);
        assert_eq!(clock.date(None, S), S);
    }

    #[test]
    fn a_wall_clock_that_is_set_moves_no_frame() {
        for by_us in [HOUR, -HOUR, 100_000, -100_000, 30 * 365 * 24 * HOUR] {
            let mut clock = WallClock::new();
            assert_eq!(clock.date(Some(S), S), S);
            // Set at 1.005 s: two frames came before, one after, and all are fetched at 1.010 s.
            assert_eq!(clock.follow(look(1_010_000, by_us)), Some(by_us), "{by_us}");
            let dated = [1_002_000, 1_004_000, 1_006_000 + by_us].map(|stamp_us| clock.date(Some(stamp_us), 1_010_000));
            assert_eq!(dated, [1_002_000, 1_004_000, 1_006_000], "{by_us}");
            // From then on it is quiet again.
            assert_eq!(clock.follow(look(1_020_000, by_us)), None);
            assert_eq!(clock.date(Some(1_015_000 + by_us), 1_020_000), 1_015_000);
        }
    }

    #[test]
    fn slewing_is_followed_without_a_word() {
        let mut clock = WallClock::new();
        // 500 ppm for an hour: 1.8 s.
        for second in 1..=3600 {
            let lead_us = second * 500;
            assert_eq!(clock.follow(look(second * S, lead_us)), None);
            let dated_us = clock.date(Some(second * S - 100 + lead_us), second * S);
            assert!((dated_us - (second * S - 100)).abs() <= TOGETHER_US, "{second}: {dated_us}");
        }
    }

    #[test]
    fn stamps_of_nonsense_never_move_time_back_nor_past_now() {
        let mut clock = WallClock::new();
        clock.date(Some(5 * S), 5 * S);
        for (stamp_us, now_us) in [(0, 6 * S), (i64::MAX / 2, 7 * S), (-HOUR, 8 * S), (10 * S, 9 * S)] {
            assert_eq!(clock.date(Some(stamp_us), now_us), now_us, "{stamp_us}");
        }
        // Disorder by a hair is smoothed, and so is a stamp that seems to come from the next moment.
        assert_eq!(clock.date(Some(9 * S - 30), 9 * S + 100), 9 * S);
        assert_eq!(clock.date(Some(9 * S + 150), 9 * S + 100), 9 * S + 150);
    }

    #[test]
    fn both_clocks_are_read_together() {
        let start = Start::now();
        let (one, two) = (start.look(), start.look());
        assert!(one.now_us <= two.now_us);
        assert!(one.lead_us.abs() < S && (two.lead_us - one.lead_us).abs() < S, "{one:?} {two:?}");
    }
}
