//! From the kernel's stamps to a time that never jumps.
//!
//! The kernel dates frames by its wall clock (`CLOCK_REALTIME`), which the operator, NTP or a GNSS receiver may set at any
//! moment. The source's own time begins with the wall clock when it is opened and is carried on by the monotonic clock.
//! How far the wall clock is ahead of it is looked up before every batch: a frame's time is its stamp less that lead.
//! Where the lead changes slowly, the clock is being slewed, and it is followed. Where it jumps, the clock was set: frames
//! stamped before are dated with the lead of before, frames stamped after with the new one, and the jump is told.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A lead that changes by more than this between two looks was set; less is slewing (at most 0.5 ms a second) or the
/// scheduler between the readings of two clocks.
const SET_US: i64 = 10_000;
/// Two clocks are read together when no more than this passed meanwhile.
const TOGETHER_US: i64 = 200;

/// Where the source's time begins. All threads of a source share one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    began: Instant,
    began_us: i64,
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The source's time.
    pub now_us: i64,
    /// How far the wall clock is ahead of it.
    pub lead_us: i64,
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
        let mut best: Option<(i64, Look)> = None;
        for _ in 0..3 {
            let before_us = self.now_us();
            let wall_us = wall_us();
            let now_us = self.now_us();
            let apart_us = now_us - before_us;
            let look = Look { now_us, lead_us: wall_us - (before_us + apart_us / 2) };
            if best.is_none_or(|(best_us, _)| apart_us < best_us) {
                best = Some((apart_us, look));
            }
            if apart_us <= TOGETHER_US {
                break;
            }
        }
        best.map_or(Look { now_us: self.now_us(), lead_us: 0 }, |(_, look)| look)
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
    pub const fn new(look: Look) -> Self {
        Self { lead_us: look.lead_us, before_us: look.lead_us, newest_us: i64::MIN }
    }

    /// Takes a look in; by how much the clock was set since the last one, if it was.
    pub fn follow(&mut self, look: Look) -> Option<i64> {
        let by_us = look.lead_us - self.lead_us;
        let set = by_us.abs() > SET_US;
        if set {
            self.before_us = self.lead_us;
        }
        self.lead_us = look.lead_us;
        set.then_some(by_us)
    }

    /// The source's time of a frame with this stamp, received not later than `now_us`. Without a stamp that makes sense
    /// it is `now_us`.
    pub fn date(&mut self, stamp_us: Option<i64>, now_us: i64) -> i64 {
        let makes_sense = |t_us: &i64| (self.newest_us..=now_us).contains(t_us);
        let by = |lead_us: i64| {
            // Half a batch of jitter between the clocks must not cost the stamp.
            stamp_us.map(|stamp_us| stamp_us - lead_us).map(|t_us| {
                if t_us > now_us && t_us - now_us < SET_US {
                    now_us
                } else if t_us < self.newest_us && self.newest_us.saturating_sub(t_us) < SET_US {
                    self.newest_us
                } else {
                    t_us
                }
            })
        };
        let found = by(self.lead_us).filter(makes_sense).or_else(|| by(self.before_us).filter(makes_sense));
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
        Look { now_us, lead_us }
    }

    #[test]
    fn frames_are_dated_by_their_stamps_not_by_when_they_are_fetched() {
        let mut clock = WallClock::new(look(0, 0));
        assert_eq!(clock.follow(look(S, 40)), None);
        // Fetched together, 8 ms and 3 ms after they came.
        assert_eq!(clock.date(Some(S - 8_000 + 40), S), S - 8_000);
        assert_eq!(clock.date(Some(S - 3_000 + 40), S), S - 3_000);
        assert_eq!(clock.date(None, S), S);
    }

    #[test]
    fn a_wall_clock_that_is_set_moves_no_frame() {
        for by_us in [HOUR, -HOUR, 100_000, -100_000, 30 * 365 * 24 * HOUR] {
            let mut clock = WallClock::new(look(0, 0));
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
        let mut clock = WallClock::new(look(0, 0));
        // 500 ppm for an hour: 1.8 s.
        for second in 1..=3600 {
            let lead_us = second * 500;
            assert_eq!(clock.follow(look(second * S, lead_us)), None);
            assert_eq!(clock.date(Some(second * S - 100 + lead_us), second * S), second * S - 100);
        }
    }

    #[test]
    fn stamps_of_nonsense_never_move_time_back_nor_past_now() {
        let mut clock = WallClock::new(look(0, 0));
        clock.date(Some(5 * S), 5 * S);
        for (stamp_us, now_us) in [(0, 6 * S), (i64::MAX / 2, 7 * S), (-HOUR, 8 * S), (9 * S + 50, 9 * S)] {
            assert_eq!(clock.date(Some(stamp_us), now_us), now_us, "{stamp_us}");
        }
        // Disorder by a hair is smoothed.
        assert_eq!(clock.date(Some(9 * S - 30), 9 * S + 100), 9 * S);
    }

    #[test]
    fn both_clocks_are_read_together() {
        let start = Start::now();
        let (one, two) = (start.look(), start.look());
        assert!(one.now_us <= two.now_us);
        assert!(one.lead_us.abs() < S && (two.lead_us - one.lead_us).abs() < S, "{one:?} {two:?}");
    }
}
