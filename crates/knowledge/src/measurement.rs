//! How loss is measured by hand: the procedure of each crop and harvest mode, and its steps with their sources.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::words::Lang;
use grainloss_core::data_file::{self, FileError};
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_core::measured_point::{AreaKind, LossPart, PointRules};

const FILE: &str = "measurement.toml";

/// How far a fact is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactStanding {
    /// Read in its source.
    Verified,
    /// Read in a report of it.
    Retold,
    /// Remembered; no source was found, and it never is a rule.
    Recalled,
    /// Our choice from the sources.
    Own,
}

impl FactStanding {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Retold => "retold",
            Self::Recalled => "recalled",
            Self::Own => "own",
        }
    }
}

/// A step of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuringFact {
    /// Which step it belongs to.
    pub step: MeasuringStep,
    #[serde(default)]
    crops: Vec<String>,
    #[serde(default)]
    modes: Vec<HarvestMode>,
    /// What is to be done.
    pub text: Bilingual,
    /// Where it was read, in Chinese.
    #[serde(deserialize_with = "data_file::source")]
    source_zh: String,
    /// The same in English.
    #[serde(deserialize_with = "data_file::source")]
    source_en: String,
    /// How far it is verified.
    pub standing: FactStanding,
}

impl MeasuringFact {
    /// Where it was read.
    pub fn source(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.source_zh,
            Lang::En => &self.source_en,
        }
    }
}

/// The steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MeasuringStep {
    /// Before the machine comes.
    Before,
    /// Natural shed.
    Shed,
    /// Marking out the areas.
    Mark,
    /// What is gathered.
    Collect,
    /// Weighing.
    Weigh,
    /// The result.
    Result,
    /// What to look at.
    Watch,
}

impl MeasuringStep {
    /// Every step, in order.
    pub const ALL: [Self; 7] =
        [Self::Before, Self::Shed, Self::Mark, Self::Collect, Self::Weigh, Self::Result, Self::Watch];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Shed => "shed",
            Self::Mark => "mark",
            Self::Collect => "collect",
            Self::Weigh => "weigh",
            Self::Result => "result",
            Self::Watch => "watch",
        }
    }
}

/// What is marked out at a place.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Strip {
    /// What it holds.
    pub kind: AreaKind,
    /// Along the way of the machine, m.
    #[serde(deserialize_with = "data_file::measure")]
    length_m: f64,
    /// Across it, m; `None`: the width cut.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub width_m: Option<f64>,
    /// The length grows until it has this area, m²; `None` where the length holds.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub at_least_m2: Option<f64>,
    /// True when there is one at the first place only.
    #[serde(default)]
    pub once: bool,
}

impl Strip {
    /// Its width, m, at this width cut.
    pub fn width_m(&self, cut_width_m: f64) -> f64 {
        self.width_m.unwrap_or(cut_width_m)
    }

    /// Its length, m, at this width cut: whole metres where it grows.
    pub fn length_m(&self, cut_width_m: f64) -> f64 {
        let grown = self.at_least_m2.map(|m2| (m2 / self.width_m(cut_width_m)).ceil());
        grown.map_or(self.length_m, |grown| grown.max(self.length_m))
    }
}

/// The moisture to which masses are converted.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct BaseMoisture {
    /// Per cent of the wet mass.
    #[serde(deserialize_with = "data_file::percent")]
    pub percent: f64,
    #[serde(deserialize_with = "data_file::source")]
    source_zh: String,
    #[serde(deserialize_with = "data_file::source")]
    source_en: String,
    /// How far it is verified.
    pub standing: FactStanding,
}

impl BaseMoisture {
    /// Where it was read.
    pub fn source(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.source_zh,
            Lang::En => &self.source_en,
        }
    }
}

/// How loss is measured in a crop and harvest mode.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    crops: Vec<String>,
    #[serde(default)]
    modes: Vec<HarvestMode>,
    /// Where the areas lie, from one end of the plot (0) to the other (1).
    pub at: Vec<f64>,
    /// Where these places are from.
    pub position: Bilingual,
    /// What is weighed apart on an area.
    pub parts: Vec<LossPart>,
    /// True where a thousand-kernel mass is needed, since kernels are counted.
    pub needs_tkw: bool,
    /// True where ears are gathered on a strip of their own.
    #[serde(default)]
    pub has_ears: bool,
    /// What is marked out at each place.
    pub strip: Vec<Strip>,
    /// The moisture to which masses are converted.
    pub base: BaseMoisture,
}

impl Procedure {
    fn is_for(&self, crop: &str, mode: Option<HarvestMode>) -> bool {
        is_for(&self.crops, &self.modes, crop, mode)
    }

    /// What it asks of a measured point.
    pub fn rules(&self) -> PointRules {
        PointRules { parts: self.parts.clone(), has_ears: self.has_ears }
    }

    /// The sampling areas that it asks for, in order: kind, length and width, m; the width is `None` without a width cut.
    pub fn areas(&self, cut_width_m: Option<f64>) -> Vec<(AreaKind, Option<f64>, Option<f64>)> {
        let mut areas = Vec::new();
        for place in 0..self.at.len() {
            for strip in self.strip.iter().filter(|strip| place == 0 || !strip.once) {
                let width_m = strip.width_m.or(cut_width_m);
                let length_m = match (strip.at_least_m2, width_m) {
                    (Some(_), None) => None,
                    (_, width) => Some(strip.length_m(width.unwrap_or(1.0))),
                };
                areas.push((strip.kind, length_m, width_m));
            }
        }
        // Kinds together, as they are pooled.
        areas.sort_by_key(|(kind, ..)| *kind);
        areas
    }

    fn check(&self) -> Result<(), String> {
        let name = self.crops.join(", ");
        let wrong = |problem: &str| Err(format!("procedure of {name}: {problem}"));
        let ascending = self.at.windows(2).all(|pair| pair[0] < pair[1]);
        if self.at.is_empty() || !ascending || self.at.iter().any(|at| *at <= 0.0 || *at >= 1.0) {
            return wrong("at: expected places between 0 and 1, each above the one before");
        }
        if self.crops.is_empty() || self.strip.is_empty() {
            return wrong("expected a crop and a strip at least");
        }
        let has = |kind| self.strip.iter().any(|strip| strip.kind == kind);
        if has(AreaKind::Ears) != self.has_ears || has(AreaKind::Kernels) != self.has_ears {
            return wrong("has_ears: expected strips of kernels and of ears, or of neither");
        }
        Ok(())
    }
}

fn is_for(crops: &[String], modes: &[HarvestMode], crop: &str, mode: Option<HarvestMode>) -> bool {
    (crops.is_empty() || crops.iter().any(|name| name == crop))
        && (modes.is_empty() || mode.is_some_and(|mode| modes.contains(&mode)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    procedure: Vec<Procedure>,
    fact: Vec<MeasuringFact>,
}

fn load() -> Result<File, FileError> {
    let file: File = crate::files::load(FILE, include_str!("../../../knowledge/measurement.toml"))?;
    let checked = file.procedure.iter().try_for_each(Procedure::check);
    checked.map_err(|problem| FileError { file: FILE.to_owned(), line: None, problem })?;
    Ok(file)
}

/// The procedure of a crop, and its steps in order. `mode` is the harvest mode; without one the crop's usual one holds.
///
/// # Errors
///
/// When `measurement.toml` or `crops.toml` cannot be read or parsed, there is no such crop, or it is not harvested that way.
pub fn procedure(
    crop: &str,
    mode: Option<HarvestMode>,
) -> Result<(Procedure, Vec<MeasuringFact>, Option<HarvestMode>), FileError> {
    let entry = crate::crops::crop(crop)?;
    if let Some(unknown) = mode.filter(|mode| !entry.modes.contains(mode)) {
        let modes = entry.modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", ");
        let expected = if modes.is_empty() { "leave the mode out".to_owned() } else { format!("expected {modes}") };
        let problem = format!("{crop} is not harvested that way; {expected}");
        return Err(FileError { file: format!("mode {}", unknown.word()), line: None, problem });
    }
    let mode = mode.or_else(|| entry.modes.first().copied());
    let File { procedure, mut fact } = load()?;
    let found = procedure.into_iter().find(|procedure| procedure.is_for(crop, mode));
    let none = || FileError { file: FILE.to_owned(), line: None, problem: format!("no procedure for {crop}; add one") };
    fact.retain(|fact| is_for(&fact.crops, &fact.modes, crop, mode));
    fact.sort_by_key(|fact| fact.step);
    Ok((found.ok_or_else(none)?, fact, mode))
}
