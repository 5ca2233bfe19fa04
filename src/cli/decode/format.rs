//! How decoded signals are written.

use clap::ValueEnum;
use grainloss_can::RowFormat;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One row for each signal, with a header
    Csv,
    /// One JSON object for each signal, on a line of its own
    Jsonl,
}

impl From<Format> for RowFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Jsonl => Self::JsonLines,
        }
    }
}
