//! The keys that may sign, and what all checks amount to.

use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::said::Said as _;
use grainloss_journal::{DeviceKeys, public_keys};
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::spoken;

/// What the checks amount to: the worst of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Everything is as it was written.
    Untouched,
    /// Nothing was altered; something could not be checked.
    Incomplete,
    /// Altered, unsigned or signed by a stranger.
    NotProven,
}

impl Verdict {
    /// How the command ends.
    pub fn ended(self, words: &Words) -> Result<(), CliError> {
        match self {
            Self::Untouched => Ok(()),
            Self::Incomplete => Err(CliError::Incomplete(words.get("verify-incomplete"))),
            Self::NotProven => Err(CliError::failed(words.get("verify-not-proven"))),
        }
    }
}

/// The keys that may sign.
pub(super) struct Keys {
    /// Lower-case hexadecimal; empty when none is known.
    pub known: Vec<String>,
    /// True when they are those beside the journal, which whoever can write the journal can write as well.
    pub beside: bool,
}

impl Keys {
    /// Those that are named with `--key`, or those beside the journal.
    pub fn known(named: Option<&str>, journal: Option<&Path>) -> Result<Self, CliError> {
        let Some(key) = named else {
            let known = journal.map(|journal| DeviceKeys::beside(journal).public()).unwrap_or_default();
            return Ok(Self { known, beside: true });
        };
        let mut known = public_keys(key);
        if known.is_empty() {
            let text = read_text_bounded(Path::new(key), LONGEST_TEXT).map_err(|error| {
                CliError::input(spoken().with("verify-bad-key", &[("key", key), ("why", &error.said())]))
            })?;
            known = public_keys(&text);
        }
        if known.is_empty() {
            return Err(CliError::input(spoken().with("verify-no-key", &[("key", key)])));
        }
        Ok(Self { known, beside: false })
    }

    /// True when this key may sign.
    pub fn may_sign(&self, key: &str) -> bool {
        self.known.is_empty() || self.known.iter().any(|known| known == key)
    }
}
