//! Numbers as text, with the digits that Rust's `Display` and serde_json give them.
//!
//! A decimal number of at most fifteen digits is the shortest text that gives its double back: no two of them give the same
//! one (IEEE 754: a double holds fifteen digits), so a shorter text would be another number. It needs no search.

use std::io::Write as _;

use super::format::RowFormat;
use crate::digits::{ZEROS, eight_digits};
use crate::frame::CanId;

/// The first number of more than fifteen digits.
const FIFTEEN_DIGITS: u64 = 1_000_000_000_000_000;

/// Decimals of at most six digits and five places are put together in one word.
const MOST_SHORT: u64 = 999_999;
const SHORT_PLACES: u8 = 5;

/// Below 10^−5 serde_json writes an exponent.
const JSON_PLACES: u8 = 5;

/// Puts the first `len` bytes of a word.
#[inline]
fn put_bytes(text: &mut Vec<u8>, bytes: u64, len: u32) {
    let end = text.len() + len as usize;
    // A fixed number of bytes is copied sooner.
    text.extend_from_slice(&bytes.to_le_bytes());
    text.truncate(end);
}

/// Puts `count` / 10^`places`, as CSV or JSON writes the double nearest to it; false, and nothing put, where only the
/// double itself tells the text.
#[inline]
pub(super) fn put_decimal(text: &mut Vec<u8>, format: RowFormat, count: i64, places: u8) -> bool {
    let number = count.unsigned_abs();
    if number > MOST_SHORT || places > SHORT_PLACES {
        return put_long_decimal(text, format, count, places);
    }
    // Six digits of the eight at most, so that there is room for a point and for a zero behind it.
    let digits = eight_digits(number);
    let spare = (digits.leading_zeros() / 8).min(places.into());
    let places = u32::from(places) - spare;
    // A digit stands before the point.
    let zeros = (digits.trailing_zeros() / 8).min(7 - spare - places);
    // The zeros before them go behind them.
    let (mut bytes, mut len) = ((digits | ZEROS).rotate_right(8 * zeros), 8 - spare - zeros);
    if places > 0 || format == RowFormat::JsonLines {
        let before_point = 8 * (len - places);
        let whole = (1 << before_point) - 1;
        bytes = bytes & whole | u64::from(b'.') << before_point | (bytes & !whole) << 8;
        len += 1 + u32::from(places == 0);
    }
    if count < 0 {
        text.push(b'-');
    }
    put_bytes(text, bytes, len);
    true
}

/// The same for numbers of any length.
#[inline(never)]
fn put_long_decimal(text: &mut Vec<u8>, format: RowFormat, count: i64, places: u8) -> bool {
    let (mut left, mut places) = (count.unsigned_abs(), places);
    if left >= FIFTEEN_DIGITS {
        return false;
    }
    while places > 0 && left.is_multiple_of(10) {
        (left, places) = (left / 10, places - 1);
    }
    let is_json = format == RowFormat::JsonLines;
    if is_json && places > JSON_PLACES {
        return false;
    }
    // Twelve places, fifteen digits, a point, a zero before or behind it, a sign.
    let mut digits = [b'0'; 32];
    let mut at = digits.len();
    if is_json && places == 0 {
        at -= 2;
        digits[at] = b'.';
    }
    let mut put = |digit: u8| {
        at -= 1;
        digits[at] = digit;
    };
    if places > 0 {
        for _ in 0..places {
            put(b'0' + (left % 10) as u8);
            left /= 10;
        }
        put(b'.');
    }
    loop {
        put(b'0' + (left % 10) as u8);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if count < 0 {
        put(b'-');
    }
    text.extend_from_slice(&digits[at..]);
    true
}

/// Seconds with six decimals.
pub(super) fn put_seconds(text: &mut Vec<u8>, t_us: i64) {
    if t_us < 0 {
        text.push(b'-');
    }
    let micros = t_us.unsigned_abs();
    put_whole(text, micros / 1_000_000);
    text.push(b'.');
    put_micros(text, micros % 1_000_000, 6);
}

/// A whole number.
fn put_whole(text: &mut Vec<u8>, number: u64) {
    const EIGHT_DIGITS: u64 = 100_000_000;
    if number < EIGHT_DIGITS {
        let digits = eight_digits(number);
        let zeros = (digits.trailing_zeros() / 8).min(7);
        put_bytes(text, (digits | ZEROS) >> (8 * zeros), 8 - zeros);
    } else {
        put_whole(text, number / EIGHT_DIGITS);
        put_bytes(text, eight_digits(number % EIGHT_DIGITS) | ZEROS, 8);
    }
}

/// The first `len` of six digits.
fn put_micros(text: &mut Vec<u8>, micros: u64, len: u32) {
    put_bytes(text, (eight_digits(micros) | ZEROS) >> 16, len);
}

/// Seconds as a JSON number: the double nearest to them.
pub(super) fn put_json_seconds(text: &mut Vec<u8>, t_us: i64) {
    // Up to here two doubles are less than a microsecond apart, so that no shorter number lies at the same double.
    const EXACT_US: i64 = 1 << 52;
    if (0..EXACT_US).contains(&t_us) && put_six_places(text, t_us) {
        return;
    }
    put_json_double(text, t_us as f64 / 1e6);
}

/// Microseconds, not negative, as seconds.
fn put_six_places(text: &mut Vec<u8>, t_us: i64) -> bool {
    if t_us < 1_000_000 {
        return put_decimal(text, RowFormat::JsonLines, t_us, 6);
    }
    let (seconds, micros) = (t_us as u64 / 1_000_000, t_us as u64 % 1_000_000);
    put_whole(text, seconds);
    text.push(b'.');
    let spare = eight_digits(micros).leading_zeros() / 8;
    put_micros(text, micros, 6u32.saturating_sub(spare).max(1));
    true
}

/// A double as serde_json writes it; `null` for what is no number.
pub(super) fn put_json_double(text: &mut Vec<u8>, number: f64) {
    // Writing a number to memory does not fail.
    let _ = serde_json::to_writer(text, &number);
}

/// An identifier as candump writes it.
#[inline]
pub(super) fn put_id(text: &mut Vec<u8>, id: CanId) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if id.is_extended() {
        let bits = id.bits();
        let digits: [u8; 8] = std::array::from_fn(|at| HEX[(bits >> (28 - 4 * at) & 15) as usize]);
        text.extend_from_slice(&digits);
    } else {
        let _ = write!(text, "{id}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(put: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut text = Vec::new();
        put(&mut text);
        String::from_utf8(text).unwrap()
    }

    /// What is written of a count and its decimals, and what Rust's and serde_json's own search for the digits give.
    fn written_and_expected(count: i64, places: u8, format: RowFormat) -> (String, String) {
        let double = count as f64 / 10f64.powi(i32::from(places));
        let written = text(|text| {
            if !put_decimal(text, format, count, places) {
                text.extend_from_slice(b"left");
            }
        });
        let expected = match format {
            RowFormat::Csv => double.to_string(),
            RowFormat::JsonLines => serde_json::to_string(&double).unwrap(),
        };
        (written, expected)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 50_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn decimals_are_the_shortest_text_of_their_double(
            digits in 0u32..=18, count in any::<i64>(), places in 0u8..=12,
        ) {
            let count = count % 10i64.pow(digits);
            for format in [RowFormat::Csv, RowFormat::JsonLines] {
                let (written, expected) = written_and_expected(count, places, format);
                if written == "left" {
                    let is_long = count.unsigned_abs() >= FIFTEEN_DIGITS;
                    prop_assert!(is_long || format == RowFormat::JsonLines && places > JSON_PLACES);
                } else {
                    prop_assert_eq!(&written, &expected);
                }
            }
        }

        #[test]
        fn times_are_those_of_the_general_way(
            t_us in prop_oneof![-2_000_000i64..2_000_000, 1_700_000_000_000_000i64..1_800_000_000_000_000, any::<i64>()],
            unit in prop_oneof![Just(1i64), Just(1000), Just(100_000), Just(1_000_000)],
        ) {
            let t_us = t_us / unit * unit;
            let (sign, micros) = (if t_us < 0 { "-" } else { "" }, t_us.unsigned_abs());
            let expected = format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            prop_assert_eq!(text(|text| put_seconds(text, t_us)), expected);
            let expected = serde_json::to_string(&(t_us as f64 / 1e6)).unwrap();
            prop_assert_eq!(text(|text| put_json_seconds(text, t_us)), expected);
        }
    }

    #[test]
    fn identifiers_are_those_of_candump() {
        for (id, expected) in [(CanId::standard(0x1F), "01F"), (CanId::extended(0xCF0_0400), "0CF00400")] {
            assert_eq!(text(|text| put_id(text, id.unwrap())), expected);
        }
    }
}
