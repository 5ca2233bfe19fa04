//! Loss of the crop that stood at a place. What leaves the rear now was cut a few seconds ago: the estimator's own mean
//! residence (a second to the feeder, then delay and lag of each path) is taken off again, in whole seconds.

use std::collections::VecDeque;

use grainloss_core::harvest::Interval90;
use grainloss_core::params::ResidenceParams;
use grainloss_journal::StoredSecond;

/// Mean residence time from the knife to the end of separator and sieves, s.
const FROM_KNIFE_S: [f64; 2] = ResidenceParams::DEFAULT.from_knife_s();
/// From the knife to the separator's end, whole seconds.
pub const SEPARATION_LAG_S: i64 = FROM_KNIFE_S[0].round() as i64;
/// From the knife to the sieves' end, whole seconds.
pub const CLEANING_LAG_S: i64 = FROM_KNIFE_S[1].round() as i64;

/// A second of cutting and the loss of the crop that was cut in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shifted {
    /// The second.
    pub second: StoredSecond,
    /// Loss of its crop, kg/s; `None` when it did not cut, or a part is unknown.
    pub loss_kg_s: Option<Interval90>,
    /// The same over the grain that stood there, per cent.
    pub loss_pct: Option<Interval90>,
}

/// Holds a few seconds back until what became of their crop is known.
#[derive(Debug, Default)]
pub struct Shift {
    waiting: VecDeque<StoredSecond>,
}

impl Shift {
    /// Takes a second in; gives the one that can be told now.
    pub fn push(&mut self, second: &StoredSecond) -> Option<Shifted> {
        self.waiting.push_back(*second);
        if self.waiting.len() > CLEANING_LAG_S as usize { self.pop() } else { None }
    }

    /// What is left at the end, whose crop has not left the machine within the session: its loss stays unknown.
    pub fn pop(&mut self) -> Option<Shifted> {
        let second = self.waiting.pop_front()?;
        let later = |lag_s: i64| {
            let t_us = second.t_us + lag_s * 1_000_000;
            self.waiting.iter().find(|later| later.t_us == t_us)
        };
        let rear = later(SEPARATION_LAG_S).zip(later(CLEANING_LAG_S)).and_then(|(separation, cleaning)| {
            let value = separation.separation_kg_s? + cleaning.cleaning_kg_s?;
            // How sure the loss behind the machine is, is known of its sum only.
            let band = cleaning.rear_kg_s?;
            let factor = |edge: f64| if band.value > 0.0 { edge / band.value } else { 1.0 };
            Some(Interval90 { value, lo: value * factor(band.lo), hi: value * factor(band.hi) })
        });
        let cutting = second.activity == Some(grainloss_core::harvest::Activity::Cutting);
        let loss_kg_s = second.header_kg_s.zip(rear).filter(|_| cutting).map(|(header, rear)| {
            // Edges on the same side together: no narrower than it is.
            Interval90 { value: header.value + rear.value, lo: header.lo + rear.lo, hi: header.hi + rear.hi }
        });
        let grain = second.grain_in_kg_s.filter(|grain| *grain > LEAST_GRAIN_KG_S);
        let loss_pct = loss_kg_s.zip(grain).map(|(loss, grain)| {
            let percent = |loss: f64| (100.0 * loss / grain).min(100.0);
            Interval90 { value: percent(loss.value), lo: percent(loss.lo), hi: percent(loss.hi) }
        });
        Some(Shifted { second, loss_kg_s, loss_pct })
    }
}

/// Below this there is no crop to speak of, and its loss is no share of anything (our choice).
const LEAST_GRAIN_KG_S: f64 = 0.2;

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_core::harvest::Activity;

    fn second(t_s: i64, separation: f64, cleaning: f64) -> StoredSecond {
        StoredSecond {
            t_us: t_s * 1_000_000,
            activity: Some(Activity::Cutting),
            grain_in_kg_s: Some(4.0),
            header_kg_s: Some(Interval90 { value: 0.02, lo: 0.01, hi: 0.04 }),
            rear_kg_s: Some(Interval90 { value: 0.1, lo: 0.05, hi: 0.2 }),
            separation_kg_s: Some(separation),
            cleaning_kg_s: Some(cleaning),
            ..StoredSecond::default()
        }
    }

    #[test]
    fn loss_is_put_back_to_where_the_crop_stood() {
        let mut shift = Shift::default();
        let mut told = Vec::new();
        for t in 0..10 {
            // 0.8 + 0.6 s to the feeder, then 1.5 + 2.4 s or 2.5 + 3.0 s: 5.3 and 6.9 s. The crop of second 1 leaves the
            // separator at 6 and the sieves at 8.
            let (separation, cleaning) = (if t == 6 { 0.03 } else { 0.0 }, if t == 8 { 0.01 } else { 0.0 });
            told.extend(shift.push(&second(t, separation, cleaning)));
        }
        while let Some(last) = shift.pop() {
            told.push(last);
        }
        assert_eq!(told.len(), 10);
        // 0.02 at the header and 0.03 + 0.01 behind, of 4 kg/s: 1.5 %. Edges: 0.01 + 0.04 / 2, 0.04 + 0.04 × 2.
        let loss = told[1].loss_pct.unwrap();
        assert!((loss.value - 1.5).abs() < 1e-9 && (loss.lo - 0.75).abs() < 1e-9 && (loss.hi - 3.0).abs() < 1e-9);
        assert!((told[0].loss_kg_s.unwrap().value - 0.02).abs() < 1e-12);
        // The last seconds' crop is still in the machine.
        assert!(told[2].loss_pct.is_some() && told[3..].iter().all(|t| t.loss_pct.is_none()));
    }

    #[test]
    fn a_gap_leaves_the_loss_unknown() {
        let mut shift = Shift::default();
        let times = (0..5).chain(60..70);
        let told: Vec<_> = times.filter_map(|t| shift.push(&second(t, 0.01, 0.01))).collect();
        assert!(told[..5].iter().all(|t| t.loss_pct.is_none()) && told[5].loss_pct.is_some());
    }
}
