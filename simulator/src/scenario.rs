//! Scenarios: which machine, crop, field, weather and operator, and what goes wrong when. All of it is TOML data.

mod active;
mod data;
mod error;
mod event;
mod kind;
mod library;
mod load;
mod settings;

use serde::Deserialize;

pub(crate) use active::{Active, Wire};
pub(crate) use data::{
    Crop, CropCleaning, CropThreshing, Engine, Field, Header, Machine, Operator, Plates, Separator, Shoe, Tank, Task,
    Threshing, Weather,
};
pub use error::ScenarioError;
pub(crate) use event::Event;
pub(crate) use kind::{Kind, MESSAGES, NODES};
use library::SCENARIOS;
pub(crate) use settings::Settings;

/// One line in two languages.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The files that a scenario is put together from.
#[derive(Clone, Debug)]
struct Names {
    machine: String,
    crop: String,
    weather: String,
    operator: String,
}

/// A scenario, loaded from TOML and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    name: String,
    lesson: Lesson,
    names: Names,
    pub(crate) start_unix_s: i64,
    pub(crate) machine: Machine,
    pub(crate) crop: Crop,
    pub(crate) weather: Weather,
    pub(crate) field: Field,
    pub(crate) task: Task,
    /// All operators there are; the one of the scenario stands at this place.
    pub(crate) crew: Vec<Operator>,
    pub(crate) operator: usize,
    pub(crate) events: Vec<Event>,
}

impl Scenario {
    /// A scenario that comes with the crate; the error of an unknown name lists those there are.
    pub fn bundled(name: &str) -> Result<Self, ScenarioError> {
        Self::parse(&format!("{name}.toml"), SCENARIOS.text(name)?)
    }

    /// The names that [`bundled`](Self::bundled) knows, in the order in which they are offered.
    pub fn bundled_names() -> Vec<&'static str> {
        SCENARIOS.names()
    }

    /// Reads a scenario from TOML text. `file` is its name for error messages, which say the line, the key and what
    /// was expected there.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        load::scenario(file, text)
    }

    /// Adds a fault or another event: `NAME[:ARGUMENT][@START[-END]]`, with times in seconds of harvest, such as
    /// `dead-plate:shoe-left@300-900`. From the start when no start is given, for good when no end is. The error names
    /// the key and what is allowed; so does that of a fault which contradicts the timeline.
    pub fn add_fault(&mut self, fault: &str) -> Result<(), ScenarioError> {
        self.events.push(event::fault(fault, &library::OPERATORS.names())?);
        event::check_together(&self.events).map_err(|(nth, expected)| {
            let found = self.events[nth].start_s.to_string();
            self.events.pop();
            ScenarioError::Fault { fault: fault.to_owned(), key: "start".to_owned(), found, expected }
        })
    }

    /// The names of all events, each with the key of its argument, or nothing.
    pub fn event_kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
        kind::KINDS.iter().map(|entry| (entry.name, entry.argument.key()))
    }

    /// Its name, as [`bundled`](Self::bundled) takes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it teaches, in one line of each language.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The machine: `wheeled-8`.
    pub fn machine(&self) -> &str {
        &self.names.machine
    }

    /// The crop: `wheat`.
    pub fn crop(&self) -> &str {
        &self.names.crop
    }

    /// The weather: `june-sunny`.
    pub fn weather(&self) -> &str {
        &self.names.weather
    }

    /// The operator at the wheel at the start: `trained`.
    pub fn operator_name(&self) -> &str {
        &self.names.operator
    }

    /// When the bus time begins, in seconds since 1970-01-01 UTC: a date in the scenario, so that output does not
    /// depend on the day it is made.
    pub fn start_unix_s(&self) -> i64 {
        self.start_unix_s
    }

    /// The timeline: what happens, from when, for how long, s.
    pub fn timeline(&self) -> impl Iterator<Item = (&str, f64, f64)> {
        self.events.iter().map(|event| (event.label.as_str(), event.start_s, event.duration_s))
    }

    /// Length and width of the field in passes, m and passes.
    pub fn field_size(&self) -> (f64, u32) {
        (self.field.pass_length_m, self.field.passes)
    }

    pub(crate) fn operator(&self) -> &Operator {
        &self.crew[self.operator]
    }
}
