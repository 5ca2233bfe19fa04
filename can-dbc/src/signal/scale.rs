//! From codes to quantities and back.

/// How raw becomes physical: (raw × numerator + offset) / denominator, in whole numbers where the file's decimals allow,
/// so that the result is the decimal number that the file means (112 × 0.1 − 12.5 is −1.3, not −1.3000000000000007).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    numerator: f64,
    offset: f64,
    denominator: f64,
    /// Factor and offset as the file gives them.
    pub given: (f64, f64),
}

impl Scale {
    pub fn new(factor: f64, offset: f64) -> Self {
        let given = (factor, offset);
        (0..=12)
            .map(|digits| 10f64.powi(digits))
            .map(|ten| Self {
                numerator: (factor * ten).round(),
                offset: (offset * ten).round(),
                denominator: ten,
                given,
            })
            .find(|s| s.numerator / s.denominator == factor && s.offset / s.denominator == offset)
            .unwrap_or(Self { numerator: factor, offset, denominator: 1.0, given })
    }

    /// True when the two numbers can scale anything: a factor of 0, or figures beyond anything that is measured, cannot.
    pub fn is_usable(factor: f64, offset: f64) -> bool {
        // NaN is in no range.
        (1e-20..=1e20).contains(&factor.abs()) && (0.0..=1e20).contains(&offset.abs())
    }

    #[inline]
    pub fn physical(self, raw: f64) -> f64 {
        (raw * self.numerator + self.offset) / self.denominator
    }

    /// The same without rounding, where factor and offset are whole numbers.
    pub fn whole(self, raw: i128) -> Option<i128> {
        // Those of a usable scale are below 1e20, and whole numbers of a double are exact.
        let is_whole = self.denominator == 1.0 && self.numerator.fract() == 0.0 && self.offset.fract() == 0.0;
        if is_whole { raw.checked_mul(self.numerator as i128)?.checked_add(self.offset as i128) } else { None }
    }

    pub fn raw(self, physical: f64) -> f64 {
        (physical * self.denominator - self.offset) / self.numerator
    }
}
