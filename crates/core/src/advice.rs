//! What the operator is shown: alarms of the loss and of failed sensors, the three operator faults of the training as
//! notices, the next step, what other speeds are worth, and whether the last change helped. Pure, like `harvest`.
//!
//! Alarms follow ISA-18.2: a condition becomes an active alarm after its on-delay and is cleared after its off-delay; the
//! operator acknowledges it; the alarm budget shelves what would be one too many.

mod active_alarms;
mod alarm;
mod alarm_budget;
mod best_speed;
mod choose_step;
mod comparison;
mod crop_steps;
mod delay;
mod emergency;
mod goal;
mod kept_advice;
mod level;
mod load_curve;
mod loss_alarms;
mod next_step;
mod notices;
mod plate_alarms;
mod setting_watch;
mod signal_alarms;
mod silence_cost;
mod speed_worth;
mod step_change;
mod target_load;

pub use active_alarms::{Advice, KeptStep};
pub use alarm::{ActiveAlarm, Alarm, AlarmId, AlarmLocation, Event, EventKind};
pub use best_speed::{BestSpeed, NoBestSpeed, RainAhead, SpeedAim, SpeedBasis, SpeedEnd, best_speed};
pub use comparison::{Comparison, Verdict};
pub use goal::{Goal, NowAndGoal};
pub use level::Suppression;
pub use next_step::{AdjustmentOrder, MAX_ADJUSTMENTS, NextStep};
pub use notices::{Notice, NoticeState};
pub use setting_watch::{Setting, SettingChange, setting_named, setting_names};
pub use silence_cost::{Excess, JudgedLoss, level_alarm_spans};
pub use speed_worth::{Economy, Pace, SpeedStep, SpeedWorth, net_gain};
pub(crate) use target_load::load_factor;
pub use target_load::{LoadBasis, TargetLoad};

use crate::harvest::{Estimate, PanEntry, PanKind, PanOutcome};
use crate::machine::{Channel, Readings};
use crate::params::{BestSpeedParams, CropStepParams, Params, TargetLoadParams};
use crate::time::s_to_us;
use active_alarms::AlarmRules;
use best_speed::RecentPace;
use choose_step::{Calls, Limits, choose_step, otherwise};
use crop_steps::CropSteps;
use emergency::EmergencyAlarms;
use goal::SettingValues;
use kept_advice::KeptAdvice;
use loss_alarms::{LossAlarms, LossContext};
use next_step::StepAdvisor;
use notices::NoticeWatch;
use plate_alarms::PlateAlarms;
use signal_alarms::SignalAlarms;
use target_load::target_load;

/// Watches readings and estimates.
#[derive(Debug)]
pub struct Advisor {
    limits: Limits,
    economy: Economy,
    readings: Readings,
    losses: LossAlarms,
    plates: PlateAlarms,
    emergency: EmergencyAlarms,
    signals: SignalAlarms,
    rules: AlarmRules,
    /// Alarms were acknowledged since the last step; reported with the next one.
    acknowledged: bool,
    /// The last step's time.
    t_us: i64,
    steps: StepAdvisor,
    values: SettingValues,
    target: TargetLoadParams,
    best_speed: BestSpeedParams,
    pace: RecentPace,
    header_slope_sd: f64,
    crop: CropSteps,
    crop_params: CropStepParams,
    /// When a pan last found far more than the plates tell.
    fan_doubt_us: Option<i64>,
    notices: NoticeWatch,
    kept: KeptAdvice,
    advice: Advice,
}

impl Advisor {
    /// `limit_share` is the loss limit as a share of the grain, 0..1; without one no level alarm is raised.
    /// `rated_feed_kg_s` is the rated feed rate, kg/s.
    pub fn new(limit_share: Option<f64>, rated_feed_kg_s: f64) -> Self {
        Self::with_params(limit_share, rated_feed_kg_s, &Params::default())
    }

    /// The same with other numbers than those that the product runs with.
    pub fn with_params(limit_share: Option<f64>, rated_feed_kg_s: f64, params: &Params) -> Self {
        Self {
            limits: Limits { loss_share: limit_share, rated_feed_kg_s },
            economy: Economy::default(),
            readings: Readings::unknown(0),
            losses: LossAlarms::new(params),
            plates: PlateAlarms::new(&params.alarm_delays),
            emergency: EmergencyAlarms::new(params),
            signals: SignalAlarms::new(params),
            rules: AlarmRules::new(params),
            acknowledged: false,
            t_us: 0,
            steps: StepAdvisor::new(&params.next_step),
            values: SettingValues::new(&params.next_step),
            target: params.target_load,
            best_speed: params.best_speed,
            pace: RecentPace::default(),
            header_slope_sd: params.speed_worth.header_slope_sd,
            crop: CropSteps::new(&params.crop_steps),
            crop_params: params.crop_steps,
            fan_doubt_us: None,
            notices: NoticeWatch::new(&params.notices),
            kept: KeptAdvice::default(),
            advice: Advice::default(),
        }
    }

    /// The order in which adjustments are advised.
    #[must_use]
    pub fn with_order(mut self, order: AdjustmentOrder) -> Self {
        self.steps.set_order(&order);
        self
    }

    /// The diameter of the machine's reel over its tines, m; without it the goal of the reel is not told in r/min.
    #[must_use]
    pub const fn with_reel_diameter(mut self, diameter_m: Option<f64>) -> Self {
        self.values.set_reel_diameter(diameter_m);
        self
    }

    /// The moisture of the grain (share of wet mass) from which this crop counts as damp; without it, that of the parameters.
    #[must_use]
    pub fn with_damp_from(mut self, moisture: Option<f64>) -> Self {
        self.target.damp_from = moisture.unwrap_or(self.target.damp_from);
        self
    }

    /// What grain and time are worth.
    #[must_use]
    pub fn with_economy(mut self, economy: Economy) -> Self {
        self.economy = economy;
        self
    }

    /// Other prices from now on.
    pub const fn set_economy(&mut self, economy: Economy) {
        self.economy = economy;
    }

    /// Another limit, other rules and prices from now on; what was learned stays.
    pub fn reload(&mut self, limit_share: Option<f64>, order: AdjustmentOrder, economy: Economy) {
        self.steps.set_order(&order);
        (self.limits.loss_share, self.economy) = (limit_share, economy);
    }

    /// Alarms and advice since the last step.
    pub fn advice(&self) -> &Advice {
        &self.advice
    }

    /// Takes the readings in, before the step of the same time. Without them, nothing is known of settings and signals.
    pub fn read(&mut self, readings: &Readings) {
        self.readings.clone_from(readings);
    }

    /// The operator reports that a setting was changed, and which; `None` when it is one that no channel is named after.
    /// The comparison begins with the next step of settled cutting.
    pub fn mark_change(&mut self, setting: Option<Setting>) {
        self.losses.report_change(setting);
    }

    /// The change that the operator has reported last was none: it is not compared, and is the trial of nothing. False when
    /// there is none to withdraw.
    pub fn withdraw_change(&mut self) -> bool {
        let had_begun = self.losses.comparison().newest();
        let withdrawn = self.losses.withdraw_change();
        if withdrawn && self.losses.comparison().newest() != had_begun {
            self.steps.withdraw();
        }
        self.advice.comparison = self.losses.comparison().newest();
        withdrawn
    }

    /// A pan was judged: one behind the machine that finds far more than the plates tell calls for a look at the fan.
    pub fn judged_pan(&mut self, entry: &PanEntry) {
        let (PanOutcome::Used { residual, .. } | PanOutcome::Doubtful { residual, .. }) = entry.outcome else { return };
        if entry.pan.kind == PanKind::Rear {
            self.fan_doubt_us = (residual > self.crop_params.fan_log).then_some(self.t_us);
        }
    }

    /// Whether a pan calls for a look at the fan, and the fan was not changed since.
    fn fan_is_doubtful(&self, t_us: i64) -> bool {
        let newest = self.losses.comparison().newest();
        let changed = |since: i64| {
            newest.is_some_and(|newest| newest.change.setting == Some(Channel::FanSpeed) && newest.t_us > since)
        };
        self.fan_doubt_us.is_some_and(|since| t_us - since < s_to_us(self.crop_params.fan_for_s) && !changed(since))
    }

    /// The operator acknowledges the active alarms: they stay active until their causes have gone. Shown at once, reported
    /// with the next step. Gives how many alarms were unacknowledged.
    pub fn acknowledge(&mut self) -> usize {
        let unacknowledged = self.advice.unacknowledged();
        if self.advice.is_unacknowledged(AlarmId::LossStep) {
            self.losses.accept_step();
        }
        self.advice.acknowledge(self.t_us);
        self.acknowledged |= unacknowledged > 0;
        unacknowledged
    }

    /// Time has passed in which nothing was recorded: what was going on is over.
    pub fn interrupt(&mut self) {
        self.losses.interrupt();
    }

    /// One step after the estimator's. Passes every event to `report`. Does not allocate.
    pub fn step(&mut self, estimate: &Estimate, mut report: impl FnMut(Event)) {
        let t_us = estimate.t_us;
        let mut report = |kind| report(Event { t_us, kind });
        let before_us = std::mem::replace(&mut self.t_us, t_us);
        if std::mem::take(&mut self.acknowledged) {
            let fresh = self.advice.list().filter(|active| active.acknowledged_us == Some(before_us));
            fresh.for_each(|active| report(EventKind::Acknowledged(active.alarm)));
        }
        self.rules.budget.step();
        let (advice, rules) = (&mut self.advice, &mut self.rules);
        let emergency = self.emergency.step(estimate);
        advice.update(AlarmId::Plugged, emergency.plugged, estimate, rules, &mut report);
        advice.update(AlarmId::EngineStalling, emergency.stalling, estimate, rules, &mut report);

        let (readings, limit_share, economy) = (&self.readings, self.limits.loss_share, self.economy);
        let mut context = LossContext { readings, limit_share, economy, advice, rules, steps: &mut self.steps };
        let worth = context.advice.worth;
        self.losses.step(estimate, &mut context, &mut report);
        if self.advice.worth != worth {
            let machine = (self.readings.value(Channel::GrainMoisture), self.limits.rated_feed_kg_s);
            let params = (&self.best_speed, &self.target, self.header_slope_sd);
            self.advice.speed_basis = SpeedBasis::of(estimate, self.losses.curve(), machine, params, &mut self.pace);
        }

        let (advice, rules) = (&mut self.advice, &mut self.rules);
        self.plates.step(estimate, &self.readings, |id, transition| {
            advice.update(id, transition, estimate, rules, &mut report);
            advice.active(id).is_some()
        });
        self.signals.step(estimate, &self.readings, |id, transition| {
            advice.update(id, Some(transition), estimate, rules, &mut report);
        });
        advice.notices = self.notices.step(estimate, |notice, count| report(EventKind::Noticed(notice, count)));

        self.values.step(estimate, &self.readings);
        let limits = (self.limits.loss_share, self.limits.rated_feed_kg_s);
        let moisture = self.readings.value(Channel::GrainMoisture);
        advice.target_load = target_load(estimate, moisture, limits, self.losses.curve(), &self.target);

        self.crop.step(estimate);
        let fan = self.fan_is_doubtful(t_us);
        let advice = &mut self.advice;
        let calls = Calls { crop: &self.crop, count: &|step| self.steps.count(step), fan };
        let (chosen, adjustment) = choose_step(advice, self.limits, estimate, &calls).unzip();
        let (first, sample_of) = chosen.unzip();
        if let Some((step, at)) = first.zip(adjustment.flatten()) {
            self.steps.turn_to(step, at);
        }
        let (speed_m_s, newest, values) = (estimate.ground_speed_m_s, self.losses.comparison().newest(), &self.values);
        let mut shown = self.steps.show(t_us, speed_m_s, first, newest, values);
        if shown.is_none() && first.is_some() {
            shown = self.steps.show(t_us, speed_m_s, otherwise(advice, estimate), newest, values);
        }
        advice.next_step = shown.map(|shown| shown.step);
        advice.adjustment = shown.map_or(0, |shown| shown.adjustment);
        advice.now_and_goal = shown.and_then(|shown| shown.now_and_goal);
        advice.sample_of = sample_of.flatten();
        self.kept.step(estimate.doing.activity, advice);
        if let Some(shown) = shown.filter(|shown| shown.is_new) {
            report(EventKind::Advised(shown.step, shown.adjustment));
        }
    }
}
