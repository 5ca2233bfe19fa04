//! What to tell the operator: alarms of the loss and of the senses, the three operator faults of the training as
//! notices, the next thing to try, what the speed is worth, and whether the last change helped. Pure, like `harvest`.

mod alarm;
mod budget;
mod compare;
mod curve;
mod delay;
mod emergency;
mod health;
mod jump;
mod level;
mod losses;
mod next_step;
mod notices;
mod settings;
mod standing;
mod wanted;
mod worth;

pub use alarm::{ActiveAlarm, Alarm, AlarmId, Event, EventKind, Place};
pub use compare::{Comparison, Verdict};
pub use level::Suppression;
pub use next_step::{MOST_ADJUSTMENTS, NextStep, Plan};
pub use notices::{Notice, NoticeState};
pub use settings::{Setting, SettingChange, setting_named, setting_names};
pub use standing::Advice;
pub use worth::{Economy, Pace, SpeedStep, SpeedWorth, net_gain};

use crate::harvest::{Basis, Estimate};
use crate::machine::{ReadingState, Readings};
use alarm::PLATES;
use budget::Budget;
use compare::Compare;
use curve::{Curve, Sample};
use delay::{Delayed, Timing, Verdict as Said};
use emergency::Emergency;
use health::Health;
use jump::Jump;
use level::Pass;
use next_step::Steps;
use notices::Notices;
use settings::Settings;

/// The estimator has waited for itself before it says that a plate is out; what flaps is one alarm with a count for the ten
/// minutes of the alarm budget (our choice).
const PLATE: Timing = Timing { raise_after_s: 2.0, clear_after_s: 10.0, again_within_s: 600.0 };

/// Only a loss that pans have calibrated, at the header and behind, is sure enough for more than the lowest level.
fn loss_level(estimate: &Estimate) -> u8 {
    let calibrated = [estimate.header.basis, estimate.rear.basis].iter().all(|&basis| basis == Basis::Calibrated);
    if calibrated { 2 } else { 1 }
}

/// Watches readings and estimates.
#[derive(Debug)]
pub struct Advisor {
    limit_share: Option<f64>,
    rated_feed_kg_s: f64,
    economy: Economy,
    readings: Readings,
    pass: Pass,
    level: Delayed,
    jump: (Jump, Delayed),
    /// What the losses at the header and behind rested on in the last step: with another basis they are told by other
    /// factors.
    bases: Option<[Basis; 2]>,
    relative: Delayed,
    /// Of the newest ten seconds of this pass.
    sample: Option<Sample>,
    plates: [Delayed; 4],
    all_plates: Delayed,
    emergency: Emergency,
    health: Health,
    budget: Budget,
    curve: Curve,
    settings: Settings,
    marked: bool,
    /// Alarms were acknowledged since the last step; told with the next one.
    acknowledged: bool,
    /// The last step's time.
    t_us: i64,
    compare: Compare,
    steps: Steps,
    notices: Notices,
    advice: Advice,
}

impl Advisor {
    /// `limit_share` is the loss limit as a share of the grain, 0..1; without one no level alarm is raised.
    pub fn new(limit_share: Option<f64>, rated_feed_kg_s: f64) -> Self {
        Self {
            limit_share,
            rated_feed_kg_s,
            economy: Economy::default(),
            readings: Readings::unknown(0),
            pass: Pass::default(),
            level: Delayed::new(level::TIMING),
            jump: (Jump::default(), Delayed::new(jump::TIMING)),
            bases: None,
            relative: Delayed::new(losses::RELATIVE),
            sample: None,
            plates: [Delayed::new(PLATE); 4],
            all_plates: Delayed::new(PLATE),
            emergency: Emergency::default(),
            health: Health::default(),
            budget: Budget::default(),
            curve: Curve::default(),
            settings: Settings::default(),
            marked: false,
            acknowledged: false,
            t_us: 0,
            compare: Compare::default(),
            steps: Steps::default(),
            notices: Notices::default(),
            advice: Advice::default(),
        }
    }

    /// The order in which adjustments are advised.
    #[must_use]
    pub fn with_plan(mut self, plan: Plan) -> Self {
        self.steps.follow(plan);
        self
    }

    /// What grain and time are worth.
    #[must_use]
    pub fn with_economy(mut self, economy: Economy) -> Self {
        self.economy = economy;
        self
    }

    /// Another limit, other rules and prices from now on; what was learned stays.
    pub fn reload(&mut self, limit_share: Option<f64>, plan: Plan, economy: Economy) {
        self.steps.follow(plan);
        (self.limit_share, self.economy) = (limit_share, economy);
    }

    /// What stands since the last step.
    pub fn advice(&self) -> &Advice {
        &self.advice
    }

    /// Takes in what the machine says, before the step of the same time. Without it, nothing is known of settings and
    /// signals.
    pub fn read(&mut self, readings: &Readings) {
        self.readings.clone_from(readings);
    }

    /// The operator says that a setting was changed which no channel shows: the comparison begins with the next step of
    /// settled cutting.
    pub fn mark_change(&mut self) {
        self.marked = true;
    }

    /// The operator has seen the alarms that stand: they stand on until their causes have gone, but ask for nothing any
    /// more. Shown at once, told with the next step. Gives how many there were to acknowledge.
    pub fn acknowledge(&mut self) -> usize {
        let waiting = self.advice.unacknowledged();
        if self.advice.waits(AlarmId::LossStep) {
            self.jump.0.restart();
        }
        self.advice.acknowledge(self.t_us);
        self.acknowledged |= waiting > 0;
        waiting
    }

    /// Time has passed in which nothing was recorded: what was going on is over.
    pub fn interrupt(&mut self) {
        for delayed in [&mut self.level, &mut self.jump.1, &mut self.relative] {
            delayed.interrupt();
        }
        self.pass.interrupt();
        self.sample = None;
    }

    /// One step after the estimator's. Hands every event to `tell`. Does not allocate.
    pub fn step(&mut self, estimate: &Estimate, mut tell: impl FnMut(Event)) {
        let t_us = estimate.t_us;
        let mut say = |kind| tell(Event { t_us, kind });
        let before_us = std::mem::replace(&mut self.t_us, t_us);
        if std::mem::take(&mut self.acknowledged) {
            let fresh = self.advice.list().filter(|standing| standing.acknowledged_us == Some(before_us));
            fresh.for_each(|standing| say(EventKind::Acknowledged(standing.alarm)));
        }
        self.budget.step();
        let (plugged, stalling) = self.emergency.step(estimate);
        for (id, change) in [(AlarmId::Plugged, plugged), (AlarmId::EngineStalling, stalling)] {
            self.advice.change(id, change, estimate, &mut self.budget, &mut say);
        }
        self.losses(estimate, &mut say);
        self.plates(estimate, &mut say);
        let (advice, budget) = (&mut self.advice, &mut self.budget);
        let told = |id, change| advice.change(id, Some(change), estimate, budget, &mut say);
        self.health.step(estimate, &self.readings, told);
        self.advice.notices = self.notices.step(estimate, |notice, count| say(EventKind::Noticed(notice, count)));
        let wanted = self.wanted(estimate);
        let shown = self.steps.show(t_us, estimate.ground_speed_m_s, wanted, self.compare.newest());
        self.advice.next_step = shown.map(|(step, ..)| step);
        self.advice.adjustment = shown.map_or(0, |(_, at, _)| at);
        if let Some((step, at, true)) = shown {
            say(EventKind::Advised(step, at));
        }
    }

    /// Each plate that is out is an alarm; all of them at once are one fault of what they hang on, and one alarm.
    fn plates(&mut self, estimate: &Estimate, say: &mut impl FnMut(EventKind)) {
        let is_out = |plate| estimate.plate_faults.iter().flatten().any(|fault| fault.plate == plate);
        let mapped = |plate| is_out(plate) || self.readings.get(plate).state != ReadingState::NotMapped;
        let out = PLATES.into_iter().filter(|&plate| is_out(plate)).count();
        let together = out > 1 && out == PLATES.into_iter().filter(|&plate| mapped(plate)).count();
        let change = self.all_plates.step(if together { Said::Bad } else { Said::Good });
        self.advice.change(AlarmId::PlatesSilent, change, estimate, &mut self.budget, say);
        let one_for_all = self.advice.stands(AlarmId::PlatesSilent).is_some();
        for (plate, delayed) in PLATES.into_iter().zip(&mut self.plates) {
            let change = match () {
                () if one_for_all => delayed.give_way(),
                // Wait and see whether the others follow.
                () if together => None,
                () => delayed.step(if is_out(plate) { Said::Bad } else { Said::Good }),
            };
            self.advice.change(AlarmId::PlateFault(plate), change, estimate, &mut self.budget, say);
        }
    }
}
