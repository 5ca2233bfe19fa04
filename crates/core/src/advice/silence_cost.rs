//! When a loss above the limit is told: a sequential test (Wald 1947). Each second of silence is expected to cost what is
//! lost beyond the limit, and pays back what is lost less than the limit; the alarm is raised when the sum is above what a
//! false alarm costs. A loss far above the limit raises it within seconds, one a tenth above it after 15 s, and an uncertain
//! one when its mean is about 0.8 of the limit.
//!
//! Pure: from the loss, the limit and the time alone, so that an evaluation can repeat it with other costs.

use super::delay::{AlarmCondition, AlarmTiming, DelayedAlarm, Transition};
use crate::harvest::LogNormal;
use crate::params::{LevelAlarmParams, Params};
use crate::time::STEP_S;

/// The loss share that the level alarm judges in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JudgedLoss {
    /// Of a settled pass.
    Settled(LogNormal),
    /// At the beginning of a pass: crop of it has not all come through, so the loss is at least this.
    AtLeast(LogNormal),
}

/// How far above the limit the loss is, in the words of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Excess {
    /// May be above: what it may cost is more than a false alarm.
    Probable,
    /// Above.
    Above,
    /// Far above.
    Far,
}

impl Excess {
    /// Every word, the lowest first.
    pub const ALL: [Self; 3] = [Self::Probable, Self::Above, Self::Far];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Probable => "probable",
            Self::Above => "above",
            Self::Far => "far",
        }
    }

    /// Its number in the journal: 1 may be above, 2 above, 3 far above.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The word with this number in the journal; `None` for any other number.
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|excess| i64::from(excess.number()) == number)
    }

    fn of(share: LogNormal, limit: f64, params: &LevelAlarmParams) -> Self {
        if share.probability_above(params.far_times * limit) >= params.far_probability {
            Self::Far
        } else if share.probability_above(limit) >= params.above_probability {
            Self::Above
        } else {
            Self::Probable
        }
    }
}

/// The level alarm: what silence has cost so far, and whether the alarm is active.
#[derive(Debug)]
pub(super) struct LevelAlarm {
    params: LevelAlarmParams,
    delayed: DelayedAlarm,
    is_active: bool,
    /// In seconds of a loss at the limit.
    cost: f64,
    /// The loss was below the limit for long enough that a new excess is a new episode.
    is_calm: bool,
    excess: Option<Excess>,
    lower_s: f64,
    unknown_s: f64,
    unknown_clears_s: f64,
}

impl LevelAlarm {
    pub const fn new(params: &Params) -> Self {
        Self {
            params: params.level_alarm,
            delayed: DelayedAlarm::new(AlarmTiming::loss_level(&params.alarm_delays)),
            is_active: false,
            cost: 0.0,
            is_calm: true,
            excess: None,
            lower_s: 0.0,
            unknown_s: 0.0,
            unknown_clears_s: params.alarm_delays.unknown_clears_s,
        }
    }

    /// How far above the limit; `None` while the alarm is not active.
    pub const fn excess(&self) -> Option<Excess> {
        self.excess
    }

    /// Time has passed in which nothing was recorded.
    pub const fn interrupt(&mut self) {
        self.cost = 0.0;
        self.is_calm = true;
        self.delayed.interrupt();
    }

    /// One step. `None` when nothing can be judged: what is known stays, for a while.
    pub fn step(&mut self, judged: Option<JudgedLoss>, limit: Option<f64>) -> Option<Transition> {
        let condition = match judged.zip(limit) {
            Some((judged, limit)) => self.judge(judged, limit),
            None => self.wait(),
        };
        let was_active = self.is_active;
        let transition = match self.delayed.step(condition) {
            // A new heavy episode while the alarm stands is told again.
            None if was_active && self.is_calm && condition == AlarmCondition::Abnormal => Some(self.delayed.again()),
            transition => transition,
        };
        match transition {
            Some(Transition::Raised(_)) => (self.is_active, self.is_calm) = (true, false),
            Some(Transition::Cleared) => self.is_active = false,
            None => {}
        }
        self.word(judged, limit);
        transition
    }

    fn judge(&mut self, judged: JudgedLoss, limit: f64) -> AlarmCondition {
        let LevelAlarmParams { false_alarm_cost, silence_weight, calm_weight, max_cost, .. } = self.params;
        self.unknown_s = 0.0;
        let (share, calm_weight) = match judged {
            JudgedLoss::Settled(share) => (share, calm_weight),
            JudgedLoss::AtLeast(share) => (share, 0.0),
        };
        let rate = silence_weight * self.excess_of(share, limit)
            - calm_weight * (share.expected_shortfall(limit) / limit).clamp(0.0, 1.0);
        if !rate.is_finite() {
            return AlarmCondition::Unknown;
        }
        self.cost = (self.cost + STEP_S * rate).clamp(0.0, max_cost * false_alarm_cost);
        if self.cost >= false_alarm_cost {
            return AlarmCondition::Abnormal;
        }
        if self.cost > 0.0 || rate >= 0.0 {
            return AlarmCondition::DeadBand;
        }
        self.is_calm = true;
        AlarmCondition::Normal
    }

    /// The expected loss beyond the limit, at most `max_excess` limits of it, in limits.
    fn excess_of(&self, share: LogNormal, limit: f64) -> f64 {
        let most = self.params.max_excess;
        let beyond = share.expected_excess(limit) - share.expected_excess((1.0 + most) * limit);
        (beyond / limit).clamp(0.0, most)
    }

    fn wait(&mut self) -> AlarmCondition {
        self.unknown_s += STEP_S;
        if self.unknown_s > self.unknown_clears_s {
            (self.cost, self.is_calm) = (0.0, true);
        }
        AlarmCondition::Unknown
    }

    fn word(&mut self, judged: Option<JudgedLoss>, limit: Option<f64>) {
        if !self.is_active {
            (self.excess, self.lower_s) = (None, 0.0);
            return;
        }
        let Some((JudgedLoss::Settled(share) | JudgedLoss::AtLeast(share), limit)) = judged.zip(limit) else { return };
        let now = Excess::of(share, limit, &self.params);
        self.lower_s = if self.excess.is_some_and(|before| now < before) { self.lower_s + STEP_S } else { 0.0 };
        if self.lower_s == 0.0 || self.lower_s > self.params.word_hold_s {
            (self.excess, self.lower_s) = (Some(now), 0.0);
        }
    }
}

/// When the level alarm would be active: the first second, and the one after the last, of a course of losses, one for
/// each second, against a limit (share of the grain, 0..1), with these costs.
pub fn level_alarm_spans(losses: &[Option<JudgedLoss>], limit: f64, params: &Params) -> Vec<(usize, usize)> {
    const STEPS: usize = (1.0 / STEP_S) as usize;
    let mut alarm = LevelAlarm::new(params);
    let (mut since, mut spans) = (None, Vec::new());
    for (second, &loss) in losses.iter().enumerate() {
        for _ in 0..STEPS {
            match alarm.step(loss, Some(limit)) {
                Some(Transition::Raised(_)) => since = since.or(Some(second)),
                Some(Transition::Cleared) => spans.extend(since.take().map(|since| (since, second))),
                None => {}
            }
        }
    }
    spans.extend(since.map(|since| (since, losses.len())));
    spans
}

#[cfg(test)]
mod tests;
