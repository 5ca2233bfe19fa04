//! The sums over a session. How far each is off is a state of the filter beside the others, the mean of what its rates
//! were off by, weighted by what was lost: so a level that is wrong stays wrong in the sum, what wanders averages out, and
//! a pan reaches back as far as what it tells of was the same.

use super::super::estimate::Stream;
use super::{At, GainFilter, Path, State};

/// The first of the three states, in the order of [`Stream::ALL`].
const SUMS: usize = 12;

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
        // The sum is of the rates as they were told; what counts say of the seconds before them is next to nothing.
        self.mean[at] = 0.0;
    }

    /// The factors by which the sums follow what is known better now than by `before`, in the order of [`Stream::ALL`].
    pub fn sums_moved(&self, before: &Self) -> [f64; 3] {
        Stream::ALL.map(|stream| SUMS + stream as usize).map(|at| (self.mean[at] - before.mean[at]).exp())
    }

    /// Standard deviation of the logarithm of what streams have lost together, of which each is this share.
    pub fn sums_sd(&self, shares: [f64; 3]) -> f64 {
        let mut direction = State::zeros();
        direction.fixed_rows_mut::<3>(SUMS).copy_from_slice(&shares);
        self.along(&direction).variance.sqrt()
    }
}
