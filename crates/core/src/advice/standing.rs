//! What stands at one moment.

use super::alarm::{ActiveAlarm, Alarm, AlarmId, Claim, EventKind};
use super::budget::Budget;
use super::compare::Comparison;
use super::delay::Change;
use super::level::Suppression;
use super::loss_level;
use super::next_step::NextStep;
use super::notices::NoticeState;
use super::worth::SpeedWorth;
use crate::harvest::Estimate;

/// A moment ago: longer than it takes to find out that the senses are gone, ten seconds and the estimator's own three (our
/// choice).
const JUST_US: i64 = 30_000_000;

/// What stands now.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Advice {
    standing: [Option<ActiveAlarm>; AlarmId::COUNT],
    /// Why the level alarm cannot be raised now, if so.
    pub suppressed: Option<Suppression>,
    /// Why it would make no sound now, if so: what suppresses it, or what the loss rests on.
    pub muted: Option<Suppression>,
    /// The operator faults.
    pub notices: [NoticeState; 3],
    /// The next thing to try.
    pub next_step: Option<NextStep>,
    /// Which of its rule's adjustments, from 0.
    pub adjustment: usize,
    /// What the speed is worth, of the newest ten seconds of settled cutting.
    pub worth: Option<SpeedWorth>,
    /// The newest change of a setting, and whether it helped.
    pub comparison: Option<Comparison>,
    /// Alarms so far; what came back within its re-alarm time is counted once.
    pub raised: u32,
    /// Of what would have been alarms, notices instead, since the budget was spent.
    pub lowered: u32,
    /// When the level alarm of a calibrated loss last stood.
    sure_us: Option<i64>,
}

impl Advice {
    /// The alarms that stand, the highest first; among equals the order of [`AlarmId::all`].
    pub fn alarms(&self) -> impl Iterator<Item = Alarm> + '_ {
        let of_level = |level| self.standing.iter().flatten().filter(move |standing| standing.alarm.level == level);
        (1..=3).rev().flat_map(of_level).map(|standing| standing.alarm)
    }

    /// The same alarms with what the operator has done about them, for a list: what waits to be acknowledged first, then
    /// as [`alarms`](Self::alarms).
    pub fn list(&self) -> impl Iterator<Item = ActiveAlarm> + '_ {
        let of = move |acknowledged, level| {
            let standing = self.standing.iter().flatten().copied();
            standing.filter(move |s| s.is_acknowledged() == acknowledged && s.alarm.level == level)
        };
        [false, true].into_iter().flat_map(move |seen| (1..=3).rev().flat_map(move |level| of(seen, level)))
    }

    /// How many alarms wait to be acknowledged.
    pub fn unacknowledged(&self) -> usize {
        self.standing.iter().flatten().filter(|s| s.alarm.level > 0 && !s.is_acknowledged()).count()
    }

    /// This alarm stands and waits to be acknowledged.
    pub(super) fn waits(&self, id: AlarmId) -> bool {
        self.standing[id.slot()].is_some_and(|standing| !standing.is_acknowledged())
    }

    /// What would be an alarm, were the budget not spent.
    pub fn lowered_now(&self) -> Option<Alarm> {
        self.standing.iter().flatten().map(|standing| standing.alarm).find(|alarm| alarm.level == 0)
    }

    /// The highest level that stands, 0 without an alarm.
    pub fn alarm_level(&self) -> u8 {
        self.alarms().next().map_or(0, |alarm| alarm.level)
    }

    /// This alarm, if it stands.
    pub fn stands(&self, id: AlarmId) -> Option<Alarm> {
        self.standing[id.slot()].map(|standing| standing.alarm)
    }

    /// The level alarm, if it stands.
    pub fn loss_alarm(&self) -> Option<Alarm> {
        self.stands(AlarmId::LossLevel)
    }

    /// Lets an alarm stand, in the place of one of the same kind, and wait to be acknowledged.
    pub fn stand(&mut self, alarm: Alarm) {
        self.standing[alarm.id.slot()] = Some(ActiveAlarm { alarm, acknowledged_us: None });
    }

    /// The operator has seen what stands.
    pub(super) fn acknowledge(&mut self, t_us: i64) {
        for standing in self.standing.iter_mut().flatten().filter(|standing| standing.alarm.level > 0) {
            standing.acknowledged_us.get_or_insert(t_us);
        }
    }

    /// Takes an alarm away.
    pub fn clear(&mut self, id: AlarmId) {
        self.standing[id.slot()] = None;
    }

    /// The level of an alarm that is raised now. Senses that are all gone while the loss was surely above the limit a moment
    /// ago are as bad as it gets: grain is being lost, and nobody sees how much.
    fn level_of(&self, id: AlarmId, estimate: &Estimate) -> u8 {
        let was_above = self.sure_us.is_some_and(|sure_us| estimate.t_us - sure_us <= JUST_US);
        match id {
            AlarmId::LossLevel => loss_level(estimate),
            AlarmId::Plugged | AlarmId::EngineStalling => 3,
            AlarmId::PlatesSilent | AlarmId::BusSilent if was_above => 3,
            _ => 1,
        }
    }

    /// What became of an alarm in this step.
    pub(super) fn change(
        &mut self,
        id: AlarmId,
        change: Option<Change>,
        estimate: &Estimate,
        budget: &mut Budget,
        say: &mut impl FnMut(EventKind),
    ) {
        match change {
            Some(Change::Raised(times)) => {
                // What has merely come back is no new alarm: it costs nothing, and a change of the loss not even that.
                let claim = id.claim();
                let full = if times > 1 { claim != Claim::Look } else { budget.spend(claim) };
                let loss = matches!(id, AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative);
                let level = if full { self.level_of(id, estimate) } else { 0 };
                let alarm = Alarm {
                    id,
                    level,
                    stream: estimate.largest_stream().filter(|_| loss),
                    since_us: estimate.t_us,
                    share: estimate.total_share.map(|share| share.median).filter(|_| loss),
                    times,
                };
                self.stand(alarm);
                self.raised += u32::from(full && times == 1);
                self.lowered += u32::from(!full);
                say(if full { EventKind::Raised(alarm) } else { EventKind::Lowered(alarm) });
            }
            Some(Change::Cleared) => {
                let ended = self.standing[id.slot()].take();
                if let Some(ActiveAlarm { alarm, .. }) = ended.filter(|ended| ended.alarm.level > 0) {
                    say(EventKind::Cleared(alarm));
                }
            }
            None => {}
        }
        if let (AlarmId::LossLevel, Some(ActiveAlarm { alarm, acknowledged_us })) = (id, &mut self.standing[id.slot()])
        {
            // What stands speaks of now, not of the moment it was raised; and what has become worse than what was
            // acknowledged has not been. A notice stays one.
            alarm.stream = estimate.largest_stream().or(alarm.stream);
            let level = if alarm.level == 0 { 0 } else { loss_level(estimate) };
            *acknowledged_us = acknowledged_us.filter(|_| level <= alarm.level);
            alarm.level = level;
            if level >= 2 {
                self.sure_us = Some(estimate.t_us);
            }
        }
    }
}
