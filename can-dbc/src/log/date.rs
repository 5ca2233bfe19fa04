//! Dates in the heads of logs. None of them names a time zone: all are read as UTC.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::fields::decimal;

/// Year, month and day, and a time of day `06:17:32.249713`: microseconds since 1970.
pub(crate) fn utc(date: (i64, i64, i64), time: &[u8]) -> Option<i64> {
    let mut parts = time.split(|&b| b == b':');
    let (hour, minute) = (decimal(parts.next()?, 0)?, decimal(parts.next()?, 0)?);
    let second_us = parts.next().map_or(Some(0), |part| decimal(part, 6))?;
    let small = |number: i64| i8::try_from(number).ok();
    let year = i16::try_from(date.0).ok()?;
    let second = small(second_us / 1_000_000)?;
    let at = DateTime::new(year, small(date.1)?, small(date.2)?, small(hour)?, small(minute)?, second, 0).ok()?;
    let at = TimeZone::UTC.to_timestamp(at).ok()?;
    Some(at.as_microsecond() + second_us % 1_000_000)
}

/// The months as ASC logs name them, in English and in German.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän"],
    &["feb"],
    &["mar", "mär", "mrz"],
    &["apr"],
    &["may", "mai"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// The date of an ASC log: `Sat Sep 30 03:06:13.191 pm 2017`, the half of the day only sometimes.
pub(super) fn asc_date(text: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(text).to_lowercase();
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    let half = words.iter().position(|word| ["am", "pm"].contains(word)).map(|at| words.remove(at));
    let &[_, month, day, time, year] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|names| names.iter().any(|name| month.starts_with(name)))? as i64 + 1;
    let number = |text: &str| decimal(text.as_bytes(), 0);
    let t_us = utc((number(year)?, month, number(day)?), time.as_bytes())?;
    let hour = number(time.split(':').next()?)?;
    let shift = match (half, hour) {
        (Some("am"), 12) => -12,
        (Some("pm"), 0..12) => 12,
        _ => 0,
    };
    Some(t_us + shift * 3_600_000_000)
}

/// Days since 1899-12-30, with a fraction, as Delphi and spreadsheets count them.
pub(super) fn spreadsheet_days(text: &[u8]) -> Option<i64> {
    // 1970-01-01 is day 25,569.
    const DAY_1970: f64 = 25_569.0;
    let days: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (DAY_1970..100_000.0).contains(&days).then(|| ((days - DAY_1970) * 86_400e6).round() as i64)
}

/// A Windows SYSTEMTIME: year, month, weekday, day, hour, minute, second, millisecond, each of 16 bits.
pub(super) fn system_time(bytes: &[u8; 16]) -> Option<i64> {
    let part = |at: usize| i16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]);
    let small = |at| i8::try_from(part(at)).ok();
    let millis = i32::from(part(7));
    if !(0..1000).contains(&millis) {
        return None;
    }
    let at = DateTime::new(part(0), small(1)?, small(3)?, small(4)?, small(5)?, small(6)?, millis * 1_000_000).ok()?;
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_kinds() {
        // date -u -d '2017-09-30 15:06:13' +%s
        let began_us = 1_506_783_973_191_000;
        let t_us = Some(began_us);
        for text in
            ["Sat Sep 30 15:06:13.191 2017", "Sat Sep 30 03:06:13.191 PM 2017", "Sam Sep 30 15:06:13.191 2017\r\n"]
        {
            assert_eq!(asc_date(text.as_bytes()), t_us, "{text}");
        }
        assert_eq!(asc_date("Mit Okt 4 12:00:00 am 2017".as_bytes()), Some(1_507_075_200_000_000));
        assert_eq!(asc_date(b"Sat Sep 31 15:06:13.191 2017"), None);
        // 25,569 + 1,506,783,973.191 / 86,400 = 43,008.62931934...
        let days = spreadsheet_days(b"43008.629319340278").unwrap();
        assert!((days - began_us).abs() < 1_000, "{days}");
        assert_eq!(spreadsheet_days(b"0"), None);
        let parts = [2017i16, 9, 6, 30, 15, 6, 13, 191];
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_le_bytes()).collect();
        assert_eq!(system_time(bytes[..].try_into().unwrap()), t_us);
        assert_eq!(system_time(&[0; 16]), None);
    }
}
