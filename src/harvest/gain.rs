//! What is not known about the level of the losses, as one extended Kalman filter in logarithms.
//!
//! State: for separation and for cleaning a constant gain of the model, its wander, and the efficiency of the plates;
//! and the header's constant and wander. Counts see only the sum of gain and efficiency: without a pan the level rests on the priors,
//! and the filter's covariance says so.

use nalgebra::{SMatrix, SVector};

/// The number of states.
const N: usize = 8;
type State = SVector<f64, N>;

/// The constant part of a path's gain: its model is known to a factor of about 4 (90 %).
const GAIN_SD: f64 = 0.8;
/// The wandering part, with a memory of a quarter of an hour (crop and settings change).
const WANDER_SD: f64 = 0.3;
const WANDER_MEMORY_S: f64 = 900.0;
/// The plates' efficiency: known to a factor of about 2.7, drifting by 15 % in a root hour.
const PLATE_SD: f64 = 0.6;
const PLATE_DRIFT_PER_SQRT_H: f64 = 0.15;
/// The header model is known to a factor of about 2.7: a constant, and a wander as the others have.
const HEADER_SD: f64 = 0.52;

/// A path behind the machine with a plate to watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// Behind the separator.
    Separation = 0,
    /// Behind the sieves.
    Cleaning = 3,
}

/// Positions of a path's states, from the path's own.
const GAIN: usize = 0;
const WANDER: usize = 1;
const PLATE: usize = 2;
const HEADER: usize = 6;
const HEADER_WANDER: usize = 7;

/// What the model says is lost at gain 1, kg/s.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lost {
    pub header: f64,
    pub separation: f64,
    pub cleaning: f64,
}

/// What a pan says was lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observed {
    /// The logarithm of the loss at the drop, kg/s.
    pub log_kg_s: f64,
    /// Its variance: counting, and patches on the ground.
    pub variance: f64,
    /// How long ago the drop was, s.
    pub elapsed_s: f64,
}

/// The filter.
#[derive(Clone, Debug)]
pub(super) struct GainFilter {
    mean: State,
    covariance: SMatrix<f64, N, N>,
}

impl GainFilter {
    /// The priors.
    pub fn new() -> Self {
        let path = [GAIN_SD, WANDER_SD, PLATE_SD];
        let sd = State::from_iterator(path.into_iter().chain(path).chain([HEADER_SD, WANDER_SD]));
        Self { mean: State::zeros(), covariance: SMatrix::from_diagonal(&sd.component_mul(&sd)) }
    }

    /// Time passes.
    pub fn wander(&mut self, elapsed_s: f64) {
        let keep = (-elapsed_s / WANDER_MEMORY_S).exp();
        let (separation, cleaning) = (Path::Separation as usize, Path::Cleaning as usize);
        for at in [separation + WANDER, cleaning + WANDER, HEADER_WANDER] {
            self.mean[at] *= keep;
            for other in 0..N {
                self.covariance[(at, other)] *= keep;
                self.covariance[(other, at)] *= keep;
            }
            self.covariance[(at, at)] += WANDER_SD * WANDER_SD * (1.0 - keep * keep);
        }
        for at in [separation + PLATE, cleaning + PLATE] {
            self.covariance[(at, at)] += PLATE_DRIFT_PER_SQRT_H.powi(2) * elapsed_s / 3600.0;
        }
    }

    /// The factor on a path's modelled loss: median and standard deviation of the logarithm.
    pub fn path(&self, path: Path) -> (f64, f64) {
        let at = path as usize;
        let mut direction = State::zeros();
        direction[at + GAIN] = 1.0;
        direction[at + WANDER] = 1.0;
        self.along(&direction)
    }

    /// The part of a path's factor that does not wander: its median.
    pub fn constant(&self, path: Path) -> f64 {
        self.mean[path as usize + GAIN].exp()
    }

    /// The same of the header's.
    pub fn constant_header(&self) -> f64 {
        self.mean[HEADER].exp()
    }

    /// The factor on the modelled header loss.
    pub fn header(&self) -> (f64, f64) {
        self.along(&Self::header_direction())
    }

    fn header_direction() -> State {
        let mut direction = State::zeros();
        direction[HEADER] = 1.0;
        direction[HEADER_WANDER] = 1.0;
        direction
    }

    /// Median of the factor and standard deviation of its logarithm along a sum of states.
    fn along(&self, direction: &State) -> (f64, f64) {
        let variance = (direction.transpose() * self.covariance * direction)[0];
        (direction.dot(&self.mean).exp(), variance.max(0.0).sqrt())
    }

    /// A path's plates counted `kernels` where the model, at gain and efficiency 1, expects `from_loss`, and expects
    /// `from_straw` false counts besides.
    pub fn counted(&mut self, path: Path, kernels: f64, from_loss: f64, from_straw: f64) {
        /// Counts scatter more than Poisson's law; size parameter of the negative binomial (our choice, 10 to 30).
        const SIZE: f64 = 20.0;
        let at = path as usize;
        let mut direction = State::zeros();
        for part in [GAIN, WANDER, PLATE] {
            direction[at + part] = 1.0;
        }
        let signal = self.along(&direction).0 * from_loss;
        let expected = signal + from_straw;
        if !(signal > 0.0 && expected.is_finite() && kernels >= 0.0) {
            return;
        }
        // The logarithm of a count plus one half is nearly unbiased, and defined at zero.
        let innovation = ((kernels + 0.5) / (expected + 0.5)).ln();
        let variance = 1.0 / (expected + 0.5) + 1.0 / SIZE;
        self.observe(&(direction * (signal / (expected + 0.5))), innovation, variance);
    }

    /// Kernels to be expected of the lost grain, where the model at gain and efficiency 1 expects `from_loss`.
    pub fn kernels(&self, path: Path, from_loss: f64) -> f64 {
        let at = path as usize;
        from_loss * (self.mean[at + GAIN] + self.mean[at + WANDER] + self.mean[at + PLATE]).exp()
    }

    /// A pan dropped behind the machine saw both paths together; the logarithm of found over expected, or `None` when
    /// nothing was to be expected.
    pub fn pan_behind(&mut self, lost: Lost, observed: &Observed) -> Option<f64> {
        // The sum of two exponentials is linearised where the filter stands, and again where it has moved to.
        let start = self.clone();
        let mut residual = None;
        for _ in 0..3 {
            let (sum, direction) = self.rear_direction(lost);
            if !(sum > 0.0 && sum.is_finite()) {
                return None;
            }
            // The expectation where the filter began, by the tangent at where it stands now.
            let innovation = observed.log_kg_s - sum.ln() + direction.dot(&(self.mean - start.mean));
            residual.get_or_insert(innovation);
            *self = start.clone();
            self.pan(&direction, innovation, observed);
        }
        residual
    }

    /// A sample behind the header saw its loss alone.
    pub fn pan_in_front(&mut self, lost: Lost, observed: &Observed) -> Option<f64> {
        let expected = self.header().0 * lost.header;
        if !(expected > 0.0 && expected.is_finite()) {
            return None;
        }
        let direction = Self::header_direction();
        let innovation = observed.log_kg_s - expected.ln();
        self.pan(&direction, innovation, observed);
        Some(innovation)
    }

    /// A pan as one observation. The gains have wandered since the drop; and a count far from everything expected is
    /// more likely a blunder than a miracle, so it weighs as under Student's t with 4 degrees of freedom.
    fn pan(&mut self, direction: &State, innovation: f64, observed: &Observed) {
        const FREEDOM: f64 = 4.0;
        let wandered = 2.0 * WANDER_SD * WANDER_SD * (1.0 - (-observed.elapsed_s / WANDER_MEMORY_S).exp());
        let variance = observed.variance + wandered;
        let expected = (direction.transpose() * self.covariance * direction)[0] + variance;
        let weight = (FREEDOM + 1.0) / (FREEDOM + innovation * innovation / expected);
        self.observe(direction, innovation, variance / weight.min(1.0));
    }

    /// What both paths lose together, kg/s, from what each is modelled to lose: median of the sum, and standard deviation
    /// of its logarithm, linearised. Pans see the sum, so it is better known than its parts.
    pub fn rear(&self, lost: Lost) -> (f64, f64) {
        let (sum, direction) = self.rear_direction(lost);
        (sum, if sum > 0.0 { self.along(&direction).1 } else { 0.0 })
    }

    /// The sum of both paths, and its gradient in logarithms.
    fn rear_direction(&self, lost: Lost) -> (f64, State) {
        let parts = [(Path::Separation, lost.separation), (Path::Cleaning, lost.cleaning)];
        let expected = parts.map(|(path, lost)| self.path(path).0 * lost);
        let sum = expected[0] + expected[1];
        let mut direction = State::zeros();
        if sum <= 0.0 {
            return (0.0, direction);
        }
        for ((path, _), part) in parts.iter().zip(expected) {
            direction[*path as usize + GAIN] = part / sum;
            direction[*path as usize + WANDER] = part / sum;
        }
        (sum, direction)
    }

    /// One scalar observation; Joseph's form keeps the covariance symmetric and positive (Bucy and Joseph 1968).
    fn observe(&mut self, direction: &State, innovation: f64, variance: f64) {
        if !(innovation.is_finite() && variance > 0.0 && variance.is_finite()) {
            return;
        }
        let projected = self.covariance * direction;
        let total = direction.dot(&projected) + variance;
        let gain = projected / total;
        let keep = SMatrix::<f64, N, N>::identity() - gain * direction.transpose();
        self.mean += gain * innovation;
        self.covariance = keep * self.covariance * keep.transpose() + gain * gain.transpose() * variance;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_observation_is_bayes_rule() {
        // Prior variance of the sum 0.64 + 0.09 + 0.36 = 1.09. Plates counted 400 where 100 were expected:
        // innovation ln(400.5 / 100.5) = 1.38259, slope 100 / 100.5 = 0.995025, variance 1/100.5 + 1/20 = 0.059950.
        // The constant gain moves by 0.64 × 0.995025 / (0.990075 × 1.09 + 0.059950) × 1.38259 = 0.77292, the wander by
        // 0.09/0.64 of that, 0.10869.
        let mut filter = GainFilter::new();
        filter.counted(Path::Cleaning, 400.0, 100.0, 0.0);
        assert!((filter.path(Path::Cleaning).0.ln() - (0.772_92 + 0.108_69)).abs() < 1e-4);
        assert_eq!(filter.path(Path::Separation).0, 1.0, "the other path has learned nothing");
        assert_eq!(filter.header().0, 1.0, "no plate sees the header");
    }

    #[test]
    fn one_pan_is_bayes_rule() {
        // Separation alone loses, 0.02 kg/s at gain 1; the pan says twice that, ten seconds ago. Prior variance of gain
        // and wander 0.64 + 0.09 = 0.73; of the pan 0.16 plus 2 × 0.09 × (1 − e^(−10/900)) = 0.00199. Innovation ln 2,
        // within what was to be expected, so weight 1: gain and wander move by 0.73 / 0.89199 × 0.69315 = 0.56728, and
        // their variance becomes 0.73 × 0.16199 / 0.89199 = 0.13257.
        let mut filter = GainFilter::new();
        let lost = Lost { header: 0.0, separation: 0.02, cleaning: 0.0 };
        let observed = Observed { log_kg_s: 0.04f64.ln(), variance: 0.16, elapsed_s: 10.0 };
        let residual = filter.pan_behind(lost, &observed).unwrap();
        assert!((residual - 2f64.ln()).abs() < 1e-12);
        let (gain, sd) = filter.path(Path::Separation);
        assert!((gain.ln() - 0.567_28).abs() < 1e-4, "{}", gain.ln());
        assert!((sd * sd - 0.132_57).abs() < 1e-4, "{}", sd * sd);
        assert_eq!(filter.header().0, 1.0, "a rear pan says nothing of the header");
        assert_eq!(filter.pan_behind(Lost::default(), &observed), None, "where nothing is lost a pan teaches nothing");
    }

    #[test]
    fn pans_pin_what_counts_cannot() {
        // Sixteen agreeing pans of variance 0.16 within a minute: what is left is 0.16/16 = 0.01 at best, and a little
        // more for the wander between drop and count.
        let mut filter = GainFilter::new();
        let lost = Lost { header: 0.0, separation: 0.02, cleaning: 0.01 };
        for _ in 0..16 {
            let observed = Observed { log_kg_s: 0.045f64.ln(), variance: 0.16, elapsed_s: 4.0 };
            filter.pan_behind(lost, &observed).unwrap();
        }
        let (median, sd) = filter.rear(lost);
        assert!((median / 0.045 - 1.0).abs() < 0.03, "{median}");
        assert!((0.09..0.13).contains(&sd), "{sd}");
    }

    #[test]
    fn a_blunder_moves_less_than_it_claims() {
        // A pan a hundred times too full, as when a heap was scooped up: Student's tail lets it move the gain by less
        // than a third of the normal law's 0.82 × ln 100 = 3.8.
        let mut filter = GainFilter::new();
        let lost = Lost { header: 0.0, separation: 0.02, cleaning: 0.0 };
        filter.pan_behind(lost, &Observed { log_kg_s: 2f64.ln(), variance: 0.16, elapsed_s: 0.0 });
        let moved = filter.path(Path::Separation).0.ln();
        assert!(moved > 0.0 && moved < 3.8, "{moved}");
    }

    #[test]
    fn counts_alone_never_pin_the_level() {
        // A thousand windows that agree: gain and efficiency stay apart by their priors, so the level keeps the
        // variance of 0.36 × 0.73 / (0.36 + 0.73) = 0.24 (sd 0.49, a factor of 2.2), plus some drift.
        let mut filter = GainFilter::new();
        for _ in 0..1000 {
            filter.wander(2.0);
            filter.counted(Path::Separation, 100.0, 100.0, 0.0);
        }
        let (_, sd) = filter.path(Path::Separation);
        assert!((0.4..0.6).contains(&sd), "{sd}");
    }

    proptest! {
        #[test]
        fn the_covariance_stays_symmetric_and_positive(
            windows in proptest::collection::vec((0.1..60.0f64, 0.0..1e5f64, 1e-3..1e4f64, 0.0..1e3f64, any::<bool>()), 1..200)
        ) {
            let mut filter = GainFilter::new();
            for (elapsed, kernels, loss, straw, cleaning) in windows {
                filter.wander(elapsed);
                filter.counted(if cleaning { Path::Cleaning } else { Path::Separation }, kernels, loss, straw);
                let p = &filter.covariance;
                prop_assert!((p - p.transpose()).abs().max() < 1e-9);
                prop_assert!(p.symmetric_eigenvalues().iter().all(|&e| e > -1e-9));
                prop_assert!(filter.mean.iter().all(|m| m.is_finite()));
            }
        }

        #[test]
        fn more_counts_never_mean_less_loss(few in 0.0..500.0f64, more in 0.0..500.0f64) {
            let level = |kernels: f64| {
                let mut filter = GainFilter::new();
                filter.counted(Path::Separation, kernels, 80.0, 5.0);
                filter.path(Path::Separation).0
            };
            prop_assert!(level(few + more) >= level(few));
        }
    }
}
