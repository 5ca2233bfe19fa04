//! A scenario: which machine, crop, field, weather and operator, and what happens when.

use serde::Deserialize;

use super::data::{Crop, Field, Machine, Operator, Task, Weather};
use super::event::Event;

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
pub(super) struct Names {
    pub machine: String,
    pub crop: String,
    pub weather: String,
    pub operator: String,
}

/// A scenario, loaded from TOML and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(super) name: String,
    pub(super) lesson: Lesson,
    pub(super) names: Names,
    pub(crate) start_unix_s: i64,
    pub(crate) machine: Machine,
    pub(crate) crop: Crop,
    pub(crate) weather: Weather,
    pub(crate) field: Field,
    pub(crate) task: Task,
    /// All operators there are; the one of the scenario is at this index.
    pub(crate) crew: Vec<Operator>,
    pub(crate) operator: usize,
    pub(crate) events: Vec<Event>,
}

impl Scenario {
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

    /// Shares of the field that are lodged and that are full of green weeds, 0..=1, and the fall of the ground, per cent: what
    /// a driver sees.
    pub fn field_seen(&self) -> (f64, f64, f64) {
        (self.field.lodged_share, self.field.weedy_share, self.field.slope_pct)
    }

    pub(crate) fn operator(&self) -> &Operator {
        &self.crew[self.operator]
    }
}
