//! Check lists.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::words::Lang;
use grainloss_core::harvest_mode::HarvestMode;

/// An item of a check list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    /// Its name in files and journal.
    pub id: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Key of its source.
    pub source: String,
    /// The crops it is for; empty for all.
    #[serde(default)]
    pub crops: Vec<String>,
    /// The harvest modes it is for; empty for all.
    #[serde(default)]
    pub modes: Vec<HarvestMode>,
}

impl CheckItem {
    /// In this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Whether it holds for this crop and harvest mode.
    pub fn holds_for(&self, crop: &str, mode: Option<HarvestMode>) -> bool {
        let of_crop = self.crops.is_empty() || self.crops.iter().any(|name| name == crop);
        of_crop && (self.modes.is_empty() || mode.is_some_and(|mode| self.modes.contains(&mode)))
    }
}

/// A check list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckList {
    /// Its name in commands and journal.
    pub id: String,
    /// Its name for people.
    pub name: Bilingual,
    /// What is looked at, in this order.
    pub item: Vec<CheckItem>,
}

impl CheckList {
    /// The item of this name.
    pub fn item(&self, id: &str) -> Option<&CheckItem> {
        self.item.iter().find(|item| item.id == id)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        for (at, item) in self.item.iter().enumerate() {
            if !word(&item.id) {
                return Err(format!("item \"{}\": expected a name of small letters and -", item.id));
            }
            if self.item[..at].iter().any(|other| other.id == item.id) {
                return Err(format!("item {} is there twice; give one of them another name", item.id));
            }
        }
        if self.item.is_empty() { Err("no item; expected at least one".to_owned()) } else { Ok(()) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub list: Vec<CheckList>,
}
