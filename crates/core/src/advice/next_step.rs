//! The next step to advise: one at a time, in the order of the rules, and not again before it was tried.

use super::comparison::{Comparison, Verdict};
use super::goal::{Goal, NowAndGoal, SettingValues};
use crate::machine::Channel;
use crate::params::NextStepParams;
use crate::time::s_to_us;

/// A rule has no more adjustments than this.
pub const MAX_ADJUSTMENTS: usize = 4;

/// A step to advise. Its text is in the language files and the rules, its source in the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextStep {
    /// Raise the header before turning.
    RaiseHeader,
    /// Hold the working throttle; set the load by ground speed.
    HoldThrottle,
    /// Longer passes, fewer turns.
    FewerTurns,
    /// Too much crop: slow down, or cut a narrower swath.
    SlowDown,
    /// Grain goes with the straw.
    CheckSeparation,
    /// Grain goes over the sieves.
    CheckCleaning,
    /// Grain stays at the header.
    CheckHeader,
    /// A plate is out: look at its surface and cable.
    CheckPlate,
    /// Feed rate, speed or width are missing, so there is no estimate.
    CheckSignals,
    /// The loss, or the part of it that is named, is not calibrated: take a drop pan.
    TakePan,
    /// A setting was changed: go on and change nothing else until its effect is known.
    Compare,
    /// The last change made the loss higher: undo it.
    PutBack,
    /// The gear is plugged: stop and clear it.
    ClearPlug,
    /// The crop lies: how to cut it.
    WorkLodged,
    /// The crop is wet: slower, more air, or wait.
    WorkWet,
    /// The crop is weedy.
    WorkWeedy,
    /// The field slopes.
    WorkSlope,
    /// Pans find far more than the plates count: the fan may blow grain over them.
    CheckFan,
}

impl NextStep {
    /// Every step, for tests of the words and the rules.
    pub const ALL: [Self; 18] = [
        Self::RaiseHeader,
        Self::HoldThrottle,
        Self::FewerTurns,
        Self::SlowDown,
        Self::CheckSeparation,
        Self::CheckCleaning,
        Self::CheckHeader,
        Self::CheckPlate,
        Self::CheckSignals,
        Self::TakePan,
        Self::Compare,
        Self::PutBack,
        Self::ClearPlug,
        Self::WorkLodged,
        Self::WorkWet,
        Self::WorkWeedy,
        Self::WorkSlope,
        Self::CheckFan,
    ];

    /// Its name in the rules, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RaiseHeader => "raise-header",
            Self::HoldThrottle => "hold-throttle",
            Self::FewerTurns => "fewer-turns",
            Self::SlowDown => "slow-down",
            Self::CheckSeparation => "check-separation",
            Self::CheckCleaning => "check-cleaning",
            Self::CheckHeader => "check-header",
            Self::CheckPlate => "check-plate",
            Self::CheckSignals => "check-signals",
            Self::TakePan => "take-pan",
            Self::Compare => "compare",
            Self::PutBack => "put-back",
            Self::ClearPlug => "clear-plug",
            Self::WorkLodged => "work-lodged",
            Self::WorkWet => "work-wet",
            Self::WorkWeedy => "work-weedy",
            Self::WorkSlope => "work-slope",
            Self::CheckFan => "check-fan",
        }
    }

    /// Whether it asks for a change of the machine's settings.
    const fn is_setting(self) -> bool {
        matches!(self, Self::CheckSeparation | Self::CheckCleaning | Self::CheckHeader | Self::CheckFan)
    }
}

/// The order of each step's adjustments, and what they aim at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AdjustmentOrder {
    /// The setting that each adjustment moves; `None` where no channel shows it.
    settings: [[Option<Channel>; MAX_ADJUSTMENTS]; NextStep::ALL.len()],
    goals: [[Option<Goal>; MAX_ADJUSTMENTS]; NextStep::ALL.len()],
    counts: [usize; NextStep::ALL.len()],
}

impl AdjustmentOrder {
    /// Sets the order of a step's adjustments; those beyond [`MAX_ADJUSTMENTS`] are left out.
    pub fn set(&mut self, step: NextStep, settings: impl Iterator<Item = Option<Channel>>) {
        let (places, count) = (&mut self.settings[step as usize], &mut self.counts[step as usize]);
        *count = 0;
        for (place, setting) in places.iter_mut().zip(settings) {
            *place = setting;
            *count += 1;
        }
    }

    /// Sets what a step's adjustments aim at, in their order; `None` where that cannot be said in figures.
    pub fn set_goals(&mut self, step: NextStep, goals: impl Iterator<Item = Option<Goal>>) {
        for (place, goal) in self.goals[step as usize].iter_mut().zip(goals) {
            *place = goal;
        }
    }
}

/// A step and which of its adjustments, from 0.
type Adjustment = (NextStep, usize);

/// What is advised now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AdvisedStep {
    pub step: NextStep,
    /// Which of its rule's adjustments, from 0.
    pub adjustment: usize,
    /// It is given anew, and to be reported.
    pub is_new: bool,
    /// Its setting now and where to set it; `None` when the bus does not tell the value.
    pub now_and_goal: Option<NowAndGoal>,
}

/// What has been advised, and what came of it.
#[derive(Debug)]
pub(super) struct StepAdvisor {
    params: NextStepParams,
    order: AdjustmentOrder,
    /// Which adjustment of each step is next.
    at: [usize; NextStep::ALL.len()],
    given_us: [[Option<i64>; MAX_ADJUSTMENTS]; NextStep::ALL.len()],
    /// The adjustment on the screen, which a change may be the trial of.
    shown: Option<Adjustment>,
    tried: Option<Adjustment>,
    /// What was tried before the newest change, and when the adjustment that it is the trial of had been given.
    before_change: Option<(Option<Adjustment>, Option<i64>)>,
    /// The speed at which slowing down was advised, m/s.
    slow_from_m_s: Option<f64>,
    /// The adjustment on the screen that changes a setting by a share of its value, and the value it starts from.
    from: Option<(Adjustment, f64)>,
}

impl StepAdvisor {
    pub fn new(params: &NextStepParams) -> Self {
        Self {
            params: *params,
            order: AdjustmentOrder::default(),
            at: [0; NextStep::ALL.len()],
            given_us: [[None; MAX_ADJUSTMENTS]; NextStep::ALL.len()],
            shown: None,
            tried: None,
            before_change: None,
            slow_from_m_s: None,
            from: None,
        }
    }

    fn again_after_us(&self) -> i64 {
        s_to_us(self.params.again_after_s)
    }

    pub const fn set_order(&mut self, order: &AdjustmentOrder) {
        self.order = *order;
    }

    /// How many adjustments the rule of a step has.
    pub const fn count(&self, step: NextStep) -> usize {
        self.order.counts[step as usize]
    }

    /// The next adjustment of a step that is not found by trying.
    pub const fn turn_to(&mut self, step: NextStep, adjustment: usize) {
        self.at[step as usize] = adjustment;
    }

    /// A setting was changed; it counts as the trial of what is advised now, if it is that setting.
    pub fn changed(&mut self, setting: Option<Channel>) {
        let tried_before = self.tried;
        self.tried = self.shown.filter(|&(step, at)| {
            let advised = self.order.settings[step as usize][at];
            step.is_setting() && (setting.is_none() || setting == advised)
        });
        let given_us = self.tried.and_then(|(step, at)| self.given_us[step as usize][at].take());
        self.before_change = Some((tried_before, given_us));
    }

    /// The newest change was none.
    pub const fn withdraw(&mut self) {
        if let Some((tried_before, given_us)) = self.before_change.take() {
            if let Some((step, at)) = self.tried {
                self.given_us[step as usize][at] = given_us;
            }
            self.tried = tried_before;
        }
    }

    /// A change was judged: one that helped stays the next adjustment, otherwise the one after it is.
    pub fn judged(&mut self, verdict: Verdict) {
        if let Some((step, at)) = self.tried.take()
            && verdict != Verdict::Better
        {
            self.at[step as usize] = (at + 1) % self.order.counts[step as usize].max(1);
        }
    }

    /// What to advise, given the step that is to be done first. `None` when all its adjustments are at their goals already.
    pub fn show(
        &mut self,
        t_us: i64,
        speed_m_s: Option<f64>,
        first: Option<NextStep>,
        comparison: Option<Comparison>,
        values: &SettingValues,
    ) -> Option<AdvisedStep> {
        let again_after_us = self.again_after_us();
        let step = match (first?, comparison) {
            (step, Some(newest)) if step.is_setting() && t_us - newest.t_us < 2 * again_after_us => {
                match newest.verdict {
                    Verdict::More(_) => NextStep::Compare,
                    Verdict::Worse => NextStep::PutBack,
                    _ => step,
                }
            }
            (step, _) => step,
        };
        if step == NextStep::SlowDown {
            self.slow(t_us, speed_m_s);
        }
        let at = self.next_adjustment(step, values)?;
        if step != NextStep::Compare {
            self.shown = Some((step, at));
        }
        let given_us = &mut self.given_us[step as usize][at];
        let is_new = given_us.is_none_or(|given_us| t_us - given_us >= again_after_us);
        if is_new {
            *given_us = Some(t_us);
        }
        let now_and_goal = self.now_and_goal((step, at), is_new, values);
        Some(AdvisedStep { step, adjustment: at, is_new, now_and_goal })
    }

    /// The next adjustment of a step that is not at its goal already, in the order of its rule; `None` when all are.
    fn next_adjustment(&self, step: NextStep, values: &SettingValues) -> Option<usize> {
        let (first, count) = (self.at[step as usize], self.order.counts[step as usize]);
        let (settings, goals) = (&self.order.settings[step as usize], &self.order.goals[step as usize]);
        if count == 0 {
            return Some(first);
        }
        (first..first + count).map(|at| at % count).find(|&at| !values.is_reached(settings[at], goals[at]))
    }

    /// Value and goal of an adjustment. A change by a share starts from the value at which it was advised, so that the goal
    /// stays while the setting moves.
    fn now_and_goal(&mut self, (step, at): Adjustment, is_new: bool, values: &SettingValues) -> Option<NowAndGoal> {
        if step == NextStep::Compare {
            return None;
        }
        let (setting, goal) = (self.order.settings[step as usize][at], self.order.goals[step as usize][at]);
        let now = SettingValues::channel_of(setting, goal).and_then(|channel| values.value(channel));
        if is_new || self.from.is_none_or(|(shown, _)| shown != (step, at)) {
            self.from = now.map(|now| ((step, at), now));
        }
        values.now_and_goal(setting, goal, self.from.map(|(_, from)| from))
    }

    /// Slowing down is no change of a setting: whether it was tried shows in the speed itself.
    fn slow(&mut self, t_us: i64, speed_m_s: Option<f64>) {
        let step = NextStep::SlowDown as usize;
        if self.given_us[step][0].is_none_or(|given_us| t_us - given_us >= self.again_after_us()) {
            self.slow_from_m_s = speed_m_s;
        }
        let has_slowed =
            speed_m_s.zip(self.slow_from_m_s).is_some_and(|(now, from)| now < self.params.slowed_share * from);
        self.at[step] = usize::from(has_slowed).min(self.order.counts[step].saturating_sub(1));
    }
}
