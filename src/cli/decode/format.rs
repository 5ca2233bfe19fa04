//! How decoded signals are written.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One row for each signal, with a header
    Csv,
    /// One JSON object for each signal, on a line of its own
    Jsonl,
}
