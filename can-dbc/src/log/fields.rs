//! The pieces of a line.

/// The words between white space.
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// A decimal number × 10^`exponent`, as a whole number; what is finer is dropped. `12.5` with 3 is 12,500. `None` for
/// anything but digits with at most one point, and beyond 18 digits.
pub(crate) fn decimal(text: &[u8], exponent: usize) -> Option<i64> {
    let point = text.iter().position(|&b| b == b'.').unwrap_or(text.len());
    let (whole, fraction) = (&text[..point], text.get(point + 1..).unwrap_or_default());
    if whole.is_empty() || whole.len() + exponent > 18 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let zeros = std::iter::repeat(&b'0');
    let digits = whole.iter().chain(fraction.iter().chain(zeros).take(exponent));
    digits
        .into_iter()
        .try_fold(0, |number: i64, &digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// One hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// A hexadecimal number of one to eight digits.
pub(crate) fn hexadecimal(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    text.iter().try_fold(0, |number, &digit| Some(number << 4 | u32::from(hex(digit)?)))
}

/// The payload's length in bytes for each length code of CAN FD (ISO 11898-1).
const LENGTHS: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64];

/// The length code of so many bytes, or of the next length there is a code for.
pub(crate) fn fd_code(length: usize) -> u8 {
    LENGTHS.iter().position(|&most| usize::from(most) >= length).unwrap_or(15) as u8
}

/// The payload's length in bytes for a length code of CAN FD: 9 stands for 12 bytes, 15 for 64.
pub(crate) fn fd_length(code: u8) -> Option<usize> {
    LENGTHS.get(usize::from(code)).map(|&length| usize::from(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_whole_numbers() {
        for (text, exponent, number) in [
            ("1059.9", 3, Some(1_059_900)),
            ("0.0159919", 6, Some(15_991)),
            ("8", 0, Some(8)),
            ("8.", 1, Some(80)),
            ("1436509052.249713", 6, Some(1_436_509_052_249_713)),
            ("", 6, None),
            (".5", 6, None),
            ("1.5.", 6, None),
            ("-1", 6, None),
            ("1e3", 6, None),
            ("9999999999999", 6, None),
        ] {
            assert_eq!(decimal(text.as_bytes(), exponent), number, "{text}");
        }
    }
}
