//! A scenario: which machine, crop, field, weather and operator, and what happens when.

use serde::Deserialize;

use super::data::{Crop, Field, Machine, Operator, Task, Weather};
use super::event::Event;
use super::kind::Kind;
use super::library::OPERATORS;

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

/// The operator who does as the task says.
const TRAINED: &str = "trained";

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
    /// The driver has set the reel forward and down.
    pub(crate) reel_forward: bool,
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

    /// What its driver does wrong, and what that driver sets on the machine: for a learner, the state in which the machine was
    /// left.
    pub(crate) fn left_wrong(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.kind.is_of_the_hands())
    }

    /// Something on the machine is set wrongly when a learner takes it over: header, throttle, reel or threshing.
    pub(crate) fn is_left_wrong(&self) -> bool {
        let set = |event: &Event| match event.kind {
            Kind::CutWhileTurning | Kind::TooFast => false,
            Kind::Operator => self.crew[event.choice].cut_higher_m != 0.0,
            _ => true,
        };
        self.operator().cut_higher_m != 0.0 || self.left_wrong().any(set)
    }

    /// The same field for a trained driver who does nothing wrong: what a learner is compared with. Weather, crop and faults
    /// of the electronics stay.
    #[must_use]
    pub fn well_driven(&self) -> Self {
        let mut scenario = self.clone();
        scenario.events.retain(|event| !event.kind.is_of_the_hands());
        scenario.operator = OPERATORS.names().iter().position(|name| *name == TRAINED).unwrap_or(self.operator);
        // The rule for lodged crop that the scenarios' own drivers do not follow.
        scenario.reel_forward = self.field.lodged_share > 0.0;
        TRAINED.clone_into(&mut scenario.names.operator);
        scenario
    }

    pub(crate) fn operator(&self) -> &Operator {
        &self.crew[self.operator]
    }
}
