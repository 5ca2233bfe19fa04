//! Brings the seconds of a session to its totals. A second has what was estimated then; the totals have been corrected by
//! what pans and plates showed later. Each stream is multiplied by its total over the sum of its seconds, so that parts
//! and minutes add up to the session.

use super::head::totals;
use crate::error::ReportError;
use crate::model::{Totals, scaled};
use grainloss_core::harvest::Interval90;
use grainloss_core::like_work::WorkCell;
use grainloss_journal::{Journal, SecondSums, Session, StoredSecond};

/// The factors of a session, above 0; 1 where a stream has no total or no seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    grain: f64,
    header: f64,
    rear: f64,
}

impl Correction {
    /// No correction: of a session whose totals were never stored.
    pub const NONE: Self = Self { grain: 1.0, header: 1.0, rear: 1.0 };

    /// The factors of a session.
    ///
    /// # Errors
    ///
    /// The journal cannot be read.
    pub fn of_session(journal: &Journal, session: &Session) -> Result<Self, ReportError> {
        let Some(json) = session.totals() else { return Ok(Self::NONE) };
        Ok(Self::of(&totals(&json), &journal.second_sums(session.id)?))
    }

    fn of(totals: &Totals, seconds: &SecondSums) -> Self {
        let factor = |total: Option<Interval90>, seconds: Option<f64>| {
            let ratio = total.zip(seconds).map(|(total, seconds)| total.value / seconds);
            ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0).unwrap_or(1.0)
        };
        Self {
            grain: factor(totals.grain_kg, seconds.grain_kg),
            header: factor(totals.header_kg, seconds.header_kg),
            rear: factor(totals.rear_kg, seconds.rear_kg),
        }
    }

    /// The factors of a session whose seconds have these sums.
    pub fn of_sums(session: &Session, seconds: &SecondSums) -> Self {
        session.totals().map_or(Self::NONE, |json| Self::of(&totals(&json), seconds))
    }

    /// Work as it is known at the end of the session.
    pub fn apply_to_work(&self, cell: &WorkCell) -> WorkCell {
        WorkCell {
            grain_kg: cell.grain_kg * self.grain,
            header_kg: cell.header_kg * self.header,
            rear_kg: cell.rear_kg * self.rear,
            ..*cell
        }
    }

    /// The second as it is known at the end of the session; its `total_pct` stays what was shown then.
    pub fn apply(&self, second: &StoredSecond) -> StoredSecond {
        let rear = |kg_s: Option<f64>| kg_s.map(|kg_s| kg_s * self.rear);
        StoredSecond {
            grain_in_kg_s: second.grain_in_kg_s.map(|kg_s| kg_s * self.grain),
            header_kg_s: second.header_kg_s.map(|kg_s| scaled(kg_s, self.header)),
            rear_kg_s: second.rear_kg_s.map(|kg_s| scaled(kg_s, self.rear)),
            separation_kg_s: rear(second.separation_kg_s),
            cleaning_kg_s: rear(second.cleaning_kg_s),
            ..*second
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stream_gets_the_factor_of_its_own_total() {
        let of = |value| Some(Interval90 { value, lo: 0.5 * value, hi: 2.0 * value });
        let totals = Totals { grain_kg: of(100.0), header_kg: of(3.0), rear_kg: of(1.0), ..Totals::default() };
        let sums = SecondSums { grain_kg: Some(100.0), header_kg: Some(2.0), rear_kg: Some(2.0) };
        let second = StoredSecond {
            grain_in_kg_s: Some(4.0),
            header_kg_s: of(0.02),
            rear_kg_s: of(0.06),
            separation_kg_s: Some(0.04),
            cleaning_kg_s: Some(0.02),
            ..StoredSecond::default()
        };
        // Header × 3 / 2, rear × 1 / 2, grain as it was.
        let corrected = Correction::of(&totals, &sums).apply(&second);
        let near = |told: f64, expected: f64| (told - expected).abs() < 1e-12;
        assert!(near(corrected.header_kg_s.unwrap().hi, 0.06) && near(corrected.rear_kg_s.unwrap().value, 0.03));
        assert!(near(corrected.separation_kg_s.unwrap(), 0.02) && near(corrected.cleaning_kg_s.unwrap(), 0.01));
        assert_eq!(corrected.grain_in_kg_s, Some(4.0));
        // Nothing lost, or nothing known: nothing to correct.
        assert_eq!(Correction::of(&Totals::default(), &sums), Correction::NONE);
        let none = SecondSums { header_kg: Some(0.0), ..SecondSums::default() };
        assert_eq!(Correction::of(&totals, &none), Correction::NONE);
    }
}
