//! Fusion of the machine's own loss index: neither its scale is known, nor the power of the loss that it shows.

use super::super::fusion::{Innovation, NotFusedReason};
use super::LossFilter;
use super::state::{OperatingPoint, RearPath, path_direction};
use crate::math::exp;

/// What a path's loss index showed over a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct IndexReading {
    /// ln of the share of full scale.
    pub log_index: f64,
    /// ln of the loss to be expected at gain 1, kg/s.
    pub log_modelled: f64,
}

impl LossFilter {
    /// Fuses what a path's loss index showed. It tells of changes only, until a pan has measured the loss:
    /// ln index = scale + exponent × (ln loss − ln loss when the index was first read). Linearised in the exponent.
    ///
    /// # Errors
    ///
    /// [`NotFusedReason::Impossible`] where a number is none; the filter is not changed then.
    pub fn fuse_index(
        &mut self,
        path: RearPath,
        point: &OperatingPoint,
        reading: IndexReading,
    ) -> Result<Innovation, NotFusedReason> {
        let IndexReading { log_index, log_modelled } = reading;
        if !(log_index.is_finite() && log_modelled.is_finite()) {
            return Err(NotFusedReason::Impossible);
        }
        let states = path.states();
        let scale = states.plate as usize;
        let factor = path_direction(path, point);
        let log_loss = log_modelled + factor.dot(&self.mean);
        let scale_variance = self.index.scale_sd * self.index.scale_sd;
        let reference = *self.index_reference[path].get_or_insert_with(|| {
            self.covariance.row_mut(scale).fill(0.0);
            self.covariance.column_mut(scale).fill(0.0);
            self.covariance[(scale, scale)] = scale_variance;
            self.mean[scale] = log_index;
            log_loss
        });
        let exponent = exp(self.mean[states.index_exponent]);
        let above_reference = exponent * (log_loss - reference);
        let mut direction = factor * exponent;
        direction[states.plate] = 1.0;
        direction[states.index_exponent] = above_reference;
        let noise = self.index.reading_sd * self.index.reading_sd;
        let log_ratio = log_index - self.mean[states.plate] - above_reference;
        let innovation = Innovation { log_ratio, variance: self.project(&direction).variance + noise };
        if self.update(&direction, log_ratio, noise) { Ok(innovation) } else { Err(NotFusedReason::Impossible) }
    }

    /// A pan has moved the level of the loss by this logarithm, now and when the index was first read: an index at rest
    /// tells no more of its exponent than before.
    pub(super) fn shift_index_reference(&mut self, path: RearPath, moved: f64) {
        if let Some(reference) = &mut self.index_reference[path] {
            *reference += moved;
            let states = path.states();
            self.mean[states.plate] += exp(self.mean[states.index_exponent]) * moved;
        }
    }
}
