//! Bus time: runs forward only, whatever the recorder's clock did.

use crate::time::SECOND_US;

/// A recorder that jumps back further than this has had its clock set; less is disorder between interfaces.
const BACK_US: i64 = SECOND_US;
/// A longer silence is a gap between two recordings: it is skipped, not stepped through.
const GAP_US: i64 = 60 * SECOND_US;
/// A jump is believed when the next frame is so near to it; one frame alone is a corrupt time.
const CONFIRMED_WITHIN_US: i64 = 10 * SECOND_US;

/// What the clock of a source did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// Nothing was recorded for so long, µs: time goes on behind the gap.
    Gap(i64),
    /// The clock was set back by so much, µs: bus time goes on where it was.
    SetBack(i64),
}

/// Turns a source's times into bus time.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
pub struct BusClock {
    newest_us: Option<i64>,
    /// Added to the source's time since it was last set back.
    offset_us: i64,
    /// Time of a frame that jumped and is not confirmed by another yet, by the source's clock.
    claimed_us: Option<i64>,
}

impl BusClock {
    /// Bus time of a frame that the source dates `source_us`, and what the clock did since the last one. A frame whose
    /// time jumps is dated with the one before it until a second one agrees.
    pub fn on(&mut self, source_us: i64) -> (i64, Option<ClockChange>) {
        let t_us = source_us.saturating_add(self.offset_us);
        let Some(newest_us) = self.newest_us else {
            self.newest_us = Some(t_us);
            return (t_us, None);
        };
        let ahead_us = t_us.saturating_sub(newest_us);
        if (-BACK_US..=GAP_US).contains(&ahead_us) {
            self.claimed_us = None;
            self.newest_us = Some(t_us.max(newest_us));
            return (t_us.max(newest_us), None);
        }
        let claimed_us = self.claimed_us.replace(source_us);
        if claimed_us.is_none_or(|claimed_us| (source_us.saturating_sub(claimed_us)).abs() > CONFIRMED_WITHIN_US) {
            return (newest_us, None);
        }
        self.claimed_us = None;
        if ahead_us > 0 {
            self.newest_us = Some(t_us);
            return (t_us, Some(ClockChange::Gap(ahead_us)));
        }
        self.offset_us = newest_us.saturating_sub(source_us);
        (newest_us, Some(ClockChange::SetBack(-ahead_us)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = SECOND_US;

    #[test]
    fn a_clock_set_back_loses_no_time() {
        let mut clock = BusClock::default();
        assert_eq!(clock.on(10_000 * S), (10_000 * S, None));
        // An hour back: bus time stops for a moment, then goes on.
        let hour = 3600 * S;
        assert_eq!(clock.on(10_001 * S - hour), (10_000 * S, None));
        assert_eq!(clock.on(10_002 * S - hour), (10_000 * S, Some(ClockChange::SetBack(hour - 2 * S))));
        assert_eq!(clock.on(10_003 * S - hour), (10_001 * S, None));
    }

    #[test]
    fn small_disorder_is_smoothed_and_a_gap_is_reported() {
        let mut clock = BusClock::default();
        clock.on(10 * S);
        assert_eq!(clock.on(9_999_000), (10 * S, None));
        assert_eq!(clock.on(90 * S), (10 * S, None));
        assert_eq!(clock.on(91 * S), (91 * S, Some(ClockChange::Gap(81 * S))));
    }

    #[test]
    fn one_corrupt_time_changes_nothing() {
        for wild in [0, 5 * S, 4_000_000_000 * S] {
            let mut clock = BusClock::default();
            clock.on(1000 * S);
            assert_eq!(clock.on(wild), (1000 * S, None), "{wild}");
            assert_eq!(clock.on(1001 * S), (1001 * S, None), "{wild}");
        }
    }
}
