//! Times in files for programs.

/// The time in UTC as ISO 8601, to the second: `2025-06-10T02:00:05Z`. `t_us`: microseconds since 1970-01-01 UTC; beyond
/// the calendar, that number itself.
pub fn utc(t_us: i64) -> String {
    jiff::Timestamp::from_second(t_us.div_euclid(1_000_000)).map_or_else(|_| t_us.to_string(), |t| t.to_string())
}
