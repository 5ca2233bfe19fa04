//! The filter as plain numbers, to be kept over an interruption.

use super::{GainFilter, N, State};
use nalgebra::SMatrix;

/// Which law of loss the gains are factors on: those on another one are of no use. Counted up when the law changes.
const LAW: u32 = 2;

/// What the filter knows.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct GainState {
    law: u32,
    mean: Vec<f64>,
    /// The lower triangle of the covariance, row by row.
    covariance: Vec<f64>,
    barred: [Option<f64>; 2],
}

impl GainFilter {
    /// What it knows now.
    pub fn kept(&self) -> GainState {
        let triangle = (0..N).flat_map(|row| (0..=row).map(move |column| (row, column)));
        GainState {
            law: LAW,
            mean: self.mean.iter().copied().collect(),
            covariance: triangle.map(|at| self.covariance[at]).collect(),
            barred: self.barred,
        }
    }

    /// A filter that goes on with it; `None` when it is of a filter with other states, or cannot be.
    pub fn of(kept: &GainState) -> Option<Self> {
        let GainState { law, mean, covariance: triangle, barred } = kept;
        let numbers = || mean.iter().chain(triangle);
        if *law != LAW
            || mean.len() != N
            || triangle.len() != N * (N + 1) / 2
            || !numbers().all(|number| number.is_finite())
        {
            return None;
        }
        let mut covariance = SMatrix::<f64, N, N>::zeros();
        let mut next = triangle.iter().copied();
        for row in 0..N {
            for (column, number) in (0..=row).zip(&mut next) {
                covariance[(row, column)] = number;
                covariance[(column, row)] = number;
            }
        }
        let positive = covariance.diagonal().iter().all(|&variance| variance > 0.0);
        positive.then(|| Self { mean: State::from_iterator(mean.iter().copied()), covariance, barred: *barred })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_was_and_nothing_else_does() {
        let mut gains = GainFilter::new();
        gains.as_if_pan_in_front(0.3);
        let kept = gains.kept();
        let text = serde_json::to_string(&kept).unwrap();
        let back = GainFilter::of(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!((back.mean, back.covariance, back.barred), (gains.mean, gains.covariance, gains.barred));
        let short = GainState { mean: vec![0.0; N - 1], ..kept.clone() };
        let other_law = GainState { law: LAW - 1, ..kept.clone() };
        let mut nan = kept.clone();
        nan.covariance[0] = f64::NAN;
        let mut less = kept;
        less.covariance[0] = -1.0;
        for wrong in [short, other_law, nan, less] {
            assert!(GainFilter::of(&wrong).is_none(), "{wrong:?}");
        }
    }
}
