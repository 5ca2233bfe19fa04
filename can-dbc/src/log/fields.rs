//! The pieces of a line.

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = LOW_BITS << 7;

/// The words between white space.
#[inline]
pub(crate) const fn words(text: &[u8]) -> Words<'_> {
    Words(text)
}

/// The words of a text that have not been taken.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest();
        if text.is_empty() {
            return None;
        }
        let (word, rest) = text.split_at(word_length(text));
        self.0 = rest;
        Some(word)
    }
}

impl<'a> Words<'a> {
    /// What is left, from its next word on.
    #[inline]
    pub fn rest(&mut self) -> &'a [u8] {
        // Gaps are spaces, nearly all of them: the first byte that is none is found without a loop.
        while let Some(eight) = self.0.first_chunk() {
            let other = u64::from_le_bytes(*eight) ^ (LOW_BITS * u64::from(b' '));
            self.0 = &self.0[other.trailing_zeros() as usize / 8..];
            if other != 0 {
                break;
            }
        }
        while let [byte, rest @ ..] = self.0
            && byte.is_ascii_whitespace()
        {
            self.0 = rest;
        }
        self.0
    }

    /// The next word, without taking it.
    #[inline]
    pub fn peek(&self) -> Option<&'a [u8]> {
        self.clone().next()
    }

    /// Fills bytes with a hexadecimal number of each word; `None` when one is no byte, or there are too few.
    #[inline]
    pub fn hex_bytes(&mut self, bytes: &mut [u8]) -> Option<()> {
        self.fill(bytes, |word| hexadecimal(word)?.try_into().ok())
    }

    /// The same of words of two digits.
    #[inline]
    pub fn hex_pairs(&mut self, bytes: &mut [u8]) -> Option<()> {
        self.fill(bytes, |word| match word {
            [high, low] => Some(hex(*high)? << 4 | hex(*low)?),
            _ => None,
        })
    }

    #[inline]
    fn fill(&mut self, bytes: &mut [u8], byte_of: impl Fn(&[u8]) -> Option<u8>) -> Option<()> {
        let text = self.rest();
        if let Ok(eight) = <&mut [u8; 8]>::try_from(&mut *bytes)
            && let Some(found) = eight_pairs(text, b' ')
            && text.get(EIGHT_PAIRS).is_none_or(u8::is_ascii_whitespace)
        {
            *eight = found;
            self.0 = &text[EIGHT_PAIRS..];
            return Some(());
        }
        for byte in bytes {
            *byte = byte_of(self.next()?)?;
        }
        Some(())
    }
}

/// The columns of a line that have not been taken, without white space around them.
#[derive(Clone, Debug)]
pub(crate) struct Columns<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

/// The columns of a line between separators.
#[inline]
pub(crate) const fn columns(line: &[u8], separator: u8) -> Columns<'_> {
    Columns { rest: Some(line), separator }
}

impl<'a> Iterator for Columns<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (column, rest) = split_at_byte(self.rest?, self.separator);
        self.rest = rest;
        Some(column.trim_ascii())
    }
}

impl Columns<'_> {
    /// Fills bytes with a hexadecimal number of each column; `None` when one is no byte, or there are too few.
    #[inline]
    pub fn hex_bytes(&mut self, bytes: &mut [u8]) -> Option<()> {
        if let Ok(eight) = <&mut [u8; 8]>::try_from(&mut *bytes)
            && let Some(text) = self.rest
            && let Some(found) = eight_pairs(text, self.separator)
            && text.get(EIGHT_PAIRS).is_none_or(|byte| *byte == self.separator)
        {
            *eight = found;
            self.rest = text.get(EIGHT_PAIRS + 1..);
            return Some(());
        }
        for byte in bytes {
            *byte = hexadecimal(self.next()?)?.try_into().ok()?;
        }
        Some(())
    }
}

/// How long a word is that begins here.
#[inline]
fn word_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        // The high bit comes up in bytes up to the space; above the first of them it may be wrong.
        let found = word.wrapping_sub(LOW_BITS * 0x21) & !word & HIGH_BITS;
        if found == 0 {
            at += 8;
            continue;
        }
        at += found.trailing_zeros() as usize / 8;
        // Some control characters are no white space.
        if text[at].is_ascii_whitespace() {
            return at;
        }
        at += 1;
    }
    text[at..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |found| at + found)
}

/// Splits a text at the first of these bytes; the second part is `None` where there is none.
#[inline]
fn split_at_byte(text: &[u8], byte: u8) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight) ^ (LOW_BITS * u64::from(byte));
        let found = word.wrapping_sub(LOW_BITS) & !word & HIGH_BITS;
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            return (&text[..at], Some(&text[at + 1..]));
        }
        at += 8;
    }
    match text[at..].iter().position(|&b| b == byte) {
        Some(found) => (&text[..at + found], Some(&text[at + found + 1..])),
        None => (text, None),
    }
}

/// How long eight pairs of digits are with a byte between each two.
pub(crate) const EIGHT_PAIRS: usize = 23;

/// Eight pairs of hexadecimal digits with this byte between each two, at the beginning of a text.
#[inline]
pub(crate) fn eight_pairs(text: &[u8], between: u8) -> Option<[u8; 8]> {
    let text: &[u8; EIGHT_PAIRS] = text.first_chunk()?;
    let (mut bytes, mut wrong, mut other) = ([0; 8], 0, 0);
    for (at, byte) in bytes.iter_mut().enumerate() {
        let (high, low) = (DIGITS[usize::from(text[3 * at])], DIGITS[usize::from(text[3 * at + 1])]);
        wrong |= high | low;
        *byte = high << 4 | low;
    }
    for at in 0..7 {
        other |= text[3 * at + 2] ^ between;
    }
    (wrong < 16 && other == 0).then_some(bytes)
}

const TENS: [i64; 19] = {
    let mut tens = [1; 19];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// A decimal number × 10^`exponent`, as a whole number; what is finer is dropped. `12.5` with 3 is 12,500. `None` for
/// anything but digits with at most one point, and beyond 18 digits.
#[inline]
pub(crate) fn decimal(text: &[u8], exponent: usize) -> Option<i64> {
    let (mut number, mut whole) = (0i64, 0);
    while let Some(digit) = text.get(whole).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        // What is too long is refused below.
        number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
        whole += 1;
    }
    if whole == 0 || whole + exponent > 18 {
        return None;
    }
    let fraction = match text.get(whole..) {
        None | Some([]) => return Some(number * TENS[exponent]),
        Some([b'.', fraction @ ..]) => fraction,
        Some(_) => return None,
    };
    let (kept, dropped) = fraction.split_at(fraction.len().min(exponent));
    for byte in kept {
        number = number * 10 + i64::from(Some(byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)?);
    }
    dropped.iter().all(u8::is_ascii_digit).then(|| number * TENS[exponent - kept.len()])
}

/// What each byte stands for as a hexadecimal digit; 255 for one that is none.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// One hexadecimal digit.
#[inline]
pub(crate) fn hex(digit: u8) -> Option<u8> {
    Some(DIGITS[usize::from(digit)]).filter(|value| *value < 16)
}

/// A hexadecimal number of one to eight digits.
#[inline]
pub(crate) fn hexadecimal(text: &[u8]) -> Option<u32> {
    if let Ok(eight) = <[u8; 8]>::try_from(text) {
        let (bytes, digits) = hex_digits(u64::from_le_bytes(eight));
        return (digits == 8).then(|| bytes.swap_bytes());
    }
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    let (mut number, mut wrong) = (0, 0);
    for &digit in text {
        let value = DIGITS[usize::from(digit)];
        wrong |= value;
        number = number << 4 | u32::from(value & 15);
    }
    (wrong < 16).then_some(number)
}

/// The bytes that eight hexadecimal digits stand for, first byte lowest, and how many of the eight are digits before the
/// first that is none. What comes after that digit has no meaning.
#[inline]
pub(crate) fn hex_digits(word: u64) -> (u32, usize) {
    // In each byte: does the high bit come up when so much is added? A byte over 0x7F is no digit, and can disturb those
    // behind it only.
    let ascii = word & !HIGH_BITS;
    let lower = ascii | (LOW_BITS * 0x20);
    let at_least = |bytes: u64, least: u8| bytes + LOW_BITS * u64::from(0x80 - least);
    let digit = at_least(ascii, b'0') & !at_least(ascii, b'9' + 1);
    let letter = at_least(lower, b'a') & !at_least(lower, b'f' + 1);
    let wrong = !((digit | letter) & !word) & HIGH_BITS;
    // '1' is 0x31; 'A' is 0x41 and 'a' 0x61: one to ten, and bit 6. What is no digit must not reach the digit before it.
    let nibbles = ((ascii & (LOW_BITS * 0x0F)) + ((ascii >> 6) & LOW_BITS) * 9) & (LOW_BITS * 0x0F);
    let bytes = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF;
    let twos = (bytes | bytes >> 8) & 0x0000_FFFF_0000_FFFF;
    ((twos | twos >> 16) as u32, wrong.trailing_zeros() as usize / 8)
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
