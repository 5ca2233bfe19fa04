//! From TOML text to a checked scenario. Machine and crop are files of their own that scenarios name.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Scenario;
use super::data::{Crop, Field, Machine, Operator, Range};
use super::error::ScenarioError;
use super::event::{Event, EventEntry};

const MACHINES: [(&str, &str); 1] = [("wheeled-8", include_str!("../../machines/wheeled-8.toml"))];
const CROPS: [(&str, &str); 1] = [("wheat", include_str!("../../crops/wheat.toml"))];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    name: String,
    lesson: String,
    start_unix_s: i64,
    machine: String,
    crop: String,
    field: Field,
    operator: Operator,
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

fn bundled(kind: &'static str, name: &str, all: &[(&str, &'static str)]) -> Result<&'static str, ScenarioError> {
    let found = all.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        ScenarioError::unknown(kind, name, &names)
    })
}

/// Reads and checks a scenario.
pub(super) fn scenario(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let source = Source { file, text };
    let read: ScenarioFile = source.read()?;
    for (key, value) in [("name", &read.name), ("lesson", &read.lesson)] {
        if value.trim().is_empty() {
            return Err(source.value("", 0, key, "empty", "words".to_owned()));
        }
    }
    // Until 2100: CAN logs carry seconds, and a typing error in one digit should not pass.
    if !(0..=4_102_444_800).contains(&read.start_unix_s) {
        let expected = "seconds since 1970, 0 to 4102444800".to_owned();
        return Err(source.value("", 0, "start_unix_s", &read.start_unix_s.to_string(), expected));
    }
    source.check(&read.field.ranges())?;
    source.check(&read.operator.ranges())?;
    let events: Result<Vec<Event>, _> =
        read.event.into_iter().enumerate().map(|(nth, entry)| entry.checked(source, nth)).collect();

    let machine_source = Source {
        file: &format!("machines/{}.toml", read.machine),
        text: bundled("machine", &read.machine, &MACHINES)?,
    };
    let machine: Machine = machine_source.read()?;
    machine_source.check(&machine.ranges())?;
    let crop_source = Source { file: &format!("crops/{}.toml", read.crop), text: bundled("crop", &read.crop, &CROPS)? };
    let crop: Crop = crop_source.read()?;
    crop_source.check(&crop.ranges())?;

    Ok(Scenario {
        name: read.name,
        lesson: read.lesson,
        start_unix_s: read.start_unix_s,
        crop_name: read.crop,
        machine,
        crop,
        field: read.field,
        operator: read.operator,
        events: events?,
    })
}
