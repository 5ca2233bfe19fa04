//! Measured points as they are reported: what was entered, the arithmetic, the verdict, and the machine's estimate beside it.

use crate::error::ReportError;
use grainloss_core::harvest::{Basis, Interval90};
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_core::measured_point::{MeasuredPoint, PointResult, result};
use grainloss_journal::StoredPoint;
use grainloss_knowledge::{Procedure, Quality, QualityVerdict, procedure, quality_verdicts};

/// A measured point as it is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct PointReport {
    /// As it is stored.
    pub stored: StoredPoint,
    /// What was entered.
    pub point: MeasuredPoint,
    /// How its crop is harvested: as entered, or the crop's usual way; `None` where there is one way only.
    pub mode: Option<HarvestMode>,
    /// The procedure of its crop.
    pub procedure: Procedure,
    /// The moisture to which masses are converted, %: as entered, or the crop's.
    pub base_moisture_pct: f64,
    /// The arithmetic.
    pub result: PointResult,
    /// Every limit of the crop, beside what was measured.
    pub verdicts: Vec<QualityVerdict>,
    /// What the machine estimated in the session that covers the plot; no part of the measurement. `None` without one.
    pub estimate: Option<Estimate>,
}

/// What a session estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Loss over yield and loss, %; `None` is unknown.
    pub loss_pct: Option<Interval90>,
    /// Its basis; `None` is unknown.
    pub basis: Option<Basis>,
}

impl PointReport {
    /// What was measured of this quality: %, of the stubble cm.
    pub fn measured(point: &MeasuredPoint, result: &PointResult, quality: Quality) -> Option<f64> {
        match quality {
            Quality::Loss => result.loss_pct,
            Quality::Broken => result.broken_pct,
            Quality::Impurity => result.impurity_pct,
            Quality::Stubble => point.head.stubble_cm,
        }
    }

    /// The report of a point that is not stored yet, or was read from a journal.
    ///
    /// # Errors
    ///
    /// A file of knowledge cannot be read, or the crop or its mode is not in it.
    pub fn new(stored: StoredPoint, point: MeasuredPoint, estimate: Option<Estimate>) -> Result<Self, ReportError> {
        let (procedure, _, mode) = procedure(&point.crop, point.mode).map_err(ReportError::Knowledge)?;
        let base_moisture_pct = point.grain.base_moisture_pct.unwrap_or(procedure.base.percent);
        let result = result(&point, base_moisture_pct);
        let measured = |quality| Self::measured(&point, &result, quality);
        let verdicts = quality_verdicts(&point.crop, mode, measured).map_err(ReportError::Knowledge)?;
        Ok(Self { stored, point, mode, procedure, base_moisture_pct, result, verdicts, estimate })
    }
}
