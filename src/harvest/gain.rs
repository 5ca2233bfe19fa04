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
/// A constant gain ages too, by 10 % in a root hour (assumed): a pan does not calibrate for ever.
const GAIN_DRIFT_PER_SQRT_H: f64 = 0.10;
/// The plates' efficiency: known to a factor of about 2.3, drifting by 15 % in a root hour (both assumed).
const PLATE_SD: f64 = 0.5;
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
    /// What the wanders were taken for then, by [`GainFilter::wanders`].
    pub wanders: Wanders,
}

/// Logarithms of the wandering gains.
pub(super) type Wanders = Lost;

/// How a pan fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    /// The logarithm of found over expected, before the pan was taken in.
    pub residual: f64,
    /// Its square over the variance it was expected to have: 1 on average.
    pub surprise: f64,
    /// How much it counted under Student's t, 0..=1: near 0 for a blunder.
    pub weight: f64,
}

/// The filter.
#[derive(Clone, Debug)]
pub(super) struct GainFilter {
    mean: State,
    covariance: SMatrix<f64, N, N>,
    /// Paths watched by a bar in place of plates: its secret scale stands where their efficiency would.
    barred: [bool; 2],
}

impl GainFilter {
    /// The priors.
    pub fn new() -> Self {
        let path = [GAIN_SD, WANDER_SD, PLATE_SD];
        let sd = State::from_iterator(path.into_iter().chain(path).chain([HEADER_SD, WANDER_SD]));
        Self { mean: State::zeros(), covariance: SMatrix::from_diagonal(&sd.component_mul(&sd)), barred: [false; 2] }
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
        for (at, drift) in [
            (separation + PLATE, PLATE_DRIFT_PER_SQRT_H),
            (cleaning + PLATE, PLATE_DRIFT_PER_SQRT_H),
            (separation + GAIN, GAIN_DRIFT_PER_SQRT_H),
            (cleaning + GAIN, GAIN_DRIFT_PER_SQRT_H),
            (HEADER, GAIN_DRIFT_PER_SQRT_H),
        ] {
            self.covariance[(at, at)] += drift * drift * elapsed_s / 3600.0;
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

    /// The logarithms of the wandering gains: kept at the drop of a pan, for when its count is known.
    pub fn wanders(&self) -> Wanders {
        let of = |path: Path| self.mean[path as usize + WANDER];
        Wanders { header: self.mean[HEADER_WANDER], separation: of(Path::Separation), cleaning: of(Path::Cleaning) }
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
        // The logarithm of a gamma-distributed mean lies low by half its squared spread.
        let innovation = ((kernels + 0.5) / (expected + 0.5)).ln() + 0.5 / SIZE;
        let variance = 1.0 / (expected + 0.5) + 1.0 / SIZE;
        self.observe(&(direction * (signal / (expected + 0.5))), innovation, variance);
    }

    /// A path's bar showed so much for each kg/s modelled (the logarithm). What a full bar means is not known, so this
    /// tells of changes only, until a pan has said what the loss is.
    pub fn bar(&mut self, path: Path, log_bar_per_kg_s: f64) {
        /// Next to nothing is known of the scale.
        const SCALE_SD: f64 = 10.0;
        /// The exponent of a bar is not known either (log-sd 0.2 to 0.7 proposed), nor how long it is smoothed: one
        /// window says little (our choice).
        const BAR_SD: f64 = 0.5;
        if !log_bar_per_kg_s.is_finite() {
            return;
        }
        let at = path as usize;
        let barred = &mut self.barred[at / (Path::Cleaning as usize)];
        if !*barred {
            *barred = true;
            self.covariance.row_mut(at + PLATE).fill(0.0);
            self.covariance.column_mut(at + PLATE).fill(0.0);
            self.covariance[(at + PLATE, at + PLATE)] = SCALE_SD * SCALE_SD;
            self.mean[at + PLATE] = log_bar_per_kg_s - self.mean[at + GAIN] - self.mean[at + WANDER];
        }
        let mut direction = State::zeros();
        for part in [GAIN, WANDER, PLATE] {
            direction[at + part] = 1.0;
        }
        let innovation = log_bar_per_kg_s - direction.dot(&self.mean);
        self.observe(&direction, innovation, BAR_SD * BAR_SD);
    }

    /// Kernels to be expected of the lost grain, where the model at gain and efficiency 1 expects `from_loss`.
    pub fn kernels(&self, path: Path, from_loss: f64) -> f64 {
        let at = path as usize;
        from_loss * (self.mean[at + GAIN] + self.mean[at + WANDER] + self.mean[at + PLATE]).exp()
    }

    /// A pan dropped behind the machine saw both paths together. `None` when nothing was to be expected.
    pub fn pan_behind(&mut self, lost: Lost, observed: &Observed) -> Option<Judged> {
        // The sum of two exponentials is linearised where the filter stands, and again where it has moved to.
        let start = self.clone();
        let keep = Self::kept_wander(observed);
        let parts = [
            (Path::Separation, lost.separation, observed.wanders.separation),
            (Path::Cleaning, lost.cleaning, observed.wanders.cleaning),
        ];
        let mut judged = None;
        for _ in 0..3 {
            let expected = parts.map(|(path, lost, then)| {
                let at = path as usize;
                lost * (self.mean[at + GAIN] + Self::at_drop(keep, then, self.mean[at + WANDER])).exp()
            });
            let sum = expected[0] + expected[1];
            if !(sum > 0.0 && sum.is_finite()) {
                return None;
            }
            let mut direction = State::zeros();
            for ((path, ..), part) in parts.iter().zip(expected) {
                direction[*path as usize + GAIN] = part / sum;
                direction[*path as usize + WANDER] = keep * part / sum;
            }
            // The expectation where the filter began, by the tangent at where it stands now.
            let innovation = observed.log_kg_s - sum.ln() + direction.dot(&(self.mean - start.mean));
            *self = start.clone();
            let fared = self.pan(&direction, innovation, observed);
            judged.get_or_insert(fared);
        }
        judged
    }

    /// A sample behind the header saw its loss alone.
    pub fn pan_in_front(&mut self, lost: Lost, observed: &Observed) -> Option<Judged> {
        let keep = Self::kept_wander(observed);
        let wander = Self::at_drop(keep, observed.wanders.header, self.mean[HEADER_WANDER]);
        let expected = lost.header * (self.mean[HEADER] + wander).exp();
        if !(expected > 0.0 && expected.is_finite()) {
            return None;
        }
        let mut direction = State::zeros();
        direction[HEADER] = 1.0;
        direction[HEADER_WANDER] = keep;
        Some(self.pan(&direction, observed.log_kg_s - expected.ln(), observed))
    }

    /// A wander at the drop, from what it was taken for `then` and what has been learned until `now`: the smoother of
    /// a stationary process that keeps the share `keep` (Rauch, Tung and Striebel 1965).
    fn at_drop(keep: f64, then: f64, now: f64) -> f64 {
        then + keep * (now - keep * then)
    }

    /// How much of a wander at the drop is in that of now.
    fn kept_wander(observed: &Observed) -> f64 {
        (-observed.elapsed_s.max(0.0) / WANDER_MEMORY_S).exp()
    }

    /// A pan as one observation of the gains at the drop. Of the wander of then, the part that has since been forgotten
    /// is noise. A count far from everything expected is more likely a blunder than a miracle, so it weighs as under
    /// Student's t with 4 degrees of freedom.
    fn pan(&mut self, direction: &State, innovation: f64, observed: &Observed) -> Judged {
        const FREEDOM: f64 = 4.0;
        let forgotten = WANDER_SD * WANDER_SD * (1.0 - Self::kept_wander(observed).powi(2));
        let variance = observed.variance + forgotten;
        let expected = (direction.transpose() * self.covariance * direction)[0] + variance;
        let surprise = innovation * innovation / expected;
        let weight = ((FREEDOM + 1.0) / (FREEDOM + surprise)).min(1.0);
        self.observe(direction, innovation, variance / weight);
        Judged { residual: innovation, surprise, weight }
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
        // Prior variance of the sum 0.64 + 0.09 + 0.25 = 0.98. Plates counted 400 where 100 were expected: innovation
        // ln(400.5 / 100.5) + 0.5 / 20 = 1.40759, slope 100 / 100.5 = 0.995025, variance 1/100.5 + 1/20 = 0.059950.
        // The constant gain moves by 0.64 × 0.995025 / (0.990075 × 0.98 + 0.059950) × 1.40759 = 0.87008, the wander by
        // 0.09/0.64 of that, 0.12236.
        let mut filter = GainFilter::new();
        filter.counted(Path::Cleaning, 400.0, 100.0, 0.0);
        assert!((filter.path(Path::Cleaning).0.ln() - (0.870_08 + 0.122_36)).abs() < 1e-4);
        assert_eq!(filter.path(Path::Separation).0, 1.0, "the other path has learned nothing");
        assert_eq!(filter.header().0, 1.0, "no plate sees the header");
    }

    #[test]
    fn one_pan_is_bayes_rule() {
        // Separation alone loses, 0.02 kg/s at gain 1; the pan says twice that, ten seconds ago. Of the wander of then
        // ρ = e^(−10/900) = 0.98895 is left: prior variance 0.64 + 0.09 ρ² = 0.72802; of the pan 0.16 + 0.09 (1 − ρ²) =
        // 0.16198; together 0.89. Innovation ln 2, within what was to be expected, so weight 1: gain and wander move by
        // (0.64 + 0.09 ρ) / 0.89 × 0.69315 = 0.56776, and their variance becomes 0.73 − 0.729006² / 0.89 = 0.13286.
        let mut filter = GainFilter::new();
        let lost = Lost { header: 0.0, separation: 0.02, cleaning: 0.0 };
        let observed =
            Observed { log_kg_s: 0.04f64.ln(), variance: 0.16, elapsed_s: 10.0, wanders: Wanders::default() };
        let judged = filter.pan_behind(lost, &observed).unwrap();
        assert!((judged.residual - 2f64.ln()).abs() < 1e-12);
        assert_eq!(judged.weight, 1.0);
        let (gain, sd) = filter.path(Path::Separation);
        assert!((gain.ln() - 0.567_76).abs() < 1e-4, "{}", gain.ln());
        assert!((sd * sd - 0.132_86).abs() < 1e-4, "{}", sd * sd);
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
            let observed =
                Observed { log_kg_s: 0.045f64.ln(), variance: 0.16, elapsed_s: 4.0, wanders: Wanders::default() };
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
        filter.pan_behind(
            lost,
            &Observed { log_kg_s: 2f64.ln(), variance: 0.16, elapsed_s: 0.0, wanders: Wanders::default() },
        );
        let moved = filter.path(Path::Separation).0.ln();
        assert!(moved > 0.0 && moved < 3.8, "{moved}");
    }

    #[test]
    fn counts_alone_never_pin_the_level() {
        // A thousand windows that agree: gain and efficiency stay apart by their priors, so the level keeps the
        // variance of 0.25 × 0.73 / (0.25 + 0.73) = 0.19 (sd 0.43, a factor of 2.0), plus some drift.
        let mut filter = GainFilter::new();
        for _ in 0..1000 {
            filter.wander(2.0);
            filter.counted(Path::Separation, 100.0, 100.0, 0.0);
        }
        let (_, sd) = filter.path(Path::Separation);
        assert!((0.4..0.6).contains(&sd), "{sd}");
    }

    #[test]
    fn a_bar_tells_changes_and_a_pan_the_level() {
        // A bar that shows 50 times as much as any gain could: the level does not follow (prior variance of 0.73 in
        // 100.73), but when it doubles the wander does, against its own small spread.
        let mut filter = GainFilter::new();
        for _ in 0..100 {
            filter.wander(10.0);
            filter.bar(Path::Separation, 50f64.ln());
        }
        let (before, sd) = filter.path(Path::Separation);
        assert!((before - 1.0).abs() < 0.01, "{before}");
        assert!(sd > 0.75, "{sd}");
        for _ in 0..30 {
            filter.wander(10.0);
            filter.bar(Path::Separation, 100f64.ln());
        }
        assert!(filter.path(Path::Separation).0 > 1.15, "{}", filter.path(Path::Separation).0);
    }

    proptest! {
        #[test]
        fn whatever_is_observed_the_filter_stays_finite_and_positive(
            events in proptest::collection::vec(
                (0.1..7200.0f64, 0..4u8, -40.0..40.0f64, 1e-6..1e4f64, 0.0..1e5f64, any::<bool>()), 1..200)
        ) {
            let mut filter = GainFilter::new();
            for (elapsed_s, kind, log, lost, many, cleaning) in events {
                filter.wander(elapsed_s);
                let path = if cleaning { Path::Cleaning } else { Path::Separation };
                let losses = Lost { header: lost, separation: lost, cleaning: if cleaning { 0.0 } else { 0.3 * lost } };
                let observed =
                    Observed { log_kg_s: log, variance: 1.0 / (1.0 + many), elapsed_s, wanders: filter.wanders() };
                match kind {
                    0 => filter.counted(path, many, lost, 0.1 * lost),
                    1 => filter.bar(path, log),
                    2 => drop(filter.pan_behind(losses, &observed)),
                    _ => drop(filter.pan_in_front(losses, &observed)),
                }
                let p = &filter.covariance;
                let largest = p.diagonal().max();
                prop_assert!((p - p.transpose()).abs().max() <= 1e-9 * largest);
                prop_assert!(p.symmetric_eigenvalues().iter().all(|&e| e > -1e-9 * largest));
                prop_assert!(p.diagonal().iter().all(|&v| v > 0.0 && v.is_finite()));
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
