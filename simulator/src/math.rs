//! Sines, logarithms and powers that are the same on every machine.
//!
//! The platform's mathematics library may differ from another's in the last bit, and a bit is enough to shift a count.
//! The `libm` crate computes them in Rust, the same everywhere; the square root is exact by IEEE 754 and needs none.

/// eˣ.
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `base` to the power of `exponent`.
pub(crate) fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// A power with a fixed exponent whose base often is that of the call before: then it is not computed again.
#[derive(Clone, Copy)]
pub(crate) struct Power {
    exponent: f64,
    base: f64,
    value: f64,
}

impl Power {
    pub fn new(exponent: f64) -> Self {
        Self { exponent, base: 1.0, value: 1.0 }
    }

    /// `base` to the power of the exponent.
    pub fn of(&mut self, base: f64) -> f64 {
        if base != self.base {
            (self.base, self.value) = (base, pow(base, self.exponent));
        }
        self.value
    }
}

/// Sine and cosine.
pub(crate) fn sin_cos(x: f64) -> (f64, f64) {
    libm::sincos(x)
}

/// Cosine.
pub(crate) fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// The angle whose tangent this is, rad.
pub(crate) fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// The rising curve from 0 to 1, 0.5 at 0.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// Share of a normal distribution below `x` standard deviations.
pub(crate) fn normal_below(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of the normal distribution: 97.725 % lie below two standard deviations, 69.146 % below a half.
    #[test]
    fn shares_are_those_of_the_tables() {
        assert!((normal_below(2.0) - 0.977_25).abs() < 1e-5 && (normal_below(0.5) - 0.691_46).abs() < 1e-5);
        assert!((logistic(0.0) - 0.5).abs() < 1e-12 && (logistic(3f64.ln_1p()) - 0.8).abs() < 1e-12);
    }
}
