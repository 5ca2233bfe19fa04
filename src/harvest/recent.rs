//! Loss over grain in, of the last ten seconds of cutting.

use super::band::LogNormal;

/// Ten seconds of steps.
const WINDOW: usize = 100;

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    header: f64,
    rear: f64,
    grain: f64,
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
    /// One step. The share of grain lost, once there are ten seconds of cutting to tell it from; `None` when not
    /// cutting or when a part is not known.
    pub fn step(
        &mut self,
        cutting: Option<bool>,
        header: Option<LogNormal>,
        rear: Option<LogNormal>,
        grain_in: Option<LogNormal>,
    ) -> Option<LogNormal> {
        if cutting != Some(true) {
            return None;
        }
        let (Some(header), Some(rear), Some(grain)) = (header, rear, grain_in) else {
            self.filled = 0;
            return None;
        };
        self.steps[self.at] = Step { header: header.median, rear: rear.median, grain: grain.median };
        self.at = (self.at + 1) % WINDOW;
        self.filled = (self.filled + 1).min(WINDOW);
        let sum = self.steps[..self.filled].iter().fold(Step::default(), |sum, step| Step {
            header: sum.header + step.header,
            rear: sum.rear + step.rear,
            grain: sum.grain + step.grain,
        });
        if self.filled < WINDOW || sum.grain <= 0.0 {
            return None;
        }
        // Within ten seconds the gains are one and the same: the sum is as uncertain as its newest part. The grain's
        // own uncertainty is in the header's already, and common to loss and grain.
        let header = LogNormal { median: sum.header / sum.grain, ..header };
        let rear = LogNormal { median: sum.rear / sum.grain, ..rear };
        Some(header.plus(rear))
    }
}
