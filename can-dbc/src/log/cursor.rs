//! A line of the usual shape, read in place: digits eight at a time, gaps in one step.
//!
//! What is not of that shape gives `None`, and the line is left to the general reader of its format, which gives the same
//! frame for the lines that are read here.

use super::fields::{EIGHT_PAIRS, eight_pairs, hex_digits};
use super::input::MAX_LINE;

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = LOW_BITS << 7;

/// A place in bytes that begin with a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[inline]
    fn word(&self) -> Option<u64> {
        self.bytes.get(self.at..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight))
    }

    /// Passes over spaces, at least one.
    #[inline]
    pub fn gap(&mut self) -> Option<()> {
        let begin = self.at;
        self.spaces()?;
        (self.at > begin).then_some(())
    }

    /// Passes over spaces.
    #[inline]
    pub fn spaces(&mut self) -> Option<()> {
        loop {
            let other = self.word()? ^ (LOW_BITS * u64::from(b' '));
            self.at += other.trailing_zeros() as usize / 8;
            if other != 0 {
                return Some(());
            }
        }
    }

    /// Passes over this byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) -> Option<()> {
        self.byte_of(|found| found == byte).map(|_| ())
    }

    /// Passes over the next byte, when it is a right one.
    #[inline]
    pub fn byte_of(&mut self, is_right: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied().filter(|byte| is_right(*byte))?;
        self.at += 1;
        Some(byte)
    }

    /// Passes over the bytes up to the next space, at least one.
    #[inline]
    pub fn text(&mut self) -> Option<()> {
        let length = self.bytes.get(self.at..)?.iter().position(|&byte| byte <= b' ')?;
        self.at += length;
        (length > 0).then_some(())
    }

    /// A decimal number, and how many digits it has: one to eight.
    #[inline]
    pub fn number(&mut self) -> Option<(u32, usize)> {
        let digits = self.word()? ^ (LOW_BITS * u64::from(b'0'));
        // The high bit comes up in bytes over 9.
        let other = (digits | ((digits & !HIGH_BITS) + LOW_BITS * 0x76)) & HIGH_BITS;
        let count = other.trailing_zeros() as usize / 8;
        if count == 0 {
            return None;
        }
        self.at += count;
        // Zeros in front make it eight digits; then neighbours are joined: 1-digit numbers, 2, 4.
        let eight = digits << (64 - 8 * count);
        let twos = (eight * 10 + (eight >> 8)) & 0x00FF_00FF_00FF_00FF;
        let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
        Some(((fours * 10_000 + (fours >> 32)) as u32, count))
    }

    /// A hexadecimal number, and how many digits it has: one to eight.
    #[inline]
    pub fn hex(&mut self) -> Option<(u32, usize)> {
        let (bytes, count) = hex_digits(self.word()?);
        if count == 0 {
            return None;
        }
        self.at += count;
        Some((bytes.swap_bytes() >> (32 - 4 * count), count))
    }

    /// Eight pairs of hexadecimal digits with a space between each two, and nothing that belongs to them behind.
    #[inline]
    pub fn eight_bytes(&mut self) -> Option<[u8; 8]> {
        let bytes = eight_pairs(self.bytes.get(self.at..)?, b' ')?;
        self.at += EIGHT_PAIRS;
        matches!(self.bytes.get(self.at)?, b' ' | b'\r' | b'\n').then_some(bytes)
    }

    /// How long the line is with its end, whatever is left of it; `None` where the end is not there, or too far away.
    #[inline]
    pub fn line_length(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..self.bytes.len().min(MAX_LINE))?;
        if rest.first() == Some(&b'\n') {
            return Some(self.at + 1);
        }
        Some(self.at + memchr::memchr(b'\n', rest)? + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_their_digits_end() {
        for (text, expected) in [("7 ", Some((7, 1))), ("0042.", Some((42, 4))), ("12345678", Some((12_345_678, 8)))] {
            let text = format!("{text}        ");
            assert_eq!(Cursor::new(text.as_bytes()).number(), expected, "{text}");
        }
        for byte in 0..=u8::MAX {
            let bytes = [b'9', byte, b'1', b'1', b'1', b'1', b'1', b'1', b' '];
            let expected = if byte.is_ascii_digit() { 8 } else { 1 };
            assert_eq!(Cursor::new(&bytes).number().unwrap().1, expected, "{byte}");
            assert_eq!(Cursor::new(&[byte; 8]).number().is_some(), byte.is_ascii_digit(), "{byte}");
        }
        assert_eq!(Cursor::new(b"18FEF31Cx").hex(), Some((0x18FE_F31C, 8)));
        assert_eq!(Cursor::new(b"7fx      ").hex(), Some((0x7F, 2)));
        assert_eq!(Cursor::new(b"CF00400x ").hex(), Some((0x0CF0_0400, 7)));
        assert_eq!(Cursor::new(b"x        ").hex(), None);
    }
}
