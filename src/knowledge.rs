//! What can be data is data: crops, limits, advice and words live in TOML and Fluent files below `knowledge/`. They are
//! embedded in the binary; a file of the same name in the user's folder (`$XDG_CONFIG_HOME/grainloss/knowledge/`) takes
//! their place.

mod crops;
mod limits;
mod rules;
mod words;

use std::fmt;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use crops::{CropEntry, crop};
pub use limits::{LimitEntry, limit};
pub use rules::Rules;
pub use words::{Lang, Words};

/// A word in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The word in this language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What is wrong with a TOML file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeError {
    /// The file's name.
    pub file: String,
    /// The line, from 1; `None` when the whole file or a command-line value is meant.
    pub line: Option<usize>,
    /// What was expected and what to do.
    pub problem: String,
}

impl fmt::Display for KnowledgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

impl std::error::Error for KnowledgeError {}

/// Reads a TOML file; the error names file, line and key.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, KnowledgeError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        KnowledgeError { file: file.to_owned(), line, problem: error.message().replace('\n', "; ") }
    })
}

/// The line, from 1, on which this byte stands.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

/// The user's own file in this folder, if there is one: `$XDG_CONFIG_HOME/grainloss/FOLDER/NAME`, or below `~/.config`.
pub(crate) fn user_file(folder: &str, name: &str) -> Option<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    let path = config.join("grainloss").join(folder).join(name);
    path.is_file().then_some(path)
}

/// A knowledge file: the user's own, or the embedded one.
fn load<T: DeserializeOwned>(name: &str, embedded: &str) -> Result<T, KnowledgeError> {
    match user_file("knowledge", name) {
        Some(path) => {
            let file = path.display().to_string();
            let text = std::fs::read_to_string(&path).map_err(|error| KnowledgeError {
                file: file.clone(),
                line: None,
                problem: format!("cannot be read: {error}"),
            })?;
            parse(&file, &text)
        }
        None => parse(name, embedded),
    }
}

/// SHA-256 of the parts one after the other, in hexadecimal.
pub(crate) fn sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
