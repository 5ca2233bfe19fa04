//! Loss behind the machine against feed rate in this session: a power law (Nyborg 1967). Its exponent starts from what is
//! known of combines and is narrowed by the samples.
//!
//! The estimate contains a power law itself: what is learned here is the session's loss as estimated, no independent
//! evidence.

use crate::harvest::{Basis, Estimate};
use crate::math::{exp, ln};
use crate::params::{LoadCurveParams, Params, TargetLoadParams};
use crate::time::STEP_S;

/// Ten seconds of settled cutting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LoadSample {
    /// Logarithm of the feed rate in kg/s.
    pub log_feed: f64,
    /// Logarithm of the loss behind the machine over grain in.
    pub log_share: f64,
    /// Logarithm of the loss over what is typical at this load; `None` before that is known.
    pub above_typical: Option<f64>,
    /// Grain in, kg/s.
    pub grain_kg_s: f64,
}

/// Two first-order lags, one after the other: what comes in at the header, as it reaches the rear. The estimator learns
/// the residence time of the machine; the advice keeps this fixed one, since every comparison and typical loss would
/// otherwise change with it.
#[derive(Clone, Copy, Debug, Default)]
struct TwoLags(Option<[f64; 2]>);

impl TwoLags {
    fn step(&mut self, now: f64, lag_s: f64) -> f64 {
        let [a, b] = self.0.get_or_insert([now; 2]);
        *a += (now - *a) * STEP_S / lag_s;
        *b += (*a - *b) * STEP_S / lag_s;
        *b
    }
}

/// Weighted sums of the samples: x is the log feed rate, y the log loss share.
#[derive(Clone, Copy, Debug, Default)]
struct RegressionSums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

/// The power law of this session.
#[derive(Debug)]
pub(super) struct LoadCurve {
    params: LoadCurveParams,
    lag_s: f64,
    sums: RegressionSums,
    feed_lag: TwoLags,
    grain_lag: TwoLags,
    feed: f64,
    grain: f64,
    rear: f64,
    gathered_s: f64,
}

/// Exponent of the power law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slope {
    pub mean: f64,
    pub sd: f64,
}

impl LoadCurve {
    pub fn new(params: &Params) -> Self {
        Self {
            params: params.load_curve,
            lag_s: params.residence.advice_lag_s,
            sums: RegressionSums::default(),
            feed_lag: TwoLags::default(),
            grain_lag: TwoLags::default(),
            feed: 0.0,
            grain: 0.0,
            rear: 0.0,
            gathered_s: 0.0,
        }
    }

    /// One step. Gives a sample after each ten seconds of settled cutting in which loss plates counted.
    pub fn step(&mut self, estimate: &Estimate, settled: bool) -> Option<LoadSample> {
        let sensed = matches!(estimate.rear.basis, Basis::Sensed | Basis::Calibrated);
        let known = || Some((estimate.feed_kg_s?, estimate.grain_in?.mean(), estimate.rear.loss?.mean()));
        let known = known().filter(|(feed, grain, rear)| [feed, grain, rear].iter().all(|v| v.is_finite()));
        let Some((feed, grain, rear)) = known else {
            (self.feed_lag, self.grain_lag, self.gathered_s) = (TwoLags::default(), TwoLags::default(), 0.0);
            return None;
        };
        let (feed, grain) = (self.feed_lag.step(feed, self.lag_s), self.grain_lag.step(grain, self.lag_s));
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
        if self.gathered_s < self.params.sample_s - 0.5 * STEP_S {
            return None;
        }
        let seconds = std::mem::take(&mut self.gathered_s);
        let (log_feed, log_share) = (ln(self.feed / seconds), ln(self.rear / self.grain));
        if !log_feed.is_finite() || !log_share.is_finite() {
            return None;
        }
        let above_typical = self.typical(log_feed).map(|typical| log_share - typical);
        self.learn(log_feed, log_share);
        Some(LoadSample { log_feed, log_share, above_typical, grain_kg_s: self.grain / seconds })
    }

    fn learn(&mut self, x: f64, log_share: f64) {
        let LoadCurveParams { sample_s, sample_sd, max_outlier_sds, memory_s, .. } = self.params;
        let max_off = max_outlier_sds * sample_sd;
        let y = self.typical(x).map_or(log_share, |typical| typical + (log_share - typical).clamp(-max_off, max_off));
        let keep = exp(-sample_s / memory_s);
        let sums = &mut self.sums;
        for (sum, new) in
            [(&mut sums.n, 1.0), (&mut sums.x, x), (&mut sums.y, y), (&mut sums.xx, x * x), (&mut sums.xy, x * y)]
        {
            *sum = *sum * keep + new;
        }
    }

    /// The exponent; without a sample, the prior's.
    pub fn slope(&self) -> Slope {
        let LoadCurveParams { prior_slope, prior_slope_sd, sample_sd, .. } = self.params;
        let RegressionSums { n, x, y, xx, xy } = self.sums;
        let (sxx, sxy) = if n > 0.0 { ((xx - x * x / n).max(0.0), xy - x * y / n) } else { (0.0, 0.0) };
        let (sample, prior) = (1.0 / (sample_sd * sample_sd), 1.0 / (prior_slope_sd * prior_slope_sd));
        let precision = sxx * sample + prior;
        Slope { mean: (sxy * sample + prior_slope * prior) / precision, sd: precision.sqrt().recip() }
    }

    /// Mean and standard deviation of the logarithm of the loads, kg/s, and the weight of the samples; `None` without one.
    pub fn loads(&self) -> Option<(f64, f64, f64)> {
        let RegressionSums { n, x, xx, .. } = self.sums;
        (n > 0.0).then(|| (x / n, (xx / n - (x / n) * (x / n)).max(0.0).sqrt(), n))
    }

    /// Logarithm of the feed rate in kg/s at which the loss behind the machine would be this share of the grain, as far as
    /// the session's loads let it be told; `None` before enough samples.
    pub fn load_at(&self, share: f64, params: &TargetLoadParams) -> Option<f64> {
        let RegressionSums { n, x, y, .. } = self.sums;
        let slope = self.slope().mean.max(params.min_slope);
        let off = ((ln(share) - y / n) / slope).clamp(-params.max_below_log, params.max_above_log);
        (n >= self.params.typical_after && off.is_finite()).then(|| x / n + off)
    }

    /// Logarithm of the loss share that is typical of this session at this load; `None` before enough samples.
    fn typical(&self, log_feed: f64) -> Option<f64> {
        let RegressionSums { n, x, y, .. } = self.sums;
        (n >= self.params.typical_after).then(|| y / n + self.slope().mean * (log_feed - x / n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_sample_the_exponent_is_the_published_one() {
        let Slope { mean, sd } = LoadCurve::new(&Params::default()).slope();
        assert!((mean - 1.9).abs() < 1e-12 && (sd - 0.9).abs() < 1e-12);
    }

    #[test]
    fn samples_at_two_loads_narrow_the_exponent() {
        // Hardly anything is forgotten in two samples: keep = e^(-10/1200) = 0.9917. Feeds 1 and e² kg/s, share up by
        // e^1 between them: slope 0.5 there. Weights 0.9917 and 1: Sxx = 0.9917 × 4 / 1.9917 = 1.9917, Sxy = 0.9958.
        // Precision 1.9917 / 0.1225 + 1 / 0.81 = 16.2587 + 1.2346 = 17.4932, sd 0.23909;
        // mean (0.9958 / 0.1225 + 1.9 / 0.81) / 17.4932 = (8.1293 + 2.3457) / 17.4932 = 0.5988.
        let mut curve = LoadCurve::new(&Params::default());
        curve.learn(0.0, -4.0);
        curve.learn(2.0, -3.0);
        let Slope { mean, sd } = curve.slope();
        assert!((mean - 0.5988).abs() < 1e-3 && (sd - 0.239_09).abs() < 1e-4, "{mean} {sd}");
    }

    #[test]
    fn a_typical_loss_is_known_after_five_minutes_and_rises_with_the_load() {
        let mut curve = LoadCurve::new(&Params::default());
        for _ in 0..26 {
            curve.learn(1.0, -4.0);
            assert!(curve.sums.n < LoadCurveParams::DEFAULT.typical_after || curve.typical(1.0).is_some());
        }
        // At one load only, the exponent is the prior's: e^0.1 more feed is e^0.19 more loss.
        for _ in 0..10 {
            curve.learn(1.0, -4.0);
        }
        assert!((curve.typical(1.1).unwrap() - (-4.0 + 0.19)).abs() < 1e-9);
    }

    #[test]
    fn the_load_of_a_loss_is_told_as_far_as_it_was_tried() {
        // All samples at e^1 kg/s with a loss of e^-4; the exponent is the prior's 1.9.
        let (mut curve, params) = (LoadCurve::new(&Params::default()), TargetLoadParams::DEFAULT);
        curve.learn(1.0, -4.0);
        assert_eq!(curve.load_at(exp(-4.0), &params), None, "one sample is not a session");
        for _ in 0..40 {
            curve.learn(1.0, -4.0);
        }
        // e^-0.19 of the loss is e^-0.1 of the load; e^1 more would be e^0.526, and e^-2 less e^-1.05: both are cut.
        for (log_share, expected) in [(-4.19, 0.9), (-3.0, 1.1), (-6.0, 0.5)] {
            let load = curve.load_at(exp(log_share), &params).unwrap();
            assert!((load - expected).abs() < 1e-9, "{log_share}: {load}");
        }
    }
}
