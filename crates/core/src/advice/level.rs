//! The level alarm: raised when the loss is very probably above the limit for a while, cleared when it very probably is
//! not, and silent, with the reason said, when nothing can be told.

use super::delay::{Timing, Verdict};
use crate::harvest::{Activity, Estimate, LogNormal, NO_CUT_ABOVE_M_S};
use crate::time::STEP_S;

/// Raised when the loss is above the limit with this probability; cleared below the lower one. Our choice: at 0.8, as was
/// proposed, simulated harvests a little below the limit have more than one false alarm in two hours.
const RAISE_ABOVE: f64 = 0.88;
const CLEAR_BELOW: f64 = 0.4;
/// Loss-monitor practice has on-delays of 2 to 10 s; a loss must last longer to be over than to be there, and as long as
/// crop needs through the machine (our choice). What comes back within the ten minutes of the alarm budget is the same
/// alarm once more: a loss that hovers about the limit is told once.
pub(super) const TIMING: Timing = Timing { raise_after_s: 10.0, clear_after_s: 20.0, again_within_s: 600.0 };
/// After the header goes down, crop needs up to 8 s to the rear, and 5 s more until the figures have settled.
const AFTER_START_S: f64 = 13.0;

/// Why the level alarm cannot be raised now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suppression {
    /// No limit is set for this crop.
    NoLimit,
    /// The machine does not cut.
    NotCutting,
    /// The crop of this pass has not come through yet.
    JustStarted,
    /// The header is down in a curve.
    TurningCut,
    /// The loss is not known.
    NoEstimate,
    /// The machine is said to cut faster than any combine does: the speed or the header's state is not as it is said to be.
    TooFast,
    /// No pan has calibrated the loss at the header and behind: the alarm is shown, and makes no sound.
    Uncalibrated,
    /// A loss plate is out: likewise.
    SensorFault,
}

impl Suppression {
    /// Every reason, for tests of the words.
    pub const ALL: [Self; 8] = [
        Self::NoLimit,
        Self::NotCutting,
        Self::JustStarted,
        Self::TurningCut,
        Self::NoEstimate,
        Self::TooFast,
        Self::Uncalibrated,
        Self::SensorFault,
    ];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoLimit => "no-limit",
            Self::NotCutting => "not-cutting",
            Self::JustStarted => "just-started",
            Self::TurningCut => "turning-cut",
            Self::NoEstimate => "no-estimate",
            Self::TooFast => "too-fast",
            Self::Uncalibrated => "uncalibrated",
            Self::SensorFault => "sensor-fault",
        }
    }
}

/// How long this pass has been cut.
#[derive(Debug, Default)]
pub(super) struct Pass {
    cutting_s: f64,
}

impl Pass {
    /// The loss share of settled, straight cutting, or why there is none to judge.
    pub fn step(&mut self, estimate: &Estimate) -> Result<LogNormal, Suppression> {
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        let too_fast = estimate.ground_speed_m_s.is_some_and(|speed_m_s| speed_m_s > NO_CUT_ABOVE_M_S);
        // What was told at such a speed must have left the ten seconds of the share before anything is judged.
        self.cutting_s = if cutting && !too_fast { self.cutting_s + STEP_S } else { 0.0 };
        match estimate.total_share {
            _ if !cutting => Err(Suppression::NotCutting),
            _ if too_fast => Err(Suppression::TooFast),
            _ if estimate.doing.turning_cut == Some(true) => Err(Suppression::TurningCut),
            _ if self.cutting_s < AFTER_START_S => Err(Suppression::JustStarted),
            Some(share) if share.median.is_finite() && share.log_sd.is_finite() => Ok(share),
            _ => Err(Suppression::NoEstimate),
        }
    }

    pub fn interrupt(&mut self) {
        self.cutting_s = 0.0;
    }
}

/// What the loss says against the limit.
pub(super) fn verdict(share: LogNormal, limit: f64) -> Verdict {
    match share.probability_above(limit) {
        p if p > RAISE_ABOVE => Verdict::Bad,
        p if p < CLEAR_BELOW => Verdict::Good,
        _ => Verdict::Between,
    }
}
