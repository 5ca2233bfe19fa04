//! What stands at one moment.

use super::alarm::{Alarm, AlarmId, EventKind};
use super::budget::Budget;
use super::compare::Comparison;
use super::delay::Change;
use super::level::Suppression;
use super::loss_level;
use super::next_step::NextStep;
use super::notices::NoticeState;
use super::worth::SpeedWorth;
use crate::harvest::Estimate;

/// What stands now.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Advice {
    standing: [Option<Alarm>; AlarmId::COUNT],
    /// Why the level alarm cannot be raised now, if so.
    pub suppressed: Option<Suppression>,
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
}

impl Advice {
    /// The alarms that stand, the highest first; among equals the order of [`AlarmId::all`].
    pub fn alarms(&self) -> impl Iterator<Item = Alarm> + '_ {
        (1..=3).rev().flat_map(|level| self.standing.iter().flatten().copied().filter(move |a| a.level == level))
    }

    /// What would be an alarm, were the budget not spent.
    pub fn lowered_now(&self) -> Option<Alarm> {
        self.standing.iter().flatten().copied().find(|alarm| alarm.level == 0)
    }

    /// The highest level that stands, 0 without an alarm.
    pub fn alarm_level(&self) -> u8 {
        self.alarms().next().map_or(0, |alarm| alarm.level)
    }

    /// This alarm, if it stands.
    pub fn stands(&self, id: AlarmId) -> Option<Alarm> {
        self.standing[id.slot()]
    }

    /// The level alarm, if it stands.
    pub fn loss_alarm(&self) -> Option<Alarm> {
        self.stands(AlarmId::LossLevel)
    }

    /// Lets an alarm stand, in the place of one of the same kind.
    pub fn stand(&mut self, alarm: Alarm) {
        self.standing[alarm.id.slot()] = Some(alarm);
    }

    /// Takes an alarm away.
    pub fn clear(&mut self, id: AlarmId) {
        self.standing[id.slot()] = None;
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
                let lowers = id.may_be_lowered();
                let full = if times > 1 { !lowers } else { budget.spend(lowers) };
                let loss = matches!(id, AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative);
                let level = match id {
                    _ if !full => 0,
                    AlarmId::LossLevel => loss_level(estimate),
                    _ => 1,
                };
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
                if let Some(alarm) = self.standing[id.slot()].take().filter(|alarm| alarm.level > 0) {
                    say(EventKind::Cleared(alarm));
                }
            }
            None => {}
        }
        if let (AlarmId::LossLevel, Some(alarm)) = (id, &mut self.standing[id.slot()]) {
            // What stands speaks of now, not of the moment it was raised.
            alarm.stream = estimate.largest_stream().or(alarm.stream);
            alarm.level = loss_level(estimate);
        }
    }
}
