//! The times of CL1000, CL2000 and CL3000 loggers: `11T082554602` is day 11, 08:25:54.602.
//!
//! How much of a date a line has is a setting: from milliseconds alone (format 0) to year, month, day and time (format 6).
//! The head's `# Time: 20170101T022232` is when the log began; what a line leaves out is taken from there and goes on. The
//! separators are settings as well, and are passed over. Source: SavvyCAN `framefileio.cpp`, and the loggers' manual.

use super::date::utc;

/// What the head says, and the time of the line before.
#[derive(Debug, Default)]
pub(super) struct ClxTime {
    /// Year and month, and the time in microseconds, when the log began.
    start: Option<((i64, i64), i64)>,
    last_us: Option<i64>,
    /// The digits of the date that the line before had, and when that day began.
    day: Option<(Vec<u8>, i64)>,
}

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;

impl ClxTime {
    /// A line of the head, without its `#`.
    pub fn head(&mut self, line: &[u8]) {
        let Some(text) = line.trim_ascii().strip_prefix(b"Time:") else { return };
        let digits = digits(text);
        if let (14, Some(t_us)) = (digits.len(), whole(&digits)) {
            self.start = Some(((number(&digits[..4]), number(&digits[4..6])), t_us));
        }
    }

    /// The time of a line.
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        if let Some(t_us) = self.same_day(text) {
            self.last_us = Some(t_us);
            return Some(t_us);
        }
        let mut digits = digits(text);
        let t_us = match digits.len() {
            // Month, day, …: the year of the head.
            13 => {
                let mut year = self.start.map_or(1970, |((year, _), _)| year);
                let at = |year: i64, digits: &[u8]| whole(&[format!("{year:04}").as_bytes(), digits].concat());
                // A new year has begun.
                if self.last_us.is_some_and(|last| at(year, &digits).is_some_and(|t_us| t_us + 180 * DAY_US < last)) {
                    year += 1;
                }
                at(year, &digits)?
            }
            11 => {
                let (mut year, mut month) = self.start.map_or((1970, 1), |(month, _)| month);
                let mut found = None;
                // The first month, from that of the head on, in which this day does not lie far behind the line before.
                for _ in 0..24 {
                    let text = [format!("{year:04}{month:02}").as_bytes(), &digits].concat();
                    let t_us = whole(&text);
                    found = t_us.filter(|t_us| self.last_us.is_none_or(|last| t_us + 15 * DAY_US >= last));
                    if found.is_some() {
                        break;
                    }
                    (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                }
                found?
            }
            17 => whole(&digits)?,
            length @ (3 | 5 | 7 | 9) => {
                // Milliseconds, seconds, minutes, hours of a clock that begins anew after so much.
                let round_us = [SECOND_US, 60 * SECOND_US, 3600 * SECOND_US, DAY_US][(length - 3) / 2];
                digits.splice(0..0, std::iter::repeat_n(b'0', 9 - length));
                let of_day = |at: usize| number(&digits[at..at + 2]) * SECOND_US;
                let value = of_day(0) * 3600 + of_day(2) * 60 + of_day(4) + number(&digits[6..]) * 1000;
                let last = self.last_us.or(self.start.map(|(_, t_us)| t_us)).unwrap_or(0);
                let ahead = (value - last).rem_euclid(round_us);
                // A little back is frames out of order, not another round.
                let ahead = if ahead > round_us / 2 && self.last_us.is_some_and(|last| last >= round_us) {
                    ahead - round_us
                } else {
                    ahead
                };
                last + ahead
            }
            _ => return None,
        };
        self.last_us = Some(t_us);
        if let Some((date, b"T")) =
            text.len().checked_sub(9).and_then(|at| text[..at].split_at_checked(at.checked_sub(1)?))
        {
            self.day = Some((date.to_vec(), t_us.div_euclid(DAY_US) * DAY_US));
        }
        Some(t_us)
    }

    /// The time of a line of the usual shape, `01T022231683`, of the same day as the one before.
    fn same_day(&self, text: &[u8]) -> Option<i64> {
        let (date, begins_us) = self.day.as_ref()?;
        let time: &[u8; 9] = text.strip_prefix(date.as_slice())?.strip_prefix(b"T")?.try_into().ok()?;
        let digit = |at: usize| Some(i64::from(time[at].wrapping_sub(b'0'))).filter(|digit| *digit < 10);
        let two = |at: usize, limit: i64| Some(digit(at)? * 10 + digit(at + 1)?).filter(|number| *number < limit);
        let seconds = (two(0, 24)? * 60 + two(2, 60)?) * 60 + two(4, 60)?;
        Some(begins_us + seconds * SECOND_US + (two(6, 100)? * 10 + digit(8)?) * 1000)
    }
}

/// The digits of a text; none where there is anything but them, separators and the `T`.
fn digits(text: &[u8]) -> Vec<u8> {
    let wrong = text.len() > 40 || text.iter().any(|b| b.is_ascii_alphabetic() && *b != b'T');
    if wrong { Vec::new() } else { text.iter().copied().filter(u8::is_ascii_digit).collect() }
}

fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// Year, month, day, hour, minute, second, and three digits of milliseconds or none.
fn whole(digits: &[u8]) -> Option<i64> {
    let part = |at: usize, length: usize| digits.get(at..at + length).map(number);
    let date = (part(0, 4)?, part(4, 2)?, part(6, 2)?);
    let millis = part(14, 3).unwrap_or(0);
    let time = format!("{:02}:{:02}:{:02}", part(8, 2)?, part(10, 2)?, part(12, 2)?);
    Some(utc(date, time.as_bytes())? + millis * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_leaves_out_comes_from_the_head_and_goes_on() {
        // date -u -d '2017-01-31 23:59:59' +%s = 1485907199
        for (lines, expected) in [
            // Format 4: the first of the next month follows the 31st.
            (["31T235959683", "01T000000001"], [1_485_907_199_683, 1_485_907_200_001]),
            // Format 5, format 6 with separators.
            (["0131T235959683", "0201T000000001"], [1_485_907_199_683, 1_485_907_200_001]),
            (["2017/01/31T23:59:59.683", "2017/02/01T00:00:00.001"], [1_485_907_199_683, 1_485_907_200_001]),
            // Formats 3, 2, 1, 0: hours, minutes, seconds, milliseconds begin anew.
            (["235959683", "000000001"], [1_485_907_199_683, 1_485_907_200_001]),
            (["5959683", "0000001"], [1_485_907_199_683, 1_485_907_200_001]),
            (["59683", "00001"], [1_485_907_199_683, 1_485_907_200_001]),
            (["683", "001"], [1_485_907_199_683, 1_485_907_200_001]),
        ] {
            let mut time = ClxTime::default();
            time.head(b" Time: 20170131T235959");
            assert_eq!(lines.map(|line| time.read(line.as_bytes()).unwrap() / 1000), expected, "{lines:?}");
        }
        // The usual shape, the same day: the short way gives what the long way gives.
        let mut time = ClxTime::default();
        time.head(b" Time: 20170131T000000");
        assert_eq!(time.read(b"31T235958000"), Some(1_485_907_198_000_000));
        assert_eq!(time.read(b"31T235959683"), Some(1_485_907_199_683_000));
        assert_eq!(time.read(b"31T236059683"), None);
        assert_eq!(time.read(b"01T000000001"), Some(1_485_907_200_001_000));
        // Without a head: the eleventh day from an unknown start. 10 × 86,400 + 8 × 3600 + 25 × 60 + 54.602 s.
        assert_eq!(ClxTime::default().read(b"11T082554602"), Some(894_354_602_000));
        assert_eq!(ClxTime::default().read(b"11X082554602"), None);
    }
}
