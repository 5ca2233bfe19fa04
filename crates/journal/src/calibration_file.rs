//! A calibration as a file, for the sister machine or a new computer.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use grainloss_core::data_file;
use grainloss_core::harvest::{Calibration, CalibrationError};

/// What `format` says in such a file.
const FORMAT: &str = "grainloss-calibration";
/// Longest file that is read, bytes (our choice: one has some 20 kB).
const LONGEST_BYTES: u64 = 1 << 20;

/// The content of the file: JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationFile {
    format: String,
    version: u64,
    /// The machine profile's name.
    pub machine: String,
    /// The owner's name for the machine.
    pub machine_name: Option<String>,
    /// Licence plate.
    pub plate: Option<String>,
    /// The crop's name.
    pub crop: String,
    /// The field's name.
    pub field: Option<String>,
    /// What the estimator knew.
    pub learned: Calibration,
    /// SHA-256, hexadecimal, of the compact JSON of the file with an empty text here: what was changed by hand is refused.
    sha256: String,
}

/// Why a file is no calibration that can be used.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CalibrationFileError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It is not JSON, or a field is missing, unknown or of another kind.
    #[error("line {line}: {what}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// It is JSON of something else.
    #[error(
        "format is not \"grainloss-calibration\": this is no calibration; write one with `grainloss calibration export`"
    )]
    NotACalibration,
    /// A later version of the program wrote it.
    #[error("version is {0}, this grainloss knows {known}; update grainloss", known = CalibrationFile::VERSION)]
    TooNew(u64),
    /// Its SHA-256 is another one.
    #[error("sha256 does not fit the rest: the file was changed; export it again")]
    Changed,
    /// A number cannot be.
    #[error("learned.{0}; export it again")]
    Damaged(CalibrationError),
}

impl CalibrationFile {
    /// The version that this program writes, and the newest that it reads.
    pub const VERSION: u64 = 1;

    /// The file of what was learned.
    pub(super) fn new(
        machine: String,
        machine_name: Option<String>,
        plate: Option<String>,
        crop: String,
        field: Option<String>,
        learned: Calibration,
    ) -> Self {
        let (format, sha256) = (FORMAT.to_owned(), String::new());
        let file = Self { format, version: Self::VERSION, machine, machine_name, plate, crop, field, learned, sha256 };
        Self { sha256: file.own_sha256(), ..file }
    }

    /// Of the file with an empty text in the place of its SHA-256.
    fn own_sha256(&self) -> String {
        let bare = Self { sha256: String::new(), ..self.clone() };
        data_file::sha256(&[serde_json::to_string(&bare).unwrap_or_default().as_bytes()])
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the text is no calibration, of a later version, or has a number that cannot be.
    pub fn parse(text: &str) -> Result<Self, CalibrationFileError> {
        // serde_json says line and column at the end of its message.
        let form = |error: serde_json::Error| {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default().to_owned();
            CalibrationFileError::Form { line: error.line(), what }
        };
        let value: serde_json::Value = serde_json::from_str(text).map_err(form)?;
        if value["format"] != FORMAT {
            return Err(CalibrationFileError::NotACalibration);
        }
        if let Some(version) = value["version"].as_u64().filter(|&version| version > Self::VERSION) {
            return Err(CalibrationFileError::TooNew(version));
        }
        let file: Self = serde_json::from_str(text).map_err(form)?;
        file.learned.check().map_err(CalibrationFileError::Damaged)?;
        if file.sha256 != file.own_sha256() {
            return Err(CalibrationFileError::Changed);
        }
        Ok(file)
    }

    /// Reads the file at this path.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, CalibrationFileError> {
        let unreadable = |error: std::io::Error| CalibrationFileError::Unreadable(error.to_string());
        let mut text = String::new();
        File::open(path).and_then(|file| file.take(LONGEST_BYTES + 1).read_to_string(&mut text)).map_err(unreadable)?;
        if text.len() as u64 > LONGEST_BYTES {
            let problem = format!("longer than {} MB, so it is no calibration", LONGEST_BYTES >> 20);
            return Err(CalibrationFileError::Unreadable(problem));
        }
        Self::parse(&text)
    }

    /// SHA-256 of what the estimator knew, hexadecimal, as the journal stores it.
    pub fn learned_sha256(&self) -> String {
        data_file::sha256(&[serde_json::to_string(&self.learned).unwrap_or_default().as_bytes()])
    }

    /// Its text, ending with a new line.
    pub fn text(&self) -> String {
        // The fields are texts and finite numbers: nothing of them can fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
