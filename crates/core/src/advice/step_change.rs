//! Detection of a step change of the loss: a one-sided cumulative sum (Page 1954, Biometrika 41:100) on the logarithm of the
//! ten-second loss against its own slow mean. It needs no pan: a constant factor makes no step.

use super::delay::AlarmCondition;
use crate::math::ln;
use crate::params::StepAlarmParams;
use crate::time::STEP_S;

/// A one-sided cumulative sum, limited so that it comes back in time.
#[derive(Clone, Copy, Debug, Default)]
struct Cusum(f64);

/// Reference value and threshold of the sum, in standard deviations.
#[derive(Clone, Copy, Debug)]
struct CusumDesign {
    /// The best reference value is half the step to be detected (Lorden 1971, Annals of Mathematical Statistics 42:1897).
    reference: f64,
    threshold: f64,
    /// The sum's upper limit, in thresholds.
    max_sum: f64,
}

impl CusumDesign {
    fn new(params: &StepAlarmParams) -> Self {
        let StepAlarmParams { step_log, min_sd, threshold, max_sum, .. } = *params;
        Self { reference: step_log / 2.0 / min_sd, threshold, max_sum }
    }
}

impl Cusum {
    /// Adds so many blocks that were this many standard deviations above the mean; gives the new sum.
    fn add(&mut self, deviations: f64, blocks: f64, design: CusumDesign) -> f64 {
        let CusumDesign { reference, threshold, max_sum } = design;
        self.0 = (self.0 + (deviations - reference) * blocks).clamp(0.0, max_sum * threshold);
        self.0
    }
}

/// Watches the loss share for a step.
#[derive(Debug)]
pub(super) struct StepDetector {
    params: StepAlarmParams,
    design: CusumDesign,
    mean: f64,
    variance: f64,
    learned_s: f64,
    sum: Cusum,
}

impl StepDetector {
    pub fn new(params: &StepAlarmParams) -> Self {
        let design = CusumDesign::new(params);
        Self { params: *params, design, mean: 0.0, variance: 0.0, learned_s: 0.0, sum: Cusum::default() }
    }

    /// Learns mean and spread anew: a setting was changed, the factors are others, or the operator has acknowledged the new
    /// level.
    pub fn restart(&mut self) {
        *self = Self::new(&self.params);
    }

    /// One step of settled cutting with this loss share, 0..1; `None` when there is none to judge.
    pub fn step(&mut self, share: Option<f64>) -> AlarmCondition {
        let log = share.map(ln).filter(|log| log.is_finite());
        let Some(log) = log else {
            self.sum = Cusum::default();
            return AlarmCondition::Unknown;
        };
        let StepAlarmParams { memory_s, judge_after_s, min_sd, block_s, threshold, .. } = self.params;
        self.learned_s += STEP_S;
        let deviation = log - self.mean;
        let deviations = deviation / self.variance.sqrt().max(min_sd);
        let weight = STEP_S / self.learned_s.min(memory_s);
        self.mean += weight * deviation;
        self.variance += weight * (deviation * deviation * (1.0 - weight) - self.variance);
        if self.learned_s < judge_after_s {
            return AlarmCondition::Unknown;
        }
        match self.sum.add(deviations, STEP_S / block_s, self.design) {
            sum if sum >= threshold => AlarmCondition::Abnormal,
            sum if sum > 0.0 => AlarmCondition::DeadBand,
            _ => AlarmCondition::Normal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{cos, exp};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Blocks until the sum of independent normal deviations passes the threshold, on average.
    fn run_length(design: CusumDesign, runs: u32) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut normal = || {
            let (u, v): (f64, f64) = (rng.random(), rng.random());
            (-2.0 * ln(1.0 - u)).sqrt() * cos(std::f64::consts::TAU * v)
        };
        let mut blocks = 0_u64;
        for _ in 0..runs {
            let mut sum = Cusum::default();
            loop {
                blocks += 1;
                if sum.add(normal(), 1.0, design) >= design.threshold {
                    break;
                }
            }
        }
        blocks as f64 / f64::from(runs)
    }

    #[test]
    fn run_lengths_in_control_match_published_tables() {
        // Two-sided with k = 0.5: 168 for h = 4 and 465 for h = 5 (Montgomery, Introduction to Statistical Quality Control);
        // one side alone is twice as long. A run length scatters like its mean: 2000 runs give it to 2.2 %.
        for (threshold, published) in [(4.0, 336.0), (5.0, 930.0)] {
            let found = run_length(CusumDesign { reference: 0.5, threshold, max_sum: 1.5 }, 2000);
            assert!((found / published - 1.0).abs() < 0.07, "h = {threshold}: {found} against {published}");
        }
    }

    #[test]
    fn steady_work_has_at_most_one_false_alarm_in_four_hours_of_cutting() {
        // Siegmund (1985): (e^(2kb) − 2kb − 1) / (2k²) with b = h + 1.166. k = 0.693147 / 0.6 = 1.155245; b = 3.666;
        // 2kb = 8.4703; (4770.8 − 9.5) / 2.66918 = 1784 blocks of 10 s = 4.95 h. For steps this large it is a tenth too
        // long: the simulation must show at least four hours, 1440 blocks.
        let design = CusumDesign::new(&StepAlarmParams::DEFAULT);
        let CusumDesign { reference, threshold, .. } = design;
        assert!((reference - 1.155_245).abs() < 1e-6);
        let two_kb = 2.0 * reference * (threshold + 1.166);
        let formula = (exp(two_kb) - two_kb - 1.0) / (2.0 * reference * reference);
        assert!((formula - 1784.0).abs() < 3.0, "{formula}");
        let found = run_length(design, 2000);
        assert!(found * StepAlarmParams::DEFAULT.block_s >= 4.0 * 3600.0, "{found} blocks");
    }

    #[test]
    fn a_restart_forgets_the_old_mean() {
        let run = |detector: &mut StepDetector, seconds: f64, share| {
            let steps = (seconds * 10.0).round() as usize;
            (0..steps)
                .map(|_| detector.step(Some(share)))
                .filter(|&condition| condition == AlarmCondition::Abnormal)
                .count()
        };
        let mut detector = StepDetector::new(&StepAlarmParams::DEFAULT);
        assert_eq!(run(&mut detector, 240.0, 0.01), 0);
        detector.restart();
        assert_eq!(run(&mut detector, 400.0, 0.03), 0, "learned anew");
        assert!(run(&mut detector, 60.0, 0.09) > 0);
    }
}
