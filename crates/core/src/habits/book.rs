//! The book of one operator in one session: normal work on one side, each habit on the other.

use super::lag::{Passing, Way};
use super::normal::{ByLoad, CLASSES, Normal, class};
use super::price::{HabitPrice, Level, Untold, excess, sum, told};
use super::types::{Active, Habit, WorkSecond};
use crate::harvest::Interval90;
use crate::math::square;
use crate::params::{HabitParams, Params};

/// One habit so far.
#[derive(Clone, Debug)]
struct Tally {
    count: u32,
    seconds: f64,
    area_m2: f64,
    header_kg: f64,
    header_grain_kg: f64,
    rear_kg: f64,
    rear_grain: ByLoad,
    /// Seconds in which a loss was not known.
    unknown_s: f64,
    /// Sums over the stretches of (amount)² over how many independent samples each is long: grain at the header, grain
    /// that left, area.
    spreads: [f64; 3],
    /// The stretch at the header that goes on: seconds, grain, area; and the one behind the machine: seconds, grain.
    at_header: [f64; 3],
    at_rear: [f64; 2],
}

impl Tally {
    const NONE: Self = Self {
        count: 0,
        seconds: 0.0,
        area_m2: 0.0,
        header_kg: 0.0,
        header_grain_kg: 0.0,
        rear_kg: 0.0,
        rear_grain: [0.0; CLASSES],
        unknown_s: 0.0,
        spreads: [0.0; 3],
        at_header: [0.0; 3],
        at_rear: [0.0; 2],
    };

    /// The spreads with those of the stretches that go on.
    fn spreads(&self, params: &HabitParams) -> [f64; 3] {
        let independent = |seconds: f64| (seconds / (params.sample_s * params.samples_per_dof)).max(1.0);
        let ([header_s, grain, area], [rear_s, left]) = (self.at_header, self.at_rear);
        let [of_grain, of_left, of_area] = self.spreads;
        [
            of_grain + square(grain) / independent(header_s),
            of_left + square(left) / independent(rear_s),
            of_area + square(area) / independent(header_s),
        ]
    }

    fn end_header(&mut self, params: &HabitParams) {
        let [grain, _, area] = self.spreads(params);
        (self.spreads[0], self.spreads[2], self.at_header) = (grain, area, [0.0; 3]);
    }

    fn end_rear(&mut self, params: &HabitParams) {
        let [_, left, _] = self.spreads(params);
        (self.spreads[1], self.at_rear) = (left, [0.0; 2]);
    }
}

/// The book of one operator.
#[derive(Clone, Debug)]
pub struct HabitBook {
    params: HabitParams,
    way: Way,
    normal: Normal,
    tallies: [Tally; Habit::COUNT],
    before: Option<Habit>,
    cutting_s: f64,
}

impl Default for HabitBook {
    fn default() -> Self {
        Self::new(&Params::default())
    }
}

impl HabitBook {
    /// An empty book.
    pub fn new(params: &Params) -> Self {
        Self {
            params: params.habits,
            way: Way::new(&params.habits),
            normal: Normal::new(params.habits, params.load_curve),
            tallies: [const { Tally::NONE }; Habit::COUNT],
            before: None,
            cutting_s: 0.0,
        }
    }

    /// Books a second, in which these habits go on. Does not allocate.
    pub fn second(&mut self, second: &WorkSecond, active: Active) {
        let habit = active.first().filter(|_| second.cuts);
        let grain = second.grain_kg_s.filter(|_| second.cuts).unwrap_or(0.0);
        let feed = second.feed_kg_s.filter(|_| second.cuts).unwrap_or(0.0);
        let mut taken = Passing { grain, feed, ..Passing::default() };
        if let Some(habit) = habit {
            taken.of_habit[habit as usize] = grain;
        }
        let leaving = self.way.second(taken);
        self.cutting_s = if second.cuts { self.cutting_s + 1.0 } else { 0.0 };
        let losses = second.header_kg_s.zip(second.rear_kg_s).filter(|_| second.grain_kg_s.is_some());
        self.at_header(second, habit, grain, losses.map(|(header, _)| header));
        self.at_rear(&leaving, losses.map(|(_, rear)| rear));
        let is_normal = habit.is_none()
            && self.cutting_s > self.params.settle_s
            && leaving.fault_share() <= self.params.clean_share
            && grain > 0.0
            && leaving.grain > 0.0;
        match (losses, second.area_m2) {
            (Some((header, rear)), Some(area)) if is_normal => self.normal.add((grain, header), &leaving, rear, area),
            _ => self.normal.interrupt(),
        }
    }

    fn at_header(&mut self, second: &WorkSecond, habit: Option<Habit>, grain: f64, header: Option<f64>) {
        if let Some(before) = self.before.filter(|_| self.before != habit) {
            self.tallies[before as usize].end_header(&self.params);
        }
        if let Some(habit) = habit {
            let tally = &mut self.tallies[habit as usize];
            tally.count += u32::from(self.before != Some(habit));
            tally.seconds += 1.0;
            let area = second.area_m2.unwrap_or(0.0);
            tally.area_m2 += area;
            match header {
                Some(header) => {
                    tally.header_kg += header;
                    tally.header_grain_kg += grain;
                    tally.at_header = [tally.at_header[0] + 1.0, tally.at_header[1] + grain, tally.at_header[2] + area];
                }
                None => tally.unknown_s += 1.0,
            }
        }
        self.before = habit;
    }

    fn at_rear(&mut self, leaving: &Passing, rear: Option<f64>) {
        let most = leaving.most().filter(|(_, share)| *share >= self.params.fault_share).map(|(habit, _)| habit);
        for habit in Habit::ALL.into_iter().filter(|habit| Some(*habit) != most) {
            let tally = &mut self.tallies[habit as usize];
            if tally.at_rear[0] > 0.0 {
                tally.end_rear(&self.params);
            }
        }
        if let (Some(habit), Some(rear)) = (most, rear) {
            let tally = &mut self.tallies[habit as usize];
            tally.rear_kg += rear;
            tally.rear_grain[class(leaving.feed)] += leaving.grain;
            tally.at_rear = [tally.at_rear[0] + 1.0, tally.at_rear[1] + leaving.grain];
        }
    }

    /// Work is interrupted: another operator drives, or nothing was recorded for a while. What is under way is not booked.
    pub fn interrupt(&mut self) {
        self.way.forget();
        self.normal.interrupt();
        (self.before, self.cutting_s) = (None, 0.0);
        for tally in &mut self.tallies {
            tally.end_header(&self.params);
            tally.end_rear(&self.params);
        }
    }

    /// The price of each habit that has happened, in their order. `scale` brings the seconds' losses at the header and
    /// behind the machine to the session's; `losses` are the session's losses of both, kg: how sure their levels are.
    pub fn prices(&self, scale: [f64; 2], losses: [Option<Interval90>; 2]) -> impl Iterator<Item = HabitPrice> + '_ {
        let happened = Habit::ALL.into_iter().filter(|habit| self.tallies[*habit as usize].count > 0);
        happened.map(move |habit| self.price(habit, scale, losses))
    }

    fn price(&self, habit: Habit, [at_header, at_rear]: [f64; 2], losses: [Option<Interval90>; 2]) -> HabitPrice {
        let tally = &self.tallies[habit as usize];
        let [of_grain, of_left, of_area] = tally.spreads(&self.params);
        let scaled = |of: Interval90, by: f64| Interval90 { value: of.value * by, lo: of.lo * by, hi: of.hi * by };
        let lost_kg = tally.header_kg * at_header + tally.rear_kg * at_rear;
        let kg = || {
            if !self.normal.is_enough() {
                return Err(Untold::NoNormalWork);
            }
            if tally.unknown_s > 0.5 * tally.seconds {
                return Err(Untold::LossUnknown);
            }
            let [header_loss, rear_loss] = losses;
            let header = excess(
                tally.header_kg,
                self.normal.header(tally.header_grain_kg, of_grain),
                Level::of(header_loss, self.params.header_effect_sd),
            );
            // The load of an overload is the fault itself: it is compared with normal work at its own load.
            let expected = self.normal.rear(&tally.rear_grain, of_left, habit != Habit::Overload);
            let rear = excess(tally.rear_kg, expected, Level::of(rear_loss, 0.0));
            told(sum(scaled(header, at_header), scaled(rear, at_rear)))
        };
        let lost_s = || {
            if !self.normal.is_enough() {
                return Err(Untold::NoNormalWork);
            }
            told(excess(tally.seconds, self.normal.seconds(tally.area_m2, of_area), Level::SURE))
        };
        HabitPrice { habit, count: tally.count, seconds: tally.seconds, lost_kg, kg: kg(), lost_s: lost_s() }
    }
}

#[cfg(test)]
mod tests;
