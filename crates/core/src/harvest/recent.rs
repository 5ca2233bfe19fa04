//! Losses and grain of the last ten seconds of cutting.

use super::estimate::{RecentLoss, Stream};
use super::interval::LogNormal;
use crate::time::STEP_S;

/// Ten seconds of steps.
const WINDOW: usize = 100;

/// Means of a step, kg/s and m²/s; also their sums.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    streams: [f64; 3],
    rear: f64,
    grain: f64,
    /// `None` where the area is not known.
    area_m2_s: Option<f64>,
}

/// Losses and grain of a step, where all of them are known, kg/s.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownRates {
    /// In the order of [`Stream::ALL`].
    pub streams: [LogNormal; 3],
    pub rear: LogNormal,
    pub grain: LogNormal,
    /// Area cut, m²/s.
    pub area_m2_s: Option<f64>,
}

/// A sliding sum over steps of cutting.
#[derive(Debug)]
pub(super) struct RecentTotal {
    steps: [Step; WINDOW],
    at: usize,
    filled: usize,
    /// Standard deviations of the logarithms, of the streams and of all behind, when each was last lost.
    log_sds: [f64; 3],
    rear_log_sd: f64,
}

impl Default for RecentTotal {
    fn default() -> Self {
        Self { steps: [Step::default(); WINDOW], at: 0, filled: 0, log_sds: [0.0; 3], rear_log_sd: 0.0 }
    }
}

impl RecentTotal {
    /// One step. What was lost, after ten seconds of cutting; `None` before, when not cutting, and when a part is not
    /// known.
    pub fn step(&mut self, cutting: Option<bool>, rates: Option<KnownRates>) -> Option<RecentLoss> {
        if cutting != Some(true) {
            return None;
        }
        let Some(rates) = rates else {
            self.filled = 0;
            return None;
        };
        self.steps[self.at] = Step {
            streams: rates.streams.map(LogNormal::mean),
            rear: rates.rear.mean(),
            grain: rates.grain.mean(),
            area_m2_s: rates.area_m2_s,
        };
        // Before the crop of a pass is there nothing is lost for certain, which says nothing of the seconds before.
        for (log_sd, rate) in self.log_sds.iter_mut().zip(&rates.streams).chain([(&mut self.rear_log_sd, &rates.rear)])
        {
            if rate.median > 0.0 {
                *log_sd = rate.log_sd;
            }
        }
        self.at = (self.at + 1) % WINDOW;
        self.filled = (self.filled + 1).min(WINDOW);
        let nothing = Step { area_m2_s: Some(0.0), ..Step::default() };
        let sum = self.steps[..self.filled].iter().fold(nothing, |sum, step| Step {
            streams: std::array::from_fn(|at| sum.streams[at] + step.streams[at]),
            rear: sum.rear + step.rear,
            grain: sum.grain + step.grain,
            area_m2_s: sum.area_m2_s.zip(step.area_m2_s).map(|(sum, step)| sum + step),
        });
        if self.filled < WINDOW || sum.grain <= 0.0 {
            return None;
        }
        let mean = |sum: f64| sum / WINDOW as f64;
        // Within ten seconds the gains are one and the same: the sum is as uncertain as the newest part of it that was lost.
        let streams = std::array::from_fn(|at| LogNormal::of_mean(mean(sum.streams[at]), self.log_sds[at]));
        let rear = LogNormal::of_mean(mean(sum.rear), self.rear_log_sd);
        Some(RecentLoss {
            grain_kg_s: mean(sum.grain),
            area_m2_s: sum.area_m2_s.map(mean).filter(|area| *area > 0.0),
            streams,
            rear,
            total: streams[Stream::Header as usize].plus(rear),
        })
    }
}

impl RecentLoss {
    /// The time that it is of, s.
    pub const SECONDS: f64 = WINDOW as f64 * STEP_S;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(header: f64, separation: f64, cleaning: f64, grain: f64, area_m2_s: Option<f64>) -> KnownRates {
        let sure = |median| LogNormal { median, log_sd: 0.0 };
        let streams = [sure(header), sure(separation), sure(cleaning)];
        KnownRates { streams, rear: sure(separation + cleaning), grain: sure(grain), area_m2_s }
    }

    #[test]
    fn rates_shares_and_losses_per_area_are_of_the_same_ten_seconds() {
        let mut recent = RecentTotal::default();
        let mut newest = None;
        // Half the time 10 + 20 + 10 g/s of 2 kg/s, half 30 + 40 + 30 g/s of 4 kg/s, on 4 m²/s.
        for step in 0..WINDOW {
            assert!(newest.is_none(), "ten seconds are not over after {step} steps");
            let half = if step < WINDOW / 2 {
                rates(0.01, 0.02, 0.01, 2.0, Some(4.0))
            } else {
                rates(0.03, 0.04, 0.03, 4.0, Some(4.0))
            };
            newest = recent.step(Some(true), Some(half));
        }
        let loss: RecentLoss = newest.unwrap();
        let near = |told: LogNormal, expected: f64| (told.band().value - expected).abs() < 1e-12;
        // Means: 20, 30 and 20 g/s of 3 kg/s: 2/3, 1 and 2/3 %; 70 g/s on 4 m²/s are 17.5 g/m².
        assert!((loss.grain_kg_s - 3.0).abs() < 1e-12 && near(loss.total, 0.07) && near(loss.rear, 0.05));
        assert!(near(loss.share(loss.streams[0]), 0.02 / 3.0) && near(loss.share(loss.rear), 0.05 / 3.0));
        assert!(near(loss.share(loss.total), 0.07 / 3.0) && near(loss.kg_m2(loss.total).unwrap(), 0.0175));
        // One step without a width, and the area of these ten seconds is not known.
        let unknown = recent.step(Some(true), Some(rates(0.03, 0.04, 0.03, 4.0, None))).unwrap();
        assert!(unknown.area_m2_s.is_none() && unknown.kg_m2(unknown.total).is_none());
        assert!(recent.step(Some(false), None).is_none(), "not cutting");
    }

    #[test]
    fn what_was_lost_is_as_uncertain_as_when_it_was_lost_while_nothing_comes_in() {
        let mut recent = RecentTotal::default();
        let unsure = |median| LogNormal { median, log_sd: 0.5 };
        let lost = KnownRates {
            streams: [unsure(0.01), unsure(0.02), unsure(0.01)],
            rear: unsure(0.03),
            ..rates(0.0, 0.0, 0.0, 2.0, Some(4.0))
        };
        (0..WINDOW).for_each(|_| _ = recent.step(Some(true), Some(lost)));
        // The header is down again, and the crop of the new pass is not there yet.
        let nothing = rates(0.0, 0.0, 0.0, 0.0, Some(4.0));
        (0..WINDOW / 2).for_each(|_| _ = recent.step(Some(true), Some(nothing)));
        let loss = recent.step(Some(true), Some(nothing)).unwrap();
        assert!(loss.streams.into_iter().chain([loss.rear]).all(|loss| loss.median > 0.0 && loss.log_sd == 0.5));
        // 49 of 100 steps of 10 g/s.
        assert!((loss.streams[0].mean() - 0.0049 * crate::math::exp(0.5 * 0.5 * 0.5)).abs() < 1e-12);
    }
}
