//! Which habits go on, a second at a time.

use super::types::{Active, Habit};
use crate::advice::load_factor;
use crate::harvest::Activity;
use crate::params::{HabitParams, Params, TargetLoadParams};
use crate::record::SecondRow;

/// From where on work counts as a fault; `None` where no limit is known, and the fault is not looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HabitLimits {
    /// The machine's rated feed rate, kg/s. What lodged or wet crop takes off it is taken off.
    pub rated_feed_kg_s: Option<f64>,
    /// The highest stubble that the crop's limit allows, m.
    pub stubble_m: Option<f64>,
}

/// A habit began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HabitChange {
    /// Which.
    pub habit: Habit,
    /// It began; otherwise it is over.
    pub began: bool,
}

/// A condition that must last before it counts, and be gone for a while before it ends.
#[derive(Clone, Copy, Debug, Default)]
struct Delayed {
    lasting_s: f64,
    is_on: bool,
}

impl Delayed {
    fn second(&mut self, now: bool, on_s: f64, off_s: f64) -> bool {
        self.lasting_s = if now == self.is_on { 0.0 } else { self.lasting_s + 1.0 };
        if self.lasting_s >= if self.is_on { off_s } else { on_s } {
            (self.is_on, self.lasting_s) = (!self.is_on, 0.0);
        }
        self.is_on
    }
}

/// Watches the seconds for habits.
#[derive(Debug)]
pub struct HabitWatch {
    params: HabitParams,
    target: TargetLoadParams,
    limits: HabitLimits,
    active: Active,
    overload: Delayed,
    height: Delayed,
}

impl HabitWatch {
    /// With these limits, before the first second.
    pub fn new(limits: HabitLimits) -> Self {
        let params = Params::default();
        Self {
            params: params.habits,
            target: params.target_load,
            limits,
            active: Active::default(),
            overload: Delayed::default(),
            height: Delayed::default(),
        }
    }

    /// Which go on after the newest second.
    pub const fn active(&self) -> Active {
        self.active
    }

    /// One second; reports what began or ended with it. Does not allocate.
    pub fn second(&mut self, row: &SecondRow, mut report: impl FnMut(HabitChange)) {
        let HabitParams { overload_on_s, overload_off_s, height_on_s, height_off_s, .. } = self.params;
        let cuts = row.doing.activity == Some(Activity::Cutting);
        let (over, high) = (self.is_overloaded(row), self.is_high(row));
        if !cuts {
            // A break in the cutting ends both.
            (self.overload, self.height) = (Delayed::default(), Delayed::default());
        }
        let now = [
            (Habit::TurningCut, row.doing.corner == Some(true)),
            (Habit::Throttle, row.doing.throttle == Some(true)),
            (Habit::Overload, cuts && self.overload.second(over, overload_on_s, overload_off_s)),
            (Habit::HighCut, cuts && self.height.second(high, height_on_s, height_off_s)),
        ];
        for (habit, is_on) in now {
            if self.active.is_on(habit) != is_on {
                self.active.set(habit, is_on);
                report(HabitChange { habit, began: is_on });
            }
        }
    }

    fn is_overloaded(&self, row: &SecondRow) -> bool {
        let rated = self.limits.rated_feed_kg_s.filter(|rated| *rated > 0.0);
        let factor = load_factor(row.crop, row.moisture, &self.target);
        row.feed_kg_s.zip(rated).is_some_and(|(feed, rated)| feed > factor * rated)
    }

    fn is_high(&self, row: &SecondRow) -> bool {
        let highest = self.limits.stubble_m.map(|limit| limit + self.params.height_tolerance_m);
        let height = row.header_height_m.filter(|height| *height < self.params.max_knife_height_m);
        height.zip(highest).is_some_and(|(height, highest)| height > highest)
    }
}
