//! A fact with its source.

use serde::Deserialize;

use crate::words::Lang;
use grainloss_core::data_file;

/// Whether the source of a fact was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was read there.
    Verified,
    /// No source was found: shown with a mark, and never used as a limit.
    Recalled,
}

/// Where facts were read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactSource {
    /// In Chinese.
    #[serde(deserialize_with = "data_file::source")]
    pub source_zh: String,
    /// In English.
    #[serde(deserialize_with = "data_file::source")]
    pub source_en: String,
    /// Whether it was read.
    pub standing: Standing,
}

impl FactSource {
    /// In this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.source_zh,
            Lang::En => &self.source_en,
        }
    }
}

/// A fact in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFact {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Key of its source.
    pub source: String,
}

impl TextFact {
    /// In this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFact {
    /// The figure, above 0.
    #[serde(deserialize_with = "data_file::measure")]
    pub value: f64,
    /// Key of its source.
    pub source: String,
}

/// A figure from one value to another.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeFact {
    /// The lower end.
    pub low: f64,
    /// The upper end, not below the lower one.
    pub high: f64,
    /// Key of its source.
    pub source: String,
}

impl RangeFact {
    /// Both ends are numbers from 0 to `most`, in order.
    pub(super) fn is_sound(&self, most: f64) -> bool {
        self.low >= 0.0 && self.low <= self.high && self.high <= most
    }
}
