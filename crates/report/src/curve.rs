//! The power law of loss over feed rate (Nyborg 1967) through a session's own samples.
//!
//! The estimate has such a law in it: what is drawn here is the session's loss as estimated, not a second witness.

use super::model::PowerLaw;
use grainloss_core::harvest::Interval90;
use grainloss_core::math::Z90;

/// Fewer samples say nothing of an exponent.
const FEWEST: usize = 12;
/// Feed rates must differ by this standard deviation of their logarithm (our choice: about ±5 %).
const LEAST_SPREAD: f64 = 0.05;

/// The law through samples of feed rate in kg/s and loss in per cent, by least squares of the logarithms. Neighbours are
/// alike: the interval counts only as many samples as their first autocorrelation leaves (Bayley and Hammersley 1946).
pub fn fit(samples: &[(f64, f64)]) -> Option<PowerLaw> {
    let logs: Vec<(f64, f64)> =
        samples.iter().filter(|(feed, loss)| *feed > 0.0 && *loss > 0.0).map(|(f, l)| (f.ln(), l.ln())).collect();
    if logs.len() < FEWEST {
        return None;
    }
    let n = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|s| s.0), mean(|s| s.1));
    let xx = logs.iter().map(|s| (s.0 - x).powi(2)).sum::<f64>();
    if (xx / n).sqrt() < LEAST_SPREAD {
        return None;
    }
    let exponent = logs.iter().map(|s| (s.0 - x) * (s.1 - y)).sum::<f64>() / xx;
    let residuals: Vec<f64> = logs.iter().map(|s| s.1 - y - exponent * (s.0 - x)).collect();
    let squares = residuals.iter().map(|r| r * r).sum::<f64>();
    let alike = if squares > 0.0 { residuals.windows(2).map(|r| r[0] * r[1]).sum::<f64>() / squares } else { 0.0 };
    let alike = alike.clamp(0.0, 0.95);
    let independent = (n * (1.0 - alike) / (1.0 + alike)).max(3.0);
    let scatter = (squares / (n - 2.0)).sqrt();
    let reach = Z90 * scatter / (xx / n * independent).sqrt();
    Some(PowerLaw {
        mean_feed_kg_s: x.exp(),
        at_mean_pct: y.exp(),
        exponent: Interval90 { value: exponent, lo: exponent - reach, hi: exponent + reach },
        scatter,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_found_again() {
        // 0.5 % at 6 kg/s and the square of the feed rate: at 3 kg/s a quarter of it.
        let samples: Vec<_> =
            (0..40).map(|i| 3.0 + 0.15 * f64::from(i)).map(|f| (f, 0.5 * (f / 6.0).powi(2))).collect();
        let law = fit(&samples).unwrap();
        assert!((law.exponent.value - 2.0).abs() < 1e-9 && law.scatter < 1e-9);
        assert!((law.at_mean_pct - 0.5 * (law.mean_feed_kg_s / 6.0).powi(2)).abs() < 1e-9);
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(fit(&[(3.0, 0.4); 40]), None, "one feed rate");
        assert_eq!(fit(&[(3.0, 0.4), (6.0, 0.9)]), None, "two samples");
    }
}
