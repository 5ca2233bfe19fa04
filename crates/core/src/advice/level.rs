//! The level alarm: raised when the loss is above the limit with a high probability for a while, cleared when that
//! probability is low, and suppressed, with the reason, when nothing can be judged.

use super::delay::AlarmCondition;
use crate::harvest::{Activity, Basis, Estimate, LogNormal};
use crate::params::{LevelAlarmParams, Params};
use crate::time::STEP_S;

/// The level of a loss alarm: only a loss that pans have calibrated, at the header and behind, is certain enough for more
/// than the lowest.
pub(super) fn loss_level(estimate: &Estimate) -> u8 {
    let calibrated = [estimate.header.basis, estimate.rear.basis].iter().all(|&basis| basis == Basis::Calibrated);
    if calibrated { 2 } else { 1 }
}

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
    /// The machine seems to cut faster than any combine does: the speed or the state of the header is wrong.
    TooFast,
    /// No pan has calibrated the loss at the header and behind: the alarm is shown without a sound.
    Uncalibrated,
    /// A loss plate is out: the alarm is shown without a sound.
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

/// How long the present pass has been cut.
#[derive(Debug)]
#[allow(clippy::struct_field_names, reason = "the unit is in the name")]
pub(super) struct PassTimer {
    no_cut_above_m_s: f64,
    settle_s: f64,
    cutting_s: f64,
}

impl PassTimer {
    pub const fn new(params: &Params) -> Self {
        let (no_cut_above_m_s, settle_s) = (params.header.no_cut_above_m_s, params.level_alarm.settle_s);
        Self { no_cut_above_m_s, settle_s, cutting_s: 0.0 }
    }

    /// The loss share of settled, straight cutting.
    ///
    /// # Errors
    ///
    /// Why there is none to judge.
    pub fn step(&mut self, estimate: &Estimate) -> Result<LogNormal, Suppression> {
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        let too_fast = estimate.ground_speed_m_s.is_some_and(|speed_m_s| speed_m_s > self.no_cut_above_m_s);
        // Losses of such a speed must have left the ten seconds of the share before anything is judged.
        self.cutting_s = if cutting && !too_fast { self.cutting_s + STEP_S } else { 0.0 };
        match estimate.total_share {
            _ if !cutting => Err(Suppression::NotCutting),
            _ if too_fast => Err(Suppression::TooFast),
            _ if estimate.doing.turning_cut == Some(true) => Err(Suppression::TurningCut),
            _ if self.cutting_s < self.settle_s => Err(Suppression::JustStarted),
            Some(share) if share.median.is_finite() && share.log_sd.is_finite() => Ok(share),
            _ => Err(Suppression::NoEstimate),
        }
    }

    pub fn interrupt(&mut self) {
        self.cutting_s = 0.0;
    }
}

/// The condition of the level alarm at this loss and limit.
pub(super) fn condition(share: LogNormal, limit: f64, params: &LevelAlarmParams) -> AlarmCondition {
    match share.probability_above(limit) {
        p if p > params.raise_probability => AlarmCondition::Abnormal,
        p if p < params.clear_probability => AlarmCondition::Normal,
        _ => AlarmCondition::DeadBand,
    }
}
