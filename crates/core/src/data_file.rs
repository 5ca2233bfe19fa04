//! The text of data files (TOML), and the one error that names a file and a line. Whoever calls has read the file.

use std::fmt;
use std::fmt::Write as _;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

/// What is wrong with a data file, or with a value on the command line, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file's name.
    pub file: String,
    /// The line, from 1; `None` when the whole file or a command-line value is meant.
    pub line: Option<usize>,
    /// What was expected and what to do.
    pub problem: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

impl std::error::Error for FileError {}

/// Parses TOML; the error names file, line and key.
///
/// # Errors
///
/// Where the text is not TOML of this form: file, line and key.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        // A wrong value is told without its key: the line itself says which.
        let place = line
            .and_then(|line| text.lines().nth(line - 1))
            .map_or_else(String::new, |t| format!(", in: {}", t.trim()));
        FileError { file: file.to_owned(), line, problem: error.message().replace('\n', "; ") + &place }
    })
}

/// Deserialises a number within limits; the error says which.
fn number_in<'de, D: Deserializer<'de>>(from: D, low: f64, high: f64) -> Result<f64, D::Error> {
    let value = f64::deserialize(from)?;
    if value > low && value <= high {
        return Ok(value);
    }
    Err(D::Error::custom(format!("{value} is out of range; expected more than {low}, at most {high}")))
}

/// A measure: above 0, and no more than anything in a field could be.
///
/// # Errors
///
/// Where it is not a number above 0, up to 1e6.
pub fn measure<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 1e6)
}

/// The same, where it may be left out, or null.
///
/// # Errors
///
/// Where it is not a number above 0, up to 1e6.
pub fn optional_measure<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    struct Measure(#[serde(deserialize_with = "measure")] f64);
    Option::<Measure>::deserialize(from).map(|given| given.map(|Measure(value)| value))
}

/// A share: above 0, at most 1.
///
/// # Errors
///
/// Where it is not a number above 0, up to 1.
pub fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 1.0)
}

/// A loss limit in per cent: above 0, at most 50.
///
/// # Errors
///
/// Where it is not a number above 0, up to 50.
pub fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 50.0)
}

/// Where a figure comes from: never nothing.
///
/// # Errors
///
/// Where the text is empty.
pub fn source<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty() { Err(D::Error::custom("empty; expected where the figure comes from")) } else { Ok(text) }
}

/// The line, from 1, on which this byte stands.
pub fn line_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|&(at, _)| at < byte).filter(|&(_, c)| c == '\n').count() + 1
}

/// SHA-256 of the parts one after the other, in hexadecimal.
pub fn sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
