//! The three faults that operators are trained against: turning too often, cutting while turning, and fighting the load
//! with the throttle. Notices: shown and counted, without a sound.

use crate::harvest::{Activity, Estimate, MachineState};
use crate::math::exp;
use crate::params::NoticeParams;
use crate::time::STEP_S;

/// An operator fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// Turns too often.
    Turns = 0,
    /// Cuts while turning.
    TurningCut = 1,
    /// Pulls the engine down while feeding: throttle or load instead of ground speed.
    Lugging = 2,
}

impl Notice {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Turns, Self::TurningCut, Self::Lugging];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Turns => "turns-too-often",
            Self::TurningCut => "cuts-while-turning",
            Self::Lugging => "throttle",
        }
    }
}

/// One notice: whether it is to be shown, and how often it has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NoticeState {
    /// Happening now, or within the last seconds.
    pub active: bool,
    /// Times so far.
    pub count: u32,
}

#[derive(Debug, Default)]
struct NoticeCounter {
    on: bool,
    since_off_s: f64,
    count: u32,
}

/// Detects and counts the operator faults.
#[derive(Debug)]
pub(super) struct NoticeWatch {
    params: NoticeParams,
    counters: [NoticeCounter; 3],
    had_turned: bool,
    working_s: f64,
    /// Exponentially weighted number of turns.
    turns: f64,
    /// Exponentially weighted share of the time spent turning.
    turning_share: f64,
}

impl NoticeWatch {
    pub fn new(params: &NoticeParams) -> Self {
        Self {
            params: *params,
            counters: Default::default(),
            had_turned: false,
            working_s: 0.0,
            turns: 0.0,
            turning_share: 0.0,
        }
    }

    /// One step; reports each notice that begins, with its count.
    pub fn step(&mut self, estimate: &Estimate, mut report: impl FnMut(Notice, u32)) -> [NoticeState; 3] {
        let doing = estimate.doing;
        let often = self.too_often(doing);
        let on = [often, doing.corner == Some(true), doing.throttle == Some(true)];
        Notice::ALL.map(|notice| {
            let (counter, on) = (&mut self.counters[notice as usize], on[notice as usize]);
            if on && !counter.on {
                counter.count += 1;
                report(notice, counter.count);
            }
            counter.since_off_s = if on { 0.0 } else { counter.since_off_s + STEP_S };
            counter.on = on;
            let active = counter.count > 0 && counter.since_off_s < self.params.shown_for_s;
            NoticeState { active, count: counter.count }
        })
    }

    fn too_often(&mut self, doing: MachineState) -> bool {
        let NoticeParams { turns_per_hour, turning_share, memory_s, judge_after_s, .. } = self.params;
        let turning = doing.activity == Some(Activity::Turning);
        if turning || doing.activity == Some(Activity::Cutting) {
            self.working_s += STEP_S;
            let forget = STEP_S / memory_s;
            self.turns += f64::from(u8::from(doing.turned && !self.had_turned)) - self.turns * forget;
            self.turning_share += (f64::from(u8::from(turning)) - self.turning_share) * forget;
        }
        self.had_turned = doing.turned;
        // The weights add up to 1 - exp(-t / memory) of what they reach in the end.
        let filled = 1.0 - exp(-self.working_s / memory_s);
        self.working_s > judge_after_s
            && (self.turns / (memory_s * filled) * 3600.0 > turns_per_hour
                || self.turning_share / filled > turning_share)
    }
}
