//! Names of parameter groups, makers, functions and process data.

use serde::Deserialize;

use crate::survey::Claim;
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

/// Of a NAME: an industry group, a device class in it, or a function in both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    industry: Option<u8>,
    class: Option<u8>,
    number: u8,
    name: Bilingual,
}

/// The names that `knowledge/groups.toml` gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    group: Vec<Group>,
    maker: Vec<Maker>,
    #[serde(default)]
    industry: Vec<Part>,
    #[serde(default)]
    class: Vec<Part>,
    #[serde(default)]
    function: Vec<Part>,
}

/// Functions from here on depend on the industry group.
const DEPENDENT: u8 = 128;

impl Groups {
    /// Loads the user's own file, or the bundled one.
    ///
    /// # Errors
    ///
    /// Where the user's own file of groups is wrong.
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

    /// The industry group of a controller.
    pub fn industry(&self, claim: Claim, lang: Lang) -> Option<&str> {
        self.industry.iter().find(|part| part.number == claim.industry()).map(|part| part.name.get(lang))
    }

    /// The device class of a controller: what kind of machine it is part of.
    pub fn class(&self, claim: Claim, lang: Lang) -> Option<&str> {
        let is_it = |part: &&Part| part.number == claim.device_class() && part.industry == Some(claim.industry());
        self.class.iter().find(is_it).map(|part| part.name.get(lang))
    }

    /// What a controller does: by its class, else as any implement of its industry group, else as everywhere.
    pub fn function(&self, claim: Claim, lang: Lang) -> Option<&str> {
        let (industry, class, number) = (claim.industry(), claim.device_class(), claim.function());
        let find = |industry: Option<u8>, class: Option<u8>| {
            self.function.iter().find(|part| (part.industry, part.class, part.number) == (industry, class, number))
        };
        let part = if number < DEPENDENT {
            find(None, None)
        } else if industry == 0 {
            find(Some(0), None)
        } else {
            // Class 0 is no implement.
            find(Some(industry), Some(class)).or_else(|| find(Some(industry), None).filter(|_| class != 0))
        };
        part.map(|part| part.name.get(lang))
    }
}

/// A kind of process data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ddi {
    number: u16,
    name: Bilingual,
    unit: String,
    resolution: f64,
}

impl Ddi {
    /// Its name.
    pub fn name(&self, lang: Lang) -> &str {
        self.name.get(lang)
    }

    /// The unit of its values; empty for codes and counts.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// A raw value in its unit.
    pub fn value(&self, raw: i32) -> f64 {
        f64::from(raw) * self.resolution
    }
}

/// The process data that `knowledge/ddi.toml` names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ddis {
    ddi: Vec<Ddi>,
}

impl Ddis {
    /// Loads the user's own file, or the bundled one.
    ///
    /// # Errors
    ///
    /// Where the user's own file is wrong.
    pub fn load() -> Result<Self, FileError> {
        grainloss_knowledge::load("ddi.toml", include_str!("../../../knowledge/ddi.toml"))
    }

    /// What is known of this identifier.
    pub fn get(&self, number: u16) -> Option<&Ddi> {
        self.ddi.iter().find(|ddi| ddi.number == number)
    }
}
