//! What the hands did wrong, counted.

use crate::learner::Cab;
use crate::truth::TruthRow;

// Points that a fault costs; all of it is our choice.
const PER_TURN_CUT: f64 = 4.0;
const PER_STALL: f64 = 8.0;
const PER_LUGGING_S: f64 = 0.1;
const PER_LATE_TURN: f64 = 2.0;
const PER_FULL_TANK: f64 = 4.0;
/// Crop left standing: a point for so many kg, at most so many points.
const LEFT_KG_PER_POINT: f64 = 10.0;
const LEFT_MOST: f64 = 8.0;
/// A tank this full runs over.
const FULL: f64 = 1.0;

/// What the hands did wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// Turns that were begun in the crop with the header down.
    pub turns_cut: u32,
    /// Seconds of them.
    pub turn_cut_s: f64,
    /// The engine was stalled.
    pub stalls: u32,
    /// Seconds in which the engine was pulled below 95 % of its rated speed with crop in the machine.
    pub lugging_s: f64,
    /// Turns that were not asked for.
    pub late_turns: u32,
    /// The tank was full and crop still came.
    pub tank_full: u32,
    /// Grain of crop that was passed over and still stands, kg.
    pub left_standing_kg: f64,
    turning_cut: bool,
    stalled: bool,
    full: bool,
}

impl Faults {
    pub(super) fn look(&mut self, row: &TruthRow, cab: &Cab) {
        let begins = |was: &mut bool, is: bool| u32::from(!std::mem::replace(was, is) && is);
        self.turns_cut += begins(&mut self.turning_cut, row.turning_cut);
        self.turn_cut_s += f64::from(u8::from(row.turning_cut));
        self.stalls += begins(&mut self.stalled, cab.stalled);
        self.lugging_s += f64::from(u8::from(row.lugging));
        self.late_turns = cab.late_turns;
        self.tank_full += begins(&mut self.full, cab.tank_level > FULL && row.grain_in_kg_s > 0.0);
        self.left_standing_kg = cab.left_standing_kg;
    }

    /// Each kind: the last part of its text key, how many (seconds of lugging, kg left standing), and the points that it costs.
    pub fn costs(&self) -> [(&'static str, f64, f64); 6] {
        let counted = |word, count: u32, per: f64| (word, f64::from(count), per * f64::from(count));
        [
            counted("turn-cut", self.turns_cut, PER_TURN_CUT),
            counted("stall", self.stalls, PER_STALL),
            ("lugging", self.lugging_s, PER_LUGGING_S * self.lugging_s),
            counted("late-turn", self.late_turns, PER_LATE_TURN),
            counted("tank", self.tank_full, PER_FULL_TANK),
            ("left", self.left_standing_kg, (self.left_standing_kg / LEFT_KG_PER_POINT).min(LEFT_MOST)),
        ]
    }

    /// Points that they cost together, from 0: 4 for a cut in a turn, 8 for a stalled engine, 1 for ten seconds of lugging, 2
    /// for a late turn, 4 for a full tank, 1 for every 10 kg left standing (8 at most).
    pub fn deduction(&self) -> f64 {
        self.costs().iter().map(|(.., points)| points).sum()
    }
}
