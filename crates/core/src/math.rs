//! Mathematics that gives the same bytes on every processor: what the estimator says is hashed and signed.
//!
//! The platform's mathematics library may differ from another's in the last bit; the `libm` crate computes in Rust, the
//! same everywhere. Additions, products, quotients and square roots are exact by IEEE 754 and need none.

/// eˣ.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// eˣ − 1, exact near 0.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ln(1 + x), exact near 0.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `base` to the power of `exponent`.
pub fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// x².
pub const fn square(x: f64) -> f64 {
    x * x
}

/// √(x² + y²) without overflow.
pub fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// Sine of an angle, rad.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of an angle, rad.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// The angle of the point (`x`, `y`), rad, from −π to π.
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Natural logarithm of the gamma function, for x above 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The standard normal distribution function Φ(z).
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Half the width of a 90 % interval of the standard normal distribution: Φ(Z90) = 0.95.
pub const Z90: f64 = 1.644_853_626_951_472_2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_are_met() {
        // Standard table of the normal distribution: Φ(1.6449) = 0.95, Φ(0) = 0.5, Φ(−2.3263) = 0.01.
        for (z, p) in [(Z90, 0.95), (0.0, 0.5), (-2.326_347_874, 0.01)] {
            assert!((normal_cdf(z) - p).abs() < 1e-10, "{z}");
        }
        // Γ(5) = 4! = 24, Γ(1/2) = √π.
        assert!((ln_gamma(5.0) - 3.178_053_830_347_946).abs() < 1e-14);
        assert!((ln_gamma(0.5) - 0.572_364_942_924_700_1).abs() < 1e-14);
        assert_eq!((hypot(3.0, 4.0), square(-3.0), atan2(1.0, 0.0)), (5.0, 9.0, std::f64::consts::FRAC_PI_2));
    }
}
