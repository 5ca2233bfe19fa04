//! The text of a file, and errors that name a line and key of it.

use serde::de::DeserializeOwned;

use super::data::section::Range;
use super::error::ScenarioError;

/// A file's name and text, for messages that point into it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ScenarioError> {
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

    pub fn check(self, ranges: &[Range]) -> Result<(), ScenarioError> {
        for range in ranges {
            if !(range.low..=range.high).contains(&range.value) {
                let expected = format!("{} to {}", range.low, range.high);
                return Err(self.value(range.section, 0, range.key, &range.value.to_string(), expected));
            }
        }
        Ok(())
    }
}
