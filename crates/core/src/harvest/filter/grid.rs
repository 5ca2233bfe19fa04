//! Bayes' rule for a likelihood that is not normal: on a grid over one sum of states, and made normal again.

use super::state::Normal;
use crate::math::{exp, ln, square};

/// The grid's spacing, fine enough for a count of any size, and how far it reaches to either side.
const SPACING: f64 = 0.12;
const REACH: usize = 48;
pub(super) type Grid = [f64; 2 * REACH + 1];

/// ln of a likelihood on the grid about this centre.
pub(super) fn likelihoods(centre: f64, log_likelihood: impl Fn(f64) -> f64) -> Grid {
    std::array::from_fn(|at| log_likelihood(centre + SPACING * (at as f64 - REACH as f64)))
}

/// A posterior on the grid, as a normal, and ln of the evidence for its prior; `None` where these are no numbers.
pub(super) fn posterior(prior: Normal, centre: f64, likelihoods: &Grid) -> Option<(Normal, f64)> {
    let place = |at: usize| centre + SPACING * (at as f64 - REACH as f64);
    let log = |at: usize| likelihoods[at] - 0.5 * square(place(at) - prior.mean) / prior.variance;
    let most = (0..likelihoods.len()).map(log).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
    for at in 0..likelihoods.len() {
        let (weight, off) = (exp(log(at) - most), place(at) - prior.mean);
        sum += weight;
        first += weight * off;
        second += weight * off * off;
    }
    let (first, second) = (first / sum, second / sum);
    // A peak between two points of the grid is no narrower than they lie apart.
    let variance = (second - first * first).max(SPACING * SPACING / 12.0);
    let evidence = most + ln(sum) - 0.5 * ln(prior.variance);
    (evidence.is_finite() && variance.is_finite()).then_some((Normal { mean: prior.mean + first, variance }, evidence))
}
