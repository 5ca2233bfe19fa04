//! What pans have taught of a machine in a crop, kept for the next field.
//!
//! The gains belong to machine and crop, and to the loads and moistures at which the pans were taken. On another field, on
//! another day and after a change they hold less: the spread is wider by [`CalibrationParams`](crate::params::CalibrationParams),
//! never wider than the prior. Wandering and local parts, and the session's sums, stay in their field.

mod origin;
mod taught;
#[cfg(test)]
mod tests;

use super::Harvest;
use super::OutsidePans;
use super::filter::LongLived;
use super::rear::RearCarry;
use crate::machine::LossPlates;
use crate::time::us_to_s;
pub use origin::CalibrationOrigin;
pub use taught::PansTaught;
pub(super) use taught::{Carried, CarriedPans};

/// What is kept. It is written into the journal, and into files for another machine; [`Calibration::check`] finds what is
/// damaged in it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// When, bus time, microseconds.
    pub t_us: i64,
    /// The machine's nameplate feed rate, kg/s: gains are of machines of this size.
    pub rated_feed_kg_s: f64,
    /// The plates' data sheet; what was learned of plates counts beside it. `None` on a machine without.
    pub loss_plates: Option<LossPlates>,
    /// Pans that told of the loss behind the machine; `None` when there was none.
    pub rear_pans: Option<PansTaught>,
    /// Pans that told of the loss at the header.
    pub header_pans: Option<PansTaught>,
    pans: CarriedPans,
    filter: LongLived,
    rear: RearCarry,
}

/// What is not as it was when the calibration was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// It is another field, or not known to be the same.
    pub field: bool,
    /// The plates were cleaned, moved, replaced or set, or have another data sheet.
    pub plates: bool,
    /// It is another machine of the same kind.
    pub machine: bool,
}

/// For which losses a calibration that was taken on counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// Behind the machine, at the loads and moistures of its pans.
    pub rear: bool,
    /// At the header.
    pub header: bool,
    /// The plates begin at their data sheet.
    pub plates_reset: bool,
}

/// Why a calibration cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalibrationProblem {
    /// It belongs to another loss model: it was made by another version of the program.
    OtherModel,
    /// It is of a machine of another size.
    OtherSize,
    /// A number is none, or outside of what can be.
    OutOfRange,
    /// The numbers contradict each other.
    Impossible,
}

impl CalibrationProblem {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OtherModel => "other-model",
            Self::OtherSize => "other-size",
            Self::OutOfRange => "out-of-range",
            Self::Impossible => "impossible",
        }
    }
}

/// A calibration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalibrationError {
    /// Which field of it.
    pub field: String,
    /// What is wrong there.
    pub problem: CalibrationProblem,
}

impl std::fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.problem {
            CalibrationProblem::OtherModel => "of another loss model: made by another version of grainloss",
            CalibrationProblem::OtherSize => "of a machine of another size",
            CalibrationProblem::OutOfRange => "outside of what can be",
            CalibrationProblem::Impossible => "numbers that contradict each other",
        };
        write!(f, "{}: {what}", self.field)
    }
}

impl std::error::Error for CalibrationError {}

impl CalibrationError {
    fn of(field: &str, problem: CalibrationProblem) -> Self {
        Self { field: field.to_owned(), problem }
    }
}

impl Calibration {
    /// Whether it can be used by this version of the program.
    ///
    /// # Errors
    /// Where a number is outside of what can be, the numbers contradict each other, or they belong to another loss model.
    pub fn check(&self) -> Result<(), CalibrationError> {
        let out_of_range = |field: &str| Err(CalibrationError::of(field, CalibrationProblem::OutOfRange));
        if !(0.5..=60.0).contains(&self.rated_feed_kg_s) {
            return out_of_range("rated_feed_kg_s");
        }
        for (field, pans) in [("rear_pans", &self.rear_pans), ("header_pans", &self.header_pans)] {
            if let Some(problem) = pans.as_ref().and_then(PansTaught::problem) {
                return out_of_range(&format!("{field}.{problem}"));
            }
        }
        if self.rear_pans.is_none() && self.header_pans.is_none() {
            return out_of_range("rear_pans");
        }
        if let Some(field) = self.pans.problem() {
            return out_of_range(field);
        }
        if let Some(field) = self.rear.problem() {
            return out_of_range(field);
        }
        self.filter.problem().map_or(Ok(()), |(field, problem)| Err(CalibrationError { field, problem }))
    }

    /// How many pans it rests on; one over the whole width counts behind and at the header.
    pub fn pans(&self) -> u32 {
        [&self.rear_pans, &self.header_pans].into_iter().flatten().map(|taught| taught.pans).max().unwrap_or(0)
    }
}

/// Where pans that were taken do not count now, since load or moisture is another one. `None` where they count, where there
/// are none, and while the machine does not cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PansOutside {
    /// Those at the header.
    pub header: Option<OutsidePans>,
    /// Those behind the machine.
    pub rear: Option<OutsidePans>,
}

impl Harvest {
    /// Whether the pans of this session, and those that it began with, count in the conditions of now.
    pub fn pans_outside(&self) -> PansOutside {
        let conditions = self.conditions.as_ref();
        PansOutside {
            header: conditions.and_then(|conditions| self.pans.header_outside(conditions)),
            rear: conditions.and_then(|conditions| self.pans.rear_outside(conditions)),
        }
    }

    /// What pans of this session have taught, for the next field; `field` is this one's name. `None` before a pan that was
    /// used, more probably than not no blunder.
    pub fn calibration(&self, t_us: i64, field: Option<&str>) -> Option<Calibration> {
        let Carried { rear, header } = self.pans.taught(field)?;
        Some(Calibration {
            t_us,
            rated_feed_kg_s: self.setup.geometry.rated_feed_kg_s,
            loss_plates: self.setup.loss_plates.clone(),
            rear_pans: rear,
            header_pans: header,
            pans: self.pans.carried_pans(),
            filter: self.filter.long_lived(),
            rear: self.rear.carry(),
        })
    }

    /// Begins with what was learned earlier, before the first step, at bus time `now_us`. Another data sheet of the plates
    /// is a change of the plates.
    ///
    /// # Errors
    /// When the calibration is damaged, or of a machine of another size; nothing is changed then.
    pub fn adopt(
        &mut self,
        calibration: &Calibration,
        now_us: i64,
        changed: Changed,
    ) -> Result<Adopted, CalibrationError> {
        calibration.check()?;
        let size = self.setup.geometry.rated_feed_kg_s;
        // A hundredth: the same nameplate in another unit.
        if (calibration.rated_feed_kg_s / size - 1.0).abs() > 0.01 {
            return Err(CalibrationError::of("rated_feed_kg_s", CalibrationProblem::OtherSize));
        }
        let plates = changed.plates || changed.machine || calibration.loss_plates != self.setup.loss_plates;
        let changed = Changed { plates, ..changed };
        let params = self.params.calibration;
        let days_to = |t_us: i64| us_to_s((now_us - t_us).max(0)) / 86_400.0;
        if !self.filter.adopt(&calibration.filter, &params, days_to(calibration.t_us), changed) {
            return Err(CalibrationError::of("filter", CalibrationProblem::Impossible));
        }
        self.rear.adopt(&calibration.rear, params.transit_keep);
        let is_fresh = |taught: &PansTaught| !changed.machine && days_to(taught.newest_us) <= params.fresh_d;
        let rear = calibration.rear_pans.as_ref().is_some_and(|taught| is_fresh(taught) && !plates);
        let header = calibration.header_pans.as_ref().is_some_and(is_fresh);
        self.pans.adopt(
            Carried {
                rear: calibration.rear_pans.clone().filter(|_| rear),
                header: calibration.header_pans.clone().filter(|_| header),
            },
            &calibration.pans,
        );
        Ok(Adopted { rear, header, plates_reset: plates })
    }
}
