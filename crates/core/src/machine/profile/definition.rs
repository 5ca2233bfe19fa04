//! A machine profile that has been read and checked.

use grainloss_can::Database;
use schemars::JsonSchema;
use serde::Deserialize;

use super::measures::{Geometry, LossPlates};
use super::source::ChannelEntry;
use crate::data_file::{self, FileError};
use crate::harvest_mode::HarvestMode;

/// How far a profile can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileStatus {
    /// A machine that exists in the simulator only.
    Demonstration,
    /// Written after published decodes; nobody has tried it on a machine.
    PublicDecode,
    /// Compared with the machine's own display.
    Checked,
}

impl ProfileStatus {
    /// The word in profiles and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Demonstration => "demonstration",
            Self::PublicDecode => "public-decode",
            Self::Checked => "checked",
        }
    }
}

/// A profile with its database, checked: every signal it names is there, in a unit that fits.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What the machine is, and where the profile's facts come from; may be empty.
    pub about: String,
    /// How far it can be trusted, if it says so.
    pub standing: Option<ProfileStatus>,
    /// How it harvests, the usual way first; empty when the profile does not say.
    pub harvest_modes: Vec<HarvestMode>,
    /// The machine's measures.
    pub geometry: Geometry,
    /// Its loss plates, if it has any.
    pub loss_plates: Option<LossPlates>,
    /// SHA-256 of the profile's text followed by the database's, if it has one, in hexadecimal.
    pub sha256: String,
    pub(crate) database: Database,
    pub(crate) channels: Vec<ChannelEntry>,
    pub(super) file: String,
    pub(super) text: String,
    pub(super) dbc: Option<(String, Vec<u8>)>,
}

impl Profile {
    /// The channels that it gives a source.
    pub fn mapped(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|entry| entry.name.get_ref().as_str())
    }

    /// The profile's TOML.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the profile calls its database, and that file's bytes.
    pub fn dbc(&self) -> Option<(&str, &[u8])> {
        self.dbc.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The database that the profile speaks of.
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn error_at(&self, span: std::ops::Range<usize>, problem: String) -> FileError {
        let line = Some(data_file::line_of(&self.text, span.start));
        FileError { file: self.file.clone(), line, problem }
    }
}
