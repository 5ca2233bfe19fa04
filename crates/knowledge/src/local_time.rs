//! Times in the local time zone, for screens and reports. Records and files for programs carry UTC.

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

static HERE: OnceLock<TimeZone> = OnceLock::new();

/// Shows times as in this zone from now on. The first word holds; without one, times are UTC.
pub fn show_times_in(zone: TimeZone) {
    // Said twice, it stays as it was said first: a page is not to be in two zones.
    let _ = HERE.set(zone);
}

fn zone() -> TimeZone {
    HERE.get().cloned().unwrap_or(TimeZone::UTC)
}

fn here(t_us: i64) -> Option<Zoned> {
    Some(Timestamp::from_second(t_us.div_euclid(1_000_000)).ok()?.to_zoned(zone()))
}

/// `2025-06-10 10:00:05`. `t_us`: microseconds since 1970-01-01 UTC; beyond the calendar, that number itself.
pub fn date_and_time(t_us: i64) -> String {
    here(t_us).map_or_else(|| t_us.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `2025-06-10`, as [`date_and_time`].
pub fn date(t_us: i64) -> String {
    here(t_us).map_or_else(|| t_us.to_string(), |at| at.date().to_string())
}

/// `10:00:05`, as [`date_and_time`].
pub fn time_of_day(t_us: i64) -> String {
    here(t_us).map_or_else(|| t_us.to_string(), |at| at.strftime("%H:%M:%S").to_string())
}

/// What a time of day is to be read as: `UTC`, `UTC+8`, `UTC-3:30`, as the clocks stood then.
pub fn zone_at(t_us: i64) -> String {
    let seconds = offset_s(t_us);
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// How far the clocks here were ahead of UTC then, s; 0 beyond the calendar.
pub fn offset_s(t_us: i64) -> i32 {
    here(t_us).map_or(Offset::UTC, |at| at.offset()).seconds()
}

/// Date, time of day and zone, as `2026-06-12 14:05 UTC+8`.
pub fn date_time_zone(t_us: i64) -> String {
    format!("{} {}", date_and_time(t_us), zone_at(t_us))
}

/// How many times the date has changed here between these times, microseconds since 1970-01-01 UTC; 0 when `to_us` is the
/// earlier one, and beyond the calendar.
pub fn days_between(from_us: i64, to_us: i64) -> i64 {
    let dates = here(from_us).zip(here(to_us)).map(|(from, to)| (from.date(), to.date()));
    let days = dates.and_then(|(from, to)| from.until(to).ok()).map_or(0, |span| i64::from(span.get_days()));
    days.max(0)
}

/// When a day begins here, microseconds since 1970-01-01 UTC.
///
/// # Errors
///
/// When the day is outside the range of times; the text says why.
pub fn day_begins_us(day: Date) -> Result<i64, String> {
    let begins = day.to_zoned(zone()).map_err(|error| error.to_string())?;
    Ok(begins.timestamp().as_microsecond())
}

/// A time as people and programs write it: with an offset (`2025-06-10T00:00Z`, `2025-06-10T08:00+08:00`), or without one in
/// the local zone (`2025-06-10 08:00`). Microseconds since 1970-01-01 UTC; `None` when it is no time.
pub fn time_us(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let at = text.parse::<DateTime>().ok()?.to_zoned(zone()).ok()?;
    Some(at.timestamp().as_microsecond())
}

/// A date and a time of day as if they were UTC, microseconds since 1970-01-01; `None` when it is none.
pub fn civil_us(text: &str) -> Option<i64> {
    let at = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(at.timestamp().as_microsecond())
}

/// The hour of the day here, with its fraction: 9.5 at half past nine; `None` beyond the calendar.
pub fn hour_of_day(t_us: i64) -> Option<f64> {
    let at = here(t_us)?;
    Some(f64::from(at.hour()) + f64::from(at.minute()) / 60.0)
}

/// When the clock here shows this hour of the day next, from `t_us` on; `None` beyond the calendar and for no such hour.
pub fn next_at_hour(t_us: i64, hour: f64) -> Option<i64> {
    let minutes = (hour * 60.0).round();
    let at = here(t_us).filter(|_| (0.0..1440.0).contains(&minutes))?;
    let minutes = minutes as i64;
    let on = |date: Date| {
        let at = date.at((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).to_zoned(zone()).ok()?;
        Some(at.timestamp().as_microsecond())
    };
    let today = on(at.date())?;
    if today >= t_us { Some(today) } else { on(at.date().tomorrow().ok()?) }
}

/// `09:30`, as [`date_and_time`]; with the date before it where it is not that of `now_us`.
pub fn short_time(t_us: i64, now_us: i64) -> String {
    let Some(at) = here(t_us) else { return t_us.to_string() };
    let form = if days_between(now_us, t_us) == 0 { "%H:%M" } else { "%m-%d %H:%M" };
    at.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_times_are_utc() {
        // 2025-06-10 02:00:00 UTC is 1,749,520,800 s.
        let t_us = 1_749_520_800_000_000;
        assert_eq!(date_and_time(t_us), "2025-06-10 02:00:00");
        assert_eq!(
            (date(t_us), time_of_day(t_us), zone_at(t_us)),
            ("2025-06-10".into(), "02:00:00".into(), "UTC".into())
        );
        // From 02:00 to midnight are 22 hours.
        let hours = |h: i64| t_us + h * 3_600_000_000;
        assert_eq!([21, 22, 46, 24 * 40, -3].map(|h| days_between(t_us, hours(h))), [0, 1, 2, 40, 0]);
        assert_eq!(day_begins_us(Date::constant(2025, 6, 10)), Ok(t_us - 7_200_000_000));
        assert_eq!(date_and_time(i64::MAX), i64::MAX.to_string());
        // With its own offset, and without one.
        for text in ["2025-06-10T10:00+08:00", "2025-06-10T02:00Z", "2025-06-10 02:00", "2025-06-10T02:00:00"] {
            assert_eq!(time_us(text), Some(t_us), "{text}");
        }
        assert_eq!((time_us("10 June"), civil_us("2025-06-10T02:00")), (None, Some(t_us)));
        assert_eq!(hour_of_day(t_us + 1_800_000_000), Some(2.5));
        assert_eq!(
            (next_at_hour(t_us, 9.5), next_at_hour(t_us, 1.0)),
            (Some(hours(7) + 1_800_000_000), Some(hours(23)))
        );
        assert_eq!((short_time(hours(7), t_us), short_time(hours(23), t_us)), ("09:00".into(), "06-11 01:00".into()));
        assert_eq!(next_at_hour(t_us, 24.0), None);
    }
}
