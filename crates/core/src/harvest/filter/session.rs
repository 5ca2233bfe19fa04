//! Session sums. Each stream's session total has its own state: the loss-weighted mean log-error so far. Constant errors
//! persist in it, zero-mean errors average out, and a measurement corrects the past through the covariance.

use super::super::estimate::Stream;
use super::LossFilter;
use super::state::{OperatingPoint, PerStream, stream_direction, sum_state};
use crate::math::exp;

impl LossFilter {
    /// A step's loss has been added to a stream's sum, which it is this share of, 0..=1: 1 begins a new sum.
    pub fn add_to_sum(&mut self, stream: Stream, share: f64, point: &OperatingPoint) {
        let direction = stream_direction(stream, point);
        let at = sum_state(stream) as usize;
        let mut row = self.covariance.column(at) * (1.0 - share) + self.covariance_with(&direction) * share;
        row[at] = (1.0 - share) * row[at] + share * row.dot(&direction);
        self.covariance.set_column(at, &row);
        self.covariance.set_row(at, &row.transpose());
        self.mean[at] *= 1.0 - share;
    }

    /// The factors by which the sums are to be corrected for what has become known since this was last called: counts and
    /// pans tell of what was lost before them as well.
    pub fn take_sum_corrections(&mut self) -> PerStream<f64> {
        PerStream::from_fn(|stream| exp(std::mem::take(&mut self.mean[sum_state(stream)])))
    }

    /// Nothing has become known that would change the sums since they were last corrected.
    pub fn has_no_sum_corrections(&self) -> bool {
        Stream::ALL.into_iter().all(|stream| self.mean[sum_state(stream)] == 0.0)
    }

    /// Sums that are there before the first step belong to a session whose filter is lost: their errors are as large as the
    /// priors say, and independent of what is learned from now on.
    pub(super) fn reset_sums(&mut self) {
        for stream in Stream::ALL {
            let variance = self.project(&stream_direction(stream, &OperatingPoint::default())).variance;
            let at = sum_state(stream) as usize;
            self.covariance.row_mut(at).fill(0.0);
            self.covariance.column_mut(at).fill(0.0);
            self.covariance[(at, at)] = variance;
        }
    }

    /// Standard deviation of the logarithm of what streams have lost together, of which each is this share.
    pub fn sums_log_sd(&self, shares: PerStream<f64>) -> f64 {
        let covariance = |a, b| self.covariance[(sum_state(a) as usize, sum_state(b) as usize)];
        // sᵀPs of the three sums alone.
        let with = |a| Stream::ALL.iter().map(|&b| covariance(a, b) * shares[b]).sum::<f64>();
        let variance: f64 = Stream::ALL.iter().map(|&a| shares[a] * with(a)).sum();
        variance.max(0.0).sqrt()
    }
}
