//! Data files: TOML that is embedded in the binary or the user's own, and the one error that speaks of a file and a
//! line.

use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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

/// The text of a file; the error names the line that is not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, FileError> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| FileError {
        file: file.clone(),
        line: None,
        problem: format!("cannot be read: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        FileError {
            file,
            line: Some(line_of(&good, good.len())),
            problem: "not UTF-8 text; save it as UTF-8".to_owned(),
        }
    })
}

/// Parses TOML; the error names file, line and key.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FileError> {
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
pub(crate) fn measure<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 1e6)
}

/// The same, where it may be left out.
pub(crate) fn optional_measure<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    measure(from).map(Some)
}

/// A share: above 0, at most 1.
pub(crate) fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 1.0)
}

/// A loss limit in per cent: above 0, at most 50.
pub(crate) fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number_in(from, 0.0, 50.0)
}

/// Where a figure comes from: never nothing.
pub(crate) fn source<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty() { Err(D::Error::custom("empty; expected where the figure comes from")) } else { Ok(text) }
}

/// The line, from 1, on which this byte stands.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|&(at, _)| at < byte).filter(|&(_, c)| c == '\n').count() + 1
}

/// The user's own file in this folder, if there is one: `$XDG_CONFIG_HOME/grainloss/FOLDER/NAME`, or below `~/.config`.
pub(crate) fn user_file(folder: &str, name: &str) -> Option<PathBuf> {
    user_path(folder, name).filter(|path| path.is_file())
}

/// Where such a file would be; `None` where nobody is at home.
pub(crate) fn user_path(folder: &str, name: &str) -> Option<PathBuf> {
    Some(user_folder(folder)?.join(name))
}

/// The names, without their extension, of the user's own files in this folder, in order.
pub(crate) fn user_names(folder: &str, extension: &str) -> Vec<String> {
    let files = user_folder(folder).and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<String> = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn user_folder(folder: &str) -> Option<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(config.join("grainloss").join(folder))
}

/// SHA-256 of the parts one after the other, in hexadecimal.
pub(crate) fn sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
