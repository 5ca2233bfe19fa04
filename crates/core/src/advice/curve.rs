//! Loss behind the machine against feed rate, as this session has it: a power law (Nyborg 1967), whose exponent starts
//! from what is known of combines and is narrowed by what has been seen.
//!
//! The estimate has a power law of its own in it: what is learned here is the session's loss as estimated, not a second
//! witness.

use crate::harvest::{Basis, Estimate};
use crate::math::{exp, ln};
use crate::time::STEP_S;

/// Samples are sums over so much settled cutting: about as long as crop needs through the machine.
const SAMPLE_S: f64 = 10.0;
/// Crop at the header is at the rear after two lags of so long: 6 to 10 s in all (assumed).
const LAG_S: f64 = 4.0;
/// Elasticity of the loss share with the feed rate: median 1.9, standard deviation of its logarithm 0.45, from published
/// trials (1.0 to 3.8); here as a normal of the same spread.
const PRIOR_SLOPE: f64 = 1.9;
const PRIOR_SLOPE_SD: f64 = 0.9;
/// Scatter of a sample's logarithm about the curve; wide, since neighbouring samples are not independent (assumed).
const SAMPLE_SD: f64 = 0.35;
/// Samples are forgotten with this memory (assumed: as fast as crop conditions change).
const MEMORY_S: f64 = 1200.0;
/// Five minutes of them, before anything is called typical.
const TYPICAL_AFTER: f64 = 25.0;

/// Ten seconds of settled cutting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// Logarithm of the feed rate in kg/s.
    pub log_feed: f64,
    /// Logarithm of the loss behind the machine over grain in.
    pub log_share: f64,
    /// Above what is typical at this load, as a logarithm; `None` before that is known.
    pub above: Option<f64>,
    /// Grain in, kg/s.
    pub grain_kg_s: f64,
}

/// Two first-order lags, one after the other.
#[derive(Clone, Copy, Debug, Default)]
struct Lag(Option<[f64; 2]>);

impl Lag {
    fn step(&mut self, now: f64) -> f64 {
        let [a, b] = self.0.get_or_insert([now; 2]);
        *a += (now - *a) * STEP_S / LAG_S;
        *b += (*a - *b) * STEP_S / LAG_S;
        *b
    }
}

/// Weighted sums of the samples.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

#[derive(Debug, Default)]
pub(super) struct Curve {
    sums: Sums,
    feed_lag: Lag,
    grain_lag: Lag,
    feed: f64,
    grain: f64,
    rear: f64,
    gathered_s: f64,
}

impl Curve {
    /// One step. Gives a sample each ten seconds of settled cutting in which loss plates were heard.
    pub fn step(&mut self, estimate: &Estimate, settled: bool) -> Option<Sample> {
        let sensed = matches!(estimate.rear.basis, Basis::Sensed | Basis::Calibrated);
        let known = || Some((estimate.feed_kg_s?, estimate.grain_in?.median, estimate.rear.loss?.median));
        let known = known().filter(|(feed, grain, rear)| [feed, grain, rear].iter().all(|v| v.is_finite()));
        let Some((feed, grain, rear)) = known else {
            (self.feed_lag, self.grain_lag, self.gathered_s) = (Lag::default(), Lag::default(), 0.0);
            return None;
        };
        let (feed, grain) = (self.feed_lag.step(feed), self.grain_lag.step(grain));
        if !settled || !sensed {
            self.gathered_s = 0.0;
            return None;
        }
        if self.gathered_s == 0.0 {
            (self.feed, self.grain, self.rear) = (0.0, 0.0, 0.0);
        }
        self.feed += feed * STEP_S;
        self.grain += grain * STEP_S;
        self.rear += rear * STEP_S;
        self.gathered_s += STEP_S;
        if self.gathered_s < SAMPLE_S - 0.5 * STEP_S {
            return None;
        }
        let seconds = std::mem::take(&mut self.gathered_s);
        let (log_feed, log_share) = (ln(self.feed / seconds), ln(self.rear / self.grain));
        if !log_feed.is_finite() || !log_share.is_finite() {
            return None;
        }
        let above = self.typical(log_feed).map(|typical| log_share - typical);
        self.learn(log_feed, log_share);
        Some(Sample { log_feed, log_share, above, grain_kg_s: self.grain / seconds })
    }

    fn learn(&mut self, x: f64, log_share: f64) {
        // A blunder pulls no further than two standard deviations.
        let y = self
            .typical(x)
            .map_or(log_share, |typical| typical + (log_share - typical).clamp(-2.0 * SAMPLE_SD, 2.0 * SAMPLE_SD));
        let keep = exp(-SAMPLE_S / MEMORY_S);
        let sums = &mut self.sums;
        for (sum, new) in
            [(&mut sums.n, 1.0), (&mut sums.x, x), (&mut sums.y, y), (&mut sums.xx, x * x), (&mut sums.xy, x * y)]
        {
            *sum = *sum * keep + new;
        }
    }

    /// The exponent: mean and standard deviation. Without a sample, the prior's.
    pub fn slope(&self) -> (f64, f64) {
        let Sums { n, x, y, xx, xy } = self.sums;
        let (sxx, sxy) = if n > 0.0 { ((xx - x * x / n).max(0.0), xy - x * y / n) } else { (0.0, 0.0) };
        let (heard, prior) = (1.0 / (SAMPLE_SD * SAMPLE_SD), 1.0 / (PRIOR_SLOPE_SD * PRIOR_SLOPE_SD));
        let precision = sxx * heard + prior;
        ((sxy * heard + PRIOR_SLOPE * prior) / precision, precision.sqrt().recip())
    }

    /// Logarithm of the loss share that this session has at this load.
    fn typical(&self, log_feed: f64) -> Option<f64> {
        let Sums { n, x, y, .. } = self.sums;
        (n >= TYPICAL_AFTER).then(|| y / n + self.slope().0 * (log_feed - x / n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_sample_the_exponent_is_the_published_one() {
        let (mean, sd) = Curve::default().slope();
        assert!((mean - 1.9).abs() < 1e-12 && (sd - 0.9).abs() < 1e-12);
    }

    #[test]
    fn two_loads_narrow_the_exponent() {
        // Hardly anything is forgotten in two samples: keep = e^(-10/1200) = 0.9917. Feeds 1 and e² kg/s, share up by
        // e^1 between them: slope 0.5 there. Weights 0.9917 and 1: Sxx = 0.9917 × 4 / 1.9917 = 1.9917, Sxy = 0.9958.
        // Precision 1.9917 / 0.1225 + 1 / 0.81 = 16.2587 + 1.2346 = 17.4932, sd 0.23909;
        // mean (0.9958 / 0.1225 + 1.9 / 0.81) / 17.4932 = (8.1293 + 2.3457) / 17.4932 = 0.5988.
        let mut curve = Curve::default();
        curve.learn(0.0, -4.0);
        curve.learn(2.0, -3.0);
        let (mean, sd) = curve.slope();
        assert!((mean - 0.5988).abs() < 1e-3 && (sd - 0.239_09).abs() < 1e-4, "{mean} {sd}");
    }

    #[test]
    fn typical_is_told_after_five_minutes_and_follows_the_load() {
        let mut curve = Curve::default();
        for _ in 0..26 {
            curve.learn(1.0, -4.0);
            assert!(curve.sums.n < TYPICAL_AFTER || curve.typical(1.0).is_some());
        }
        // At one load only, the exponent is the prior's: e^0.1 more feed is e^0.19 more loss.
        for _ in 0..10 {
            curve.learn(1.0, -4.0);
        }
        assert!((curve.typical(1.1).unwrap() - (-4.0 + 0.19)).abs() < 1e-9);
    }
}
