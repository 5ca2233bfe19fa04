//! Why a report cannot be made.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use grainloss_core::data_file::FileError;
use grainloss_journal::JournalError;

/// Why a report cannot be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A limit, a label or another file of knowledge cannot be read.
    #[error(transparent)]
    Knowledge(FileError),
    /// A map format was asked for, and the session (its number) has no positions.
    #[error("session {0} has no positions; map formats need a GNSS receiver on the bus, choose xlsx, html or csv")]
    NoPositions(i64),
    /// The folder to be written exists already.
    #[error("{}: is there already and is not replaced; name another folder with --out", .0.display())]
    InTheWay(PathBuf),
    /// A PDF needs a font with Chinese characters, and none is installed.
    #[error(
        "no font for Simplified Chinese on this system; install one (Debian: apt install fonts-noto-cjk), or name a \
             folder of fonts in GRAINLOSS_FONTS"
    )]
    NoFont,
    /// The PDF cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Pdf(String),
    /// The workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(String),
    /// The report cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}
