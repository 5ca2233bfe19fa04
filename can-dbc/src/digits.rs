//! Decimal digits of a number, all at once.

/// The digit 0, eight times: what makes digits text.
pub const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// The digits of a number below 10^8 as the bytes of a word, 0 to 9, the first of eight lowest. A larger number has no
/// meaning here.
///
/// Halves, then quarters, then single digits, all at once. The products are the quotients for numbers of so few digits:
/// n × 10,486 / 2^20 is n / 100 up to 9,999, and n × 103 / 2^10 is n / 10 up to 99.
#[inline]
pub const fn eight_digits(number: u64) -> u64 {
    debug_assert!(number < 100_000_000);
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = (fours * 10_486) >> 20 & 0x0000_007F_0000_007F;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = (twos * 103) >> 10 & 0x000F_000F_000F_000F;
    tens | (twos - tens * 10) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        for step in 0..1_000_003u64 {
            // A prime, so that all digits meet.
            let number = step * 99_991 % 100_000_000;
            let text = (eight_digits(number) | ZEROS).to_le_bytes();
            assert_eq!(str::from_utf8(&text).unwrap(), format!("{number:08}"));
        }
    }
}
