//! Loss over grain in, of the last ten seconds of cutting.

use super::interval::LogNormal;

/// Ten seconds of steps.
const WINDOW: usize = 100;

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    header: f64,
    separation: f64,
    cleaning: f64,
    rear: f64,
    grain: f64,
}

/// Losses and grain of a step, where all of them are known, kg/s.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownRates {
    pub header: LogNormal,
    pub separation: LogNormal,
    pub cleaning: LogNormal,
    pub rear: LogNormal,
    pub grain: LogNormal,
}

/// Shares of the grain: each stream's mean, and all together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    pub streams: [f64; 3],
    pub total: LogNormal,
}

/// A sliding sum over steps of cutting.
#[derive(Debug)]
pub(super) struct RecentTotal {
    steps: [Step; WINDOW],
    at: usize,
    filled: usize,
}

impl Default for RecentTotal {
    fn default() -> Self {
        Self { steps: [Step::default(); WINDOW], at: 0, filled: 0 }
    }
}

impl RecentTotal {
    /// One step. The shares of grain lost, after ten seconds of cutting; `None` before, when not cutting, and when
    /// a part is not known.
    pub fn step(&mut self, cutting: Option<bool>, rates: Option<KnownRates>) -> Option<Shares> {
        if cutting != Some(true) {
            return None;
        }
        let Some(rates) = rates else {
            self.filled = 0;
            return None;
        };
        self.steps[self.at] = Step {
            header: rates.header.mean(),
            separation: rates.separation.mean(),
            cleaning: rates.cleaning.mean(),
            rear: rates.rear.mean(),
            grain: rates.grain.mean(),
        };
        self.at = (self.at + 1) % WINDOW;
        self.filled = (self.filled + 1).min(WINDOW);
        let sum = self.steps[..self.filled].iter().fold(Step::default(), |sum, step| Step {
            header: sum.header + step.header,
            separation: sum.separation + step.separation,
            cleaning: sum.cleaning + step.cleaning,
            rear: sum.rear + step.rear,
            grain: sum.grain + step.grain,
        });
        if self.filled < WINDOW || sum.grain <= 0.0 {
            return None;
        }
        // Within ten seconds the gains are one and the same: the sum is as uncertain as its newest part.
        let header = LogNormal::of_mean(sum.header / sum.grain, rates.header.log_sd);
        let rear = LogNormal::of_mean(sum.rear / sum.grain, rates.rear.log_sd);
        let streams = [sum.header, sum.separation, sum.cleaning].map(|loss| loss / sum.grain);
        Some(Shares { streams, total: header.plus(rear) })
    }
}
