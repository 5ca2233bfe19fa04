//! What a store does.

/// Somewhere that blocks are put by name.
pub trait Store {
    /// Puts a block. When this returns well, the store has it. To put the same block twice changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the store has it.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;
}

/// Why a block was not put.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No connection, or it broke.
    #[error("the store cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the store does not answer in time ({0})")]
    Slow(String),
    /// It answered, and does not have it.
    #[error("the store refuses with status {status}: {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The first line of its text.
        text: String,
    },
    /// Something answered that is no store, such as the login page of a network.
    #[error("what answers is no S3 store: no ETag in its answer; is this a network with a login page?")]
    NoStore,
}

impl StoreError {
    /// Its word, by which a program finds its text in another language.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Slow(_) => "slow",
            Self::Refused { .. } => "refused",
            Self::NoStore => "no-store",
        }
    }
}
