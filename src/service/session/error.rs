//! Why a session cannot be prepared or begun.

use thiserror::Error;

use grainloss_core::data_file::FileError;
use grainloss_journal::JournalError;

/// Why a session cannot be prepared or begun: always something that the user can correct.
#[derive(Debug, Error)]
pub enum SessionError {
    /// No crop was named, and none was used before.
    #[error("name the crop with --crop, or first_crop in grainloss.toml: none was used here before")]
    NoCrop,
    /// A machine profile, a crop, a limit or the advice cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The journal or the capture cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
