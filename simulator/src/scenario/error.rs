//! Why a scenario is refused, in words that say what to change.

use thiserror::Error;

/// Why a scenario cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScenarioError {
    /// There is no bundled file of that name.
    #[error("there is no {kind} '{name}'; choose one of: {allowed}")]
    Unknown {
        /// `scenario`, `machine`, `crop`, `weather` or `operator`.
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are, separated by commas.
        allowed: String,
    },
    /// The text is not TOML, or a key is missing, unknown or of the wrong type.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What was expected.
        message: String,
    },
    /// A fault asked for that cannot be.
    #[error("--fault {fault}: {key} is {found}; expected {expected}")]
    Fault {
        /// As it was asked for.
        fault: String,
        /// Which part of it.
        key: String,
        /// What it says.
        found: String,
        /// What would do.
        expected: String,
    },
    /// A key has a value that cannot be.
    #[error("{file}:{line}: {key} is {found}; expected {expected}")]
    Value {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The key, with its section.
        key: String,
        /// What the file says.
        found: String,
        /// What would do.
        expected: String,
    },
}

impl ScenarioError {
    pub(crate) fn unknown(kind: &'static str, name: &str, allowed: &[&str]) -> Self {
        Self::Unknown { kind, name: name.to_owned(), allowed: allowed.join(", ") }
    }
}
