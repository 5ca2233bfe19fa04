//! Names of parameter groups and makers.

use serde::Deserialize;

use grainloss_core::data_file::FileError;
use grainloss_knowledge::{Bilingual, Lang};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    number: u32,
    name: Bilingual,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Maker {
    code: u16,
    name: String,
}

/// The names that `knowledge/groups.toml` gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    group: Vec<Group>,
    maker: Vec<Maker>,
}

impl Groups {
    /// Loads the user's own file, or the bundled one.
    ///
    /// # Errors
    ///
    /// When `groups.toml` cannot be read or parsed.
    pub fn load() -> Result<Self, FileError> {
        grainloss_knowledge::load("groups.toml", include_str!("../../../knowledge/groups.toml"))
    }

    /// The name of a parameter group, if it has a public one.
    pub fn name(&self, number: u32, lang: Lang) -> Option<&str> {
        self.group.iter().find(|group| group.number == number).map(|group| group.name.get(lang))
    }

    /// Who has this maker's code in a NAME.
    pub fn maker(&self, code: u16) -> Option<&str> {
        self.maker.iter().find(|maker| maker.code == code).map(|maker| maker.name.as_str())
    }
}
