//! What the dashboard sees: a copy of everything at one moment.

use crate::advice::Advice;
use crate::harvest::{Estimate, Totals};
use crate::knowledge::{Bilingual, Guide, LimitEntry};
use crate::machine::Readings;

/// What does not change within a session.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    /// The journal's number; `None` when nothing is stored.
    pub id: Option<i64>,
    /// The machine profile's name.
    pub machine: String,
    /// The crop.
    pub crop: Bilingual,
    /// The loss limit, if one is set.
    pub limit: Option<LimitEntry>,
    /// What the advice rests on.
    pub guide: Guide,
    /// Where the frames come from.
    pub source: SourceKind,
}

/// Where the frames come from, for the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A machine's bus.
    Live,
    /// A log.
    Replay,
    /// The simulator.
    Demo,
}

/// How the bus and the journal are doing.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Frames so far.
    pub frames: u64,
    /// Frames in the last second of bus time.
    pub frames_per_s: u64,
    /// Microseconds of bus time since the last frame; `None` before the first.
    pub bus_age_us: Option<i64>,
    /// The worst that stands on any interface; `None` when all is well, and where nobody can tell.
    pub bus_fault: Option<BusFault>,
    /// Seconds stored.
    pub journal_stored: u64,
    /// Records that wait for the disk.
    pub journal_waiting: u64,
    /// Records lost.
    pub journal_lost: u64,
    /// Why the disk takes nothing, if so.
    pub journal_error: Option<String>,
}

/// What is wrong with a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusFault {
    /// The interface's name.
    pub interface: String,
    /// What stands, in the journal's word: `bus-off`, `passive`, `down` …
    pub word: &'static str,
}

/// Everything at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The session.
    pub session: SessionInfo,
    /// Every channel.
    pub readings: Readings,
    /// The estimate; `None` before the first step.
    pub estimate: Option<Estimate>,
    /// What stands.
    pub advice: Advice,
    /// The session so far.
    pub totals: Totals,
    /// Bus and journal.
    pub health: Health,
    /// The source has come to its end.
    pub ended: bool,
}

impl Snapshot {
    /// Nothing known yet.
    pub fn empty(session: SessionInfo) -> Self {
        Self {
            session,
            readings: Readings::unknown(0),
            estimate: None,
            advice: Advice::default(),
            totals: Totals::default(),
            health: Health::default(),
            ended: false,
        }
    }
}
