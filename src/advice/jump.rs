//! The step alarm: a cumulative sum (Page 1954, Biometrika 41:100) on the logarithm of the ten-second loss against its
//! own slow mean. It needs no pan: a factor that is wrong all the time makes no step.

use super::delay::{Timing, Verdict};
use crate::harvest::STEP_S;

/// The sum waits for itself: no delay before, twenty seconds after.
pub(super) const TIMING: Timing = Timing { raise_after_s: 0.0, clear_after_s: 20.0, again_within_s: 600.0 };
/// Mean and spread are those of so much cutting, judged after so much. Our choice.
const MEMORY_S: f64 = 300.0;
const JUDGE_AFTER_S: f64 = 180.0;
/// The spread is taken as this at least: half of it is what 10 % in feed rate do at an elasticity of 1.9 (assumed).
const LEAST_SD: f64 = 0.3;
/// Deviations count beyond this many standard deviations, and an alarm needs so many of them, times seconds. Set on
/// simulated steady work.
const SLACK: f64 = 1.0;
const ENOUGH_S: f64 = 20.0;

#[derive(Debug, Default)]
pub(super) struct Jump {
    mean: f64,
    variance: f64,
    seen_s: f64,
    sum_s: f64,
}

impl Jump {
    /// One step of settled cutting with this loss share, 0..1; `None` when there is none to judge.
    pub fn step(&mut self, share: Option<f64>) -> Verdict {
        let log = share.map(f64::ln).filter(|log| log.is_finite());
        let Some(log) = log else {
            self.sum_s = 0.0;
            return Verdict::Untold;
        };
        self.seen_s += STEP_S;
        let deviation = log - self.mean;
        let beyond = deviation / self.variance.sqrt().max(LEAST_SD) - SLACK;
        let weight = STEP_S / self.seen_s.min(MEMORY_S);
        self.mean += weight * deviation;
        self.variance += weight * (deviation * deviation * (1.0 - weight) - self.variance);
        if self.seen_s < JUDGE_AFTER_S {
            return Verdict::Untold;
        }
        self.sum_s = (self.sum_s + beyond * STEP_S).clamp(0.0, 1.5 * ENOUGH_S);
        match self.sum_s {
            sum if sum >= ENOUGH_S => Verdict::Bad,
            sum if sum > 0.0 => Verdict::Between,
            _ => Verdict::Good,
        }
    }
}
