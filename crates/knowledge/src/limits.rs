//! The named loss limits.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::crops::CropEntry;
use grainloss_core::data_file::{self, FileError};
use grainloss_core::harvest::Interval90;

/// A limit with its name and source.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct LimitEntry {
    /// Its identifier, as `--limit` takes it.
    pub id: String,
    /// The crop it is for.
    pub crop: String,
    /// Per cent by mass.
    #[serde(deserialize_with = "data_file::percent")]
    pub percent: f64,
    /// Its name in both languages.
    pub name: Bilingual,
    /// Where it comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub source: String,
}

/// A loss with its 90 % interval compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitComparison {
    /// The whole interval is at or under the limit.
    Under,
    /// The whole interval is over the limit.
    Over,
    /// The limit lies within the interval.
    Undecided,
}

impl LimitComparison {
    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Under => "under",
            Self::Over => "over",
            Self::Undecided => "undecided",
        }
    }
}

impl LimitEntry {
    /// Compares a loss, % by mass, with the limit.
    pub fn compare(&self, loss_pct: Interval90) -> LimitComparison {
        if loss_pct.hi <= self.percent {
            LimitComparison::Under
        } else if loss_pct.lo > self.percent {
            LimitComparison::Over
        } else {
            LimitComparison::Undecided
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    limit: Vec<LimitEntry>,
}

fn load() -> Result<File, FileError> {
    crate::files::load("limits.toml", include_str!("../../../knowledge/limits.toml"))
}

/// Every limit for this crop: several are in use at once, from different authorities.
///
/// # Errors
///
/// When `limits.toml` cannot be read or parsed.
pub fn limits(crop_name: &str) -> Result<Vec<LimitEntry>, FileError> {
    let all = load()?.limit;
    Ok(all.into_iter().filter(|limit| limit.crop == crop_name).collect())
}

/// The limit that `--limit` asks for: an identifier, or a number of per cent of the operator's own. Without one, the
/// crop's default, if it has any.
///
/// # Errors
///
/// When `limits.toml` cannot be read, the limit is unknown or for another crop, or the number is not 0.01 to 50.
pub fn limit(asked: Option<&str>, crop_name: &str, crop: &CropEntry) -> Result<Option<LimitEntry>, FileError> {
    let file = load()?;
    let (asked, place) = match (asked, crop.default_limit.as_deref()) {
        (Some(asked), _) => (asked, format!("--limit {asked}")),
        (None, Some(default)) => (default, format!("crops.toml: {crop_name}.default_limit = \"{default}\"")),
        (None, None) => return Ok(None),
    };
    let wrong = |problem: String| FileError { file: place.clone(), line: None, problem };
    if let Some(found) = file.limit.iter().find(|limit| limit.id == asked) {
        if found.crop != crop_name {
            return Err(wrong(format!("this limit is for {}, the crop is {crop_name}", found.crop)));
        }
        return Ok(Some(found.clone()));
    }
    match asked.parse::<f64>() {
        Ok(percent) if (0.01..=50.0).contains(&percent) => Ok(Some(LimitEntry {
            id: "own".to_owned(),
            crop: crop_name.to_owned(),
            percent,
            name: Bilingual { zh: format!("自定 {percent}%"), en: format!("own limit {percent} %") },
            source: "set by the operator".to_owned(),
        })),
        Ok(_) => Err(wrong("expected 0.01 to 50 per cent".to_owned())),
        Err(_) => {
            let ids = file.limit.iter().filter(|limit| limit.crop == crop_name).map(|limit| limit.id.as_str());
            let ids = ids.collect::<Vec<_>>().join(", ");
            let problem = format!("not in limits.toml; for {crop_name} there are: {ids}; or give a number of per cent");
            Err(wrong(problem))
        }
    }
}
