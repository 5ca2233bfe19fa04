//! The verdict of a hand measurement against every limit that a crop has: loss, broken grain, impurity, stubble.

use crate::limits::{LimitComparison, LimitEntry, limits};
use grainloss_core::data_file::FileError;
use grainloss_core::harvest::Interval90;
use grainloss_core::harvest_mode::HarvestMode;

/// What a limit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Loss, %.
    Loss,
    /// Broken grain, %.
    Broken,
    /// Impurity, %.
    Impurity,
    /// Stubble height, cm.
    Stubble,
}

impl Quality {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Broken, Self::Impurity, Self::Stubble];

    /// The last part of its text key: that of the column of `grainloss limits`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Broken => "broken",
            Self::Impurity => "impurity",
            Self::Stubble => "stubble",
        }
    }

    /// Its unit.
    pub const fn unit(self) -> &'static str {
        if matches!(self, Self::Stubble) { "cm" } else { "%" }
    }

    /// The limit of this entry, in its unit; `None` where its document has none.
    pub fn limit(self, entry: &LimitEntry) -> Option<f64> {
        match self {
            Self::Loss => Some(entry.percent),
            Self::Broken => entry.broken_percent,
            Self::Impurity => entry.impurity_percent,
            Self::Stubble => entry.stubble_m.map(|m| m * 100.0),
        }
    }
}

/// A measured value beside a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct QualityVerdict {
    /// What was measured.
    pub quality: Quality,
    /// Its value, in its unit; `None` when it was not measured.
    pub measured: Option<f64>,
    /// The limit, in the same unit.
    pub limit: f64,
    /// The comparison; `None` when it was not measured.
    pub comparison: Option<LimitComparison>,
    /// The limit's entry, with its document.
    pub entry: LimitEntry,
}

/// Every limit of the crop in this mode, beside what was measured: `measured` gives loss, broken grain and impurity, %, and
/// the stubble's height, cm.
///
/// # Errors
///
/// When `limits.toml` cannot be read or parsed.
pub fn quality_verdicts(
    crop: &str,
    mode: Option<HarvestMode>,
    measured: impl Fn(Quality) -> Option<f64>,
) -> Result<Vec<QualityVerdict>, FileError> {
    let entries = limits(crop)?.into_iter().filter(|entry| entry.mode.is_none() || entry.mode == mode);
    let verdict = |entry: &LimitEntry, quality: Quality| {
        let limit = quality.limit(entry)?;
        let measured = measured(quality);
        // What was measured by hand is compared as it is: the limits are written for such figures.
        let compared = LimitEntry { percent: limit, ..entry.clone() };
        let exact = |value| Interval90 { value, lo: value, hi: value };
        let comparison = measured.map(|value| compared.compare(exact(value)));
        Some(QualityVerdict { quality, measured, limit, comparison, entry: entry.clone() })
    };
    Ok(entries
        .flat_map(|entry| {
            Quality::ALL.into_iter().filter_map(move |quality| verdict(&entry, quality)).collect::<Vec<_>>()
        })
        .collect())
}
