//! Numbers to the precision they deserve, in the units of the language.

use crate::harvest::{Band, LogNormal};
use crate::knowledge::Lang;

/// Square metres of a mu.
pub(super) const MU_PER_HA: f64 = 15.0;

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
pub(super) fn interval(band: Band) -> String {
    format!("{}–{}", two_digits(band.lo), two_digits(band.hi))
}

/// `85 (40–160)`; a certain nothing is `0`.
pub(super) fn with_interval(band: Band) -> String {
    if band.hi < 1e-4 {
        return two_digits(band.hi);
    }
    format!("{} ({})", two_digits(band.value), interval(band))
}

/// `+12 (-3…+40)`: a difference, which may have either sign.
pub(super) fn signed_interval(band: Band) -> String {
    let signed = |value: f64| {
        let digits = two_digits(value.abs());
        if digits == "0" { digits } else { format!("{}{digits}", if value < 0.0 { '-' } else { '+' }) }
    };
    format!("{} ({}…{})", signed(band.value), signed(band.lo), signed(band.hi))
}

/// Loss per area in the language's unit, from kg/m².
pub(super) fn per_area(loss_kg_m2: LogNormal, lang: Lang) -> Band {
    let per_ha = loss_kg_m2.scaled(1e4);
    match lang {
        Lang::Zh => per_ha.scaled(1.0 / MU_PER_HA).band(),
        Lang::En => per_ha.band(),
    }
}

/// Area in the language's unit, from ha.
pub(super) fn area(area_ha: f64, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{:.1}", area_ha * MU_PER_HA),
        Lang::En => format!("{area_ha:.2}"),
    }
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

    #[test]
    fn fifteen_mu_are_a_hectare() {
        // 150 kg/ha = 0.015 kg/m² = 10 kg/mu.
        let loss = LogNormal { median: 0.015, log_sd: 0.0 };
        assert!((per_area(loss, Lang::Zh).value - 10.0).abs() < 1e-9);
        assert!((per_area(loss, Lang::En).value - 150.0).abs() < 1e-9);
        assert_eq!(area(2.0, Lang::Zh), "30.0");
    }
}
