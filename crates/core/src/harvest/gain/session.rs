//! The sums over a session. How far each is off is a state of the filter beside the others, the mean of what its rates
//! were off by, weighted by what was lost: so a level that is wrong stays wrong in the sum, what wanders averages out, and
//! a pan reaches back as far as what it tells of was the same.

use super::super::estimate::Stream;
use super::{At, GainFilter, Path, SUMS, State};
use crate::math::exp;

impl GainFilter {
    /// What a stream's rate is off by.
    fn rate_direction(stream: Stream, at: &At) -> State {
        match stream {
            Stream::Header => Self::header_direction(),
            Stream::Separation => Self::factor_direction(Path::Separation, at),
            Stream::Cleaning => Self::factor_direction(Path::Cleaning, at),
        }
    }

    /// A step's loss has been added to a stream's sum, which it is this share of, 0..=1: 1 begins a new sum.
    pub fn summed(&mut self, stream: Stream, share: f64, at: &At) {
        let direction = Self::rate_direction(stream, at);
        let at = SUMS + stream as usize;
        let mut row = self.covariance.column(at) * (1.0 - share) + self.covariance * direction * share;
        row[at] = (1.0 - share) * row[at] + share * row.dot(&direction);
        self.covariance.set_column(at, &row);
        self.covariance.set_row(at, &row.transpose());
        self.mean[at] *= 1.0 - share;
    }

    /// The factors by which the sums are to follow what has become known since they were last asked for, in the order of
    /// [`Stream::ALL`]: counts and pans tell of what was lost before them as well.
    pub fn take_sums_moved(&mut self) -> [f64; 3] {
        Stream::ALL.map(|stream| exp(std::mem::take(&mut self.mean[SUMS + stream as usize])))
    }

    /// Sums that are there before the first step are of a session whose gains are lost: off by as much as the priors are,
    /// and nothing that is learned from now on tells of them.
    pub(super) fn forget_sums(&mut self) {
        for stream in Stream::ALL {
            let variance = self.along(&Self::rate_direction(stream, &At::default())).variance;
            let at = SUMS + stream as usize;
            self.covariance.row_mut(at).fill(0.0);
            self.covariance.column_mut(at).fill(0.0);
            self.covariance[(at, at)] = variance;
        }
    }

    /// Standard deviation of the logarithm of what streams have lost together, of which each is this share.
    pub fn sums_sd(&self, shares: [f64; 3]) -> f64 {
        let mut direction = State::zeros();
        direction.fixed_rows_mut::<3>(SUMS).copy_from_slice(&shares);
        self.along(&direction).variance.sqrt()
    }
}
