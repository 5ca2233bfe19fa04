//! What cannot wait: crop that holds the threshing gear, and an engine that is about to stall under the crop. Of the three
//! levels the highest, whatever else stands: to drive on makes it worse with every metre, and no loss figure is needed.

use super::delay::{Change, Delayed, Timing, Verdict};
use crate::harvest::{Activity, Estimate};
use crate::time::STEP_S;

/// On-delays of alarms are 2 to 10 s in practice: the shortest of them here, since the signs have waited for themselves;
/// five seconds of freedom end it (our choice). What comes back within the ten minutes of the alarm budget is the same.
const TIMING: Timing = Timing { raise_after_s: 2.0, clear_after_s: 5.0, again_within_s: 600.0 };
/// About to stall is an engine below so much of its own usual speed of cutting while feeding; over the other share it has
/// recovered. Measured combines keep within 17 r/min of their droop line, which is some 8 % long: this is three times as
/// deep as full load takes it (our choice).
const STALLING: f64 = 0.75;
const RECOVERED: f64 = 0.85;
/// The usual speed is a mean over so much cutting that is not lugging, told after so much (our choice).
const MEMORY_S: f64 = 120.0;
const USUAL_AFTER_S: f64 = 20.0;

/// Watches gear and engine.
#[derive(Debug)]
pub(super) struct Emergency {
    plugged: Delayed,
    stalling: Delayed,
    usual_rpm: f64,
    seen_s: f64,
}

/// What became of both alarms in a step: the plug, and the engine.
pub(super) type Changes = (Option<Change>, Option<Change>);

impl Default for Emergency {
    fn default() -> Self {
        Self { plugged: Delayed::new(TIMING), stalling: Delayed::new(TIMING), usual_rpm: 0.0, seen_s: 0.0 }
    }
}

impl Emergency {
    pub fn step(&mut self, estimate: &Estimate) -> Changes {
        let plugged = match estimate.doing.plugged {
            Some(true) => Verdict::Bad,
            Some(false) => Verdict::Good,
            None => Verdict::Untold,
        };
        let stalling = self.engine(estimate);
        (self.plugged.step(plugged), self.stalling.step(stalling))
    }

    fn engine(&mut self, estimate: &Estimate) -> Verdict {
        let doing = estimate.doing;
        let rpm = estimate.engine_rpm.filter(|rpm| rpm.is_finite());
        let (Some(rpm), Some(lugging)) = (rpm, doing.lugging) else { return Verdict::Untold };
        if doing.activity == Some(Activity::Cutting) && !lugging {
            self.seen_s += STEP_S;
            self.usual_rpm += (rpm - self.usual_rpm) * STEP_S / self.seen_s.min(MEMORY_S);
        }
        match rpm / self.usual_rpm {
            _ if self.seen_s < USUAL_AFTER_S => Verdict::Untold,
            // Throttled down beside the work is no stall.
            _ if !lugging => Verdict::Good,
            share if share < STALLING => Verdict::Bad,
            share if share > RECOVERED => Verdict::Good,
            _ => Verdict::Between,
        }
    }
}
