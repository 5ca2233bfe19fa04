//! The logarithm of left over right kernels of two sound plates, and how it goes with the direction of travel.

use crate::math::square;
use crate::params::FoulingParams;

/// The ratio of one leg.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegRatio {
    /// ln(left / right).
    pub log: f64,
    /// Variance of it by chance of counting.
    pub variance: f64,
    /// Mean direction of travel, north and east; `None` when the course is not known.
    pub direction: Option<(f64, f64)>,
}

/// A Kalman filter of three numbers: the gains' ratio, and the parts of a slope that go with the direction's north and east.
#[derive(Clone, Copy, Debug)]
pub(super) struct RatioModel {
    params: FoulingParams,
    mean: [f64; 3],
    covariance: [[f64; 3]; 3],
}

impl RatioModel {
    pub fn new(params: &FoulingParams) -> Self {
        let mut covariance = [[0.0; 3]; 3];
        for (at, sd) in [params.gain_sd, params.slope_sd, params.slope_sd].into_iter().enumerate() {
            covariance[at][at] = square(sd);
        }
        Self { params: *params, mean: [0.0; 3], covariance }
    }

    fn weights(ratio: &LegRatio) -> [f64; 3] {
        let (north, east) = ratio.direction.unwrap_or((0.0, 0.0));
        [1.0, north, east]
    }

    /// By how much the leg's logarithm is above what was foreseen.
    pub fn surprise(&self, ratio: &LegRatio) -> f64 {
        ratio.log - dot(&self.mean, &Self::weights(ratio))
    }

    /// The same in standard deviations.
    pub fn innovation_sds(&self, ratio: &LegRatio) -> f64 {
        self.surprise(ratio) / self.variance(ratio).sqrt()
    }

    /// Variance of what is foreseen for a leg.
    fn variance(&self, ratio: &LegRatio) -> f64 {
        let weights = Self::weights(ratio);
        let known = dot(&weights, &self.covariance.map(|row| dot(&row, &weights)));
        let unknown_slope = if ratio.direction.is_some() { 0.0 } else { square(self.params.slope_sd) };
        known + ratio.variance + square(self.params.leg_sd) + unknown_slope
    }

    /// Learns from a leg; what lies further off than `most_sds` counts as if it lay there.
    pub fn learn(&mut self, ratio: &LegRatio, most_sds: f64) {
        let (weights, variance) = (Self::weights(ratio), self.variance(ratio));
        let gain = self.covariance.map(|row| dot(&row, &weights) / variance);
        let most = most_sds * variance.sqrt();
        let surprise = self.surprise(ratio).clamp(-most, most);
        for (mean, gain) in self.mean.iter_mut().zip(gain) {
            *mean += gain * surprise;
        }
        for (row, row_gain) in self.covariance.iter_mut().zip(gain) {
            for (cell, gain) in row.iter_mut().zip(gain) {
                *cell -= row_gain * gain * variance;
            }
        }
        let FoulingParams { gain_drift, slope_drift, .. } = self.params;
        for (at, drift) in [gain_drift, slope_drift, slope_drift].into_iter().enumerate() {
            self.covariance[at][at] += square(drift);
        }
    }
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_and_slope_are_told_apart_by_the_direction() {
        let mut model = RatioModel::new(&FoulingParams::default());
        let leg = |log, north| LegRatio { log, variance: 0.01, direction: Some((north, 0.0)) };
        // ln(left / right) 0.9 northward and -0.5 southward: 0.2 of the gains, 0.7 of the slope.
        for _ in 0..40 {
            model.learn(&leg(0.9, 1.0), 3.0);
            model.learn(&leg(-0.5, -1.0), 3.0);
        }
        assert!((model.mean[0] - 0.2).abs() < 0.03 && (model.mean[1] - 0.7).abs() < 0.03, "{:?}", model.mean);
        assert!((model.surprise(&leg(0.1, 1.0)) + 0.8).abs() < 0.05);
    }
}
