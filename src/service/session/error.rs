//! Why a session cannot be prepared or begun.

use thiserror::Error;

use std::path::PathBuf;

use grainloss_core::data_file::FileError;
use grainloss_core::harvest::CalibrationError;
use grainloss_journal::{CalibrationFileError, JournalError};

/// Why a session cannot be prepared or begun: always something that the user can correct.
#[derive(Debug, Error)]
pub enum SessionError {
    /// No crop was named, and none was used before.
    #[error("name the crop with --crop, or first_crop in grainloss.toml: none was used here before")]
    NoCrop,
    /// A machine profile, a crop, a limit or the advice cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A calibration is asked for by its number, and there is no journal to look into.
    #[error("--calibration: a number needs the journal that has it; name it with --db, or give a file")]
    CalibrationWithoutJournal,
    /// The stored calibration cannot be read.
    #[error("--calibration {0}: damaged, or stored by another version of grainloss; choose another, or none")]
    CalibrationUnreadable(i64),
    /// The file is no calibration, or cannot be read.
    #[error("--calibration {}: {problem}", path.display())]
    CalibrationFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: CalibrationFileError,
    },
    /// It is of another crop.
    #[error("--calibration: of {found}, this session is in {wanted}; choose another, or none")]
    CalibrationCrop {
        /// Its crop.
        found: String,
        /// The session's.
        wanted: String,
    },
    /// It does not fit the machine.
    #[error("--calibration: {0}; choose another, or none")]
    Calibration(CalibrationError),
    /// The journal or the capture cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
