//! Dates in the heads of logs. Few of them name a time zone: those that do not are read as UTC.

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

/// How the months' names begin in ASC logs: English, German, French, Spanish, Italian, Portuguese, Chinese.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "一月"],
    &["feb", "fév", "fev", "二月"],
    &["mar", "mär", "mrz", "三月"],
    &["apr", "avr", "abr", "四月"],
    &["may", "mai", "mag", "五月"],
    &["jun", "juin", "giu", "六月"],
    &["jul", "juil", "lug", "七月"],
    &["aug", "aoû", "ago", "八月"],
    &["sep", "set", "九月"],
    &["oct", "okt", "ott", "out", "十月"],
    &["nov", "十一月"],
    &["dec", "dez", "déc", "dic", "十二月"],
];

/// A month by its name, or by its number as in `5月`.
fn month(word: &str) -> Option<i64> {
    if let Some(number) = word.strip_suffix('月').and_then(|number| decimal(number.as_bytes(), 0)) {
        return (1..=12).contains(&number).then_some(number);
    }
    Some(MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))? as i64 + 1)
}

/// The offset of a time zone from UTC in minutes: `utc`, `gmt`, `z`, `+08:00`, `-0300`, `utc+8`. Letters such as `cst`, which
/// are of several zones, are none.
fn zone_minutes(word: &str) -> Option<i64> {
    let rest = ["utc", "gmt", "z"].iter().find_map(|name| word.strip_prefix(name)).unwrap_or(word);
    if rest.is_empty() {
        return Some(0);
    }
    let (sign, digits) =
        rest.strip_prefix('+').map(|digits| (1, digits)).or(rest.strip_prefix('-').map(|d| (-1, d)))?;
    let digits = digits.replace(':', "");
    let number = decimal(digits.as_bytes(), 0)?;
    let minutes = if digits.len() > 2 { number / 100 * 60 + number % 100 } else { number * 60 };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// The text of a head: UTF-8, else GBK where all of it is, else Windows-1252.
fn decoded(text: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(text) {
        return text.to_lowercase();
    }
    let (chinese, _, wrong) = encoding_rs::GBK.decode(text);
    if !wrong && chinese.contains('月') {
        return chinese.to_lowercase();
    }
    encoding_rs::WINDOWS_1252.decode(text).0.to_lowercase()
}

/// The date of an ASC log: `Sat Sep 30 03:06:13.191 pm 2017`, `Sun May 26 19:15:02 UTC 2019`, `周二 5月 27 16:09:35.123 2014`;
/// half of the day and time zone only sometimes.
pub(super) fn asc_date(text: &[u8]) -> Option<i64> {
    let text = decoded(text);
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    let half = words.iter().position(|word| ["am", "pm", "上午", "下午"].contains(word)).map(|at| words.remove(at));
    let mut zone = 0;
    let (month_name, day, time, year) = match *words.as_slice() {
        [_, month, day, time, year] => (month, day, time, year),
        [_, month, day, time, name, year] => {
            zone = zone_minutes(name).unwrap_or(0);
            (month, day, time, year)
        }
        _ => return None,
    };
    let month = month(month_name)?;
    let number = |text: &str| decimal(text.as_bytes(), 0);
    let t_us = utc((number(year)?, month, number(day)?), time.as_bytes())?;
    let hour = number(time.split(':').next()?)?;
    let shift = match (half, hour) {
        (Some("am" | "上午"), 12) => -12,
        (Some("pm" | "下午"), 0..12) => 12,
        _ => 0,
    };
    Some(t_us + shift * 3_600_000_000 - zone * 60_000_000)
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
        // date -u -d '2019-05-26 19:15:02' +%s; date -u -d '2014-05-27 16:09:35' +%s
        assert_eq!(asc_date(b" Sun May 26 19:15:02 UTC 2019"), Some(1_558_898_102_000_000));
        assert_eq!(asc_date(b"Sun May 26 19:15:02 CST 2019"), Some(1_558_898_102_000_000));
        assert_eq!(asc_date(b"Mon May 27 03:15:02 +08:00 2019"), Some(1_558_898_102_000_000));
        let chinese = Some(1_401_206_975_123_000);
        for text in ["周二 5月 27 16:09:35.123 2014", "星期二 五月 27 下午 04:09:35.123 2014"] {
            assert_eq!(asc_date(text.as_bytes()), chinese, "{text}");
            assert_eq!(asc_date(&encoding_rs::GBK.encode(text).0), chinese, "{text} in GBK");
        }
        // 'mär' in Windows-1252.
        assert_eq!(asc_date(b"Mit M\xE4r 1 00:00:00 2017"), Some(1_488_326_400_000_000));
        assert_eq!(asc_date("周二 13月 27 16:09:35.123 2014".as_bytes()), None);
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
