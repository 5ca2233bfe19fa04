//! Numbers with as many digits as their accuracy justifies.

use grainloss_core::harvest::Interval90;
use grainloss_core::rounding::parts_that_add;

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
    let decimals = two_digits_decimals(value);
    format!("{value:.decimals$}")
}

/// How many decimals [`two_digits`] gives a value above nothing.
fn two_digits_decimals(value: f64) -> usize {
    (1 - value.log10().floor() as i32).clamp(0, 4) as usize
}

/// Parts that add up to their sum as [`two_digits`] writes them: 52 and 38, not 51 and 38, where the sum is 90. Parts that
/// have more decimals than the sum stay as they are. `sum` may be off by its own rounding.
pub(crate) fn two_digits_that_add<const N: usize>(parts: [f64; N], sum: f64) -> [f64; N] {
    if !(sum > 0.0 && parts.iter().all(|part| part.is_finite() && *part >= 0.0)) {
        return parts;
    }
    let decimals = two_digits_decimals(sum);
    let is_fine = parts.map(|part| part <= 0.0 || two_digits_decimals(part) > decimals);
    // The largest part takes along the sum's own rounding.
    let largest = (0..N).filter(|&at| !is_fine[at]).max_by(|&a, &b| parts[a].total_cmp(&parts[b]));
    let Some(largest) = largest else { return parts };
    let mut coarse: [f64; N] = std::array::from_fn(|at| if is_fine[at] { 0.0 } else { parts[at] });
    coarse[largest] += sum - parts.iter().sum::<f64>();
    let added = parts_that_add(coarse, decimals);
    std::array::from_fn(|at| if is_fine[at] { parts[at] } else { added[at] })
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
    fn parts_of_two_digits_add_up_to_their_sum() {
        let told = |parts: [f64; 2], sum| two_digits_that_add(parts, sum).map(two_digits);
        // 89.6 is 90, and 51 and 38 would be 89: the larger remainder, of 51.4, gets one.
        assert_eq!(told([51.4, 38.2], 89.6), ["52", "38"]);
        // 38.2 is 38, and 28 and 11 would be 39.
        assert_eq!(told([27.6, 10.6], 38.0), ["27", "11"]);
        // A part with a decimal more than the sum.
        assert_eq!(told([80.9, 9.5], 90.4), ["81", "9.5"]);
        // 1.07: the parts have one decimal more than the sum, 1.1.
        assert_eq!(told([0.63, 0.44], 1.07), ["0.63", "0.44"]);
        assert_eq!(told([0.0, 0.0], 0.0), ["0", "0"]);
        assert_eq!(two_digits_that_add([f64::INFINITY, 1.0], f64::INFINITY), [f64::INFINITY, 1.0]);
    }

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
