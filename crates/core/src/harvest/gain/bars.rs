//! What the machine's own bar says: its scale is a secret, and so is the power of the loss that it shows.

use super::{At, EXPONENTS, GainFilter, PLATE, Path};
use crate::math::exp;

/// The exponent's spread, as a standard deviation of its logarithm (proposed).
pub(super) const EXPONENT_SD: f64 = 0.2;
/// Next to nothing is known of the scale.
const SCALE_SD: f64 = 10.0;
/// Nor is it known how long a bar is smoothed, and it is coarse: one window says little (our choice).
const BAR_SD: f64 = 0.5;

/// What a path's bars showed over a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct Shown {
    /// Logarithm of the share of full scale.
    pub log_bar: f64,
    /// Logarithm of the loss to be expected at gain 1, kg/s.
    pub log_modelled: f64,
}

impl GainFilter {
    /// Takes in what a path's bars showed. It tells of changes only, until a pan has said what the loss is:
    /// ln bar = scale + exponent × (ln loss − ln loss when the bar was first seen).
    pub fn bar(&mut self, path: Path, at: &At, shown: Shown) {
        let Shown { log_bar, log_modelled } = shown;
        if !(log_bar.is_finite() && log_modelled.is_finite()) {
            return;
        }
        let (nth, scale) = (usize::from(path == Path::Cleaning), path as usize + PLATE);
        let factor = Self::factor_direction(path, at);
        let log_loss = log_modelled + factor.dot(&self.mean);
        let first = *self.barred[nth].get_or_insert_with(|| {
            self.covariance.row_mut(scale).fill(0.0);
            self.covariance.column_mut(scale).fill(0.0);
            self.covariance[(scale, scale)] = SCALE_SD * SCALE_SD;
            self.mean[scale] = log_bar;
            log_loss
        });
        let exponent = exp(self.mean[EXPONENTS + nth]);
        let shows = exponent * (log_loss - first);
        let mut direction = factor * exponent;
        direction[scale] = 1.0;
        direction[EXPONENTS + nth] = shows;
        self.observe(&direction, log_bar - self.mean[scale] - shows, BAR_SD * BAR_SD);
    }

    /// A pan has moved the level of the loss by this logarithm, now and when the bar was first seen: what a bar at rest
    /// shows tells no more of its exponent than before.
    pub(super) fn bar_follows(&mut self, path: Path, moved: f64) {
        if let Some(first) = &mut self.barred[usize::from(path == Path::Cleaning)] {
            *first += moved;
            self.mean[path as usize + PLATE] += exp(self.mean[EXPONENTS + usize::from(path == Path::Cleaning)]) * moved;
        }
    }
}
