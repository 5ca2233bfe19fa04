//! The machine profile: a TOML file that fits grainloss to a machine, read and checked against its database.

use std::path::{Path, PathBuf};

use grainloss_can::Database;
use serde::Deserialize;
use toml::Spanned;

use crate::data_file::{self, FileError};

/// The machine's own measures.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Cutting width, m; used when the bus does not tell the working width.
    pub header_width_m: f64,
    /// Width over which straw and chaff leave the machine, m.
    pub discharge_width_m: f64,
    /// Diameter of the reel over the tines, m.
    #[serde(default)]
    pub reel_diameter_m: Option<f64>,
    /// Nameplate feed rate, grain and straw together, kg/s.
    pub rated_feed_kg_s: f64,
    /// Engine speed at full load, r/min.
    pub rated_engine_rpm: f64,
}

/// What the loss plates should count, before any pan has said better.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossPlates {
    /// Share of the lost grain that falls on one plate, 0..=1.
    pub area_share: f64,
    /// Share of those kernels that the electronics count, 0..=1.
    pub detection_share: f64,
    /// Shortest time between two counted kernels, s.
    pub dead_time_s: f64,
}

/// One source of a channel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    /// `MESSAGE.Signal`.
    pub signal: Spanned<String>,
    /// The signal counts and starts again from 0 at this number.
    #[serde(default)]
    pub counter_modulus: Option<u32>,
    /// `MESSAGE.Signal` that says whether the sensor is in order.
    #[serde(default)]
    pub status: Option<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelEntry {
    pub name: Spanned<String>,
    pub sources: Vec<Source>,
    #[serde(default)]
    pub timeout_ms: Option<u32>,
    #[serde(default)]
    pub plausible: Option<Spanned<(f64, f64)>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    dbc: Spanned<String>,
    geometry: Spanned<Geometry>,
    #[serde(default)]
    loss_plates: Option<Spanned<LossPlates>>,
    #[serde(default)]
    channel: Vec<ChannelEntry>,
}

/// A profile with its database, checked: every signal it names is there, in a unit that fits.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The machine's measures.
    pub geometry: Geometry,
    /// Its loss plates, if it has any.
    pub loss_plates: Option<LossPlates>,
    /// SHA-256 of the profile's text followed by the database's, in hexadecimal.
    pub sha256: String,
    pub(super) database: Database,
    pub(super) channels: Vec<ChannelEntry>,
    file: String,
    text: String,
}

impl Profile {
    /// The profiles that come with grainloss.
    pub const BUNDLED: &[(&str, &str)] = &[("combine-demo", include_str!("../../machines/combine-demo.toml"))];

    /// Loads a profile by the name of a bundled or a user's one, or from a file when `machine` is a path.
    pub fn load(machine: &str) -> Result<Self, FileError> {
        let path = Path::new(machine);
        if path.extension().is_some_and(|e| e == "toml") || machine.contains('/') {
            return Self::read(path);
        }
        if let Some(own) = data_file::user_file("machines", &format!("{machine}.toml")) {
            return Self::read(&own);
        }
        if let Some((name, text)) = Self::BUNDLED.iter().find(|(name, _)| *name == machine) {
            return Self::parse(&format!("{name}.toml"), text, None);
        }
        let names = Self::BUNDLED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let problem = format!("unknown machine; bundled are: {names}; or give the path of a .toml file");
        Err(FileError { file: format!("--machine {machine}"), line: None, problem })
    }

    fn read(path: &Path) -> Result<Self, FileError> {
        let file = path.display().to_string();
        let text = data_file::read(path)?;
        Self::parse(&file, &text, path.parent())
    }

    /// Reads a profile; a database that is not a bundled one is looked for in `folder`.
    fn parse(file: &str, text: &str, folder: Option<&Path>) -> Result<Self, FileError> {
        let parsed: File = data_file::parse(file, text)?;
        let at = |span: std::ops::Range<usize>, problem: String| FileError {
            file: file.to_owned(),
            line: Some(data_file::line_of(text, span.start)),
            problem,
        };
        let (database, dbc_bytes) = load_database(&parsed.dbc, folder).map_err(|problem| match problem {
            DatabaseProblem::Missing(problem) => at(parsed.dbc.span(), problem),
            DatabaseProblem::Wrong(error) => {
                FileError { file: error.file.clone(), line: Some(error.line), problem: error.problem.to_string() }
            }
        })?;
        if let Some(problem) = wrong_measure(parsed.geometry.get_ref()) {
            return Err(at(parsed.geometry.span(), problem));
        }
        if let Some(plates) = &parsed.loss_plates
            && let Some(problem) = wrong_plates(plates.get_ref())
        {
            return Err(at(plates.span(), problem));
        }
        let profile = Self {
            name: parsed.name,
            geometry: parsed.geometry.into_inner(),
            loss_plates: parsed.loss_plates.map(Spanned::into_inner),
            sha256: data_file::sha256(&[text.as_bytes(), &dbc_bytes]),
            database,
            channels: parsed.channel,
            file: file.to_owned(),
            text: text.to_owned(),
        };
        // Building the router looks at every channel and signal: a profile that loads can be used.
        super::router::Router::new(&profile)?;
        Ok(profile)
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

enum DatabaseProblem {
    Missing(String),
    Wrong(grainloss_can::DbcError),
}

fn load_database(name: &Spanned<String>, folder: Option<&Path>) -> Result<(Database, Vec<u8>), DatabaseProblem> {
    let name = name.get_ref();
    let (file, bytes) = if let Some(text) = Database::bundled_text(name) {
        (format!("{name}.dbc"), text.as_bytes().to_vec())
    } else {
        let path = folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
        let bytes = std::fs::read(&path).map_err(|error| {
            DatabaseProblem::Missing(format!(
                "dbc: no bundled database is called '{name}', and {} cannot be read: {error}",
                path.display()
            ))
        })?;
        (path.display().to_string(), bytes)
    };
    let database = Database::parse(&file, &bytes).map_err(DatabaseProblem::Wrong)?;
    Ok((database, bytes))
}

fn wrong_measure(geometry: &Geometry) -> Option<String> {
    let measures = [
        ("header_width_m", geometry.header_width_m, 0.3, 20.0),
        ("discharge_width_m", geometry.discharge_width_m, 0.3, 20.0),
        ("reel_diameter_m", geometry.reel_diameter_m.unwrap_or(1.0), 0.3, 3.0),
        ("rated_feed_kg_s", geometry.rated_feed_kg_s, 0.5, 60.0),
        ("rated_engine_rpm", geometry.rated_engine_rpm, 500.0, 4000.0),
    ];
    outside(&measures, "geometry")
}

fn wrong_plates(plates: &LossPlates) -> Option<String> {
    let shares = [
        ("area_share", plates.area_share, 0.0001, 1.0),
        ("detection_share", plates.detection_share, 0.0001, 1.0),
        ("dead_time_s", plates.dead_time_s, 0.0, 0.1),
    ];
    outside(&shares, "loss_plates")
}

fn outside(values: &[(&str, f64, f64, f64)], table: &str) -> Option<String> {
    let (name, value, low, high) = values.iter().find(|(_, value, low, high)| !(*low..=*high).contains(value))?;
    Some(format!("{table}.{name} is {value}; expected {low} to {high}"))
}
