//! Where each piece of advice comes from.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::advice::NextStep;
use crate::data_file::{self, FileError};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(deserialize_with = "data_file::source")]
    source: String,
    #[serde(default)]
    disagree: Option<String>,
}

/// The sources of the advice.
#[derive(Clone, Debug)]
pub struct Rules(BTreeMap<String, Rule>);

impl Rules {
    /// Loads them; a step without a rule is an error.
    pub fn load() -> Result<Self, FileError> {
        const FILE: &str = "advice.toml";
        let rules = Self(super::load(FILE, include_str!("../../knowledge/advice.toml"))?);
        match NextStep::ALL.iter().find(|step| !rules.0.contains_key(step.word())) {
            None => Ok(rules),
            Some(step) => {
                let problem = format!("the rule [{}] is missing; add it with its source", step.word());
                Err(FileError { file: FILE.to_owned(), line: None, problem })
            }
        }
    }

    /// Where this advice comes from, and who disagrees.
    pub fn source(&self, step: NextStep) -> String {
        self.0.get(step.word()).map_or_else(String::new, |rule| match &rule.disagree {
            Some(disagree) => format!("{}; {disagree}", rule.source),
            None => rule.source.clone(),
        })
    }
}
