//! Bus time: microseconds since 1970-01-01 UTC, as the frames carry it, and the grid on which the estimator steps.

use serde::{Deserialize, Serialize};

/// A second, in microseconds.
pub const SECOND_US: i64 = 1_000_000;
/// Steps of the estimator are this far apart, in microseconds of bus time.
pub const STEP_US: i64 = 100_000;
/// Steps of the estimator are this far apart, in seconds.
pub const STEP_S: f64 = 0.1;

/// Microseconds as seconds.
pub const fn us_to_s(us: i64) -> f64 {
    us as f64 / SECOND_US as f64
}

/// Seconds as whole microseconds, rounded to the nearest; beyond the range of `i64` the nearest that it holds, 0 for NaN.
pub const fn s_to_us(seconds: f64) -> i64 {
    (seconds * SECOND_US as f64).round() as i64
}

/// A moment of bus time: whole microseconds since 1970-01-01 00:00 UTC, serialised as that number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusTime(i64);

impl BusTime {
    /// The moment this many microseconds after 1970-01-01 00:00 UTC; negative before it.
    pub const fn from_us(us: i64) -> Self {
        Self(us)
    }

    /// Microseconds since 1970-01-01 00:00 UTC.
    pub const fn us(self) -> i64 {
        self.0
    }

    /// Seconds since 1970-01-01 00:00 UTC. A double holds today's with a quarter of a microsecond.
    pub const fn seconds_f64(self) -> f64 {
        us_to_s(self.0)
    }

    /// The second that the moment lies in, whole seconds since 1970-01-01 00:00 UTC.
    pub const fn whole_second(self) -> i64 {
        self.0.div_euclid(SECOND_US)
    }

    /// Whether a second begins at this moment.
    pub const fn begins_second(self) -> bool {
        self.0 % SECOND_US == 0
    }

    /// The first step of the estimator after this moment.
    #[must_use]
    pub const fn next_step(self) -> Self {
        Self((self.0.div_euclid(STEP_US) + 1) * STEP_US)
    }

    /// Seconds from `earlier` to this moment; negative where `earlier` is the later one.
    pub const fn since(self, earlier: Self) -> f64 {
        us_to_s(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_microseconds_convert_both_ways() {
        assert_eq!(us_to_s(1_500_000).to_bits(), 1.5_f64.to_bits());
        assert_eq!((s_to_us(1.5), s_to_us(-0.1), s_to_us(f64::NAN)), (1_500_000, -100_000, 0));
        assert_eq!(BusTime::from_us(-1).whole_second(), -1);
        assert_eq!(BusTime::from_us(1_999_999).whole_second(), 1);
        assert!((BusTime::from_us(2_500_000).since(BusTime::from_us(3_000_000)) + 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_next_step_is_later_than_the_moment_and_on_the_grid() {
        for (at, next) in [(0, 100_000), (99_999, 100_000), (100_000, 200_000), (-1, 0)] {
            assert_eq!(BusTime::from_us(at).next_step().us(), next);
        }
        assert!(BusTime::from_us(3_000_000).begins_second() && !BusTime::from_us(3_100_000).begins_second());
    }

    #[test]
    fn a_moment_is_serialised_as_its_microseconds() {
        let moment = BusTime::from_us(1_764_320_000_000_000);
        assert_eq!(serde_json::to_string(&moment).unwrap(), "1764320000000000");
        assert_eq!(serde_json::from_str::<BusTime>("1764320000000000").unwrap(), moment);
    }
}
