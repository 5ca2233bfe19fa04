//! Settled cutting, summed by what makes work alike: feed rate, moisture, and what the loss rests on. Two sides of work are
//! compared only where they are alike.

use crate::harvest::Basis;
use crate::math::ln;
use crate::params::ComparisonParams;
use serde::{Deserialize, Serialize};

/// Work is taken in samples of settled cutting this long, s (our choice).
pub const SAMPLE_S: u32 = 30;
/// After cutting begins the machine fills, s (assumed: twice the longest residence time).
pub const SETTLE_S: u32 = 15;

/// Settled cutting at about one feed rate and one moisture, with one basis of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkCell {
    /// Class of the feed rate: 15 % wide, as the comparison of settings has it.
    pub feed_class: i32,
    /// Class of the moisture, three points wide; `None` when it was not known.
    pub moisture_class: Option<i32>,
    /// Basis of the loss.
    pub basis: Basis,
    /// Time, s.
    pub seconds: u32,
    /// Grain in, kg.
    pub grain_kg: f64,
    /// Loss at the header, kg.
    pub header_kg: f64,
    /// Loss behind the machine, kg.
    pub rear_kg: f64,
}

impl WorkCell {
    /// True when both are of one feed rate, moisture and basis.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.feed_class, self.moisture_class, self.basis) == (other.feed_class, other.moisture_class, other.basis)
    }

    /// Time, h.
    pub fn hours(&self) -> f64 {
        f64::from(self.seconds) / 3600.0
    }

    /// All loss, kg.
    pub const fn loss_kg(&self) -> f64 {
        self.header_kg + self.rear_kg
    }
}

/// What a second of cutting says of it, where all of it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkSample {
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: f64,
    /// Grain in, kg/s.
    pub grain_kg_s: f64,
    /// Loss at the header, kg/s.
    pub header_kg_s: f64,
    /// Loss behind the machine, kg/s.
    pub rear_kg_s: f64,
    /// Water in the grain, per cent of wet mass; `None` is unknown.
    pub moisture_pct: Option<f64>,
    /// What the loss rests on; `None` is unknown.
    pub basis: Option<Basis>,
}

/// A sample of settled cutting that is being summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct OpenSample {
    cutting_s: u32,
    seconds: u32,
    feed: f64,
    grain: f64,
    header: f64,
    rear: f64,
    moisture: (f64, f64),
    basis: Option<Basis>,
}

/// Sums the settled cutting of a session, second by second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LikeWork {
    open: OpenSample,
    cells: Vec<WorkCell>,
}

impl LikeWork {
    /// The next second; `None` where nothing was cut, and where something of it is not known.
    pub fn second(&mut self, second: Option<WorkSample>) {
        let Some(second) = second else {
            self.interrupt();
            return;
        };
        let open = &mut self.open;
        open.cutting_s += 1;
        if open.cutting_s <= SETTLE_S {
            return;
        }
        open.seconds += 1;
        open.feed += second.feed_kg_s;
        open.grain += second.grain_kg_s;
        open.header += second.header_kg_s;
        open.rear += second.rear_kg_s;
        open.basis = second.basis;
        if let Some(moisture) = second.moisture_pct {
            open.moisture = (open.moisture.0 + moisture, open.moisture.1 + 1.0);
        }
        if open.seconds < SAMPLE_S {
            return;
        }
        let done = std::mem::replace(open, OpenSample { cutting_s: SETTLE_S, ..OpenSample::default() });
        self.add(&done);
    }

    /// The sample that is being summed is given up: the next one begins when the machine has filled again.
    pub fn interrupt(&mut self) {
        self.open = OpenSample::default();
    }

    fn add(&mut self, done: &OpenSample) {
        let Some(basis) = done.basis.filter(|_| done.feed > 0.0 && done.grain > 0.0) else { return };
        let class = |value: f64, width: f64| (value / width).floor() as i32;
        let ComparisonParams { feed_class_log, moisture_class, .. } = ComparisonParams::DEFAULT;
        let (moisture, known_s) = done.moisture;
        let cell = WorkCell {
            feed_class: class(ln(done.feed / f64::from(done.seconds)), feed_class_log),
            moisture_class: (known_s > 0.0).then(|| class(moisture / known_s, 100.0 * moisture_class)),
            basis,
            seconds: done.seconds,
            grain_kg: done.grain,
            header_kg: done.header,
            rear_kg: done.rear,
        };
        match self.cells.iter_mut().find(|known| known.is_like(&cell)) {
            Some(known) => {
                known.seconds += cell.seconds;
                known.grain_kg += cell.grain_kg;
                known.header_kg += cell.header_kg;
                known.rear_kg += cell.rear_kg;
            }
            None => self.cells.push(cell),
        }
    }

    /// The work so far, in the order in which each kind first came.
    pub fn cells(&self) -> &[WorkCell] {
        &self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(feed_kg_s: f64) -> WorkSample {
        WorkSample {
            feed_kg_s,
            grain_kg_s: 0.5 * feed_kg_s,
            header_kg_s: 0.02,
            rear_kg_s: 0.03,
            moisture_pct: Some(13.0),
            basis: Some(Basis::Sensed),
        }
    }

    #[test]
    fn whole_samples_of_settled_cutting_are_summed_by_their_class() {
        let mut work = LikeWork::default();
        // The machine fills for 15 s, then two samples of 30 s at 6 kg/s, and 29 s that are no sample.
        (0..15 + 60 + 29).for_each(|_| work.second(Some(second(6.0))));
        // A second without a loss ends it: 15 s again, then a sample at 8 kg/s.
        work.second(None);
        (0..15 + 30).for_each(|_| work.second(Some(second(8.0))));
        let [at_6, at_8] = work.cells() else { panic!("{work:?}") };
        // ln 6 / 0.14 = 12.8, ln 8 / 0.14 = 14.85; 13 % in classes of three points is the fifth.
        assert_eq!((at_6.feed_class, at_8.feed_class, at_6.moisture_class), (12, 14, Some(4)));
        assert_eq!((at_6.seconds, at_8.seconds), (60, 30));
        assert!((at_6.grain_kg - 180.0).abs() < 1e-9 && (at_6.loss_kg() - 3.0).abs() < 1e-9, "{at_6:?}");
        assert!((at_8.rear_kg - 0.9).abs() < 1e-9 && at_8.basis == Basis::Sensed);
    }

    #[test]
    fn without_grain_or_basis_there_is_no_sample() {
        let mut work = LikeWork::default();
        let without = [WorkSample { grain_kg_s: 0.0, ..second(6.0) }, WorkSample { basis: None, ..second(6.0) }];
        for second in without {
            (0..60).for_each(|_| work.second(Some(second)));
        }
        assert_eq!(work.cells(), []);
    }
}
