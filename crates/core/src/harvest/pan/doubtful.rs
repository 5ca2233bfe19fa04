//! Pans that may be blunders: they change nothing until another one finds the same.

use super::{Judged, PanBook, PanObserved};
use crate::harvest::filter::{LossFilter, PanUpdate};
use crate::harvest::{Pan, PanEntry, PanKind, PanOutcome};

impl PanBook {
    /// An earlier pan that was doubtful and has been confirmed and fused since this was last asked for.
    pub const fn take_confirmed(&mut self) -> Option<PanEntry> {
        self.confirmed.take()
    }

    /// A doubtful pan that differs from what is expected in the same way as this one. Two pans behind the machine must also
    /// lie beside each other: with a believed one between them they may be the same mistake made twice. Spots in front
    /// lie apart.
    pub(super) fn confirming(
        &self,
        observed: &PanObserved,
        update: &PanUpdate,
        filter: &LossFilter,
    ) -> Option<PanObserved> {
        let log_ratio = update.innovation.log_ratio;
        let agrees = |other: &PanObserved| {
            let of_other = self.update(other, false, &mut filter.clone()).ok()?.innovation.log_ratio;
            Some(log_ratio * of_other > 0.0 && (log_ratio - of_other).abs() <= self.params.confirm_log_most)
        };
        let mut same_kind = self.doubtful.iter().filter(|other| other.pan.kind == observed.pan.kind);
        same_kind.find(|other| self.are_beside(&other.pan, &observed.pan) && agrees(other) == Some(true)).copied()
    }

    /// No pan behind the machine that was used was dropped between these two.
    fn are_beside(&self, one: &Pan, other: &Pan) -> bool {
        let between = one.t_us.min(other.t_us) + 1..one.t_us.max(other.t_us);
        let is_between = |entry: &PanEntry| {
            let is_used = matches!(entry.outcome, PanOutcome::Used { .. });
            is_used && entry.pan.kind == PanKind::Rear && between.contains(&entry.pan.t_us)
        };
        one.kind != PanKind::Rear || !self.ledger.iter().any(is_between)
    }

    /// A doubtful pan of this kind that is believed beside what is known now.
    pub(super) fn believable(&self, kind: PanKind, filter: &LossFilter) -> Option<PanObserved> {
        let is_believed = |other: &PanObserved| {
            let update = self.update(other, false, &mut filter.clone());
            update.is_ok_and(|update| update.weight >= self.params.used_weight_least)
        };
        self.doubtful.iter().find(|other| other.pan.kind == kind && is_believed(other)).copied()
    }

    /// Uses a doubtful pan after all.
    pub(super) fn confirm(&mut self, observed: &PanObserved, filter: &mut LossFilter) {
        self.doubtful.retain(|other| other.pan != observed.pan);
        let Ok(update) = self.fuse_confirmed(observed, filter) else { return };
        let outcome = Judged::Used(update).outcome();
        if let Some(entry) = self.ledger.iter_mut().find(|entry| entry.pan == observed.pan) {
            entry.outcome = outcome;
        }
        self.confirmed_saturated = Some((observed.pan.t_us, update.saturated_evidence));
        self.confirmed = Some(PanEntry { pan: observed.pan, outcome });
    }
}
