//! What a check of a journal finds.

/// What was found of a journal, or of one session in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// What does not fit in the journal as a whole.
    pub journal: Vec<JournalProblem>,
    /// What could not be checked of the journal as a whole.
    pub unchecked: Vec<Unchecked>,
    /// The sessions, oldest first.
    pub sessions: Vec<SessionVerification>,
    /// The measured points.
    pub points: PointsVerification,
}

/// What was found of the measured points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointsVerification {
    /// How many there are.
    pub count: usize,
    /// What was changed; empty when nothing was found.
    pub problems: Vec<PointProblem>,
    /// The public keys that signed any of them, hexadecimal, each once.
    pub keys: Vec<String>,
    /// True when each of them is signed, also when there is none.
    pub signed: bool,
}

/// What was changed of the measured points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointProblem {
    /// A point was changed: its number.
    Altered(i64),
    /// A point that a seal names is not there: its number.
    Missing(i64),
    /// The program did not store it: no seal names it. Its number.
    Unsealed(i64),
}

/// What was found of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionVerification {
    /// Its number.
    pub session: i64,
    /// What was changed; empty when nothing was found.
    pub problems: Vec<Problem>,
    /// The public keys that signed any of it, hexadecimal, each once.
    pub keys: Vec<String>,
    /// True when everything of it is signed.
    pub signed: bool,
    /// True while it is not closed: it is running, or it was interrupted.
    pub open: bool,
    /// The newest second that a signature covers, µs; `None` when there is none.
    pub to_us: Option<i64>,
    /// Number of minutes, records and corrections that were compared.
    pub compared: Compared,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

/// How much of a session was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Seconds.
    pub seconds: i64,
    /// Complete minutes.
    pub minutes: usize,
    /// Corrections.
    pub corrections: usize,
}

/// What was changed in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A minute's rows or records: its number from 1, and its end, µs.
    Minute(usize, i64),
    /// A minute that a seal names is not there: its end, µs.
    MinuteMissing(i64),
    /// The minute that was not over when the session was interrupted.
    OpenMinute,
    /// Rows that no minute covers: their table and number.
    Uncovered(&'static str, i64),
    /// What the session says of itself, or its totals.
    Facts,
    /// The chain, a seal or its signature: the seal's number, or `None` for the chain and the seal of the whole session.
    Seal(Option<i64>),
    /// A correction: its number from 1.
    Correction(usize),
    /// Corrections that were sealed and are not there.
    CorrectionsMissing(usize),
    /// The machine profile is not the one that was used.
    Profile,
    /// The capture file is not the one that was recorded.
    Capture,
    /// The journal says that the capture was deleted to make room, and no seal does.
    CaptureDeleted,
    /// What was learned from pans is not what was recorded.
    Calibration,
    /// The service did not write it: no seal names it.
    Unsealed,
}

/// What does not fit in a journal as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalProblem {
    /// Seals are missing: from this number to that.
    SealsMissing(i64, i64),
    /// A seal was changed: its number.
    SealAltered(i64),
    /// A session that was begun is not there: its number.
    SessionMissing(i64),
    /// A session's number was used twice.
    SessionTwice(i64),
    /// A table, view, index or trigger that the program did not make, or that was changed or removed: type and name.
    Foreign(String, String),
}

/// What could not be checked, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// An earlier version of the program wrote the session: its beginning, the minutes before it was closed, deleted
    /// sessions and the capture's counts have no seal.
    EarlierVersion,
    /// The capture file was deleted to make room.
    CaptureDeleted,
    /// The capture file is not beside the journal.
    CaptureMissing,
    /// The capture's hash is not known: the session is open, or was interrupted.
    CaptureOpen,
    /// The profile is not in the journal.
    ProfileMissing,
    /// The file that names the newest seal is not beside the journal: sessions removed at the end would not be noticed.
    HeadMissing,
    /// That file was missing when a session began: sessions removed before it would not be noticed. The session's number.
    HeadWasMissing(i64),
}

impl Verification {
    /// True when nothing was changed.
    pub fn is_untouched(&self) -> bool {
        self.journal.is_empty()
            && self.points.problems.is_empty()
            && self.sessions.iter().all(|session| session.problems.is_empty())
    }
}
