//! The machine profile: a TOML file that fits grainloss to a machine, read and checked against its database.

pub(super) mod definition;
mod measures;
mod schema;
pub(super) mod source;

use grainloss_can::Database;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::router::Router;
use crate::data_file::{self, FileError};
use crate::harvest_mode::HarvestMode;
pub use definition::{Profile, ProfileStatus};
pub use measures::{Geometry, LossPlates, Threshing};
use source::ChannelEntry;

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
    /// How it harvests, the usual way first: full-feed or half-feed, grain or ear, combined or pick-up. The first one that a
    /// crop knows chooses its limit.
    #[serde(default)]
    harvest_modes: Vec<HarvestMode>,
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

impl Profile {
    /// A profile as a journal keeps it, with the bytes of its database, so that neither file is needed any more.
    ///
    /// # Errors
    ///
    /// Where text or database do not parse, or a channel's source does not fit the database.
    pub fn restore(file: &str, text: &str, dbc: Option<&[u8]>) -> Result<Self, FileError> {
        Self::parse(file, text, |name| Ok((name.to_owned(), dbc.unwrap_or_default().to_vec())))
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
            harvest_modes: parsed.harvest_modes,
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
        Router::new(&profile)?;
        Ok(profile)
    }

    /// The form of a profile file, as a JSON schema: with it an editor completes keys and marks slips.
    pub fn schema() -> serde_json::Value {
        schema::for_toml(&schemars::schema_for!(File).to_value())
    }
}
