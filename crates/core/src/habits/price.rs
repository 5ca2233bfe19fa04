//! A habit's price: grain, time, and how sure both are.

use super::normal::Expected;
use super::types::Habit;
use crate::harvest::Interval90;
use crate::math::{Z90, exp, ln, square};

/// Why a price cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untold {
    /// The loss meanwhile was not known.
    LossUnknown,
    /// There is too little normal work of this operator in the session to compare with.
    NoNormalWork,
    /// It is no larger than the scatter of normal work.
    WithinScatter,
}

impl Untold {
    /// The word in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LossUnknown => "loss-unknown",
            Self::NoNormalWork => "no-normal-work",
            Self::WithinScatter => "within-scatter",
        }
    }
}

/// What one habit of one operator has cost in a session.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HabitPrice {
    /// Which.
    pub habit: Habit,
    /// How often it began.
    pub count: u32,
    /// How long it went on, s.
    pub seconds: f64,
    /// All grain that was lost of the crop cut meanwhile, kg; the price is a part of it.
    pub lost_kg: f64,
    /// Grain lost beyond normal work, kg.
    pub kg: Result<Interval90, Untold>,
    /// Time lost against normal work on the same area, s; negative when it was faster.
    pub lost_s: Result<Interval90, Untold>,
}

impl HabitPrice {
    /// What it cost, money: the grain at this price, and the time at this cost where that is known. `None` while the grain
    /// cannot be told.
    pub fn money(&self, price_per_kg: f64, cost_per_h: Option<f64>) -> Option<Interval90> {
        let times = |of: Interval90, factor: f64| Interval90 {
            value: of.value * factor,
            lo: of.lo * factor,
            hi: of.hi * factor,
        };
        let grain = times(self.kg.ok()?, price_per_kg);
        let time = self.lost_s.ok().zip(cost_per_h).map(|(lost, cost)| times(lost, cost / 3600.0));
        Some(time.map_or(grain, |time| sum(grain, time)))
    }
}

/// The sum of two independent amounts: the distances of the ends from the values add as squares (Zou and Donner 2008,
/// Statistics in Medicine 27:1693).
pub(super) fn sum(a: Interval90, b: Interval90) -> Interval90 {
    let value = a.value + b.value;
    let far = |a: f64, b: f64| (square(a) + square(b)).sqrt();
    Interval90 {
        value,
        lo: value - far(a.value - a.lo, b.value - b.lo),
        hi: value + far(a.hi - a.value, b.hi - b.value),
    }
}

/// What was lost less what was to be expected, with the expected amount's spread. `level` is the interval of the stream's
/// whole loss over its value: an error of the level scales the difference and does not change its sign.
pub(super) fn excess(lost: f64, expected: Expected, level: Level) -> Interval90 {
    let value = lost - expected.value;
    let noise = Z90 * expected.sd;
    let (low, high) = (value * level.lo, value * level.hi);
    let (low, high) = (low.min(high), low.max(high));
    let far = |by_level: f64| (square(by_level) + square(noise)).sqrt();
    Interval90 { value, lo: value - far(value - low), hi: value + far(high - value) }
}

/// The ends of an interval over its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    pub lo: f64,
    pub hi: f64,
}

impl Level {
    /// Exactly known.
    pub const SURE: Self = Self { lo: 1.0, hi: 1.0 };

    /// Of a loss, with this much more spread (log sd).
    pub fn of(loss: Option<Interval90>, more_sd: f64) -> Self {
        let of = loss.filter(|loss| loss.value > 0.0 && loss.lo > 0.0);
        let Some(loss) = of else { return Self { lo: exp(-Z90 * more_sd), hi: exp(Z90 * more_sd) } };
        let wider = |ratio: f64| exp((square(ln(ratio)) + square(Z90 * more_sd)).sqrt());
        Self { lo: 1.0 / wider(loss.value / loss.lo), hi: wider(loss.hi / loss.value) }
    }
}

/// The amount, or that it cannot be told from scatter: 0 is within its interval.
pub(super) fn told(amount: Interval90) -> Result<Interval90, Untold> {
    if amount.lo <= 0.0 && amount.hi >= 0.0 { Err(Untold::WithinScatter) } else { Ok(amount) }
}
