//! Scenarios: which machine, crop, field and operator, and what goes wrong when. All of it is TOML data.

mod data;
mod error;
mod event;
mod load;

pub(crate) use data::{Crop, CropHeader, Engine, Field, Header, Machine, Operator, Plates, Shoe, Tank, Threshing};
pub use error::ScenarioError;
pub(crate) use event::{Active, Event};

/// The scenarios that come with the crate.
const BUNDLED: [(&str, &str); 3] = [
    ("wheat", include_str!("../scenarios/wheat.toml")),
    ("wheat-steady", include_str!("../scenarios/wheat-steady.toml")),
    ("wheat-dead-plate", include_str!("../scenarios/wheat-dead-plate.toml")),
];

/// Their names, in the order in which they are offered.
const BUNDLED_NAMES: [&str; 3] = [BUNDLED[0].0, BUNDLED[1].0, BUNDLED[2].0];

/// A scenario, loaded from TOML and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) lesson: String,
    pub(crate) start_unix_s: i64,
    pub(crate) crop_name: String,
    pub(crate) machine: Machine,
    pub(crate) crop: Crop,
    pub(crate) field: Field,
    pub(crate) operator: Operator,
    pub(crate) events: Vec<Event>,
}

impl Scenario {
    /// A scenario that comes with the crate; the error of an unknown name lists those there are.
    pub fn bundled(name: &str) -> Result<Self, ScenarioError> {
        match BUNDLED.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => Self::parse(&format!("{name}.toml"), text),
            None => Err(ScenarioError::unknown("scenario", name, &BUNDLED_NAMES)),
        }
    }

    /// The names that [`bundled`](Self::bundled) knows.
    pub fn bundled_names() -> &'static [&'static str] {
        &BUNDLED_NAMES
    }

    /// Reads a scenario from TOML text. `file` is its name for error messages, which say the line, the key and what
    /// was expected there.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        load::scenario(file, text)
    }

    /// Its name, as [`bundled`](Self::bundled) takes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it teaches, in one line.
    pub fn lesson(&self) -> &str {
        &self.lesson
    }

    /// The crop: `wheat`.
    pub fn crop(&self) -> &str {
        &self.crop_name
    }

    /// When the bus time begins, in seconds since 1970-01-01 UTC: a date in the scenario, so that output does not
    /// depend on the day it is made.
    pub fn start_unix_s(&self) -> i64 {
        self.start_unix_s
    }
}
