//! One check of the doctor, and what it found.

use grainloss_knowledge::Words;
use serde::Serialize;
use serde_json::{Value, json};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    Ok,
    /// Work is possible.
    Warning,
    /// Work is not possible.
    Fault,
    Unknown,
}

impl State {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found. The texts stand under `doctor-found-…` and `doctor-do-…`.
pub(super) struct Check {
    /// Which check, and of what, such as an interface.
    pub id: &'static str,
    pub of: Option<String>,
    pub state: State,
    pub found: &'static str,
    pub values: Vec<(&'static str, String)>,
    /// What to do, if anything.
    pub remedy: Option<&'static str>,
}

impl Check {
    pub fn new(id: &'static str, state: State, found: &'static str) -> Self {
        Self { id, of: None, state, found, values: Vec::new(), remedy: None }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    pub fn remedy(self, remedy: &'static str) -> Self {
        Self { remedy: Some(remedy), ..self }
    }

    pub fn of(self, what: impl Into<String>) -> Self {
        Self { of: Some(what.into()), ..self }
    }

    pub fn text(&self, words: &Words, part: &str, key: &str) -> String {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.with(&format!("doctor-{part}-{key}"), &values)
    }

    pub fn cells(&self, words: &Words) -> Vec<String> {
        let name = words.get(&format!("doctor-check-{}", self.id));
        let name = self.of.as_ref().map_or(name.clone(), |of| format!("{name} {of}"));
        let found = self.text(words, "found", self.found);
        let remedy = self.remedy.map_or_else(String::new, |remedy| format!(" → {}", self.text(words, "do", remedy)));
        vec![words.get(&format!("doctor-state-{}", self.state.word())), name, found + &remedy]
    }

    pub fn json(&self, words: &Words) -> Value {
        let values: serde_json::Map<String, Value> =
            self.values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "check": self.id,
            "of": self.of,
            "state": self.state.word(),
            "found": self.found,
            "values": values,
            "text": self.text(words, "found", self.found),
            "remedy": self.remedy.map(|remedy| self.text(words, "do", remedy)),
        })
    }
}
