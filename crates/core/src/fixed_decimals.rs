//! Numbers with a fixed count of decimals: the same bytes as `format!("{number:.decimals$}")`, which works with all digits of
//! a number and is ten times slower.

use std::fmt::Write as _;

use grainloss_can::digits::{ZEROS, eight_digits};

/// 10 to the power of each count of decimals that has a fast way.
const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// So many units, and so few decimals, are put together in one word: seven digits and a point.
const MOST_SHORT: u64 = 9_999_999;
const SHORT_DECIMALS: usize = 6;
/// Numbers of units below this are taken the fast way: with room for the distance from a tie.
const MOST_UNITS: f64 = (1u64 << 50) as f64;

/// Adds a number to a text, rounded to so many decimals; a tie goes to the even digit.
pub fn push(text: &mut String, number: f64, decimals: usize) {
    let Some(units) = units(number, decimals) else {
        // A `String` takes everything.
        let _ = write!(text, "{number:.decimals$}");
        return;
    };
    if number.is_sign_negative() {
        text.push('-');
    }
    if units <= MOST_SHORT && decimals <= SHORT_DECIMALS {
        push_short(text, units, decimals as u32);
    } else {
        push_long(text, units, decimals);
    }
}

#[inline]
fn push_short(text: &mut String, units: u64, decimals: u32) {
    let digits = eight_digits(units);
    // A digit stands before the point.
    let zeros = (digits.trailing_zeros() / 8).min(7 - decimals);
    let (mut bytes, mut len) = ((digits | ZEROS) >> (8 * zeros), 8 - zeros as usize);
    if decimals > 0 {
        let before_point = 8 * (len as u32 - decimals);
        let whole = (1 << before_point) - 1;
        bytes = bytes & whole | u64::from(b'.') << before_point | (bytes & !whole) << 8;
        len += 1;
    }
    // Digits and a point are ASCII.
    text.push_str(str::from_utf8(&bytes.to_le_bytes()[..len]).unwrap_or_default());
}

fn push_long(text: &mut String, units: u64, decimals: usize) {
    // 16 digits and zeros before them up to the tenth place.
    let mut digits = [b'0'; 20];
    let mut rest = units;
    let mut first = digits.len();
    while rest > 0 || digits.len() - first <= decimals {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    // Digits are ASCII.
    let digits = str::from_utf8(&digits).unwrap_or_default();
    let (whole, decimals) = digits[first..].split_at(digits.len() - decimals - first);
    text.push_str(whole);
    if !decimals.is_empty() {
        text.push('.');
        text.push_str(decimals);
    }
}

/// The number that [`push`] writes.
pub fn round(number: f64, decimals: usize) -> f64 {
    match units(number, decimals) {
        // Both are whole numbers that a double holds exactly, so that their quotient is the nearest to the decimal number.
        Some(units) => (units as f64 / POWERS[decimals]).copysign(number),
        None => format!("{number:.decimals$}").parse().unwrap_or(number),
    }
}

/// How many units of the last decimal a number is, without its sign; `None` where a double does not say it for certain.
fn units(number: f64, decimals: usize) -> Option<u64> {
    let scaled = number.abs() * POWERS.get(decimals)?;
    if scaled.is_nan() || scaled >= MOST_UNITS {
        return None;
    }
    let whole = scaled as u64;
    let beyond_tie = scaled - whole as f64 - 0.5;
    // The product is off by half of its last binary digit at most.
    if beyond_tie.abs() <= scaled * f64::EPSILON {
        return None;
    }
    Some(whole + u64::from(beyond_tie > 0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(number: f64, decimals: usize) {
        let expected = format!("{number:.decimals$}");
        let mut text = String::from("x");
        push(&mut text, number, decimals);
        assert_eq!(text, format!("x{expected}"), "{number:e} with {decimals} decimals");
        let rounded = round(number, decimals);
        if !number.is_nan() {
            assert_eq!(rounded.to_bits(), expected.parse::<f64>().unwrap().to_bits(), "{number:e}, {decimals}");
        }
    }

    #[test]
    fn ties_zeros_and_extremes_are_as_the_standard_library_writes_them() {
        let numbers = [
            0.0,
            0.5,
            1.5,
            2.5,
            0.125,
            0.375,
            0.05,
            0.15,
            0.25,
            0.35,
            1.005,
            2.675,
            9.5,
            9.95,
            9.995,
            99.9995,
            1e-9,
            0.000_000_5,
            1e15,
            1e16,
            1e22,
            123_456_789.987_654_3,
            1.0e300,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::INFINITY,
            1_785_000_000.1,
            1_785_000_000.05,
            1_785_000_000.949_999_9,
            f64::NAN,
        ];
        for number in numbers {
            for decimals in 0..12 {
                check(number, decimals);
                check(-number, decimals);
            }
        }
    }

    mod properties {
        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(4000))]

            #[test]
            fn any_double(bits: u64, decimals in 0usize..12) {
                check(f64::from_bits(bits), decimals);
            }

            #[test]
            fn numbers_of_work(number in -1e6..1e6f64, decimals in 0usize..10) {
                check(number, decimals);
            }

            /// Decimal numbers with one digit more than is written: next to ties.
            #[test]
            fn near_ties(units in 0i64..1_000_000_000, decimals in 0usize..8, ulps in -3i64..=3) {
                let number: f64 = format!("{units}e-{}", decimals + 1).parse().unwrap();
                check(f64::from_bits((number.to_bits() as i64 + ulps).max(0) as u64), decimals);
            }
        }
    }
}
