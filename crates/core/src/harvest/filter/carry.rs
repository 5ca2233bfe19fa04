//! What outlives a field: the states that belong to machine and crop, and how far they hold elsewhere.
//!
//! A state x of another day or field shares with the one that was learned the part ρ: with the prior's mean m and covariance P
//!
//! ```text
//! x' = m + ρ (x − m)        C' = D C D + P − D P D,  D = diag(ρ)        ρ² = 1 − added variance / prior variance
//! ```
//!
//! so that the variance of a state lies between that of C and that of P: never surer than it was, never wider than the prior.
//! A state that a doubtful pan has left wider than the prior is first scaled to it.

use super::super::calibration::{CalibrationProblem, Changed};
use super::LossFilter;
use super::checkpoint::{MODEL, is_positive};
use super::state::{Covariance, PerPath, State, StateIndex as S};
use crate::math::square;
use crate::params::CalibrationParams;

/// The states of machine and crop, by their names in files; not the wandering and local parts, nor the session's sums.
const LONG_LIVED: [(S, &str); 15] = [
    (S::SeparationGain, "separation-gain"),
    (S::CleaningGain, "cleaning-gain"),
    (S::HeaderGain, "header-gain"),
    (S::SeparationPower, "separation-load-exponent"),
    (S::CleaningPower, "cleaning-load-exponent"),
    (S::SeparationPlate, "separation-plates"),
    (S::CleaningPlate, "cleaning-plates"),
    (S::SeparationIndexExponent, "separation-index-exponent"),
    (S::CleaningIndexExponent, "cleaning-index-exponent"),
    (S::FanPower, "fan-power"),
    (S::UpperSievePower, "upper-sieve-power"),
    (S::LowerSievePower, "lower-sieve-power"),
    (S::ThresherSeparationPower, "thresher-separation-power"),
    (S::ConcavePower, "concave-power"),
    (S::ThresherCleaningPower, "thresher-cleaning-power"),
];

/// What a mean may be: no loss is e¹⁰ times another one.
const MEAN_MOST: f64 = 10.0;
/// What a standard deviation may be; below, nobody knows a loss.
const SD: std::ops::RangeInclusive<f64> = 0.001..=10.0;

/// A state as it is kept.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriedState {
    name: String,
    mean: f64,
    sd: f64,
}

/// What the filter knows of machine and crop.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::harvest) struct LongLived {
    /// Which loss model the gains are factors on.
    model: u32,
    states: Vec<CarriedState>,
    /// The correlations below the diagonal, row by row.
    correlations: Vec<f64>,
    /// Where a loss index takes the place of plates: ln of the loss, kg/s, when it was first read.
    index_reference: PerPath<Option<f64>>,
}

impl LongLived {
    /// The field that cannot be, and why; `None` where all is well.
    pub fn problem(&self) -> Option<(String, CalibrationProblem)> {
        if self.model != MODEL {
            return Some(("filter.model".to_owned(), CalibrationProblem::OtherModel));
        }
        if !self.states.iter().map(|state| state.name.as_str()).eq(LONG_LIVED.iter().map(|(_, name)| *name)) {
            return Some(("filter.states".to_owned(), CalibrationProblem::OtherModel));
        }
        for state in &self.states {
            if state.mean.is_nan() || state.mean.abs() > MEAN_MOST {
                return Some((format!("filter.states.{}.mean", state.name), CalibrationProblem::OutOfRange));
            }
            if !SD.contains(&state.sd) {
                return Some((format!("filter.states.{}.sd", state.name), CalibrationProblem::OutOfRange));
            }
        }
        let is_correlation = |number: &f64| (-1.0..=1.0).contains(number);
        let correlations = || "filter.correlations".to_owned();
        if self.correlations.len() != pairs().count() || !self.correlations.iter().all(is_correlation) {
            return Some((correlations(), CalibrationProblem::OutOfRange));
        }
        if self.index_reference.0.iter().flatten().any(|reference| !(-50.0..50.0).contains(reference)) {
            return Some(("filter.index_reference".to_owned(), CalibrationProblem::OutOfRange));
        }
        let (_, covariance) = self.over(State::zeros(), Covariance::identity());
        (!is_positive(&covariance)).then(|| (correlations(), CalibrationProblem::Impossible))
    }

    /// Its mean and covariance in place of those states of a prior; the others stay, and depend on none of them.
    fn over(&self, mut mean: State, mut covariance: Covariance) -> (State, Covariance) {
        for ((state, _), carried) in LONG_LIVED.iter().zip(&self.states) {
            mean[*state] = carried.mean;
            covariance.row_mut(*state as usize).fill(0.0);
            covariance.column_mut(*state as usize).fill(0.0);
            covariance[(*state as usize, *state as usize)] = square(carried.sd);
        }
        for ((row, column), correlation) in pairs().zip(&self.correlations) {
            let shared = correlation * self.states[row].sd * self.states[column].sd;
            let (row, column) = (LONG_LIVED[row].0 as usize, LONG_LIVED[column].0 as usize);
            covariance[(row, column)] = shared;
            covariance[(column, row)] = shared;
        }
        (mean, covariance)
    }
}

/// Rows and columns below the diagonal.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..LONG_LIVED.len()).flat_map(|row| (0..row).map(move |column| (row, column)))
}

/// The part that a state of another time and place has in common with the one that was learned, 0..=1.
fn common_part(state: S, prior_variance: f64, params: &CalibrationParams, age_d: f64, changed: Changed) -> f64 {
    let if_so = |so: bool, sd: f64| if so { sd * sd } else { 0.0 };
    let aged = |per_sqrt_d: f64| per_sqrt_d * per_sqrt_d * age_d;
    let gain_drift = aged(params.gain_drift_per_sqrt_d);
    let added = match state {
        S::SeparationGain | S::CleaningGain => {
            gain_drift + if_so(changed.field, params.field_gain_sd) + if_so(changed.machine, params.sister_gain_sd)
        }
        S::HeaderGain => {
            gain_drift + if_so(changed.field, params.field_header_sd) + if_so(changed.machine, params.sister_header_sd)
        }
        // Plates and index are the machine's own.
        S::SeparationPlate | S::CleaningPlate | S::SeparationIndexExponent | S::CleaningIndexExponent
            if changed.plates || changed.machine =>
        {
            return 0.0;
        }
        S::SeparationPlate | S::CleaningPlate => {
            aged(params.plate_drift_per_sqrt_d) + if_so(changed.field, params.field_plate_sd)
        }
        _ if changed.machine => return params.sister_power_keep,
        _ => 0.0,
    };
    (1.0 - added / prior_variance).max(0.0).sqrt()
}

impl LossFilter {
    /// What it knows of machine and crop.
    pub fn long_lived(&self) -> LongLived {
        let sd = |state: S| self.covariance[(state as usize, state as usize)].sqrt().clamp(*SD.start(), *SD.end());
        let states = LONG_LIVED.iter().map(|&(state, name)| CarriedState {
            name: name.to_owned(),
            mean: self.mean[state].clamp(-MEAN_MOST, MEAN_MOST),
            sd: sd(state),
        });
        let correlations = pairs().map(|(row, column)| {
            let (row, column) = (LONG_LIVED[row].0, LONG_LIVED[column].0);
            let correlation = self.covariance[(row as usize, column as usize)] / (sd(row) * sd(column));
            correlation.clamp(-1.0, 1.0)
        });
        LongLived {
            model: MODEL,
            states: states.collect(),
            correlations: correlations.collect(),
            index_reference: self.index_reference,
        }
    }

    /// Takes this on in place of its priors, before the first step, `age_d` days later and where this has changed. False,
    /// and nothing is changed, where it has a problem.
    pub fn adopt(&mut self, carried: &LongLived, params: &CalibrationParams, age_d: f64, changed: Changed) -> bool {
        if carried.problem().is_some() {
            return false;
        }
        let (prior_mean, prior) = (self.mean, self.covariance);
        let (mean, covariance) = carried.over(prior_mean, prior);
        let mut kept = State::from_element(1.0);
        for (state, _) in LONG_LIVED {
            kept[state] = common_part(state, prior[(state as usize, state as usize)], params, age_d, changed);
        }
        let kept = Covariance::from_diagonal(&kept);
        let scaled = covariance.diagonal().zip_map(&prior.diagonal(), |now, prior| (prior / now).min(1.0).sqrt());
        let scaled = Covariance::from_diagonal(&scaled);
        self.mean = prior_mean + kept * scaled * (mean - prior_mean);
        self.covariance = kept * (scaled * covariance * scaled - prior) * kept + prior;
        if !(changed.plates || changed.machine) {
            self.index_reference = carried.index_reference;
        }
        self.reset_sums();
        true
    }
}
