//! From TOML text to a checked scenario. Machine, crop, weather and operators are files of their own that scenarios
//! name.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::data::{Crop, Field, Machine, Operator, Range, Task, Weather};
use super::error::ScenarioError;
use super::event::{self, Event, EventEntry};
use super::library::{CROPS, MACHINES, OPERATORS, Shelf, WEATHER};
use super::{Lesson, Scenario};

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

/// A file's name and text, for messages that point into it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    fn read<T: DeserializeOwned>(self) -> Result<T, ScenarioError> {
        toml::from_str(self.text).map_err(|error| ScenarioError::Syntax {
            file: self.file.to_owned(),
            line: error.span().map_or(1, |span| self.text[..span.start].matches('\n').count() + 1),
            message: error.message().replace('\n', " "),
        })
    }

    /// An error at a key. `section` is the header as the file writes it, `[field]`, or empty for the top; `nth` counts
    /// equal headers from 0.
    pub fn value(self, section: &str, nth: usize, key: &str, found: &str, expected: String) -> ScenarioError {
        let name = section.trim_matches(['[', ']']);
        ScenarioError::Value {
            file: self.file.to_owned(),
            line: self.line_of(section, nth, key),
            key: if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") },
            found: found.to_owned(),
            expected,
        }
    }

    /// The line of a key; that of its section's header when the key is not there.
    fn line_of(self, section: &str, nth: usize, key: &str) -> usize {
        let lines = || self.text.lines().map(str::trim).enumerate();
        let header = if section.is_empty() {
            0
        } else {
            lines().filter(|(_, line)| line.starts_with(section)).nth(nth).map_or(0, |(at, _)| at)
        };
        let is_key = |line: &str| line.split('=').next().is_some_and(|left| left.trim() == key && line.contains('='));
        let body = lines().skip(header + usize::from(!section.is_empty()));
        let found = body.take_while(|(_, line)| !line.starts_with('[')).find(|(_, line)| is_key(line));
        found.map_or(header, |(at, _)| at) + 1
    }

    fn check(self, ranges: &[Range]) -> Result<(), ScenarioError> {
        for range in ranges {
            if !(range.low..=range.high).contains(&range.value) {
                let expected = format!("{} to {}", range.low, range.high);
                return Err(self.value(range.section, 0, range.key, &range.value.to_string(), expected));
            }
        }
        Ok(())
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
pub(super) fn scenario(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
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
        names: super::Names { machine: read.machine, crop: read.crop, weather: read.weather, operator: read.operator },
        machine,
        field: read.field,
        task: read.task,
        crew,
        events,
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
