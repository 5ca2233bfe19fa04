//! What can be data is data: crops, limits, advice and words live in TOML and Fluent files below `knowledge/`. They are
//! embedded in the binary; a file of the same name in the user's folder (`$XDG_CONFIG_HOME/grainloss/knowledge/`) takes
//! their place.

mod crops;
mod economy;
pub mod files;
mod limits;
pub mod local_time;
pub mod profiles;
mod rules;
mod words;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use crops::{CropEntry, crop, crops};
pub use economy::EconomyEntry;
pub use limits::{LimitComparison, LimitEntry, limit, limits};
pub use rules::{Adjustment, Rule, Rules};
pub use words::{Lang, Words};

use grainloss_core::data_file::{self, FileError};

/// A word in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The word in this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What the advice in a crop rests on, for those who show it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Guide {
    /// The rules.
    pub rules: Rules,
    /// Every limit in use for the crop.
    pub limits: Vec<LimitEntry>,
    /// What grain and time are worth, if the user has said so.
    pub economy: Option<EconomyEntry>,
}

impl Guide {
    /// All of it for a crop. What grain and time are worth is of the configuration, and `None` here.
    pub fn load(crop: &str) -> Result<Self, FileError> {
        Ok(Self { rules: Rules::load(crop)?, limits: limits(crop)?, economy: None })
    }
}

/// A knowledge file: the user's own, or the embedded one.
pub fn load<T: DeserializeOwned>(name: &str, embedded: &str) -> Result<T, FileError> {
    match files::user_file("knowledge", name) {
        Some(path) => {
            let file = path.display().to_string();
            let text = files::read(&path)?;
            data_file::parse(&file, &text)
        }
        None => data_file::parse(name, embedded),
    }
}
