//! Why a packet cannot be made or read.

use std::io;
use std::path::PathBuf;

use grainloss_journal::JournalError;

/// Why a packet cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum PacketError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than a packet can be.
    #[error("{}: {bytes} bytes; a packet has at most {most}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size.
        most: u64,
    },
    /// The file is small and claims to be larger, when it is unpacked, than a packet can be.
    #[error("{}: {bytes} bytes when it is unpacked; a packet has at most {most}", path.display())]
    Unpacked {
        /// The file.
        path: PathBuf,
        /// Its size, or that of a column.
        bytes: u64,
        /// The largest size.
        most: u64,
    },
    /// The bytes are no Parquet file, or a damaged one.
    #[error("{}: no Parquet file, or a damaged one: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the Parquet reader says.
        problem: String,
    },
    /// A Parquet file of something else.
    #[error("{}: a Parquet file without the key {key}: not a packet of grainloss", path.display())]
    NotAPacket {
        /// The file.
        path: PathBuf,
        /// The key that is missing.
        key: &'static str,
    },
    /// The head is not as this program writes it.
    #[error("{}: {field}: {problem}", path.display())]
    Head {
        /// The file.
        path: PathBuf,
        /// The field, or the key.
        field: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A later version of grainloss made it.
    #[error("{}: version {found} of the format; this program reads up to {known}: use a newer one", path.display())]
    Later {
        /// The file.
        path: PathBuf,
        /// The packet's version.
        found: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// The columns are not those of a session's seconds.
    #[error("{}: column {column}: {problem}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// Its name.
        column: String,
        /// What is wrong.
        problem: ColumnProblem,
    },
    /// A stored second cannot be written as its column says.
    #[error("session {session}: column {column}: {text:?} is not what this column holds")]
    Value {
        /// The session.
        session: i64,
        /// The column's name.
        column: &'static str,
        /// The stored text.
        text: String,
    },
    /// The session has no whole minute.
    #[error("session {session}: it has no complete minute yet")]
    Empty {
        /// The session.
        session: i64,
    },
    /// The journal has no list of seals.
    #[error("the journal has no seal: an earlier version wrote it, and nothing proves it")]
    NoSeal,
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The packet cannot be written.
    #[error("the packet cannot be written: {0}")]
    Write(String),
}

/// What is wrong with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnProblem {
    /// Another column belongs in its place.
    #[error("not the column that belongs here")]
    Place,
    /// A later version has more columns.
    #[error("a later version of grainloss made it: use a newer program")]
    Later,
    /// A word that is not UTF-8.
    #[error("a word that is not UTF-8")]
    Word,
    /// Its values are of another type.
    #[error("another type than this column has")]
    Type,
    /// It has more or fewer values than there are seconds.
    #[error("not one value for each second")]
    Length,
    /// A second has no time.
    #[error("a second without a time")]
    Time,
}

impl ColumnProblem {
    /// Its word, by which a program finds its text in another language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Later => "later",
            Self::Word => "word",
            Self::Type => "type",
            Self::Length => "length",
            Self::Time => "time",
        }
    }
}
