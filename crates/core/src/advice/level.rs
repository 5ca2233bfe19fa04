//! What the level alarm judges: the loss share of the last ten seconds of cutting, or, with the reason, nothing; and the
//! priority of the alarm.

use super::silence_cost::{Excess, JudgedLoss};
use crate::harvest::{Activity, Basis, Estimate, LogNormal, Stream};
use crate::params::Params;
use crate::time::STEP_S;

/// What the part that loses most rests on.
fn largest_basis(estimate: &Estimate, place: Option<Stream>) -> Basis {
    match place {
        Some(Stream::Header) => estimate.header.basis,
        _ => estimate.rear.basis,
    }
}

/// The stream that loses most in the last ten seconds of cutting; `None` while nothing is cut.
pub(super) fn place(estimate: &Estimate) -> Option<Stream> {
    if estimate.doing.activity != Some(Activity::Cutting) {
        return None;
    }
    let Some(shares) = estimate.stream_shares else { return estimate.largest_stream() };
    largest(Stream::ALL.into_iter().zip(shares))
}

/// The part behind the header that loses most, likewise.
pub(super) fn rear_place(estimate: &Estimate) -> Option<Stream> {
    let losses = estimate.streams().into_iter().filter_map(|(stream, s)| Some((stream, s.loss?.band().value)));
    let shares = estimate.stream_shares.map(|shares| Stream::ALL.into_iter().zip(shares));
    match shares {
        Some(shares) => largest(shares.filter(|(stream, _)| *stream != Stream::Header)),
        None => largest(losses.filter(|(stream, _)| *stream != Stream::Header)),
    }
}

fn largest(of: impl Iterator<Item = (Stream, f64)>) -> Option<Stream> {
    of.filter(|(_, loss)| *loss > 0.0).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(stream, _)| stream)
}

/// The level of the alarm: medium for a loss far above the limit whose largest part is measured; a part that only the
/// model knows, or that rests on what is left of failed plates, is shown and makes no sound.
pub(super) fn loss_level(estimate: &Estimate, place: Option<Stream>, excess: Option<Excess>) -> u8 {
    if excess == Some(Excess::Far) && muted(estimate, place).is_none() { 2 } else { 1 }
}

/// Why an alarm would make no sound whatever the loss; `None` when it would.
pub(super) fn muted(estimate: &Estimate, place: Option<Stream>) -> Option<Suppression> {
    match largest_basis(estimate, place) {
        Basis::Sensed | Basis::Calibrated => None,
        Basis::ModelOnly => Some(Suppression::Uncalibrated),
        Basis::Fault => Some(Suppression::SensorFault),
    }
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
    /// The largest part of the loss is not measured, only modelled: the alarm is shown without a sound.
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
            _ if self.is_starting() => Err(Suppression::JustStarted),
            Some(share) if is_finite(share) => Ok(share),
            _ => Err(Suppression::NoEstimate),
        }
    }

    /// What the level alarm judges, given what [`Self::step`] gave: at the beginning of a pass the loss so far, which can
    /// only be too low.
    pub fn judged(estimate: &Estimate, settled: Result<LogNormal, Suppression>) -> Option<JudgedLoss> {
        match settled {
            Ok(share) => Some(JudgedLoss::Settled(share)),
            Err(Suppression::JustStarted) => {
                let share = estimate.total_share?;
                is_finite(share).then_some(JudgedLoss::AtLeast(share))
            }
            Err(_) => None,
        }
    }

    /// The crop of the present pass has not all come through; also while nothing is cut.
    pub fn is_starting(&self) -> bool {
        self.cutting_s < self.settle_s
    }

    pub fn interrupt(&mut self) {
        self.cutting_s = 0.0;
    }
}

fn is_finite(share: LogNormal) -> bool {
    let band = share.band();
    band.value.is_finite() && share.log_sd.is_finite()
}
