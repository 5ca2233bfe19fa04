//! What can go wrong with a store.

use std::io;
use std::path::{Path, PathBuf};

use grainloss_journal::JournalError;
use grainloss_packet::PacketError;

/// Why a store cannot be read or written. Words for people: [`crate::said`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder that packets were to come from cannot be read.
    #[error("{}: {source}", path.display())]
    Place {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The register cannot be read or written.
    #[error("{}: {source}", path.display())]
    Register {
        /// The register's file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// There is no store in this folder.
    #[error("{}: no store", .0.display())]
    NoStore(PathBuf),
    /// A later version of this program made the store.
    #[error("{}: version {found} of the register; this program knows {known}", path.display())]
    Later {
        /// The register's file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The newest version that is known.
        known: u32,
    },
    /// Another gather is at work on this store.
    #[error("{}: another program is writing this store", .0.display())]
    Busy(PathBuf),
    /// A time zone that is not known.
    #[error("{0}: no time zone of this name")]
    Zone(String),
    /// A packet of the store is not what was put there.
    #[error("{}: not the packet that was taken in", .0.display())]
    KeptAltered(PathBuf),
    /// A packet of the store cannot be read.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A Parquet file cannot be written.
    #[error("{}: {problem}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the Parquet writer says.
        problem: String,
    },
    /// A row does not fit its table: a fault of this program.
    #[error("{table}.{column}: a value of another kind than the column has")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The objects of a bucket cannot be listed or read.
    #[error("{url}: {problem}")]
    Bucket {
        /// What was asked for.
        url: String,
        /// What the store of objects says.
        problem: String,
    },
    /// An address that is not `s3://BUCKET/PREFIX`.
    #[error("{0}: expected s3://BUCKET/PREFIX")]
    Address(String),
    /// A text that is no key, no machine that is known, and no file with keys.
    #[error("{0}: no public key, no known machine, no file with public keys")]
    NoKey(String),
    /// A text that may stand for no region.
    #[error("{0:?}: not the name of a region")]
    Region(String),
    /// A line of a table of machines cannot be read.
    #[error("{}: line {line}: {field}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// The work was stopped on purpose, by a test that plays a crash.
    #[error("stopped at {0}")]
    Stopped(String),
}

impl StoreError {
    /// With the file or folder that cannot be read or written.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::File { path: path.to_owned(), source }
    }
}
