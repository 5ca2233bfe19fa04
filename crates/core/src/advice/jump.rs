//! The step alarm: a cumulative sum (Page 1954, Biometrika 41:100) on the logarithm of the ten-second loss against its
//! own slow mean. It needs no pan: a factor that is wrong all the time makes no step.

use super::delay::{Timing, Verdict};
use crate::time::STEP_S;
use crate::math::ln;

/// The sum waits for itself: no delay before, twenty seconds after. What comes back within the ten minutes of the alarm
/// budget is the same alarm.
pub(super) const TIMING: Timing = Timing { raise_after_s: 0.0, clear_after_s: 20.0, again_within_s: 600.0 };
/// Mean and spread are those of so much cutting, judged after so much. Our choice.
const MEMORY_S: f64 = 300.0;
const JUDGE_AFTER_S: f64 = 180.0;
/// The spread is taken as this at least: half of it is what 10 % in feed rate do at an elasticity of 1.9 (assumed).
const LEAST_SD: f64 = 0.3;
/// The loss is a mean of ten seconds: that is the sum's natural step.
const BLOCK_S: f64 = 10.0;
/// The step that is looked for is a doubling. The best reference value is half of it (Lorden 1971, Annals of Mathematical
/// Statistics 42:1897), in standard deviations.
const REFERENCE: f64 = std::f64::consts::LN_2 / 2.0 / LEAST_SD;
/// Threshold, in standard deviations times blocks: steady work is alarmed falsely once in four hours of cutting at
/// most, by Siegmund's formula and by trial, see the tests.
const THRESHOLD: f64 = 2.5;

/// A one-sided cumulative sum. It goes no further than half as much again as its threshold, so that it comes back in time.
#[derive(Clone, Copy, Debug, Default)]
struct Sum(f64);

impl Sum {
    /// Takes in how many standard deviations above the mean so many blocks were.
    fn add(&mut self, deviations: f64, blocks: f64, (reference, threshold): (f64, f64)) -> f64 {
        self.0 = (self.0 + (deviations - reference) * blocks).clamp(0.0, 1.5 * threshold);
        self.0
    }
}

#[derive(Debug, Default)]
pub(super) struct Jump {
    mean: f64,
    variance: f64,
    seen_s: f64,
    sum: Sum,
}

impl Jump {
    /// What was usual is no more: a setting was changed, the factors are others, or the operator has taken the new level as
    /// it is. It is learned anew.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// One step of settled cutting with this loss share, 0..1; `None` when there is none to judge.
    pub fn step(&mut self, share: Option<f64>) -> Verdict {
        let log = share.map(ln).filter(|log| log.is_finite());
        let Some(log) = log else {
            self.sum = Sum::default();
            return Verdict::Untold;
        };
        self.seen_s += STEP_S;
        let deviation = log - self.mean;
        let deviations = deviation / self.variance.sqrt().max(LEAST_SD);
        let weight = STEP_S / self.seen_s.min(MEMORY_S);
        self.mean += weight * deviation;
        self.variance += weight * (deviation * deviation * (1.0 - weight) - self.variance);
        if self.seen_s < JUDGE_AFTER_S {
            return Verdict::Untold;
        }
        match self.sum.add(deviations, STEP_S / BLOCK_S, (REFERENCE, THRESHOLD)) {
            sum if sum >= THRESHOLD => Verdict::Bad,
            sum if sum > 0.0 => Verdict::Between,
            _ => Verdict::Good,
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
    fn run_length(reference: f64, threshold: f64, runs: u32) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut normal = || {
            let (u, v): (f64, f64) = (rng.random(), rng.random());
            (-2.0 * ln(1.0 - u)).sqrt() * cos(std::f64::consts::TAU * v)
        };
        let mut blocks = 0_u64;
        for _ in 0..runs {
            let mut sum = Sum::default();
            loop {
                blocks += 1;
                if sum.add(normal(), 1.0, (reference, threshold)) >= threshold {
                    break;
                }
            }
        }
        blocks as f64 / f64::from(runs)
    }

    #[test]
    fn the_sum_runs_as_long_in_control_as_the_published_tables_say() {
        // Two-sided with k = 0.5: 168 for h = 4 and 465 for h = 5 (Montgomery, Introduction to Statistical Quality Control);
        // one side alone is twice as long. A run length scatters like its mean: 2000 runs tell it to 2.2 %.
        for (threshold, published) in [(4.0, 336.0), (5.0, 930.0)] {
            let found = run_length(0.5, threshold, 2000);
            assert!((found / published - 1.0).abs() < 0.07, "h = {threshold}: {found} against {published}");
        }
    }

    #[test]
    fn steady_work_is_alarmed_falsely_once_in_four_hours_of_cutting_at_most() {
        // Siegmund (1985): (e^(2kb) − 2kb − 1) / (2k²) with b = h + 1.166. k = 0.693147 / 0.6 = 1.155245; b = 3.666;
        // 2kb = 8.4703; (4770.8 − 9.5) / 2.66918 = 1784 blocks of 10 s = 4.95 h. So far from small steps it is a tenth too
        // long: trial must tell that four hours are left, 1440 blocks.
        assert!((REFERENCE - 1.155_245).abs() < 1e-6);
        let two_kb = 2.0 * REFERENCE * (THRESHOLD + 1.166);
        let formula = (exp(two_kb) - two_kb - 1.0) / (2.0 * REFERENCE * REFERENCE);
        assert!((formula - 1784.0).abs() < 3.0, "{formula}");
        let found = run_length(REFERENCE, THRESHOLD, 2000);
        assert!(found * BLOCK_S >= 4.0 * 3600.0, "{found} blocks");
    }

    #[test]
    fn a_restart_forgets_the_old_level() {
        let run = |jump: &mut Jump, seconds: f64, share| {
            let steps = (seconds * 10.0).round() as usize;
            (0..steps).map(|_| jump.step(Some(share))).filter(|&said| said == Verdict::Bad).count()
        };
        let mut jump = Jump::default();
        assert_eq!(run(&mut jump, 240.0, 0.01), 0);
        jump.restart();
        assert_eq!(run(&mut jump, 400.0, 0.03), 0, "learned anew");
        assert!(run(&mut jump, 60.0, 0.09) > 0);
    }
}
