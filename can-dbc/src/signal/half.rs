//! IEEE 754 numbers of 16 bits: a sign, five bits of exponent, ten of fraction.

/// The code of the infinity; all below are numbers, in rising order.
const INFINITY: u16 = 0x7C00;

/// The number of a code.
pub(super) fn from_bits(code: u16) -> f64 {
    let (exponent, fraction) = (i32::from(code >> 10 & 0x1F), f64::from(code & 0x3FF));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if code >> 15 == 1 { -size } else { size }
}

/// The code whose number is nearest; `None` beyond the largest, and for what is no number.
pub(super) fn nearest(number: f64) -> Option<u16> {
    let size = number.abs();
    let (mut below, mut above) = (0, INFINITY - 1);
    if size.is_nan() || size > from_bits(above) {
        return None;
    }
    while above - below > 1 {
        let middle = below.midpoint(above);
        if from_bits(middle) <= size { below = middle } else { above = middle }
    }
    let code = if size - from_bits(below) <= from_bits(above) - size { below } else { above };
    Some(if number.is_sign_negative() { code | 0x8000 } else { code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_numbers_of_the_standard() {
        // IEEE 754: 3C00 is 1, C000 is -2, 7BFF is 65504, 0400 is 2^-14, 0001 is 2^-24, 3555 is 0.33325195…
        let known = [(0x3C00, 1.0), (0xC000, -2.0), (0x7BFF, 65504.0), (0x0400, 6.103_515_625e-5), (1, 2f64.powi(-24))];
        for (code, number) in known {
            assert_eq!((from_bits(code), nearest(number)), (number, Some(code)));
        }
        assert_eq!(from_bits(0x3555), 0.333_251_953_125);
        assert_eq!(nearest(1.0 / 3.0), Some(0x3555));
        assert!(from_bits(0x7C00).is_infinite() && from_bits(0x7E00).is_nan());
        assert_eq!((nearest(70_000.0), nearest(f64::NAN)), (None, None));
    }
}
