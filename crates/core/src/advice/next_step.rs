//! The next thing to try: one at a time, in the order of the rules, and not again before it was tried.

use super::compare::{Comparison, Verdict};
use crate::machine::Channel;
use crate::time::SECOND_US;

/// Told again at the earliest after so long, unless it was tried.
const AGAIN_US: i64 = 600 * SECOND_US;
/// Who drives at less than this share of the speed at which slowing down was advised has done so: if it is still wanted, the
/// next adjustment is due (our choice).
const SLOWED: f64 = 0.9;
/// A rule has no more adjustments than this.
pub const MOST_ADJUSTMENTS: usize = 4;

/// The next thing to try. The text is in the words and in the rules, the source in the rules.
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
    /// Feed, speed or width are missing: no estimate.
    CheckSignals,
    /// All is well, but how much a count is worth is not known.
    TakePan,
    /// A setting was changed: go on, and change nothing else, until it is known what that did.
    Compare,
    /// The last change made it worse: take it back.
    PutBack,
    /// Crop holds the gear: stop, and clear it.
    ClearPlug,
}

impl NextStep {
    /// Every step, for tests of the words and the rules.
    pub const ALL: [Self; 13] = [
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
        }
    }

    /// True for what asks for a change of the machine's settings.
    const fn is_setting(self) -> bool {
        matches!(self, Self::CheckSeparation | Self::CheckCleaning | Self::CheckHeader)
    }
}

/// The order of each step's adjustments: the setting that each moves, if a channel shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan([[Option<Channel>; MOST_ADJUSTMENTS]; NextStep::ALL.len()], [usize; NextStep::ALL.len()]);

impl Plan {
    /// Sets the order of a step's adjustments; those beyond [`MOST_ADJUSTMENTS`] are left out.
    pub fn set(&mut self, step: NextStep, settings: impl Iterator<Item = Option<Channel>>) {
        let (places, count) = (&mut self.0[step as usize], &mut self.1[step as usize]);
        *count = 0;
        for (place, setting) in places.iter_mut().zip(settings) {
            *place = setting;
            *count += 1;
        }
    }
}

/// What has been advised, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Steps {
    plan: Plan,
    /// Which adjustment of each step is next.
    at: [usize; NextStep::ALL.len()],
    given_us: [[Option<i64>; MOST_ADJUSTMENTS]; NextStep::ALL.len()],
    /// The adjustment on the screen, which a change may be the trial of.
    shown: Option<(NextStep, usize)>,
    tried: Option<(NextStep, usize)>,
    /// The speed at which slowing down was advised, m/s.
    slow_from_m_s: Option<f64>,
}

impl Steps {
    pub fn follow(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// A setting was changed: perhaps what was advised.
    pub fn changed(&mut self, setting: Option<Channel>) {
        self.tried = self.shown.filter(|&(step, at)| {
            let advised = self.plan.0[step as usize][at];
            step.is_setting() && (setting.is_none() || setting == advised)
        });
        if let Some((step, at)) = self.tried {
            self.given_us[step as usize][at] = None;
        }
    }

    /// A change was judged: what helped may be gone on with, anything else gives way to the next in order.
    pub fn judged(&mut self, verdict: Verdict) {
        if let Some((step, at)) = self.tried.take()
            && verdict != Verdict::Better
        {
            self.at[step as usize] = (at + 1) % self.plan.1[step as usize].max(1);
        }
    }

    /// What to show, which of its adjustments, and whether it is to be told as new.
    pub fn show(
        &mut self,
        t_us: i64,
        speed_m_s: Option<f64>,
        wanted: Option<NextStep>,
        comparison: Option<Comparison>,
    ) -> Option<(NextStep, usize, bool)> {
        let step = match (wanted?, comparison) {
            (step, Some(newest)) if step.is_setting() && t_us - newest.t_us < 2 * AGAIN_US => match newest.verdict {
                Verdict::More(_) => NextStep::Compare,
                Verdict::Worse => NextStep::PutBack,
                _ => step,
            },
            (step, _) => step,
        };
        if step == NextStep::SlowDown {
            self.slow(t_us, speed_m_s);
        }
        let at = self.at[step as usize];
        if step != NextStep::Compare {
            self.shown = Some((step, at));
        }
        let given_us = &mut self.given_us[step as usize][at];
        let new = given_us.is_none_or(|given_us| t_us - given_us >= AGAIN_US);
        if new {
            *given_us = Some(t_us);
        }
        Some((step, at, new))
    }

    /// The speed is no setting that a channel shows: that it was tried is seen in the speed itself.
    fn slow(&mut self, t_us: i64, speed_m_s: Option<f64>) {
        let step = NextStep::SlowDown as usize;
        if self.given_us[step][0].is_none_or(|given_us| t_us - given_us >= AGAIN_US) {
            self.slow_from_m_s = speed_m_s;
        }
        let has_slowed = speed_m_s.zip(self.slow_from_m_s).is_some_and(|(now, from)| now < SLOWED * from);
        self.at[step] = usize::from(has_slowed).min(self.plan.1[step].saturating_sub(1));
    }
}
