//! Assigns loss to the place where its crop stood. The grain that leaves the rear now was cut some seconds ago: the
//! estimator's own mean residence time (knife to feeder, then delay and lag of each path) is subtracted, in whole seconds.

use std::collections::VecDeque;

use super::correction::Correction;
use crate::error::ReportError;
use grainloss_core::harvest::{Activity, Interval90};
use grainloss_core::params::ResidenceParams;
use grainloss_journal::{Journal, Session, StoredSecond};

/// Mean residence time from the knife to the end of separator and sieves, s.
const FROM_KNIFE_S: [f64; 2] = ResidenceParams::DEFAULT.from_knife_s();
/// From the knife to the separator's end, whole seconds.
pub const SEPARATION_LAG_S: i64 = FROM_KNIFE_S[0].round() as i64;
/// From the knife to the sieves' end, whole seconds.
pub const CLEANING_LAG_S: i64 = FROM_KNIFE_S[1].round() as i64;
/// Below this flow of grain there is no crop whose loss could be a share of it, kg/s (assumed).
const MIN_GRAIN_KG_S: f64 = 0.2;

/// A second, and the loss of the crop that was cut in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftedSecond {
    /// The second, corrected to the totals of its session.
    pub second: StoredSecond,
    /// Loss of the crop cut in it, kg/s; `None` when the machine did not cut, or a part is unknown.
    pub loss_kg_s: Option<Interval90>,
    /// The same over that crop's grain, per cent; `None` also with hardly any grain.
    pub loss_pct: Option<Interval90>,
}

/// Holds seconds back until the loss of their crop is known.
#[derive(Debug, Default)]
pub struct CropShift {
    waiting: VecDeque<StoredSecond>,
}

impl CropShift {
    /// Adds the next second; returns the second whose crop has left the machine by now.
    pub fn push(&mut self, second: &StoredSecond) -> Option<ShiftedSecond> {
        self.waiting.push_back(*second);
        if self.waiting.len() > CLEANING_LAG_S as usize { self.pop() } else { None }
    }

    /// Returns the oldest waiting second. At the end of a session its crop has not left the machine: its loss is unknown.
    pub fn pop(&mut self) -> Option<ShiftedSecond> {
        let second = self.waiting.pop_front()?;
        let later = |lag_s: i64| {
            let t_us = second.t_us + lag_s * 1_000_000;
            self.waiting.iter().find(|later| later.t_us == t_us)
        };
        let rear = later(SEPARATION_LAG_S).zip(later(CLEANING_LAG_S)).and_then(|(separation, cleaning)| {
            let value = separation.separation_kg_s? + cleaning.cleaning_kg_s?;
            // The journal has an interval for the sum of both only: its relative width is used.
            let interval = cleaning.rear_kg_s?;
            let factor = |edge: f64| if interval.value > 0.0 { edge / interval.value } else { 1.0 };
            Some(Interval90 { value, lo: value * factor(interval.lo), hi: value * factor(interval.hi) })
        });
        let cutting = second.activity == Some(Activity::Cutting);
        let loss_kg_s = second.header_kg_s.zip(rear).filter(|_| cutting).map(|(header, rear)| {
            // Lower edges and upper edges are added: never narrower than the true interval of the sum.
            Interval90 { value: header.value + rear.value, lo: header.lo + rear.lo, hi: header.hi + rear.hi }
        });
        let grain = second.grain_in_kg_s.filter(|grain| *grain > MIN_GRAIN_KG_S);
        let loss_pct = loss_kg_s.zip(grain).map(|(loss, grain)| {
            let percent = |loss: f64| (100.0 * loss / grain).min(100.0);
            Interval90 { value: percent(loss.value), lo: percent(loss.lo), hi: percent(loss.hi) }
        });
        Some(ShiftedSecond { second, loss_kg_s, loss_pct })
    }
}

/// Reads the seconds of a session one by one, corrected to its totals, each with the loss of its own crop.
///
/// # Errors
///
/// The journal cannot be read, or `take` returns an error.
pub fn each_shifted(
    journal: &Journal,
    session: &Session,
    mut take: impl FnMut(&ShiftedSecond) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let correction = Correction::of_session(journal, session)?;
    let mut shift = CropShift::default();
    journal.each_row(session.id, |second| {
        shift.push(&correction.apply(second)).map_or(Ok(()), |shifted| take(&shifted))
    })??;
    while let Some(shifted) = shift.pop() {
        take(&shifted)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn loss_is_assigned_to_the_second_in_which_its_crop_was_cut() {
        let mut shift = CropShift::default();
        let mut shifted = Vec::new();
        for t in 0..10 {
            // 0.8 + 0.6 s to the feeder, then 1.5 + 2.4 s or 2.5 + 3.0 s: 5.3 and 6.9 s. The crop of second 1 leaves the
            // separator at 6 and the sieves at 8.
            let (separation, cleaning) = (if t == 6 { 0.03 } else { 0.0 }, if t == 8 { 0.01 } else { 0.0 });
            shifted.extend(shift.push(&second(t, separation, cleaning)));
        }
        while let Some(last) = shift.pop() {
            shifted.push(last);
        }
        assert_eq!(shifted.len(), 10);
        // 0.02 at the header and 0.03 + 0.01 behind, of 4 kg/s: 1.5 %. Edges: 0.01 + 0.04 / 2, 0.04 + 0.04 × 2.
        let loss = shifted[1].loss_pct.unwrap();
        assert!((loss.value - 1.5).abs() < 1e-9 && (loss.lo - 0.75).abs() < 1e-9 && (loss.hi - 3.0).abs() < 1e-9);
        assert!((shifted[0].loss_kg_s.unwrap().value - 0.02).abs() < 1e-12);
        // The last seconds' crop is still in the machine.
        assert!(shifted[2].loss_pct.is_some() && shifted[3..].iter().all(|t| t.loss_pct.is_none()));
    }

    #[test]
    fn loss_before_a_gap_is_unknown() {
        let mut shift = CropShift::default();
        let times = (0..5).chain(60..70);
        let shifted: Vec<_> = times.filter_map(|t| shift.push(&second(t, 0.01, 0.01))).collect();
        assert!(shifted[..5].iter().all(|t| t.loss_pct.is_none()) && shifted[5].loss_pct.is_some());
    }
}
