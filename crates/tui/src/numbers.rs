//! Numbers to the precision they deserve.

use grainloss_core::harvest::Interval90;

/// What stands where nothing is known.
pub(super) const DASH: &str = "—";

/// Two significant digits, without an exponent; four decimals at most.
pub(super) fn two_digits(value: f64) -> String {
    const SMALLEST: f64 = 1e-4;
    if value <= 0.0 {
        return "0".to_owned();
    }
    if value < SMALLEST {
        return format!("<{SMALLEST}");
    }
    let decimals = 1 - value.log10().floor() as i32;
    let decimals = decimals.clamp(0, 4) as usize;
    format!("{value:.decimals$}")
}

/// `0.62–2.3`
pub(super) fn interval(band: Interval90) -> String {
    format!("{}–{}", two_digits(band.lo), two_digits(band.hi))
}

/// `85 (40–160)`; a certain nothing is `0`.
pub(super) fn with_interval(band: Interval90) -> String {
    if band.hi < 1e-4 {
        return two_digits(band.hi);
    }
    format!("{} ({})", two_digits(band.value), interval(band))
}

/// `+12 (-3…+40)`: a difference, which may have either sign.
pub(super) fn signed_interval(band: Interval90) -> String {
    let signed = |value: f64| {
        let digits = two_digits(value.abs());
        if digits == "0" { digits } else { format!("{}{digits}", if value < 0.0 { '-' } else { '+' }) }
    };
    format!("{} ({}…{})", signed(band.value), signed(band.lo), signed(band.hi))
}

/// The same where nobody asks for less than a hundredth, and there is little room.
pub(super) fn coarse_interval(band: Interval90) -> String {
    const LEAST: f64 = 0.01;
    let one = |value: f64| if value > 0.0 && value < LEAST { format!("<{LEAST}") } else { two_digits(value) };
    if band.hi < LEAST || band.lo >= band.hi {
        return one(band.hi);
    }
    format!("{} ({}–{})", one(band.value), one(band.lo), one(band.hi))
}

/// A band in another unit.
pub(super) fn band(band: Interval90, to: impl Fn(f64) -> f64) -> Interval90 {
    Interval90 { value: to(band.value), lo: to(band.lo), hi: to(band.hi) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_two_digits() {
        for (value, text) in [
            (123.4, "123"),
            (45.3, "45"),
            (4.53, "4.5"),
            (0.453, "0.45"),
            (0.0453, "0.045"),
            (1e-5, "<0.0001"),
            (0.0, "0"),
        ] {
            assert_eq!(two_digits(value), text);
        }
    }
}
