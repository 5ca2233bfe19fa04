//! The filter as plain numbers, to be restored after an interruption.

use super::LossFilter;
use super::state::{Covariance, N, PerPath, State};
use crate::params::Params;

/// Which loss model the gains are factors on: those on another one are of no use. Counted up when the model changes.
pub(super) const MODEL: u32 = 3;
/// A covariance is accepted when, as a correlation matrix with this added to its diagonal, it has a Cholesky factor: a session
/// sum that has just begun is the same as its rate, so that the matrix is singular, and rounding may make it less.
const TOLERANCE: f64 = 1e-6;

/// What the filter knows.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct FilterState {
    #[serde(rename = "law")]
    model: u32,
    mean: Vec<f64>,
    /// The lower triangle of the covariance, row by row.
    covariance: Vec<f64>,
    #[serde(rename = "barred")]
    index_reference: PerPath<Option<f64>>,
}

impl LossFilter {
    /// What it knows now.
    pub fn state(&self) -> FilterState {
        let triangle = (0..N).flat_map(|row| (0..=row).map(move |column| (row, column)));
        FilterState {
            model: MODEL,
            mean: self.mean.iter().copied().collect(),
            covariance: triangle.map(|at| self.covariance[at]).collect(),
            index_reference: self.index_reference,
        }
    }

    /// A filter that continues from it; `None` when it is of a filter with other states or another model, when a number is
    /// none, or when the covariance is not positive semidefinite.
    pub fn restored(params: &Params, state: &FilterState) -> Option<Self> {
        let FilterState { model, mean, covariance: triangle, index_reference } = state;
        let mut numbers = mean.iter().chain(triangle);
        if *model != MODEL
            || mean.len() != N
            || triangle.len() != N * (N + 1) / 2
            || !numbers.all(|number| number.is_finite())
        {
            return None;
        }
        let mut covariance = Covariance::zeros();
        let mut next = triangle.iter().copied();
        for row in 0..N {
            for (column, number) in (0..=row).zip(&mut next) {
                covariance[(row, column)] = number;
                covariance[(column, row)] = number;
            }
        }
        is_positive(&covariance).then(|| Self {
            mean: State::from_iterator(mean.iter().copied()),
            covariance,
            index_reference: *index_reference,
            ..Self::new(params)
        })
    }
}

/// Every variance is above 0, and no sum of states has a negative one.
pub(super) fn is_positive(covariance: &Covariance) -> bool {
    if !covariance.diagonal().iter().all(|&variance| variance > 0.0) {
        return false;
    }
    let scale = covariance.diagonal().map(|variance| 1.0 / variance.sqrt());
    let correlation = Covariance::from_fn(|row, column| covariance[(row, column)] * scale[row] * scale[column]);
    (correlation + Covariance::identity() * TOLERANCE).cholesky().is_some()
}

#[cfg(test)]
mod tests {
    use super::super::state::{OperatingPoint, StateIndex};
    use super::*;
    use crate::harvest::estimate::Stream;

    fn restored(state: &FilterState) -> Option<LossFilter> {
        LossFilter::restored(&Params::default(), state)
    }

    #[test]
    fn a_filter_is_restored_as_it_was_and_a_damaged_one_is_refused() {
        let mut filter = LossFilter::new(&Params::default());
        filter.simulate_front_pan(OperatingPoint::default(), 0.3);
        // The first step of a session: the sum is the rate itself.
        filter.add_to_sum(Stream::Header, 1.0, &OperatingPoint::default());
        let state = filter.state();
        let text = serde_json::to_string(&state).unwrap();
        let back = restored(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(
            (back.mean, back.covariance, back.index_reference),
            (filter.mean, filter.covariance, filter.index_reference)
        );
        let short = FilterState { mean: vec![0.0; N - 1], ..state.clone() };
        let other_model = FilterState { model: MODEL - 1, ..state.clone() };
        let with = |row: StateIndex, column: StateIndex, number: f64| {
            let mut state = state.clone();
            let (row, column) = (row as usize, column as usize);
            state.covariance[row * (row + 1) / 2 + column] = number;
            state
        };
        let gain = StateIndex::SeparationGain;
        let nan = with(gain, gain, f64::NAN);
        let negative = with(gain, gain, -1.0);
        // Variances 0.7744 and 0.16: no covariance above 0.352 can be.
        let impossible = with(StateIndex::SeparationWander, gain, 0.5);
        for wrong in [short, other_model, nan, negative, impossible] {
            assert!(restored(&wrong).is_none(), "{wrong:?}");
        }
    }
}
