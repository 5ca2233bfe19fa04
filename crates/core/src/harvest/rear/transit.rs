//! How long crop takes from the feeder house to the end of a path. No data sheet says so: a multiple-model estimator follows
//! several hypotheses at once, some shorter and some longer, and weighs them by what the plates count when crop comes and goes.

use super::super::filter::{CountLevels, CountWindow, LossFilter, OperatingPoint, RearPath};
use super::super::lag::Residence;
use crate::math::{exp, hypot, ln_1p, square};
use crate::params::{ResidenceTime, TransitParams};
use crate::time::STEP_S;

/// The number of hypotheses.
pub(super) const HYPOTHESES: usize = 6;
/// Transit time of each over the usual one. From the header to the rear 6 to 15 s are quoted in all, of which the way to the
/// feeder house is one or two.
const SCALE: [f64; HYPOTHESES] = [0.6, 0.8, 1.0, 1.3, 1.75, 2.35];
/// Its probability before any plate has counted (our choice).
const PRIOR_WEIGHT: [f64; HYPOTHESES] = [0.10, 0.20, 0.26, 0.22, 0.14, 0.08];

/// One value for each hypothesis.
pub(super) type PerHypothesis<T> = [T; HYPOTHESES];

/// Grain and straw that pass a place, kg/s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CropFlow {
    pub grain_kg_s: f64,
    pub straw_kg_s: f64,
}

/// One transit time.
#[derive(Debug)]
struct Hypothesis {
    grain: Residence,
    straw: Residence,
    /// ln of the evidence for it beside that for the best, tempered and fading; 0 for the best.
    log_evidence: f64,
    /// Its probability.
    weight: f64,
}

/// All hypotheses of one path.
#[derive(Debug)]
pub(super) struct Transit {
    params: TransitParams,
    hypotheses: PerHypothesis<Hypothesis>,
    gathered: Gathered,
}

/// Counts of one step, and what was to be expected of them by each hypothesis.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepCounts {
    pub kernels: f64,
    pub plate_s: f64,
    pub from_loss: PerHypothesis<f64>,
    pub from_straw: PerHypothesis<f64>,
}

/// A second of them, on its way to be compared.
#[derive(Debug, Default)]
struct Gathered {
    kernels: f64,
    plate_s: f64,
    from_loss: PerHypothesis<f64>,
    from_straw: PerHypothesis<f64>,
    elapsed_s: f64,
}

impl Transit {
    /// Hypotheses about a path with this usual residence time.
    pub fn new(params: TransitParams, usual: ResidenceTime) -> Self {
        let hypothesis = |at: usize| {
            let time = usual.times(SCALE[at]);
            let residence = || Residence::new(time.delay_s, time.lag_s);
            Hypothesis { grain: residence(), straw: residence(), log_evidence: 0.0, weight: PRIOR_WEIGHT[at] }
        };
        Self { params, hypotheses: std::array::from_fn(hypothesis), gathered: Gathered::default() }
    }

    /// Puts in what is at the feeder house now; what passes the end of the path by each hypothesis.
    pub fn step(&mut self, at_feeder: CropFlow) -> PerHypothesis<CropFlow> {
        self.hypotheses.each_mut().map(|hypothesis| CropFlow {
            grain_kg_s: hypothesis.grain.step(at_feeder.grain_kg_s),
            straw_kg_s: hypothesis.straw.step(at_feeder.straw_kg_s),
        })
    }

    /// The mean over the hypotheses, by their probabilities.
    pub fn mean(&self, values: &PerHypothesis<f64>) -> f64 {
        self.hypotheses.iter().zip(values).map(|(hypothesis, value)| hypothesis.weight * value).sum()
    }

    /// Standard deviation of the logarithm of a log-normal that has the mean and the variance of the hypotheses.
    pub fn log_sd(&self, values: &PerHypothesis<f64>) -> f64 {
        let mean = self.mean(values);
        if mean <= 0.0 {
            return 0.0;
        }
        // Of the ratios: no square of a small mass is ever taken.
        let variance = self.mean(&values.map(|value| square(value / mean - 1.0)));
        ln_1p(variance).sqrt()
    }

    /// Compares counts with the hypotheses where these differ.
    pub fn learn(
        &mut self,
        path: RearPath,
        point: &OperatingPoint,
        dead_time_s: f64,
        step: &StepCounts,
        filter: &LossFilter,
    ) {
        let params = self.params;
        let gathered = &mut self.gathered;
        gathered.kernels += step.kernels;
        gathered.plate_s += step.plate_s;
        gathered.elapsed_s += STEP_S;
        for nth in 0..HYPOTHESES {
            gathered.from_loss[nth] += step.from_loss[nth];
            gathered.from_straw[nth] += step.from_straw[nth];
        }
        if gathered.elapsed_s < params.compare_s - 0.5 * STEP_S {
            return;
        }
        let gathered = std::mem::take(&mut self.gathered);
        let (low, high) = gathered.from_loss.iter().fold((f64::INFINITY, 0.0f64), |(l, h), &v| (l.min(v), h.max(v)));
        let view = filter.plate_view(path, point);
        if high <= params.expectation_ratio_least * low
            || high < params.kernels_least
            || view.variance > params.level_variance_most
        {
            return;
        }
        let keep = exp(-params.compare_s / params.memory_s);
        let transit_sd = hypot(params.shape_sd, view.variance.sqrt());
        for (nth, hypothesis) in self.hypotheses.iter_mut().enumerate() {
            let window = CountWindow {
                kernels: gathered.kernels.round(),
                seconds: params.compare_s,
                plate_s: gathered.plate_s,
                from_loss: gathered.from_loss[nth],
                from_straw: gathered.from_straw[nth],
                most_log: 0.0,
                point: *point,
                transit_sd,
                dead_time_s,
                levels: CountLevels::One,
            };
            let log_likelihood = filter.count_likelihood(&window, view.mean);
            hypothesis.log_evidence = keep * hypothesis.log_evidence + params.likelihood_tempering * log_likelihood;
        }
        self.weigh();
    }

    /// What counts have shown so far: ln of the evidence for each hypothesis beside that for the best.
    pub fn evidence(&self) -> PerHypothesis<f64> {
        self.hypotheses.each_ref().map(|hypothesis| hypothesis.log_evidence)
    }

    /// Continues from such evidence.
    pub fn restore(&mut self, evidence: &PerHypothesis<f64>) {
        for (hypothesis, log_evidence) in self.hypotheses.iter_mut().zip(evidence) {
            hypothesis.log_evidence = *log_evidence;
        }
        self.weigh();
    }

    /// The second being gathered is of no use: it is not known what came in.
    pub fn interrupt(&mut self) {
        self.gathered = Gathered::default();
    }

    fn weigh(&mut self) {
        let best = self.hypotheses.iter().map(|hypothesis| hypothesis.log_evidence).fold(f64::NEG_INFINITY, f64::max);
        if !best.is_finite() {
            return;
        }
        for (hypothesis, prior) in self.hypotheses.iter_mut().zip(PRIOR_WEIGHT) {
            hypothesis.log_evidence = (hypothesis.log_evidence - best).max(self.params.min_log_evidence);
            hypothesis.weight = prior * exp(hypothesis.log_evidence.max(self.params.min_log_weight));
        }
        let sum: f64 = self.hypotheses.iter().map(|hypothesis| hypothesis.weight).sum();
        self.hypotheses.iter_mut().for_each(|hypothesis| hypothesis.weight /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;
    use crate::params::Params;

    fn transit() -> Transit {
        Transit::new(TransitParams::default(), ResidenceTime { delay_s: 1.5, lag_s: 2.5 })
    }

    /// A filter whose plates have counted what was to be expected: the level that they see is known.
    fn with_known_level() -> LossFilter {
        let mut filter = LossFilter::new(&Params::default());
        for _ in 0..60 {
            filter.predict(2.0, true);
            let window = CountWindow {
                kernels: 80.0,
                seconds: 2.0,
                plate_s: 4.0,
                from_loss: 80.0,
                from_straw: 0.0,
                most_log: 3.0,
                point: OperatingPoint::default(),
                transit_sd: 0.0,
                dead_time_s: 0.0,
                levels: CountLevels::One,
            };
            filter.fuse_counts(RearPath::Separation, &window).unwrap();
        }
        filter
    }

    /// Hypotheses about 4 s after so many passes of a minute with 20 s between them, on a machine whose crop takes `really`
    /// times as long, in a pure delay, which none of the hypotheses has. Their mean scale.
    fn learned(passes: usize, really: f64, filter: &LossFilter) -> f64 {
        let mut transit = transit();
        let delay = (40.0 * really) as usize;
        let mut came = vec![0.0; delay];
        for step in 0..passes * 800 {
            let straw = if step % 800 < 600 { 3.0 } else { 0.0 };
            came.push(straw);
            let flows = transit.step(CropFlow { grain_kg_s: straw, straw_kg_s: straw });
            // 20 kernels a second and plate at full feed, on two plates.
            let step = StepCounts {
                kernels: 4.0 * came[step] / 3.0,
                plate_s: 0.2,
                from_loss: flows.map(|flow| 4.0 * flow.straw_kg_s / 3.0),
                from_straw: [0.0; HYPOTHESES],
            };
            transit.learn(RearPath::Separation, &OperatingPoint::default(), 0.0025, &step, filter);
        }
        transit.mean(&SCALE)
    }

    #[test]
    fn plates_teach_the_transit_time_within_five_passes() {
        let filter = with_known_level();
        // Before anything is counted: 0.06 + 0.16 + 0.26 + 0.286 + 0.245 + 0.188.
        assert!((learned(0, 1.0, &filter) - 1.199).abs() < 1e-9);
        for really in [0.7, 1.0, 1.6, 2.2] {
            let scale = learned(5, really, &filter);
            assert!(ln(scale / really).abs() < 0.25, "{scale} for {really}");
        }
        // While the level is not known, nothing is learned.
        assert!((learned(5, 2.2, &LossFilter::new(&Params::default())) - 1.199).abs() < 1e-9);
    }

    #[test]
    fn what_was_learned_goes_on_after_a_restart() {
        let mut learned = transit();
        learned.restore(&[-9.0, -9.0, -9.0, -4.0, 0.0, -2.0]);
        let mut again = transit();
        again.restore(&learned.evidence());
        let weights = |transit: &Transit| transit.hypotheses.each_ref().map(|hypothesis| hypothesis.weight);
        assert_eq!(weights(&again), weights(&learned));
        // 0.14 beside 0.08 e^−2 = 0.0108 and 0.22 e^−4 = 0.0040; the three others 0.56 e^−4.6 = 0.0056 together.
        assert!((weights(&again)[4] - 0.14 / 0.1604).abs() < 1e-3, "{:?}", weights(&again));
    }

    #[test]
    fn the_spread_is_large_while_crop_arrives_and_nothing_in_steady_work() {
        let mut transit = transit();
        let straw = |flows: PerHypothesis<CropFlow>| flows.map(|flow| flow.straw_kg_s);
        let mut step = |_| {
            let arrived = straw(transit.step(CropFlow { grain_kg_s: 2.0, straw_kg_s: 4.0 }));
            (transit.mean(&arrived), transit.log_sd(&arrived))
        };
        let coming: Vec<(f64, f64)> = (0..600).map(&mut step).collect();
        // Four seconds in, the short hypotheses bring crop and the long ones none: 1 − e^(−x) (1 + x) of all with x = (4 − 1.5 t) /
        // (1.25 t) for t times as long: 0.918, 0.769, 0.594, 0.360, 0.132, 0.012. By their weights the mean is 0.499 and the
        // mean square 0.325, so that the logarithm spreads by √ln(0.325 / 0.249) = 0.517.
        let (mean, log_sd) = coming[39];
        assert!((mean - 4.0 * 0.499).abs() < 0.05 && (log_sd - 0.517).abs() < 0.01, "{mean} {log_sd}");
        let (mean, log_sd) = coming[599];
        assert!((mean - 4.0).abs() < 1e-6 && log_sd < 1e-6, "{mean} {log_sd}");
        assert_eq!(
            Transit::new(TransitParams::default(), ResidenceTime { delay_s: 1.5, lag_s: 2.5 })
                .log_sd(&[0.0; HYPOTHESES]),
            0.0,
            "where nothing passes, nothing is uncertain"
        );
    }
}
