//! Bus time: runs forward only, whatever the recorder's clock did.

/// A recorder that jumps back further than this has had its clock set; less is disorder between interfaces.
const BACK_US: i64 = 1_000_000;
/// A longer silence is a gap between two recordings: it is skipped, not stepped through.
const GAP_US: i64 = 60_000_000;

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
pub struct BusClock {
    newest_us: Option<i64>,
    /// Added to the source's time since it was last set back.
    offset_us: i64,
}

impl BusClock {
    /// Bus time of a frame that the source dates `source_us`, and what the clock did since the last one.
    pub fn on(&mut self, source_us: i64) -> (i64, Option<ClockChange>) {
        let mut t_us = source_us.saturating_add(self.offset_us);
        let mut change = None;
        if let Some(newest_us) = self.newest_us {
            let ahead_us = t_us.saturating_sub(newest_us);
            if ahead_us < -BACK_US {
                self.offset_us = newest_us.saturating_sub(source_us);
                change = Some(ClockChange::SetBack(-ahead_us));
                t_us = newest_us;
            } else if ahead_us > GAP_US {
                change = Some(ClockChange::Gap(ahead_us));
            }
            t_us = t_us.max(newest_us);
        }
        self.newest_us = Some(t_us);
        (t_us, change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_loses_no_time() {
        let mut clock = BusClock::default();
        assert_eq!(clock.on(100_000_000), (100_000_000, None));
        // An hour back: bus time stands for a moment, then goes on.
        let hour = 3_600_000_000;
        assert_eq!(clock.on(101_000_000 - hour), (100_000_000, Some(ClockChange::SetBack(hour - 1_000_000))));
        assert_eq!(clock.on(102_000_000 - hour), (101_000_000, None));
    }

    #[test]
    fn small_disorder_is_smoothed_and_a_gap_is_told() {
        let mut clock = BusClock::default();
        clock.on(10_000_000);
        assert_eq!(clock.on(9_999_000), (10_000_000, None));
        assert_eq!(clock.on(90_000_000), (90_000_000, Some(ClockChange::Gap(80_000_000))));
    }
}
