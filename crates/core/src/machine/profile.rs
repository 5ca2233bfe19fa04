//! The machine profile: a TOML file that fits grainloss to a machine, read and checked against its database.

mod measures;
mod schema;
mod source;

use grainloss_can::Database;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::data_file::{self, FileError};
pub use measures::{Geometry, LossPlates, Threshing};
pub(super) use source::{
    BitsEntry, ByteTest, ChannelEntry, Codes, Combine, FrameEntry, High, Meaning, ProcessData, Source,
};

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

/// A machine profile of grainloss: which signal of the bus is which quantity, and the machine's own measures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "grainloss machine profile")]
struct File {
    /// The profile's name.
    name: String,
    /// What the machine is, and where the profile's facts come from.
    #[serde(default)]
    about: String,
    /// How far it can be trusted.
    #[serde(default)]
    standing: Option<ProfileStatus>,
    /// A database that comes with grainloss, or the path of a .dbc file, relative to this file; none is needed where every
    /// source says itself where its bits are.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    dbc: Option<Spanned<String>>,
    /// The machine's own measures.
    #[schemars(with = "Geometry")]
    geometry: Spanned<Geometry>,
    /// The loss plates' data sheet.
    #[serde(default)]
    #[schemars(with = "Option<LossPlates>")]
    loss_plates: Option<Spanned<LossPlates>>,
    /// The quantities.
    #[serde(default)]
    channel: Vec<ChannelEntry>,
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
    /// The machine's measures.
    pub geometry: Geometry,
    /// Its loss plates, if it has any.
    pub loss_plates: Option<LossPlates>,
    /// SHA-256 of the profile's text followed by the database's, if it has one, in hexadecimal.
    pub sha256: String,
    pub(super) database: Database,
    pub(super) channels: Vec<ChannelEntry>,
    file: String,
    text: String,
    dbc: Option<(String, Vec<u8>)>,
}

impl Profile {
    /// The channels that it gives a source.
    pub fn mapped(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|entry| entry.name.get_ref().as_str())
    }

    /// A profile as a journal keeps it, with the bytes of its database, so that neither has to be there any more.
    pub fn restore(file: &str, text: &str, dbc: Option<&[u8]>) -> Result<Self, FileError> {
        Self::parse(file, text, |name| Ok((name.to_owned(), dbc.unwrap_or_default().to_vec())))
    }

    /// The profile's TOML.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the profile calls its database, and that file's bytes.
    pub fn dbc(&self) -> Option<(&str, &[u8])> {
        self.dbc.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Reads a profile's TOML. `find` gives the name for messages and the bytes of the database that it names, or says
    /// why there is none.
    ///
    /// # Errors
    ///
    /// Where the text is not a profile, its database cannot be found or parsed, or a channel's source does not fit it.
    pub fn parse(
        file: &str,
        text: &str,
        find: impl FnOnce(&str) -> Result<(String, Vec<u8>), String>,
    ) -> Result<Self, FileError> {
        let parsed: File = data_file::parse(file, text)?;
        let at = |span: std::ops::Range<usize>, problem: String| FileError {
            file: file.to_owned(),
            line: Some(data_file::line_of(text, span.start)),
            problem,
        };
        let (database, dbc_bytes) = match &parsed.dbc {
            None => (Database::empty(file), Vec::new()),
            Some(dbc) => {
                let (name, bytes) = find(dbc.get_ref()).map_err(|problem| at(dbc.span(), problem))?;
                let database = Database::parse(&name, &bytes).map_err(|error| FileError {
                    file: error.file.clone(),
                    line: Some(error.line),
                    problem: error.problem.to_string(),
                })?;
                (database, bytes)
            }
        };
        if let Some(problem) = parsed.geometry.get_ref().problem() {
            return Err(at(parsed.geometry.span(), problem));
        }
        if let Some(plates) = &parsed.loss_plates
            && let Some(problem) = plates.get_ref().problem()
        {
            return Err(at(plates.span(), problem));
        }
        let profile = Self {
            name: parsed.name,
            about: parsed.about,
            standing: parsed.standing,
            geometry: parsed.geometry.into_inner(),
            loss_plates: parsed.loss_plates.map(Spanned::into_inner),
            sha256: data_file::sha256(&[text.as_bytes(), &dbc_bytes]),
            dbc: parsed.dbc.map(|dbc| (dbc.into_inner(), dbc_bytes)),
            database,
            channels: parsed.channel,
            file: file.to_owned(),
            text: text.to_owned(),
        };
        // Building the router looks at every channel and signal: a profile that loads can be used.
        super::router::Router::new(&profile)?;
        Ok(profile)
    }

    /// The form of a profile file, as a JSON schema: with it an editor completes keys and marks slips.
    pub fn schema() -> serde_json::Value {
        schema::for_toml(&schemars::schema_for!(File).to_value())
    }

    /// The database that the profile speaks of.
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn error_at(&self, span: std::ops::Range<usize>, problem: String) -> FileError {
        let line = Some(data_file::line_of(&self.text, span.start));
        FileError { file: self.file.clone(), line, problem }
    }
}
