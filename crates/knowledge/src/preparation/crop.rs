//! A crop before its harvest.

use serde::Deserialize;

use super::fact::{NumberFact, RangeFact, TextFact};
use crate::bilingual::Bilingual;

/// Whether a crop is cut without dew or with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dew {
    /// Cut when dew is gone: wet straw is threshed and separated badly, wet soil stains beans.
    Off,
    /// Cut while pods are damp: dry ones shatter.
    On,
}

/// What the machine is set to at the beginning.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What is set: `drum-rim`, `concave`, `fan`, `sieve`, `reel` or `cut-height`; its text key is `setting-` and this.
    pub what: String,
    /// The lower end; `None` where there is no figure.
    #[serde(default)]
    pub low: Option<f64>,
    /// The upper end; `None` where there is no figure.
    #[serde(default)]
    pub high: Option<f64>,
    /// The unit of both: `m/s`, `mm`, `cm` or `ratio`; `None` where there is no figure.
    #[serde(default)]
    pub unit: Option<String>,
    /// In words; `None` where the figures say it all.
    #[serde(default)]
    pub note: Option<Bilingual>,
    /// Key of its source.
    pub source: String,
}

impl Setting {
    /// Both ends, where there are figures.
    pub fn range(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }
}

/// What is known of a crop before its harvest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CropPreparation {
    /// The crop's name in `crops.toml`.
    pub id: String,
    /// Whether it is cut without dew or with it.
    pub dew: Dew,
    /// What hand and eye look for.
    pub signs: Vec<TextFact>,
    /// Grain moisture at which it is cut, % of wet mass; `None` where none was read.
    #[serde(default)]
    pub moisture: Option<RangeFact>,
    /// The usual hours of the day, local time.
    pub hours: Vec<RangeFact>,
    /// Length of the test cut, m.
    pub test_cut_m: NumberFact,
    /// Straw for each unit of grain, by mass; `None` where none was read.
    #[serde(default)]
    pub straw: Option<RangeFact>,
    /// What the machine is set to at the beginning.
    pub setting: Vec<Setting>,
}

impl CropPreparation {
    /// The keys of its sources.
    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        let texts = self.signs.iter().map(|sign| &*sign.source);
        let ranges = self.moisture.iter().chain(&self.hours).chain(&self.straw).map(|range| &*range.source);
        let settings = self.setting.iter().map(|setting| &*setting.source);
        texts.chain(ranges).chain(settings).chain(std::iter::once(&*self.test_cut_m.source))
    }

    pub(super) fn check(&self) -> Result<(), String> {
        const UNITS: [&str; 4] = ["m/s", "mm", "cm", "ratio"];
        if self.moisture.as_ref().is_some_and(|range| !range.is_sound(100.0)) {
            return Err("moisture: expected low and high in per cent, low first".to_owned());
        }
        if self.hours.is_empty() || self.hours.iter().any(|range| !range.is_sound(24.0)) {
            return Err("hours: expected at least one range from 0 to 24, low first".to_owned());
        }
        if self.straw.as_ref().is_some_and(|range| !range.is_sound(20.0)) {
            return Err("straw: expected low and high from 0 to 20, low first".to_owned());
        }
        for setting in &self.setting {
            let unit = setting.unit.as_deref();
            let figures =
                setting.range().is_some_and(|(low, high)| low <= high) && unit.is_some_and(|u| UNITS.contains(&u));
            let words = setting.low.is_none() && setting.high.is_none() && unit.is_none() && setting.note.is_some();
            if !figures && !words {
                return Err(format!(
                    "setting {}: expected low, high and one unit of {}, or a note alone",
                    setting.what,
                    UNITS.join(", ")
                ));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub crop: Vec<CropPreparation>,
}
