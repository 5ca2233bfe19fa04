//! The named loss limits.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::crops::CropEntry;
use crate::files::KeptFile;
use crate::words::{Lang, spoken};
use grainloss_core::data_file::{self, FileError};
use grainloss_core::harvest::Interval90;
use grainloss_core::harvest_mode::HarvestMode;

/// How far a limit's figures are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitStanding {
    /// Read in the document, or in its text as an office published it.
    Read,
    /// Read in a report of the document.
    Retold,
    /// There is none for this crop, and another one's is used.
    Borrowed,
    /// Set by those who use it.
    #[default]
    Own,
}

impl LimitStanding {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Retold => "retold",
            Self::Borrowed => "borrowed",
            Self::Own => "own",
        }
    }
}

/// A limit with its name and source.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct LimitEntry {
    /// Its identifier, as `--limit` takes it.
    pub id: String,
    /// The crop it is for.
    pub crop: String,
    /// The harvest mode it is for; `None` for all.
    #[serde(default)]
    pub mode: Option<HarvestMode>,
    /// Per cent by mass.
    #[serde(deserialize_with = "data_file::percent")]
    pub percent: f64,
    /// Limit of broken grain, per cent; `None` where its document has none.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub broken_percent: Option<f64>,
    /// Limit of impurity, per cent; `None` where its document has none.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub impurity_percent: Option<f64>,
    /// Limit of the stubble's height, m; `None` where its document has none.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub stubble_m: Option<f64>,
    /// Its name in both languages.
    pub name: Bilingual,
    /// Name and number of the document that it stands in; `None` where there is none.
    #[serde(default)]
    pub document: Option<Bilingual>,
    /// Where it was read.
    #[serde(deserialize_with = "data_file::source")]
    pub source: String,
    /// The same in Chinese.
    #[serde(default)]
    pub source_zh: Option<String>,
    /// How far its figures are verified.
    #[serde(default)]
    pub standing: LimitStanding,
}

/// A figure that is remembered and that could not be read in a source: no limit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecalledLimit {
    /// The crop it is for.
    pub crop: String,
    /// The harvest mode it is for; `None` for all.
    #[serde(default)]
    pub mode: Option<HarvestMode>,
    /// The document that it is thought to stand in.
    pub document: Bilingual,
    /// What is remembered.
    pub figures: Bilingual,
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

/// The loss now is probably on one side of its limit from this probability on (our choice: three to one; surer than 95 %
/// is above or below it).
const PROBABLE: f64 = 0.75;

/// Where a loss stands against its limit, as far as its interval tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitVerdict {
    /// The whole 90 % interval is over the limit.
    Above,
    /// Over the limit with a probability of 75 % or more.
    ProbablyAbove,
    /// Neither side is probable.
    CannotTell,
    /// Under the limit with a probability of 75 % or more.
    ProbablyBelow,
    /// The whole 90 % interval is at or under the limit.
    Below,
}

impl LimitVerdict {
    /// Every verdict, from above to below.
    pub const ALL: [Self; 5] = [Self::Above, Self::ProbablyAbove, Self::CannotTell, Self::ProbablyBelow, Self::Below];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::ProbablyAbove => "probably-above",
            Self::CannotTell => "cannot-tell",
            Self::ProbablyBelow => "probably-below",
            Self::Below => "below",
        }
    }
}

impl LimitEntry {
    /// Where a loss, % by mass, stands against the limit; its interval is taken as that of a log-normal quantity.
    pub fn verdict(&self, loss_pct: Interval90) -> LimitVerdict {
        match self.compare(loss_pct) {
            LimitComparison::Over => LimitVerdict::Above,
            LimitComparison::Under => LimitVerdict::Below,
            LimitComparison::Undecided => {
                // The 5 % and the 95 % quantile are 1.645 standard deviations from the median, on a logarithmic scale: a
                // probability of 75 % is 0.674 of them.
                const Z75_OVER_Z95: f64 = 0.674_490 / 1.644_854;
                debug_assert!((PROBABLE - 0.75).abs() < 1e-9, "the quantile is that of this probability");
                if loss_pct.lo <= 0.0 {
                    return LimitVerdict::CannotTell;
                }
                let (lo, hi, limit) = (loss_pct.lo.ln(), loss_pct.hi.ln(), self.percent.ln());
                let from_median = limit - 0.5 * (lo + hi);
                let half = 0.5 * (hi - lo);
                if from_median <= -Z75_OVER_Z95 * half {
                    LimitVerdict::ProbablyAbove
                } else if from_median >= Z75_OVER_Z95 * half {
                    LimitVerdict::ProbablyBelow
                } else {
                    LimitVerdict::CannotTell
                }
            }
        }
    }

    /// True for its name in either language, spaces apart.
    fn is_called(&self, name: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        plain(&self.name.zh) == plain(name) || plain(&self.name.en).eq_ignore_ascii_case(&plain(name))
    }

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

    /// Where it was read, in this language as far as there are words for it.
    pub fn source_in(&self, lang: Lang) -> &str {
        self.source_zh.as_deref().filter(|_| lang == Lang::Zh).unwrap_or(&self.source)
    }

    /// The document that it stands in; where there is none, where it was read.
    pub fn document_in(&self, lang: Lang) -> &str {
        self.document.as_ref().map_or_else(|| self.source_in(lang), |document| document.get(lang))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    limit: Vec<LimitEntry>,
    #[serde(default)]
    recalled: Vec<RecalledLimit>,
}

static FILE: KeptFile<File> = KeptFile::new("limits.toml", include_str!("../../../knowledge/limits.toml"));

/// Every limit for this crop: several are in use at once, from different authorities.
///
/// # Errors
///
/// When `limits.toml` cannot be read or parsed.
pub fn limits(crop_name: &str) -> Result<Vec<LimitEntry>, FileError> {
    Ok(FILE.get()?.limit.iter().filter(|limit| limit.crop == crop_name).cloned().collect())
}

/// The figures that are only remembered, for this crop. None of them is a limit.
///
/// # Errors
///
/// When `limits.toml` cannot be read or parsed.
pub fn recalled(crop_name: &str) -> Result<Vec<RecalledLimit>, FileError> {
    Ok(FILE.get()?.recalled.iter().filter(|recalled| recalled.crop == crop_name).cloned().collect())
}

/// Which harvest mode a limit is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModeChoice<'a> {
    /// The mode that was asked for; `None` when none was.
    pub asked: Option<HarvestMode>,
    /// What the machine does, the usual way first; empty when the profile does not say.
    pub machine: &'a [HarvestMode],
}

impl ModeChoice<'_> {
    /// The mode in this crop: the one asked for, else the first of the machine's that the crop knows.
    fn of_crop(self, crop: &CropEntry) -> Option<HarvestMode> {
        let of_machine = || self.machine.iter().find(|mode| crop.modes.contains(mode)).copied();
        self.asked.or_else(of_machine).or_else(|| crop.modes.first().copied())
    }
}

/// The limit that `--limit` asks for, in the crop's usual harvest mode: see [`limit_of_mode`].
///
/// # Errors
///
/// As [`limit_of_mode`].
pub fn limit(asked: Option<&str>, crop_name: &str, crop: &CropEntry) -> Result<Option<LimitEntry>, FileError> {
    limit_of_mode(asked, ModeChoice::default(), crop_name, crop)
}

/// The limit that `--limit` asks for: an identifier, or a number of per cent of the operator's own. Without one, the
/// default of the crop's harvest mode, if it has any.
///
/// # Errors
///
/// When `limits.toml` cannot be read, the limit is unknown or for another crop or mode, the crop is not harvested that way,
/// or the number is not 0.01 to 50.
pub fn limit_of_mode(
    asked: Option<&str>,
    mode: ModeChoice<'_>,
    crop_name: &str,
    crop: &CropEntry,
) -> Result<Option<LimitEntry>, FileError> {
    let file = FILE.get()?;
    if let Some(unknown) = mode.asked.filter(|mode| !crop.modes.contains(mode)) {
        let modes = crop.modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", ");
        let key = if modes.is_empty() { "mode-none" } else { "mode-other" };
        let problem = spoken().with(key, &[("crop", crop_name), ("modes", &modes)]);
        return Err(FileError { file: format!("--mode {}", unknown.word()), line: None, problem });
    }
    let of_session = mode.of_crop(crop);
    let fits = |limit: &LimitEntry| limit.crop == crop_name && (limit.mode.is_none() || limit.mode == of_session);
    let default = || {
        let named = crop.default_limit.as_deref();
        let named_fits = |id: &str| file.limit.iter().find(|limit| limit.id == id).is_none_or(fits);
        named.filter(|id| named_fits(id)).or_else(|| file.limit.iter().find(|limit| fits(limit)).map(|l| &*l.id))
    };
    let (asked, place) = match (asked, default()) {
        (Some(asked), _) => (asked, format!("--limit {asked}")),
        (None, Some(default)) => (default, format!("crops.toml: {crop_name}.default_limit = \"{default}\"")),
        (None, None) => return Ok(None),
    };
    let wrong = |problem: String| FileError { file: place.clone(), line: None, problem };
    if let Some(found) = file.limit.iter().find(|limit| limit.id == asked || (fits(limit) && limit.is_called(asked))) {
        if found.crop != crop_name {
            return Err(wrong(spoken().with("limit-other-crop", &[("of", &found.crop), ("crop", crop_name)])));
        }
        if let (Some(of_limit), Some(of_run)) = (found.mode, mode.asked)
            && of_limit != of_run
        {
            let (of_limit, of_run) = (of_limit.word(), of_run.word());
            return Err(wrong(spoken().with("limit-other-mode", &[("of", of_limit), ("mode", of_run)])));
        }
        return Ok(Some(found.clone()));
    }
    match asked.parse::<f64>() {
        Ok(percent) if (0.01..=50.0).contains(&percent) => Ok(Some(own(percent, of_session, crop_name))),
        Ok(_) => Err(wrong(spoken().get("limit-percent"))),
        Err(_) => {
            let ids = file.limit.iter().filter(|limit| limit.crop == crop_name).map(|limit| limit.id.as_str());
            let ids = ids.collect::<Vec<_>>().join(", ");
            let problem = spoken().with("limit-unknown", &[("crop", crop_name), ("ids", &ids)]);
            Err(wrong(problem))
        }
    }
}

/// A limit of the operator's own.
fn own(percent: f64, mode: Option<HarvestMode>, crop_name: &str) -> LimitEntry {
    LimitEntry {
        id: "own".to_owned(),
        crop: crop_name.to_owned(),
        mode,
        percent,
        broken_percent: None,
        impurity_percent: None,
        stubble_m: None,
        name: Bilingual { zh: format!("自定 {percent}%"), en: format!("own limit {percent} %") },
        document: None,
        source: "set by the operator".to_owned(),
        source_zh: Some("机手自定".to_owned()),
        standing: LimitStanding::Own,
    }
}
