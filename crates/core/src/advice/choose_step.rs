//! What is to be done first: emergencies, the operator's driving, the machine's settings, then the measuring.

use super::active_alarms::Advice;
use super::alarm::AlarmId;
use super::next_step::NextStep;
use super::notices::Notice;
use crate::harvest::{Activity, Basis, Estimate, Stream};

/// What the machine can bear and the operator allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Loss limit as a share of the grain, 0..1; `None` without one.
    pub loss_share: Option<f64>,
    /// Rated feed rate, kg/s.
    pub rated_feed_kg_s: f64,
}

/// The next step; `None` when there is nothing to be done.
pub(super) fn choose_step(advice: &Advice, limits: Limits, estimate: &Estimate) -> Option<NextStep> {
    let is_noticed = |notice: Notice| advice.notices[notice as usize].active;
    let is_active = |id| advice.active(id).is_some();
    if is_active(AlarmId::Plugged) {
        return Some(NextStep::ClearPlug);
    }
    if is_active(AlarmId::EngineStalling) {
        return Some(NextStep::HoldThrottle);
    }
    if is_noticed(Notice::TurningCut) {
        return Some(NextStep::RaiseHeader);
    }
    if is_noticed(Notice::Lugging) {
        return Some(NextStep::HoldThrottle);
    }
    let activity = estimate.doing.activity;
    if activity != Some(Activity::Cutting) {
        let missing = activity.is_none() && estimate.engine_rpm.is_some();
        return if missing {
            Some(NextStep::CheckSignals)
        } else {
            is_noticed(Notice::Turns).then_some(NextStep::FewerTurns)
        };
    }
    if estimate.total.loss.is_none() {
        return Some(NextStep::CheckSignals);
    }
    let above = match (estimate.total_share, limits.loss_share) {
        (Some(share), Some(limit)) => share.probability_above(limit) > 0.5,
        _ => false,
    };
    if above || advice.loss_alarm().is_some() {
        let overfed = estimate.feed_kg_s.is_some_and(|feed_kg_s| feed_kg_s > limits.rated_feed_kg_s);
        return Some(match estimate.largest_stream() {
            Some(Stream::Header) => NextStep::CheckHeader,
            _ if overfed => NextStep::SlowDown,
            Some(Stream::Separation) => NextStep::CheckSeparation,
            _ => NextStep::CheckCleaning,
        });
    }
    if advice.alarms().any(|alarm| matches!(alarm.id, AlarmId::PlateFault(_) | AlarmId::PlatesSilent)) {
        return Some(NextStep::CheckPlate);
    }
    if is_noticed(Notice::Turns) {
        return Some(NextStep::FewerTurns);
    }
    (estimate.total.basis != Basis::Calibrated).then_some(NextStep::TakePan)
}
