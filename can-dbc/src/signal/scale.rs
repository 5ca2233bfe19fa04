//! From codes to quantities and back.

/// How raw becomes physical: (raw × numerator + offset) / denominator, in whole numbers where the file's decimals allow,
/// so that the result is the decimal number that the file means (112 × 0.1 − 12.5 is −1.3, not −1.3000000000000007).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    numerator: f64,
    offset: f64,
    denominator: f64,
    /// How often ten is in the denominator.
    decimals: u8,
    /// Factor and offset as the file gives them.
    pub given: (f64, f64),
}

impl Scale {
    pub fn new(factor: f64, offset: f64) -> Self {
        let given = (factor, offset);
        (0..=12)
            .map(|decimals| (decimals, 10f64.powi(i32::from(decimals))))
            .map(|(decimals, ten)| Self {
                numerator: (factor * ten).round(),
                offset: (offset * ten).round(),
                denominator: ten,
                decimals,
                given,
            })
            .find(|s| s.numerator / s.denominator == factor && s.offset / s.denominator == offset)
            .unwrap_or(Self { numerator: factor, offset, denominator: 1.0, decimals: 0, given })
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

    /// True when factor and offset are whole numbers of the denominator's decimals.
    fn is_decimal(self) -> bool {
        self.numerator.fract() == 0.0 && self.offset.fract() == 0.0
    }

    /// The same without rounding, where factor and offset are whole numbers.
    pub fn whole(self, raw: i128) -> Option<i128> {
        // Those of a usable scale are below 1e20, and whole numbers of a double are exact.
        if self.decimals == 0 && self.is_decimal() {
            raw.checked_mul(self.numerator as i128)?.checked_add(self.offset as i128)
        } else {
            None
        }
    }

    /// The quantities of codes of at most this size as whole numbers of decimals: `None` where they are none, or may have
    /// more than fifteen digits, or a zero that is negative.
    pub fn decimal(self, largest: u64) -> Option<Decimal> {
        let Self { numerator, offset, decimals: places, .. } = self;
        let most = largest as f64 * numerator.abs() + offset.abs();
        let is_plain = self.is_decimal() && most < 1e15 && !(offset == 0.0 && offset.is_sign_negative());
        is_plain.then_some(Decimal { numerator: numerator as i64, offset: offset as i64, places })
    }

    pub fn raw(self, physical: f64) -> f64 {
        (physical * self.denominator - self.offset) / self.numerator
    }

    /// The quick form for codes of at most this size.
    pub fn quotient(self, largest: u64) -> Quotient {
        let most = largest as f64 * self.numerator.abs() + self.offset.abs();
        let parts = match self.decimals {
            0 => Some((1.0, 0.0)),
            // So many bits are exact until the division.
            decimals if self.is_decimal() && most < 2f64.powi(50) => {
                Quotient::parts(decimals, 64 - (most as u64).leading_zeros())
            }
            _ => None,
        };
        let (high, low) = parts.unwrap_or((0.0, self.denominator));
        Quotient { numerator: self.numerator, offset: self.offset, high, low }
    }
}

/// A scale in whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    numerator: i64,
    offset: i64,
    /// Decimals of the quantity.
    pub places: u8,
}

impl Decimal {
    /// The quantity of a code, in units of its last decimal.
    #[inline]
    pub fn count(self, raw: i64) -> i64 {
        raw.wrapping_mul(self.numerator).wrapping_add(self.offset)
    }
}

/// A scale whose division is a sum of two products, where that gives the same bits.
///
/// 1/10^d is `high` + `low`; `high` has so few bits t that x × `high` is exact for every x that occurs, of at most
/// n = 53 − t bits, and `low` is below 2^(1−t) of `high`. What x × `low` and the rounding of `low` lack is below
/// 2^(−51−t) of the quotient, or 2^(2−t) of the distance of two doubles there. The quotient of a whole number and 10^d that
/// is not itself halfway between two doubles is at least half of that distance / 10^d away from halfway (the difference
/// is a fraction with that denominator), and with n bits it never is halfway. So the one rounding of the sum is the
/// rounding of the quotient, if 10^d < 2^(t−3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quotient {
    numerator: f64,
    offset: f64,
    /// 0 where the division must be made: by `low`.
    high: f64,
    low: f64,
}

impl Quotient {
    /// Factor 1, offset 0.
    pub const ONE: Self = Self { numerator: 1.0, offset: 0.0, high: 1.0, low: 0.0 };

    /// `high` and `low` for numbers of so many bits; `None` where the sum would not do.
    fn parts(decimals: u8, bits: u32) -> Option<(f64, f64)> {
        let ten = 10u128.pow(u32::from(decimals));
        // More would gain nothing.
        let kept = 53u32.checked_sub(bits)?.min(40);
        if ten << 4 > 1 << kept {
            return None;
        }
        // 2^places / 10^d has `kept` bits before the point.
        let places = kept - 1 + (128 - ten.leading_zeros());
        let (whole, rest) = ((1u128 << places) / ten, (1u128 << places) % ten);
        let unit = 2f64.powi(-(places as i32));
        Some((whole as f64 * unit, rest as f64 / ten as f64 * unit))
    }

    /// True where no division must be made.
    pub fn is_exact(&self) -> bool {
        self.high != 0.0
    }

    /// raw × factor + offset.
    #[inline]
    pub fn of(&self, raw: f64) -> f64 {
        if self.high == 0.0 { (raw * self.numerator + self.offset) / self.low } else { self.of_exact(raw) }
    }

    /// The same where [`is_exact`](Self::is_exact) is true.
    #[inline]
    pub fn of_exact(&self, raw: f64) -> f64 {
        let counted = raw * self.numerator + self.offset;
        counted * self.high + counted * self.low
    }
}
