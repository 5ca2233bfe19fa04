//! What to tell the operator: alarms of the loss and of the senses, the three operator faults of the training as
//! notices, the next thing to try, what the speed is worth, and whether the last change helped. Pure, like `harvest`.

mod alarm;
mod budget;
mod compare;
mod curve;
mod delay;
mod health;
mod jump;
mod level;
mod next_step;
mod notices;
mod settings;
mod standing;
mod worth;

pub use alarm::{Alarm, AlarmId, Event, EventKind, Place, Standing};
pub use compare::{Comparison, Verdict};
pub use level::Suppression;
pub use next_step::{MOST_ADJUSTMENTS, NextStep, Plan};
pub use notices::{Notice, NoticeState};
pub use settings::{Setting, SettingChange, setting_named, setting_names};
pub use standing::Advice;
pub use worth::{Economy, Pace, SpeedStep, SpeedWorth, net_gain};

use crate::harvest::{Activity, Basis, Estimate, Stream};
use crate::machine::{Channel, Readings};
use budget::Budget;
use compare::Compare;
use curve::{Curve, Sample};
use delay::{Delayed, Timing, Verdict as Said};
use health::Health;
use jump::Jump;
use level::Pass;
use next_step::Steps;
use notices::Notices;
use settings::Settings;

/// A loss that is less likely than this to be above the limit makes no alarm by rising (our choice).
const WORTH_A_LOOK: f64 = 0.3;
/// Twice what is typical at this load raises the relative alarm, less than half as much again clears it: logarithms of 2
/// and 1.5.
const TWICE: f64 = std::f64::consts::LN_2;
const HALF_AGAIN: f64 = 0.405;
const RELATIVE: Timing = Timing { raise_after_s: 10.0, clear_after_s: 20.0, again_within_s: 600.0 };
/// The estimator has waited for itself before it says that a plate is out.
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
    relative: Delayed,
    /// Of the newest ten seconds of this pass.
    sample: Option<Sample>,
    plates: [Delayed; 4],
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
            relative: Delayed::new(RELATIVE),
            sample: None,
            plates: [Delayed::new(PLATE); 4],
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
        self.losses(estimate, &mut say);
        for (at, id) in AlarmId::all().filter(|id| matches!(id, AlarmId::PlateFault(_))).enumerate() {
            let faulty = estimate.plate_faults.iter().flatten().any(|fault| id == AlarmId::PlateFault(fault.plate));
            let change = self.plates[at].step(if faulty { Said::Bad } else { Said::Good });
            self.advice.change(id, change, estimate, &mut self.budget, &mut say);
        }
        let (advice, budget) = (&mut self.advice, &mut self.budget);
        let told = |id, change| advice.change(id, Some(change), estimate, budget, &mut say);
        self.health.step(estimate, &self.readings, told);
        self.advice.notices = self.notices.step(estimate, |notice, count| say(EventKind::Noticed(notice, count)));
        let wanted = self.wanted(estimate);
        let shown = self.steps.show(t_us, wanted, self.compare.newest());
        self.advice.next_step = shown.map(|(step, ..)| step);
        self.advice.adjustment = shown.map_or(0, |(_, at, _)| at);
        if let Some((step, at, true)) = shown {
            say(EventKind::Advised(step, at));
        }
    }

    /// Everything that lives on the loss of settled cutting.
    fn losses(&mut self, estimate: &Estimate, say: &mut impl FnMut(EventKind)) {
        let settled = self.pass.step(estimate);
        let share = settled.ok();
        self.advice.suppressed = match (self.limit_share, settled) {
            (None, _) => Some(Suppression::NoLimit),
            (_, settled) => settled.err(),
        };
        let level = match (share, self.limit_share) {
            (Some(share), Some(limit)) => level::verdict(share, limit),
            _ => Said::Untold,
        };
        let change = self.level.step(level);
        self.advice.change(AlarmId::LossLevel, change, estimate, &mut self.budget, say);

        match self.curve.step(estimate, share.is_some()) {
            Some(sample) => self.sampled(estimate, sample, say),
            None if share.is_none() => self.sample = None,
            None => {}
        }
        if share.is_some() {
            let seen = self.settings.step(estimate, &self.readings);
            let marked = std::mem::take(&mut self.marked).then_some(SettingChange { setting: None, from_to: None });
            if let Some(change) = seen.or(marked) {
                self.steps.changed(change.setting);
                let begun = self.compare.begin(estimate.t_us, change);
                self.advice.comparison = Some(begun);
                say(EventKind::Changed(begun));
            }
        }
        // A rise below the limit, or beside a level alarm, tells nothing that must be acted on.
        let unlikely = share.zip(self.limit_share).is_some_and(|(s, limit)| s.probability_above(limit) < WORTH_A_LOOK);
        let covered = self.advice.stands(AlarmId::LossLevel).is_some();
        let quiet = |said: Said| if said == Said::Bad && (unlikely || covered) { Said::Between } else { said };
        let jump = self.jump.0.step(share.map(|share| share.median));
        let change = self.jump.1.step(quiet(jump));
        self.advice.change(AlarmId::LossStep, change, estimate, &mut self.budget, say);
        let jumped = self.advice.stands(AlarmId::LossStep).is_some();
        let relative = match self.sample.and_then(|sample| sample.above) {
            Some(above) if above > TWICE && !jumped => Said::Bad,
            Some(above) if above < HALF_AGAIN => Said::Good,
            Some(_) => Said::Between,
            None => Said::Untold,
        };
        let change = self.relative.step(quiet(relative));
        self.advice.change(AlarmId::LossRelative, change, estimate, &mut self.budget, say);
    }

    /// Ten more seconds of settled cutting.
    fn sampled(&mut self, estimate: &Estimate, sample: Sample, say: &mut impl FnMut(EventKind)) {
        self.sample = Some(sample);
        self.advice.worth = worth::speed_worth(estimate, sample.grain_kg_s, self.curve.slope(), self.economy);
        if let Some(judged) = self.compare.add(&sample, self.readings.value(Channel::GrainMoisture)) {
            self.steps.judged(judged.verdict);
            say(EventKind::Judged(judged));
        }
        self.advice.comparison = self.compare.newest();
    }

    /// What is wanted first: what the operator does, then the machine's settings, then the measuring.
    fn wanted(&self, estimate: &Estimate) -> Option<NextStep> {
        let active = |notice: Notice| self.advice.notices[notice as usize].active;
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
        if self.advice.alarms().any(|alarm| matches!(alarm.id, AlarmId::PlateFault(_))) {
            return Some(NextStep::CheckPlate);
        }
        if active(Notice::Turns) {
            return Some(NextStep::FewerTurns);
        }
        (estimate.total.basis != Basis::Calibrated).then_some(NextStep::TakePan)
    }
}
