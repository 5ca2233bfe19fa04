//! The books of everyone who drove in a session: each second is booked to who drove then.

use super::book::HabitBook;
use super::price::HabitPrice;
use super::types::{Active, WorkSecond};
use crate::harvest::Interval90;

/// The session's losses as they are known now, kg; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SessionLoss {
    /// At the header.
    pub header_kg: Option<Interval90>,
    /// Behind the machine.
    pub rear_kg: Option<Interval90>,
}

/// A book for each operator of a session.
#[derive(Clone, Debug)]
pub struct DriverBooks {
    books: Vec<(Option<String>, HabitBook)>,
    at: usize,
    /// Losses of all seconds at the header and behind the machine, kg: as they were estimated then.
    lost_kg: [f64; 2],
    t_us: Option<i64>,
}

/// A longer gap interrupts the work, µs.
const GAP_US: i64 = 2_000_000;

impl DriverBooks {
    /// The books of a session that this operator begins; `None` when no name was entered.
    pub fn new(operator: Option<String>) -> Self {
        Self { books: vec![(operator, HabitBook::default())], at: 0, lost_kg: [0.0; 2], t_us: None }
    }

    /// From now on this operator drives.
    pub fn drives(&mut self, operator: Option<&str>) {
        if self.books[self.at].0.as_deref() == operator {
            return;
        }
        self.books[self.at].1.interrupt();
        self.at = self.books.iter().position(|(name, _)| name.as_deref() == operator).unwrap_or_else(|| {
            self.books.push((operator.map(str::to_owned), HabitBook::default()));
            self.books.len() - 1
        });
    }

    /// Books a second to who drives.
    pub fn second(&mut self, second: &WorkSecond, active: Active) {
        let book = &mut self.books[self.at].1;
        if self.t_us.is_some_and(|before_us| second.t_us - before_us > GAP_US) {
            book.interrupt();
        }
        self.t_us = Some(second.t_us);
        if let (Some(header), Some(rear), Some(_)) = (second.header_kg_s, second.rear_kg_s, second.grain_kg_s) {
            self.lost_kg = [self.lost_kg[0] + header, self.lost_kg[1] + rear];
        }
        book.second(second, active);
    }

    /// The operators with the prices of their habits, in the order in which they first drove. What was estimated then is
    /// brought to what the session's losses are known to be now.
    pub fn prices(&self, loss: SessionLoss) -> impl Iterator<Item = (Option<&str>, Vec<HabitPrice>)> + '_ {
        let losses = [loss.header_kg, loss.rear_kg];
        let factor = |loss: Option<Interval90>, kg: f64| {
            loss.map(|loss| loss.value / kg).filter(|factor| factor.is_finite()).unwrap_or(1.0)
        };
        let scale = [factor(loss.header_kg, self.lost_kg[0]), factor(loss.rear_kg, self.lost_kg[1])];
        self.books.iter().map(move |(name, book)| (name.as_deref(), book.prices(scale, losses).collect()))
    }

    /// The prices of who drives now.
    pub fn current(&self, loss: SessionLoss) -> Vec<HabitPrice> {
        self.prices(loss).nth(self.at).map(|(_, prices)| prices).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits::types::Habit;

    #[test]
    fn a_fault_of_the_first_driver_is_not_the_seconds() {
        let mut books = DriverBooks::new(Some("张三".into()));
        for t in 0..1200 {
            if t == 600 {
                books.drives(Some("周八"));
            }
            let fault = (400..410).contains(&t);
            let second = WorkSecond {
                t_us: t * 1_000_000,
                cuts: true,
                feed_kg_s: Some(6.0),
                grain_kg_s: Some(3.0),
                header_kg_s: Some(if fault { 0.045 } else { 0.015 }),
                rear_kg_s: Some(0.03),
                area_m2: Some(5.0),
            };
            let mut active = Active::default();
            active.set(Habit::Throttle, fault);
            books.second(&second, active);
        }
        let prices: Vec<_> = books.prices(SessionLoss::default()).collect();
        assert_eq!(prices.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [Some("张三"), Some("周八")]);
        assert!(prices[0].1[0].kg.unwrap().value > 0.2 && prices[1].1.is_empty(), "{prices:?}");
    }
}
