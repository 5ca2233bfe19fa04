//! What a packet says of itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use grainloss_core::record::EventRecord;
use grainloss_journal::ProofMinute;

use crate::records::{About, CalibrationRecord, FindingRecord, PanRecord, PointRecord};

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
    /// What the session is; `None` in a packet of an earlier program.
    #[serde(default)]
    pub about: Option<About>,
    /// Number of the journal's newest seal that concerns this session or its points: of two packets of a session the one with
    /// the higher number knows more. 0 in a packet of an earlier program.
    #[serde(default)]
    pub seal: i64,
    /// The events of these minutes, where there is no `report`, which has all of them. Without names those that name no person.
    #[serde(default)]
    pub events: Vec<EventRecord>,
    /// The session's drop pans that were judged until the end of these minutes.
    #[serde(default)]
    pub pans: Vec<PanRecord>,
    /// The measured points that name this session, and those that name none and were stored since it began and before the next.
    #[serde(default)]
    pub points: Vec<PointRecord>,
    /// What the session's pans have taught; `None` when nothing.
    #[serde(default)]
    pub calibration: Option<CalibrationRecord>,
    /// The findings that this session raised.
    #[serde(default)]
    pub findings: Vec<FindingRecord>,
}

impl Head {
    /// The hash chain after the last minute of this packet: the `chain_before` of the packet that goes on.
    pub fn chain_after(&self) -> String {
        ProofMinute::chain(&self.chain_before, &self.minutes)
    }
}
