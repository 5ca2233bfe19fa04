//! What the dashboard sees: a copy of everything at one moment, in this process or at the other end of a socket.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use grainloss_core::advice::Advice;
pub use grainloss_core::harvest::PendingDrop;
use grainloss_core::harvest::{Activity, Estimate, Interval90, LossBudget, PanEntry, PanWorth, Totals};
use grainloss_core::machine::{Channel, ReadingState, Readings};
use grainloss_knowledge::{Bilingual, Guide, LimitEntry};

/// What changes with a mark of the operator only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// The journal's number; `None` when nothing is stored, and between two sessions.
    pub id: Option<i64>,
    /// Bus time of its start; `None` before the first frame.
    pub started_us: Option<i64>,
    /// The machine profile's name.
    pub machine: String,
    /// The crop's name in the knowledge files.
    pub crop_id: String,
    /// The crop.
    pub crop: Bilingual,
    /// What people call the field, if somebody has said so.
    pub field: Option<String>,
    /// Who drives, if somebody has said so.
    pub operator: Option<String>,
    /// The loss limit, if one is set.
    pub limit: Option<LimitEntry>,
    /// What the advice rests on.
    pub guide: Guide,
    /// Where the frames come from.
    pub source: SourceKind,
    /// What pans and the palm rule are computed with.
    pub measures: Measures,
    /// What a new session can be begun with.
    pub choices: Choices,
    /// Pans of this session, taken before an interruption, whose teaching could not be read again.
    #[serde(default)]
    pub pans_forgotten: usize,
}

/// The figures behind a pan, as the estimator takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// Mass of one kernel, kg.
    pub kernel_mass_kg: f64,
    /// Expected yield, kg/m².
    pub yield_kg_m2: f64,
    /// Cutting width of the header, m.
    pub header_width_m: f64,
    /// Width over which straw and chaff leave the machine, m.
    pub discharge_width_m: f64,
    /// Nameplate feed rate, kg/s.
    pub rated_feed_kg_s: f64,
}

/// What a new session can be begun with; the last used first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Every crop: its name in the knowledge files, and what people call it.
    pub crops: Vec<(String, Bilingual)>,
    /// The fields that have been named.
    pub fields: Vec<String>,
    /// The operators that have been named.
    pub operators: Vec<String>,
    /// The limits of every crop.
    #[serde(default)]
    pub limits: Vec<LimitChoice>,
}

/// A limit that a session can be begun with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitChoice {
    /// Its crop's name in the knowledge files.
    pub crop: String,
    /// Its identifier.
    pub id: String,
    /// What people call it.
    pub name: Bilingual,
}

/// Where the frames come from, for the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A machine's bus.
    Live,
    /// A log.
    #[default]
    Replay,
    /// The simulator.
    Demo,
}

/// How the bus and the journal are doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Frames so far.
    pub frames: u64,
    /// Frames in the last second of bus time.
    pub frames_per_s: u64,
    /// Microseconds of bus time since the last frame; `None` before the first.
    pub bus_age_us: Option<i64>,
    /// The worst that stands on any interface; `None` when all is well, and where nobody can tell.
    pub bus_fault: Option<BusFault>,
    /// Each interface; empty where nobody can tell.
    pub buses: Vec<Bus>,
    /// Seconds stored.
    pub journal_stored: u64,
    /// Records that wait for the disk.
    pub journal_waiting: u64,
    /// Records lost.
    pub journal_lost: u64,
    /// Why the disk takes nothing, if so.
    pub journal_error: Option<String>,
    /// The journal was damaged: where it was set aside, and a new one begun.
    #[serde(default)]
    pub journal_aside: Option<String>,
    /// This is the end of a socket, and the service at the other end has gone silent: nothing here is of now.
    #[serde(default)]
    pub link_lost: bool,
    /// The newest reload of profile and settings; `None` when there was none.
    pub reload: Option<Reload>,
}

/// What is wrong with a bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusFault {
    /// The interface's name.
    pub interface: String,
    /// What stands, in the journal's word: `bus-off`, `passive`, `down` …
    pub word: Cow<'static, str>,
}

/// One interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bus {
    /// Its name.
    pub interface: String,
    /// What the controller can do, in the journal's word: `active`, `warning`, `passive`, `bus-off`, `down`, `gone`.
    pub state: Cow<'static, str>,
    /// Since when, bus time; `None` when it never changed.
    pub since_us: Option<i64>,
    /// Data frames received.
    pub frames: u64,
    /// Error frames received.
    pub error_frames: u64,
    /// Frames that the kernel lost.
    pub lost: u64,
    /// The transmit and the receive error counter as last told; `None` when the driver never told them.
    pub error_counters: Option<(u8, u8)>,
    /// What has happened to it, in the journal's words, and how often; what never did is left out.
    pub happened: Vec<(Cow<'static, str>, u64)>,
}

/// A reload of profile and settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    /// When, bus time.
    pub t_us: i64,
    /// Why it was refused and the old ones kept; `None` when it was taken.
    pub refused: Option<String>,
}

/// Whose time it is, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// `system`, `log` or `simulator`, as in the journal.
    pub source: Cow<'static, str>,
    /// How often the computer's clock, or the recorder's, was set since the start.
    pub times_set: u32,
    /// Seconds that were skipped because nothing was recorded.
    pub gaps_s: f64,
}

/// What one source of a channel says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceLine {
    /// The channel.
    pub channel: Channel,
    /// What the source is, in the profile's words: `MESSAGE.Signal`.
    pub origin: String,
    /// Whether it has a value.
    pub state: ReadingState,
    /// Its value in the channel's unit, when it is valid.
    pub value: Option<f64>,
    /// The newest raw code.
    pub raw: Option<i64>,
    /// Microseconds since its last valid value; `None` when there never was one.
    pub age_us: Option<i64>,
}

/// Something that happened, as the journal has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When, bus time.
    pub t_us: i64,
    /// `alarm-raised`, `acknowledged`, `pan`, `setting`, `operator` … as in the journal.
    pub kind: Cow<'static, str>,
    /// Which alarm, which setting, who.
    pub id: Cow<'static, str>,
    /// 1 low, 2 medium, 3 high.
    pub level: Option<u8>,
    /// The stream, the plate, the interface, or who told it.
    pub stream: Option<Cow<'static, str>>,
    /// How often, or which.
    pub count: Option<i64>,
    /// A figure, as the journal has it.
    pub value: Option<f64>,
}

/// The session at some moment of it, for charts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// When, bus time.
    pub t_us: i64,
    /// What the machine was doing.
    pub activity: Option<Activity>,
    /// Area cut so far, ha.
    pub area_ha: Option<f64>,
    /// Loss over grain in of the ten seconds before, per cent; `None` when not cutting.
    pub total_pct: Option<Interval90>,
    /// Feed rate, kg/s.
    pub feed_kg_s: Option<f64>,
    /// The highest alarm level that stood.
    pub alarm_level: u8,
}

/// Everything at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The session.
    pub session: SessionInfo,
    /// Every channel.
    pub readings: Readings,
    /// What the sources of the channels say, in the order of the channels, the most trusted first; renewed once a second.
    pub sources: Vec<SourceLine>,
    /// The estimate; `None` before the first step.
    pub estimate: Option<Estimate>,
    /// What stands.
    pub advice: Advice,
    /// The session so far.
    pub totals: Totals,
    /// Every way in which grain is lost now; `None` before the first step.
    #[serde(default)]
    pub budget: Option<LossBudget>,
    /// The same of the session so far.
    #[serde(default)]
    pub session_budget: Option<LossBudget>,
    /// Where the next pan would teach most; `None` while the machine does not cut, and when no pan would.
    #[serde(default)]
    pub pan_worth: Option<PanWorth>,
    /// Pans that lie on the ground.
    pub drops: Vec<PendingDrop>,
    /// Pans that have been judged, the oldest first.
    pub pans: Vec<PanEntry>,
    /// What has happened, the newest last; the last [`MOST_MOMENTS`].
    pub timeline: Vec<Moment>,
    /// The last ten minutes, every ten seconds, the newest last.
    pub trend: Vec<Past>,
    /// The whole session, evenly thinned to [`MOST_PAST`] at most, the newest last.
    pub history: Vec<Past>,
    /// Bus and journal.
    pub health: Health,
    /// Whose time it is.
    pub clock: Clock,
    /// The source has come to its end.
    pub ended: bool,
}

/// Moments in a snapshot.
pub const MOST_MOMENTS: usize = 100;
/// Points of a session's history.
pub const MOST_PAST: usize = 240;

impl Snapshot {
    /// Nothing known yet.
    pub fn empty(session: SessionInfo) -> Self {
        Self {
            session,
            readings: Readings::unknown(0),
            sources: Vec::new(),
            estimate: None,
            advice: Advice::default(),
            totals: Totals::default(),
            budget: None,
            session_budget: None,
            pan_worth: None,
            drops: Vec::new(),
            pans: Vec::new(),
            timeline: Vec::new(),
            trend: Vec::new(),
            history: Vec::new(),
            health: Health::default(),
            clock: Clock::default(),
            ended: false,
        }
    }
}
