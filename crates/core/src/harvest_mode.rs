//! How a crop is harvested: limits differ with it.

use schemars::JsonSchema;

/// How a crop is harvested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HarvestMode {
    /// The whole crop goes through the machine.
    FullFeed,
    /// Only the heads go through the machine; the stalks are held outside.
    HalfFeed,
    /// Maize threshed to grain in the field.
    Grain,
    /// Maize harvested as ears.
    Ear,
    /// Cut and threshed in one pass.
    Combined,
    /// Cut some days before; the swath is picked up.
    PickUp,
}

impl HarvestMode {
    /// Every mode.
    pub const ALL: [Self; 6] = [Self::FullFeed, Self::HalfFeed, Self::Grain, Self::Ear, Self::Combined, Self::PickUp];

    /// The word in files and on the command line; `harvest-mode-` and this is its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FullFeed => "full-feed",
            Self::HalfFeed => "half-feed",
            Self::Grain => "grain",
            Self::Ear => "ear",
            Self::Combined => "combined",
            Self::PickUp => "pick-up",
        }
    }

    /// The mode of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}
