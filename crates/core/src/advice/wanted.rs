//! What is to be done first: what cannot wait, what the operator does, the machine's settings, then the measuring.

use super::{Advisor, AlarmId, NextStep, Notice};
use crate::harvest::{Activity, Basis, Estimate, Stream};

impl Advisor {
    /// Of this step; `None` when there is nothing to be done.
    pub(super) fn wanted(&self, estimate: &Estimate) -> Option<NextStep> {
        let active = |notice: Notice| self.advice.notices[notice as usize].active;
        if self.advice.stands(AlarmId::Plugged).is_some() {
            return Some(NextStep::ClearPlug);
        }
        if self.advice.stands(AlarmId::EngineStalling).is_some() {
            return Some(NextStep::HoldThrottle);
        }
        if active(Notice::TurningCut) {
            return Some(NextStep::RaiseHeader);
        }
        if active(Notice::Lugging) {
            return Some(NextStep::HoldThrottle);
        }
        let activity = estimate.doing.activity;
        if activity != Some(Activity::Cutting) {
            let missing = activity.is_none() && estimate.engine_rpm.is_some();
            return match () {
                () if missing => Some(NextStep::CheckSignals),
                () if active(Notice::Turns) => Some(NextStep::FewerTurns),
                () => None,
            };
        }
        if estimate.total.loss.is_none() {
            return Some(NextStep::CheckSignals);
        }
        let above = match (estimate.total_share, self.limit_share) {
            (Some(share), Some(limit)) => share.probability_above(limit) > 0.5,
            _ => false,
        };
        if above || self.advice.loss_alarm().is_some() {
            let overfed = estimate.feed_kg_s.is_some_and(|feed_kg_s| feed_kg_s > self.rated_feed_kg_s);
            return Some(match estimate.largest_stream() {
                Some(Stream::Header) => NextStep::CheckHeader,
                _ if overfed => NextStep::SlowDown,
                Some(Stream::Separation) => NextStep::CheckSeparation,
                _ => NextStep::CheckCleaning,
            });
        }
        if self.advice.alarms().any(|alarm| matches!(alarm.id, AlarmId::PlateFault(_) | AlarmId::PlatesSilent)) {
            return Some(NextStep::CheckPlate);
        }
        if active(Notice::Turns) {
            return Some(NextStep::FewerTurns);
        }
        (estimate.total.basis != Basis::Calibrated).then_some(NextStep::TakePan)
    }
}
