//! The power law of loss over feed rate (Nyborg 1967), fitted to the session's own samples.
//!
//! The estimator contains such a law: the curve shows the session's loss as estimated and is no independent evidence.

use crate::model::{FeedSample, PowerLaw};
use grainloss_core::harvest::Interval90;
use grainloss_core::math::Z90;

/// Fewest samples for an exponent (assumed).
const MIN_SAMPLES: usize = 12;
/// Least standard deviation of the logarithm of the feed rates (assumed: about ±5 %).
const MIN_SPREAD: f64 = 0.05;

/// The law through the samples, by least squares of the logarithms; `None` with too few samples or with one feed rate
/// only. Neighbouring samples are alike: the interval counts as many independent samples as their first autocorrelation
/// leaves (Bayley and Hammersley 1946).
pub fn fit(samples: &[FeedSample]) -> Option<PowerLaw> {
    let logs: Vec<(f64, f64)> = samples
        .iter()
        .filter(|s| s.feed_kg_s > 0.0 && s.loss_pct > 0.0)
        .map(|s| (s.feed_kg_s.ln(), s.loss_pct.ln()))
        .collect();
    if logs.len() < MIN_SAMPLES {
        return None;
    }
    let n = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|s| s.0), mean(|s| s.1));
    let xx = logs.iter().map(|s| (s.0 - x).powi(2)).sum::<f64>();
    if (xx / n).sqrt() < MIN_SPREAD {
        return None;
    }
    let exponent = logs.iter().map(|s| (s.0 - x) * (s.1 - y)).sum::<f64>() / xx;
    let residuals: Vec<f64> = logs.iter().map(|s| s.1 - y - exponent * (s.0 - x)).collect();
    let squares = residuals.iter().map(|r| r * r).sum::<f64>();
    let autocorrelation =
        if squares > 0.0 { residuals.windows(2).map(|r| r[0] * r[1]).sum::<f64>() / squares } else { 0.0 };
    let autocorrelation = autocorrelation.clamp(0.0, 0.95);
    let independent = (n * (1.0 - autocorrelation) / (1.0 + autocorrelation)).max(3.0);
    let scatter = (squares / (n - 2.0)).sqrt();
    let half_width = Z90 * scatter / (xx / n * independent).sqrt();
    Some(PowerLaw {
        mean_feed_kg_s: x.exp(),
        at_mean_pct: y.exp(),
        exponent: Interval90 { value: exponent, lo: exponent - half_width, hi: exponent + half_width },
        scatter,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(feed_kg_s: f64, loss_pct: f64) -> FeedSample {
        FeedSample { feed_kg_s, loss_pct }
    }

    #[test]
    fn the_law_behind_exact_samples_is_fitted() {
        // 0.5 % at 6 kg/s and the square of the feed rate: at 3 kg/s a quarter of it.
        let samples: Vec<_> =
            (0..40).map(|i| 3.0 + 0.15 * f64::from(i)).map(|f| sample(f, 0.5 * (f / 6.0).powi(2))).collect();
        let law = fit(&samples).unwrap();
        assert!((law.exponent.value - 2.0).abs() < 1e-9 && law.scatter < 1e-9);
        assert!((law.at_mean_pct - 0.5 * (law.mean_feed_kg_s / 6.0).powi(2)).abs() < 1e-9);
    }

    #[test]
    fn one_feed_rate_or_two_samples_give_no_law() {
        assert_eq!(fit(&[sample(3.0, 0.4); 40]), None, "one feed rate");
        assert_eq!(fit(&[sample(3.0, 0.4), sample(6.0, 0.9)]), None, "two samples");
    }
}
