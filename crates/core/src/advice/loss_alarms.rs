//! Everything that is judged from the loss of settled cutting: the three loss alarms, what other speeds are worth, the
//! changes of settings and what they did.

use super::active_alarms::{Advice, AlarmRules};
use super::alarm::{AlarmId, EventKind};
use super::comparison::SettingComparison;
use super::delay::{AlarmCondition, AlarmTiming, DelayedAlarm};
use super::level::{self, PassTimer, Suppression};
use super::load_curve::{LoadCurve, LoadSample};
use super::next_step::StepAdvisor;
use super::setting_watch::{Setting, SettingChange, SettingWatch};
use super::silence_cost::LevelAlarm;
use super::speed_worth::{Economy, speed_worth};
use super::step_change::StepDetector;
use crate::harvest::{Basis, Estimate};
use crate::machine::{Channel, Readings};
use crate::params::{Params, StepAlarmParams};

/// The loss alarms and what they learn.
#[derive(Debug)]
pub(super) struct LossAlarms {
    step_params: StepAlarmParams,
    header_slope_sd: f64,
    pass: PassTimer,
    level: LevelAlarm,
    step_detector: StepDetector,
    step: DelayedAlarm,
    relative: DelayedAlarm,
    /// What the losses at the header and behind rested on in the last step: another basis means other factors.
    bases: Option<[Basis; 2]>,
    /// Of the newest ten seconds of this pass.
    sample: Option<LoadSample>,
    curve: LoadCurve,
    settings: SettingWatch,
    /// The change that the operator has reported.
    change_reported: Option<SettingChange>,
    comparison: SettingComparison,
}

/// What a step works on besides the estimate.
pub(super) struct LossContext<'a> {
    pub readings: &'a Readings,
    /// Loss limit as a share of the grain, 0..1; `None` without one.
    pub limit_share: Option<f64>,
    pub economy: Economy,
    pub advice: &'a mut Advice,
    pub rules: &'a mut AlarmRules,
    pub steps: &'a mut StepAdvisor,
}

impl LossAlarms {
    pub fn new(params: &Params) -> Self {
        let delays = &params.alarm_delays;
        Self {
            step_params: params.step_alarm,
            header_slope_sd: params.speed_worth.header_slope_sd,
            pass: PassTimer::new(params),
            level: LevelAlarm::new(params),
            step_detector: StepDetector::new(&params.step_alarm),
            step: DelayedAlarm::new(AlarmTiming::loss_step(delays)),
            relative: DelayedAlarm::new(AlarmTiming::loss_relative(delays)),
            bases: None,
            sample: None,
            curve: LoadCurve::new(params),
            settings: SettingWatch::new(&params.setting_watch),
            change_reported: None,
            comparison: SettingComparison::new(&params.comparison),
        }
    }

    /// The operator reports a change; `None` of a setting that no channel is named after.
    pub fn report_change(&mut self, setting: Option<Setting>) {
        self.change_reported = Some(SettingChange { setting, from_to: None });
    }

    /// The change that the operator has reported last was none. False when there is nothing to withdraw.
    pub fn withdraw_change(&mut self) -> bool {
        self.change_reported.take().is_some() || self.comparison.withdraw()
    }

    /// The operator has acknowledged the step alarm: the new level is the usual one.
    pub fn accept_step(&mut self) {
        self.step_detector.restart();
    }

    /// The comparisons of settings.
    pub const fn comparison(&self) -> &SettingComparison {
        &self.comparison
    }

    /// Loss over load in this session.
    pub const fn curve(&self) -> &LoadCurve {
        &self.curve
    }

    /// Time has passed in which nothing was recorded.
    pub fn interrupt(&mut self) {
        self.level.interrupt();
        self.step.interrupt();
        self.relative.interrupt();
        self.pass.interrupt();
        self.sample = None;
    }

    /// One step.
    pub fn step(&mut self, estimate: &Estimate, context: &mut LossContext<'_>, report: &mut impl FnMut(EventKind)) {
        let settled = self.pass.step(estimate);
        let share = settled.ok();
        let limit_share = context.limit_share;
        context.advice.suppressed = match (limit_share, settled) {
            (None, _) => Some(Suppression::NoLimit),
            (_, settled) => settled.err(),
        };
        context.advice.muted = context.advice.suppressed.or_else(|| level::muted(estimate, level::place(estimate)));
        context.advice.judged = PassTimer::judged(estimate, settled);
        context.advice.is_starting = self.pass.is_starting();
        let transition = self.level.step(context.advice.judged, limit_share);
        context.advice.excess = self.level.excess();
        context.advice.update(AlarmId::LossLevel, transition, estimate, context.rules, report);

        match self.curve.step(estimate, share.is_some()) {
            Some(sample) => self.take_sample(estimate, sample, context, report),
            None if share.is_none() => self.sample = None,
            None => {}
        }
        if share.is_some() {
            self.detect_change(estimate, context, report);
        }
        // A rise far below the limit, or beside a level alarm, is nothing to act on.
        let StepAlarmParams { min_probability, relative_raise_log, relative_clear_log, .. } = self.step_params;
        let unlikely =
            share.zip(limit_share).is_some_and(|(share, limit)| share.probability_above(limit) < min_probability);
        let included = context.advice.active(AlarmId::LossLevel).is_some();
        let unless_minor = |condition: AlarmCondition| {
            if condition == AlarmCondition::Abnormal && (unlikely || included) {
                AlarmCondition::DeadBand
            } else {
                condition
            }
        };
        let bases = [estimate.header.basis, estimate.rear.basis];
        if self.bases.replace(bases).is_some_and(|before| before != bases) {
            self.step_detector.restart();
        }
        let step = self.step_detector.step(share.map(|share| share.median));
        let transition = self.step.step(unless_minor(step));
        context.advice.update(AlarmId::LossStep, transition, estimate, context.rules, report);
        let stepped = context.advice.active(AlarmId::LossStep).is_some();
        let relative = match self.sample.and_then(|sample| sample.above_typical) {
            Some(above) if above > relative_raise_log && !stepped => AlarmCondition::Abnormal,
            Some(above) if above < relative_clear_log => AlarmCondition::Normal,
            Some(_) => AlarmCondition::DeadBand,
            None => AlarmCondition::Unknown,
        };
        let transition = self.relative.step(unless_minor(relative));
        context.advice.update(AlarmId::LossRelative, transition, estimate, context.rules, report);
    }

    /// A setting that was changed, as the readings show or the operator has reported, begins a comparison.
    fn detect_change(
        &mut self,
        estimate: &Estimate,
        context: &mut LossContext<'_>,
        report: &mut impl FnMut(EventKind),
    ) {
        let detected = self.settings.step(estimate, context.readings);
        let reported = self.change_reported.take();
        let Some(change) = detected.or(reported) else { return };
        context.steps.changed(change.setting);
        // The effect of the change on the loss is judged by the comparison, not as a step.
        self.step_detector.restart();
        let begun = self.comparison.begin(estimate.t_us, change);
        context.advice.comparison = Some(begun);
        report(EventKind::Changed(begun));
    }

    /// Ten more seconds of settled cutting.
    fn take_sample(
        &mut self,
        estimate: &Estimate,
        sample: LoadSample,
        context: &mut LossContext<'_>,
        report: &mut impl FnMut(EventKind),
    ) {
        self.sample = Some(sample);
        context.advice.worth =
            speed_worth(estimate, sample.grain_kg_s, self.curve.slope(), self.header_slope_sd, context.economy);
        if let Some(judged) = self.comparison.add(&sample, context.readings.value(Channel::GrainMoisture)) {
            context.steps.judged(judged.verdict);
            report(EventKind::Judged(judged));
        }
        context.advice.comparison = self.comparison.newest();
    }
}
