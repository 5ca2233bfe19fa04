//! What leaves the machine, from what the knife took: a delay, then two lags one after the other.

use super::types::Habit;
use crate::math::exp;
use crate::params::HabitParams;

/// Longest delay that is kept, s.
const MAX_DELAY_S: usize = 8;

/// Crop at a place of its way through the machine, by the habit in which it was cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passing {
    /// Grain, kg/s.
    pub grain: f64,
    /// Grain and straw, kg/s.
    pub feed: f64,
    /// Grain that was cut in each habit, kg/s.
    pub of_habit: [f64; Habit::COUNT],
}

impl Passing {
    /// The habit in which most of it was cut, with its share of the grain; `None` when no grain passes.
    pub fn most(&self) -> Option<(Habit, f64)> {
        let most = Habit::ALL.into_iter().max_by(|a, b| {
            // Of two equal ones the earlier habit.
            self.of_habit[*a as usize].total_cmp(&self.of_habit[*b as usize]).then((*b as usize).cmp(&(*a as usize)))
        })?;
        (self.grain > 0.0).then(|| (most, self.of_habit[most as usize] / self.grain))
    }

    /// The share of the grain that was cut in any habit.
    pub fn fault_share(&self) -> f64 {
        if self.grain > 0.0 { self.of_habit.iter().sum::<f64>() / self.grain } else { 0.0 }
    }

    fn toward(&mut self, to: &Self, share: f64) {
        self.grain += (to.grain - self.grain) * share;
        self.feed += (to.feed - self.feed) * share;
        for (now, to) in self.of_habit.iter_mut().zip(to.of_habit) {
            *now += (to - *now) * share;
        }
    }
}

/// The way through the machine.
#[derive(Clone, Debug)]
pub(super) struct Way {
    delayed: [Passing; MAX_DELAY_S],
    at: usize,
    delay: usize,
    share: f64,
    first: Passing,
    second: Passing,
}

impl Way {
    pub fn new(params: &HabitParams) -> Self {
        Self {
            delayed: [Passing::default(); MAX_DELAY_S],
            at: 0,
            delay: (params.delay_s as usize).clamp(1, MAX_DELAY_S),
            share: 1.0 - exp(-1.0 / params.lag_s),
            first: Passing::default(),
            second: Passing::default(),
        }
    }

    /// One second: what the knife takes in, what leaves out.
    pub fn second(&mut self, taken: Passing) -> Passing {
        let out = std::mem::replace(&mut self.delayed[self.at], taken);
        self.at = (self.at + 1) % self.delay;
        self.first.toward(&out, self.share);
        self.second.toward(&self.first, self.share);
        self.second
    }

    /// What is under way belongs to none of the habits that follow.
    pub fn forget(&mut self) {
        for passing in self.delayed.iter_mut().chain([&mut self.first, &mut self.second]) {
            passing.of_habit = [0.0; Habit::COUNT];
        }
    }
}
