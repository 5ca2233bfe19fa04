//! How findings are printed.

use clap::ValueEnum;

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}
