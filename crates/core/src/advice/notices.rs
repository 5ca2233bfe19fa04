//! The three faults that operators are trained against: turning too often, cutting while turning, and fighting the load
//! with the throttle. Notices: shown and counted, without a sound.

use crate::harvest::{Activity, Estimate, MachineState};
use crate::math::exp;
use crate::time::STEP_S;

/// Too many turns: measured combines turned 19 to 28 times an hour and spent 8 to 12 % of the time with the header up;
/// more than these is frequent.
const TURNS_PER_HOUR: f64 = 40.0;
const TURNING_SHARE: f64 = 0.15;
/// Both are judged over this memory, and only after so long at work (our choice).
const MEMORY_S: f64 = 900.0;
const JUDGE_AFTER_S: f64 = 600.0;
/// A notice stays on the screen so long after its cause has gone (our choice: a few glances).
const SHOWN_FOR_S: f64 = 15.0;

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
    /// Happening now, or a moment ago.
    pub active: bool,
    /// Times so far.
    pub count: u32,
}

#[derive(Debug, Default)]
struct Watch {
    on: bool,
    since_off_s: f64,
    count: u32,
}

#[derive(Debug, Default)]
pub(super) struct Notices {
    watches: [Watch; 3],
    had_turned: bool,
    working_s: f64,
    /// Turns in an exponential memory, and the share of time spent turning.
    turns: f64,
    turning_share: f64,
}

impl Notices {
    pub fn step(&mut self, estimate: &Estimate, mut tell: impl FnMut(Notice, u32)) -> [NoticeState; 3] {
        let doing = estimate.doing;
        let often = self.too_often(doing);
        let on = [often, doing.corner == Some(true), doing.throttle == Some(true)];
        Notice::ALL.map(|notice| {
            let (watch, on) = (&mut self.watches[notice as usize], on[notice as usize]);
            if on && !watch.on {
                watch.count += 1;
                tell(notice, watch.count);
            }
            watch.since_off_s = if on { 0.0 } else { watch.since_off_s + STEP_S };
            watch.on = on;
            let active = watch.count > 0 && watch.since_off_s < SHOWN_FOR_S;
            NoticeState { active, count: watch.count }
        })
    }

    fn too_often(&mut self, doing: MachineState) -> bool {
        let turning = doing.activity == Some(Activity::Turning);
        if turning || doing.activity == Some(Activity::Cutting) {
            self.working_s += STEP_S;
            let forget = STEP_S / MEMORY_S;
            self.turns += f64::from(u8::from(doing.turned && !self.had_turned)) - self.turns * forget;
            self.turning_share += (f64::from(u8::from(turning)) - self.turning_share) * forget;
        }
        self.had_turned = doing.turned;
        // The memory fills as 1 - exp(-t / memory); the figures are what it holds over what it can hold.
        let filled = 1.0 - exp(-self.working_s / MEMORY_S);
        self.working_s > JUDGE_AFTER_S
            && (self.turns / (MEMORY_S * filled) * 3600.0 > TURNS_PER_HOUR
                || self.turning_share / filled > TURNING_SHARE)
    }
}
