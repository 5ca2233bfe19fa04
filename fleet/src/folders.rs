//! The folder of a row: its season, region, day and crop.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What stands where a crop is not known.
pub const NO_CROP: &str = "unknown";

/// The local date of a time, µs since 1970 UTC; that of 1970 for a time that no calendar has.
fn date(zone: &TimeZone, t_us: i64) -> jiff::civil::Date {
    Timestamp::from_microsecond(t_us).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date()
}

/// The folder of rows of this region, time and crop, below that of their table.
pub(crate) fn folder(zone: &TimeZone, region: &str, t_us: i64, crop: &str) -> String {
    let day = date(zone, t_us);
    format!("season={}/region={}/day={day}/crop={}", day.year(), plain(region), plain(crop))
}

/// A text that can be the name of a folder, on every file system and for every engine: letters, digits, `-`, `_` and `.` stay.
fn plain(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }).collect();
    if plain.chars().all(|c| c == '.') { NO_CROP.to_owned() } else { plain }
}

/// True for a text that stays as it is as the name of a folder.
pub fn is_plain(text: &str) -> bool {
    text.chars().count() <= 60 && plain(text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_local_one_of_the_start() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        // 2025-12-31 16:30 UTC is half past midnight of the new year in China.
        let t_us = 1_767_198_600_000_000;
        assert_eq!(folder(&zone, "聊城", t_us, "wheat"), "season=2026/region=聊城/day=2026-01-01/crop=wheat");
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_store() {
        let zone = TimeZone::UTC;
        assert_eq!(folder(&zone, "..", 0, "../x=%"), "season=1970/region=unknown/day=1970-01-01/crop=.._x__");
        assert!(is_plain("东昌府区") && !is_plain("a/b") && !is_plain("..") && !is_plain(""));
    }
}
