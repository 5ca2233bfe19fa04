//! From TOML text to a checked scenario. Machine, crop, weather and operators are files of their own that scenarios
//! name.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::data::section::Range;
use super::data::{Crop, Field, Machine, Operator, Task, Weather};
use super::definition::{Lesson, Names, Scenario};
use super::error::ScenarioError;
use super::event::{self, Event, EventEntry};
use super::kind::KINDS;
use super::library::{CROPS, MACHINES, OPERATORS, SCENARIOS, Shelf, WEATHER};
use super::source::Source;

/// The shortest pass that is left inside the rounds, m: below it there is no straight work.
const LEAST_PASS_M: f64 = 30.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    name: String,
    lesson: Lesson,
    start_unix_s: i64,
    machine: String,
    crop: String,
    weather: String,
    operator: String,
    field: Field,
    task: Task,
    #[serde(default)]
    event: Vec<EventEntry>,
}

impl Scenario {
    /// A scenario that comes with the crate; the error of an unknown name lists those there are.
    ///
    /// # Errors
    ///
    /// Where no bundled scenario has this name.
    pub fn bundled(name: &str) -> Result<Self, ScenarioError> {
        Self::parse(&format!("{name}.toml"), SCENARIOS.text(name)?)
    }

    /// The names that [`bundled`](Self::bundled) knows, in the order in which they are offered.
    pub fn bundled_names() -> Vec<&'static str> {
        SCENARIOS.names()
    }

    /// Reads a scenario from TOML text. `file` is its name for error messages, which say the line, the key and what
    /// was expected there.
    ///
    /// # Errors
    ///
    /// Where the text is not a scenario: file, line, field and what was expected.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        scenario(file, text)
    }

    /// Adds a fault or another event: `NAME[:ARGUMENT][@START[-END]]`, with times in seconds of harvest, such as
    /// `dead-plate:shoe-left@300-900`. From the start when no start is given, for good when no end is. The error names
    /// the key and what is allowed; so does that of a fault which contradicts the timeline.
    ///
    /// # Errors
    ///
    /// Where there is no such fault, or its times are wrong.
    pub fn add_fault(&mut self, fault: &str) -> Result<(), ScenarioError> {
        self.events.push(event::fault(fault, &OPERATORS.names())?);
        event::check_together(&self.events).map_err(|(nth, expected)| {
            let found = self.events[nth].start_s.to_string();
            self.events.pop();
            ScenarioError::Fault { fault: fault.to_owned(), key: "start".to_owned(), found, expected }
        })
    }

    /// The names of all events, each with the key of its argument, or nothing.
    pub fn event_kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
        KINDS.iter().map(|entry| (entry.name, entry.argument.key()))
    }
}

/// A file of a shelf, read and checked by `ranges`.
fn shelved<T: DeserializeOwned>(shelf: &Shelf, name: &str, ranges: fn(&T) -> Vec<Range>) -> Result<T, ScenarioError> {
    let source = Source { file: &format!("{}/{name}.toml", shelf.folder), text: shelf.text(name)? };
    let read: T = source.read()?;
    source.check(&ranges(&read))?;
    Ok(read)
}

/// Reads and checks a scenario.
fn scenario(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let source = Source { file, text };
    let read: ScenarioFile = source.read()?;
    for (key, value) in [("name", &read.name), ("lesson", &read.lesson.zh), ("lesson", &read.lesson.en)] {
        if value.trim().is_empty() || value.contains('\n') {
            return Err(source.value("", 0, key, "empty", "words on one line".to_owned()));
        }
    }
    // Until 2100: CAN logs carry seconds, and a typing error in one digit should not pass.
    if !(0..=4_102_444_800).contains(&read.start_unix_s) {
        let expected = "seconds since 1970, 0 to 4102444800".to_owned();
        return Err(source.value("", 0, "start_unix_s", &read.start_unix_s.to_string(), expected));
    }
    source.check(&read.field.ranges())?;
    source.check(&read.task.ranges())?;
    let operators = OPERATORS.names();
    let entries = read.event.into_iter().enumerate();
    let events: Vec<Event> =
        entries.map(|(nth, entry)| entry.checked(source, nth, &operators)).collect::<Result<_, _>>()?;
    if let Err((nth, expected)) = event::check_together(&events) {
        return Err(source.value("[[event]]", nth, "start_s", &events[nth].start_s.to_string(), expected));
    }
    let named =
        [("machine", MACHINES, &read.machine), ("crop", CROPS, &read.crop), ("weather", WEATHER, &read.weather)];
    for (key, shelf, name) in named.into_iter().chain([("operator", OPERATORS, &read.operator)]) {
        if !shelf.names().contains(&name.as_str()) {
            return Err(source.value("", 0, key, name, format!("one of: {}", shelf.names().join(", "))));
        }
    }
    let machine: Machine = shelved(&MACHINES, &read.machine, Machine::ranges)?;
    check_field(source, &read.field, &machine)?;
    let crew = operators.iter().map(|name| shelved(&OPERATORS, name, Operator::ranges)).collect::<Result<_, _>>()?;
    Ok(Scenario {
        operator: operators.iter().position(|name| *name == read.operator).unwrap_or(0),
        name: read.name,
        lesson: read.lesson,
        start_unix_s: read.start_unix_s,
        crop: shelved::<Crop>(&CROPS, &read.crop, Crop::ranges)?,
        weather: shelved::<Weather>(&WEATHER, &read.weather, Weather::ranges)?,
        names: Names { machine: read.machine, crop: read.crop, weather: read.weather, operator: read.operator },
        machine,
        field: read.field,
        task: read.task,
        crew,
        events,
        reel_forward: false,
    })
}

/// A field that the machine cannot work is refused.
fn check_field(source: Source, field: &Field, machine: &Machine) -> Result<(), ScenarioError> {
    let rounds = f64::from(field.headland_rounds);
    if 2 * field.headland_rounds >= field.passes {
        let expected = format!("fewer than half of the {} passes", field.passes);
        return Err(source.value("[field]", 0, "headland_rounds", &field.headland_rounds.to_string(), expected));
    }
    let least_m = 2.0 * rounds * machine.header_width_m + LEAST_PASS_M;
    if field.pass_length_m < least_m {
        let expected = format!("at least {least_m:.0} with {rounds} rounds of a {} m header", machine.header_width_m);
        return Err(source.value("[field]", 0, "pass_length_m", &field.pass_length_m.to_string(), expected));
    }
    Ok(())
}
