//! How far a session is written.

use super::chain::Chain;

/// How far a session is written: where its next record and its next minute go.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// The number `seq` of the next record.
    pub next_seq: i64,
    /// The minutes that are hashed so far.
    pub chain: Chain,
}

impl Progress {
    /// A session without any record.
    pub fn new() -> Self {
        Self { next_seq: 0, chain: Chain::new() }
    }
}
