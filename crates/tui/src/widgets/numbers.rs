//! Numbers with as many digits as their accuracy justifies.

use grainloss_core::harvest::Interval90;

/// Stands for an unknown value.
pub(crate) const DASH: &str = "—";

/// Two significant digits, without an exponent; four decimals at most.
pub(crate) fn two_digits(value: f64) -> String {
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
pub(crate) fn interval(band: Interval90) -> String {
    format!("{}–{}", two_digits(band.lo), two_digits(band.hi))
}

/// `85 (40–160)`; `0` when the upper end is below 0.0001.
pub(crate) fn with_interval(band: Interval90) -> String {
    if band.hi < 1e-4 {
        return two_digits(band.hi);
    }
    format!("{} ({})", two_digits(band.value), interval(band))
}

/// `+12 (-3…+40)`: a difference, with its sign.
pub(crate) fn signed_interval(band: Interval90) -> String {
    let signed = |value: f64| {
        let digits = two_digits(value.abs());
        if digits == "0" { digits } else { format!("{}{digits}", if value < 0.0 { '-' } else { '+' }) }
    };
    format!("{} ({}…{})", signed(band.value), signed(band.lo), signed(band.hi))
}

/// Like [`with_interval`], in less room: what is below 0.01 is `<0.01`.
pub(crate) fn coarse_interval(band: Interval90) -> String {
    const LEAST: f64 = 0.01;
    let one = |value: f64| if value > 0.0 && value < LEAST { format!("<{LEAST}") } else { two_digits(value) };
    if band.hi < LEAST || band.lo >= band.hi {
        return one(band.hi);
    }
    format!("{} ({}–{})", one(band.value), one(band.lo), one(band.hi))
}

/// An interval converted by `to` into another unit.
pub(crate) fn band(band: Interval90, to: impl Fn(f64) -> f64) -> Interval90 {
    Interval90 { value: to(band.value), lo: to(band.lo), hi: to(band.hi) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_keeps_two_significant_digits() {
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
