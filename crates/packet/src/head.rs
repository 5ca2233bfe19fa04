//! What a packet says of itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use grainloss_journal::ProofMinute;

/// The head's `format`.
pub const FORMAT: &str = "grainloss-packet";
/// The newest version of the format that this program writes and reads. Fields and columns may be added to a version; what
/// one means never changes in it.
pub const VERSION: u32 = 1;

/// The head of a packet, as the JSON text that is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// Which journal: the hash of its first seal, hexadecimal. It names no machine and no person.
    pub journal: String,
    /// The session's number in that journal.
    pub session: i64,
    /// The session that this one revises; `None` when it revises none.
    pub revision_of: Option<i64>,
    /// The hash chain before the first of `minutes`.
    pub chain_before: String,
    /// The minutes in this packet, oldest first.
    pub minutes: Vec<ProofMinute>,
    /// True when the session is closed and its end is in this packet.
    pub last: bool,
    /// Names, plates and places are in `report`.
    pub names: bool,
    /// The session's JSON report, without its proof; `None` where the packet does not hold the session's end.
    pub report: Option<Value>,
}

impl Head {
    /// The hash chain after the last minute of this packet: the `chain_before` of the packet that goes on.
    pub fn chain_after(&self) -> String {
        ProofMinute::chain(&self.chain_before, &self.minutes)
    }
}
