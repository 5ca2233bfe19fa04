//! The state that screens show: a copy of everything at one time, in this process or at the other end of a socket.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::open_symptom::OpenSymptom;
use crate::prices::Prices;
use crate::session_charts::SessionCharts;
use crate::test_cut::TestCut;
use grainloss_core::advice::Advice;
use grainloss_core::habits::HabitPrice;
pub use grainloss_core::harvest::PendingDrop;
use grainloss_core::harvest::{
    Activity, CalibrationOrigin, Estimate, Interval90, LossBudget, PanEntry, PanWorth, PansOutside, Passes, Totals,
};
pub use grainloss_core::machine::{ActiveTrouble, ControllerLamps};
use grainloss_core::machine::{Channel, ReadingState, Readings};
pub use grainloss_core::record::EventRecord;
use grainloss_core::record::TravelLosses;
use grainloss_knowledge::{Bilingual, Guide, LimitEntry};

/// The session's own data; it changes by operator commands only.
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
    /// The field's name; `None` when it was not entered.
    pub field: Option<String>,
    /// The operator's name; `None` when it was not entered.
    pub operator: Option<String>,
    /// The loss limit, if one is set.
    pub limit: Option<LimitEntry>,
    /// Rules and prices behind the advice.
    pub guide: Guide,
    /// Where the frames come from.
    pub source: SourceKind,
    /// The figures that pans are computed with.
    pub measures: Measures,
    /// What a new session can be begun with.
    pub choices: Choices,
    /// Prices of grain and time, and the rain that is near.
    #[serde(default)]
    pub prices: Prices,
    /// Pans of this session, judged before an interruption, whose effect on the estimator could not be restored.
    #[serde(default)]
    pub pans_forgotten: usize,
    /// The calibration of an earlier field that it began with; `None` without one.
    #[serde(default)]
    pub calibration: Option<CalibrationOrigin>,
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
    /// Every crop: its name in the knowledge files, and its name for people.
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
    /// Its name for people.
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
    /// The worst fault of any interface; `None` when there is none, and where the source cannot report faults.
    pub bus_fault: Option<BusFault>,
    /// Each interface; empty where the source has none.
    pub buses: Vec<Bus>,
    /// Seconds stored.
    pub journal_stored: u64,
    /// Records that wait for the disk.
    pub journal_waiting: u64,
    /// Records lost.
    pub journal_lost: u64,
    /// Why nothing can be stored; `None` when all is well.
    pub journal_error: Option<String>,
    /// Where a damaged journal was moved to when a new one was begun; `None` when it was sound.
    #[serde(default)]
    pub journal_aside: Option<String>,
    /// The connection to the service is lost: nothing here is current.
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
    /// The fault, in the journal's word: `bus-off`, `passive`, `down` …
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
    /// The transmit and the receive error counter as last reported; `None` when the driver never reported them.
    pub error_counters: Option<(u8, u8)>,
    /// What has happened to it, in the journal's words, and how often; what never did is left out.
    pub happened: Vec<(Cow<'static, str>, u64)>,
}

/// A reload of profile and settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    /// When, bus time.
    pub t_us: i64,
    /// Why it was refused, so that the old ones hold; `None` when it was applied.
    pub refused: Option<String>,
}

/// The clock behind bus time, and its irregularities.
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

/// The session at one time, for charts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryPoint {
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
    /// The highest level of the active alarms; 0 when there is none.
    pub alarm_level: u8,
}

/// Everything at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The session.
    pub session: SessionInfo,
    /// Every channel.
    pub readings: Readings,
    /// The values of the channels' sources, in the order of the channels, by priority; renewed once a second.
    pub sources: Vec<SourceLine>,
    /// The trouble codes that the machine's controllers report now.
    #[serde(default)]
    pub troubles: Vec<ActiveTrouble>,
    /// The controllers that have a warning lamp on now.
    #[serde(default)]
    pub lamps: Vec<ControllerLamps>,
    /// The estimate; `None` before the first step.
    pub estimate: Option<Estimate>,
    /// Active alarms and advice.
    pub advice: Advice,
    /// The session so far.
    pub totals: Totals,
    /// The last two passes that are over.
    #[serde(default)]
    pub passes: Passes,
    /// Every way in which grain is lost now; `None` before the first step.
    #[serde(default)]
    pub budget: Option<LossBudget>,
    /// The same of the session so far.
    #[serde(default)]
    pub session_budget: Option<LossBudget>,
    /// Where the next pan would reduce the uncertainty most, while the machine does not cut as it was in the last pass;
    /// `None` before the first, and when none would.
    #[serde(default)]
    pub pan_worth: Option<PanWorth>,
    /// Where pans that were taken do not count now, since load or moisture is another one.
    #[serde(default)]
    pub pans_outside: PansOutside,
    /// What the habits of who drives now have cost in the session; renewed once a second.
    #[serde(default)]
    pub habits: Vec<HabitPrice>,
    /// Pans that lie on the ground.
    pub drops: Vec<PendingDrop>,
    /// The test cut that runs; `None` when none does.
    #[serde(default)]
    pub test_cut: Option<TestCut>,
    /// Pans that have been judged, the oldest first.
    pub pans: Vec<PanEntry>,
    /// What has happened, the newest last; the last [`MAX_TIMELINE_EVENTS`].
    pub timeline: Vec<EventRecord>,
    /// The last ten minutes, every ten seconds, the newest last.
    pub trend: Vec<HistoryPoint>,
    /// The whole session, evenly thinned to [`MAX_HISTORY_POINTS`] at most, the newest last.
    pub history: Vec<HistoryPoint>,
    /// Bus and journal.
    pub health: Health,
    /// The clock behind bus time.
    pub clock: Clock,
    /// Losses in lodged crop by how the machine drove to it.
    #[serde(default)]
    pub by_travel: TravelLosses,
    /// The symptom that is open; `None` where none was seen in this session.
    #[serde(default)]
    pub symptom: Option<OpenSymptom>,
    /// The source has come to its end.
    pub ended: bool,
    /// The session as a map and as charts; renewed every few seconds. `None` until it has come. Over a socket it is a message
    /// of its own, so that it is sent only when it has changed.
    #[serde(skip)]
    pub charts: Option<Arc<SessionCharts>>,
}

/// Most events in a snapshot's timeline.
pub const MAX_TIMELINE_EVENTS: usize = 100;
/// Most points in a session's history.
pub const MAX_HISTORY_POINTS: usize = 240;

impl Snapshot {
    /// Nothing known yet.
    pub fn empty(session: SessionInfo) -> Self {
        Self {
            session,
            readings: Readings::unknown(0),
            sources: Vec::new(),
            troubles: Vec::new(),
            lamps: Vec::new(),
            estimate: None,
            advice: Advice::default(),
            totals: Totals::default(),
            passes: Passes::default(),
            budget: None,
            session_budget: None,
            pan_worth: None,
            pans_outside: PansOutside::default(),
            habits: Vec::new(),
            drops: Vec::new(),
            test_cut: None,
            pans: Vec::new(),
            timeline: Vec::new(),
            trend: Vec::new(),
            history: Vec::new(),
            health: Health::default(),
            clock: Clock::default(),
            by_travel: TravelLosses::default(),
            symptom: None,
            ended: false,
            charts: None,
        }
    }
}
