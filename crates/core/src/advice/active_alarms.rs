//! The alarms and the advice of one moment.

use super::alarm::{ActiveAlarm, Alarm, AlarmId, EventKind, Shelving};
use super::alarm_budget::AlarmBudget;
use super::best_speed::SpeedBasis;
use super::comparison::Comparison;
use super::delay::Transition;
use super::goal::NowAndGoal;
use super::level::{self, Suppression, loss_level};
use super::next_step::NextStep;
use super::notices::NoticeState;
use super::silence_cost::{Excess, JudgedLoss};
use super::speed_worth::SpeedWorth;
use super::target_load::TargetLoad;
use crate::harvest::{Estimate, LogNormal, Stream};
use crate::params::Params;
use crate::time::s_to_us;

/// What decides how an alarm is raised.
#[derive(Debug)]
pub(super) struct AlarmRules {
    pub budget: AlarmBudget,
    /// A level alarm of level 2 is recent for this long, µs.
    recent_alarm_us: i64,
}

impl AlarmRules {
    pub fn new(params: &Params) -> Self {
        let budget = AlarmBudget::new(&params.alarm_budget);
        Self { budget, recent_alarm_us: s_to_us(params.level_alarm.recent_alarm_s) }
    }
}

/// Active alarms, notices and advice now.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Advice {
    #[serde(rename = "standing")]
    active: [Option<ActiveAlarm>; AlarmId::COUNT],
    /// Why the level alarm cannot be raised now; `None` when it can.
    pub suppressed: Option<Suppression>,
    /// Why the level alarm would make no sound now: what suppresses it, or what the loss rests on; `None` when it would.
    pub muted: Option<Suppression>,
    /// How far above the limit the loss is; `None` while the level alarm is not active.
    #[serde(default)]
    pub excess: Option<Excess>,
    /// The loss share that the level alarm judged in this step; `None` when it judged none. Not sent to screens.
    #[serde(skip)]
    pub judged: Option<JudgedLoss>,
    /// The crop of the present pass has not all come through; also while nothing is cut. Not sent to screens.
    #[serde(skip)]
    pub is_starting: bool,
    /// The operator faults.
    pub notices: [NoticeState; 3],
    /// The next step to take; `None` when there is nothing to be done.
    pub next_step: Option<NextStep>,
    /// Which of its rule's adjustments, from 0.
    pub adjustment: usize,
    /// The setting of that adjustment now, and where to set it; `None` when the bus does not tell it, or no rule says it.
    #[serde(default)]
    pub now_and_goal: Option<NowAndGoal>,
    /// The stream of which a sample is asked for, since its loss is named but only modelled; `None` otherwise.
    #[serde(default)]
    pub sample_of: Option<Stream>,
    /// The step of the pass that was cut last, while the machine does not cut: it holds until the next pass has been judged.
    /// `None` while it cuts, and when nothing was advised.
    #[serde(default)]
    pub kept: Option<KeptStep>,
    /// The feed rates at which to work; `None` without a basis, and while the machine does not cut.
    #[serde(default)]
    pub target_load: Option<TargetLoad>,
    /// What other speeds are worth, from the newest ten seconds of settled cutting; `None` before them.
    pub worth: Option<SpeedWorth>,
    /// What is known of other speeds, of the same time; `None` before it.
    #[serde(default)]
    pub speed_basis: Option<SpeedBasis>,
    /// The newest change of a setting and what it did; `None` before the first.
    pub comparison: Option<Comparison>,
    /// Alarms so far; one raised again within ten minutes of being cleared is counted once.
    pub raised: u32,
    /// Alarms shelved to notices so far, since the alarm budget was spent.
    #[serde(rename = "lowered")]
    pub shelved: u32,
    /// When the level alarm was last of level 2, microseconds of bus time.
    #[serde(rename = "sure_us")]
    sure_alarm_us: Option<i64>,
}

/// A step that was advised in the pass that was cut last.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KeptStep {
    /// The step.
    pub step: NextStep,
    /// Which of its rule's adjustments, from 0.
    pub adjustment: usize,
    /// The setting then, and where to set it; `None` when it was not known.
    pub now_and_goal: Option<NowAndGoal>,
    /// The stream of which a sample was asked for; `None` otherwise.
    pub sample_of: Option<Stream>,
}

impl Advice {
    /// The step to show: what is to be done now, otherwise what was advised in the pass that was cut last.
    pub fn shown_step(&self) -> Option<KeptStep> {
        let Self { adjustment, now_and_goal, sample_of, .. } = *self;
        self.next_step.map(|step| KeptStep { step, adjustment, now_and_goal, sample_of }).or(self.kept)
    }

    /// The active alarms, the highest level first; among equals in the order of [`AlarmId::all`], a low loss alarm last.
    pub fn alarms(&self) -> impl Iterator<Item = Alarm> + '_ {
        let of = move |level, is_low_loss| {
            let active = self.active.iter().flatten().map(|active| active.alarm);
            active.filter(move |alarm| alarm.level == level && alarm.is_low_loss() == is_low_loss)
        };
        (1..=3).rev().flat_map(move |level| [false, true].into_iter().flat_map(move |low| of(level, low)))
    }

    /// The same alarms for a list: unacknowledged ones first, then as [`alarms`](Self::alarms).
    pub fn list(&self) -> impl Iterator<Item = ActiveAlarm> + '_ {
        let of = move |acknowledged, level, is_low_loss| {
            let active = self.active.iter().flatten().copied();
            active.filter(move |s| {
                s.is_acknowledged() == acknowledged && s.alarm.level == level && s.alarm.is_low_loss() == is_low_loss
            })
        };
        let levels = move |acknowledged| {
            let of_level = move |level| [false, true].into_iter().flat_map(move |low| of(acknowledged, level, low));
            (1..=3).rev().flat_map(of_level)
        };
        [false, true].into_iter().flat_map(levels)
    }

    /// Number of unacknowledged alarms.
    pub fn unacknowledged(&self) -> usize {
        self.active.iter().flatten().filter(|s| !s.alarm.is_notice() && !s.is_acknowledged()).count()
    }

    /// Whether this alarm is active and unacknowledged.
    pub(super) fn is_unacknowledged(&self, id: AlarmId) -> bool {
        self.active[id.slot()].is_some_and(|active| !active.is_acknowledged())
    }

    /// An alarm that is shelved now; `None` without one.
    pub fn shelved_alarm(&self) -> Option<Alarm> {
        self.active.iter().flatten().map(|active| active.alarm).find(|alarm| alarm.level == 0)
    }

    /// The highest level of the active alarms, 0 without one.
    pub fn alarm_level(&self) -> u8 {
        self.alarms().next().map_or(0, |alarm| alarm.level)
    }

    /// This alarm; `None` when it is not active.
    pub fn active(&self, id: AlarmId) -> Option<Alarm> {
        self.active[id.slot()].map(|active| active.alarm)
    }

    /// The level alarm; `None` when it is not active.
    pub fn loss_alarm(&self) -> Option<Alarm> {
        self.active(AlarmId::LossLevel)
    }

    /// Makes an alarm active and unacknowledged, in place of one of the same kind.
    pub fn activate(&mut self, alarm: Alarm) {
        self.active[alarm.id.slot()] = Some(ActiveAlarm { alarm, acknowledged_us: None });
    }

    /// Acknowledges every active alarm that is no notice.
    pub(super) fn acknowledge(&mut self, t_us: i64) {
        for active in self.active.iter_mut().flatten().filter(|active| !active.alarm.is_notice()) {
            active.acknowledged_us.get_or_insert(t_us);
        }
    }

    /// Makes an alarm inactive.
    pub fn clear(&mut self, id: AlarmId) {
        self.active[id.slot()] = None;
    }

    /// The level of an alarm that is raised now. It is high when all sensors fail shortly after a measured loss was far above
    /// the limit: grain is being lost, and how much is unknown.
    fn level_of(&self, id: AlarmId, estimate: &Estimate, recent_alarm_us: i64) -> u8 {
        let was_above = self.sure_alarm_us.is_some_and(|alarm_us| estimate.t_us - alarm_us <= recent_alarm_us);
        match id {
            AlarmId::LossLevel => loss_level(estimate, level::place(estimate), self.excess),
            AlarmId::Plugged | AlarmId::EngineStalling => 3,
            AlarmId::PlatesSilent | AlarmId::BusSilent if was_above => 3,
            _ => 1,
        }
    }

    /// Takes in what an alarm did in this step.
    pub(super) fn update(
        &mut self,
        id: AlarmId,
        transition: Option<Transition>,
        estimate: &Estimate,
        rules: &mut AlarmRules,
        report: &mut impl FnMut(EventKind),
    ) {
        match transition {
            Some(Transition::Raised(times)) => {
                // An alarm raised again is not a new one: it spends nothing, and a change of the loss is shelved.
                let shelving = id.shelving();
                let raised = if times > 1 { shelving != Shelving::OverBudget } else { rules.budget.spend(shelving) };
                let stream = match id {
                    AlarmId::LossLevel | AlarmId::LossStep => level::place(estimate),
                    AlarmId::LossRelative => level::rear_place(estimate),
                    _ => None,
                };
                let loss = matches!(id, AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative);
                let level = if raised { self.level_of(id, estimate, rules.recent_alarm_us) } else { 0 };
                let alarm = Alarm {
                    id,
                    level,
                    stream,
                    since_us: estimate.t_us,
                    share: estimate.total_share.map(LogNormal::mean).filter(|_| loss),
                    times,
                    excess: self.excess.filter(|_| id == AlarmId::LossLevel),
                };
                self.activate(alarm);
                self.raised += u32::from(raised && times == 1);
                self.shelved += u32::from(!raised);
                report(if raised { EventKind::Raised(alarm) } else { EventKind::Shelved(alarm) });
            }
            Some(Transition::Cleared) => {
                let ended = self.active[id.slot()].take();
                if let Some(ActiveAlarm { alarm, .. }) = ended.filter(|ended| ended.alarm.level > 0) {
                    report(EventKind::Cleared(alarm));
                }
            }
            None => {}
        }
        if let (AlarmId::LossLevel, Some(ActiveAlarm { alarm, acknowledged_us })) = (id, &mut self.active[id.slot()]) {
            // An active alarm shows the present state, not the one when it was raised; at a higher level than acknowledged
            // it is unacknowledged again. A shelved alarm stays shelved.
            // Its place is that of the last ten seconds of settled cutting; it stays while the machine turns, and until crop
            // of the next pass has come through.
            if self.suppressed.is_none() {
                alarm.stream = level::place(estimate).or(alarm.stream);
            }
            let word = self.excess.or(alarm.excess);
            let has_changed = std::mem::replace(&mut alarm.excess, word) != word;
            let level = if alarm.level == 0 { 0 } else { loss_level(estimate, alarm.stream, self.excess) };
            *acknowledged_us = acknowledged_us.filter(|_| level <= alarm.level);
            alarm.level = level;
            if level >= 2 {
                self.sure_alarm_us = Some(estimate.t_us);
            }
            if has_changed && level > 0 {
                let share = estimate.total_share.map(LogNormal::mean);
                report(EventKind::ExcessChanged(Alarm { share, ..*alarm }));
            }
        }
    }
}
