//! The time between two frames of an identifier.

/// Longer is a gap in the recording whatever the period, µs.
const GAP_US: f64 = 60_000_000.0;
/// Longer than so many periods is a gap: between two files, or while the sender was off (our choice).
const GAP_PERIODS: f64 = 10.0;
/// Fewer intervals make no period that a gap could be seen by.
const LEAST: u64 = 4;
/// A sender with more gaps than this share of its intervals is irregular: its long intervals are intervals (our choice).
const MOST_GAPS: f64 = 0.05;

/// Mean and scatter by Welford's algorithm (Technometrics 4, 1962).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Spread {
    n: u64,
    mean: f64,
    sum_of_squares: f64,
}

impl Spread {
    fn take(&mut self, value: f64) {
        self.n += 1;
        let delta = value - self.mean;
        self.mean += delta / self.n as f64;
        self.sum_of_squares += delta * (value - self.mean);
    }
}

/// The time between two frames of an identifier; a gap in the recording is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Period {
    /// Without the gaps.
    regular: Spread,
    /// With them.
    all: Spread,
    gaps: u64,
}

impl Period {
    pub(super) fn take(&mut self, us: f64) {
        if !(0.0..GAP_US).contains(&us) {
            self.gaps += 1;
            return;
        }
        self.all.take(us);
        if self.regular.n >= LEAST && us > GAP_PERIODS * self.regular.mean {
            self.gaps += 1;
        } else {
            self.regular.take(us);
        }
    }

    /// Mean and standard deviation, ms; `None` before there were two frames without a gap between them.
    pub fn mean_and_jitter_ms(&self) -> Option<(f64, f64)> {
        let irregular = self.gaps as f64 > MOST_GAPS * self.all.n as f64 && self.all.n > 2 * LEAST;
        let spread = if irregular { self.all } else { self.regular };
        let sd_us = (spread.sum_of_squares / spread.n as f64).sqrt();
        (spread.n > 0).then_some((spread.mean / 1000.0, sd_us / 1000.0))
    }

    /// Gaps in the recording, or of the sender.
    pub const fn gaps(&self) -> u64 {
        self.gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(intervals_ms: impl IntoIterator<Item = f64>) -> Period {
        let mut period = Period::default();
        intervals_ms.into_iter().for_each(|ms| period.take(ms * 1000.0));
        period
    }

    #[test]
    fn a_gap_between_two_files_is_no_period() {
        // 100 ms, then 7 s between two files, then 100 ms; and a clock that is set back.
        let gaps = std::iter::repeat_n(100.0, 50).chain([7000.0, -3.0]).chain(std::iter::repeat_n(100.0, 50));
        let period = period(gaps);
        assert_eq!((period.mean_and_jitter_ms(), period.gaps()), (Some((100.0, 0.0)), 2));
    }

    #[test]
    fn who_is_often_silent_has_a_long_period() {
        // Nine quick ones and a second, ten times: 100 intervals of which 10 are long: mean (90 × 10 + 10 × 1000) / 100 = 109.
        let burst = || std::iter::repeat_n(10.0, 9).chain([1000.0]);
        let (mean, _) = period((0..10).flat_map(|_| burst())).mean_and_jitter_ms().unwrap();
        assert!((mean - 109.0).abs() < 1e-9, "{mean}");
    }
}
