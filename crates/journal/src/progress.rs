//! How far a session is written.

use super::chain::Chain;
use super::limit_tally::LimitTally;
use super::work_tally::WorkTally;
use serde_json::{Map, Value};

/// How far a session is written: where its next record and its next minute go, and what is known of it apart from the
/// file.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// The number `seq` of the next record.
    pub next_seq: i64,
    /// The minutes that are hashed so far, and the rows after them.
    pub chain: Chain,
    /// Number of seconds that are stored.
    pub seconds: i64,
    /// The newest second's end, µs; `None` before the first.
    pub last_us: Option<i64>,
    /// The totals at that second, as JSON; `None` before the first.
    pub totals: Option<String>,
    /// How long the loss was above the limit; `None` without a limit.
    pub tally: Option<LimitTally>,
    /// Its settled cutting.
    pub work: WorkTally,
    /// What the session says of itself since it began.
    pub begun: Map<String, Value>,
}

impl Progress {
    /// A session without any record, and what it says of itself.
    pub fn new(begun: Map<String, Value>) -> Self {
        let tally = limit_percent(&begun).map(LimitTally::new);
        Self {
            next_seq: 0,
            chain: Chain::new(),
            seconds: 0,
            last_us: None,
            totals: None,
            tally,
            work: WorkTally::default(),
            begun,
        }
    }
}

/// The limit that a session was begun with, per cent; `None` without one.
pub(super) fn limit_percent(begun: &Map<String, Value>) -> Option<f64> {
    begun.get("limit_percent").and_then(Value::as_f64)
}
