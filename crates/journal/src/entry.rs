//! What the journal takes in.

use grainloss_core::harvest::{EstimatorCheckpoint, PanEntry, Totals};
use grainloss_core::record::{SecondRow, TenthRow};

use super::reader::StoredEvent;

/// A record for the journal. Times are microseconds of bus time.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "handed over by value: the loop does not allocate")]
pub enum Entry {
    /// One second, and the session's totals up to it.
    Second(SecondRow, Totals),
    /// One step of a tenth of a second.
    Tenth(TenthRow),
    /// Something that happened.
    Event(StoredEvent),
    /// A pan that was judged.
    Pan(PanRecord),
    /// A setting of the machine.
    Setting(SettingRecord),
    /// What the machine does from a time on. The writer adds these itself, from the seconds.
    Activity(i64, Option<&'static str>),
    /// Somebody has seen an alarm.
    Acknowledgement(AcknowledgementRecord),
    /// Somebody has entered who drives, which field it is, or the like.
    Fact(FactRecord),
    /// The state of a channel.
    Sensor(SensorRecord),
    /// The counters of a bus.
    Bus(BusRecord),
    /// What has been learned so far, to go on with after an interruption.
    EstimatorCheckpoint(Box<EstimatorCheckpoint>),
    /// The session is over.
    End(&'static str),
}

/// A pan as it was found, by whom, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PanRecord {
    /// When it was judged.
    pub t_us: i64,
    /// What was reckoned with, and the outcome.
    pub entry: PanEntry,
    /// What was typed in.
    pub found: PanFound,
}

/// What was typed in of a pan; `None` is what was not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanFound {
    /// Kernels counted.
    pub kernels: Option<f64>,
    /// Grams weighed.
    pub grams: Option<f64>,
    /// Width cut, m.
    pub header_width_m: Option<f64>,
    /// Width on which the rear's loss falls, m.
    pub discharge_width_m: Option<f64>,
    /// Natural shed, kernels/m².
    pub shed_kernels_m2: Option<f64>,
    /// Who took it.
    pub who: Option<String>,
}

/// A setting of the machine from a time on.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingRecord {
    /// From when on.
    pub t_us: i64,
    /// The channel's name, or the operator's.
    pub setting: String,
    /// The value; `None` when a change was marked without one.
    pub value: Option<f64>,
    /// The value's unit.
    pub unit: Option<String>,
    /// Who says so: the machine or a person.
    pub origin: Origin,
    /// Which person.
    pub who: Option<String>,
}

/// Where a setting is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The machine's bus.
    Bus,
    /// A person.
    Operator,
}

impl Origin {
    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Operator => "operator",
        }
    }
}

/// An alarm was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgementRecord {
    /// When.
    pub t_us: i64,
    /// Which alarm: the event's identifier.
    pub alarm: String,
    /// Its stream or plate; `None` for all of that identifier.
    pub stream: Option<String>,
    /// By whom.
    pub who: Option<String>,
}

/// What can be entered about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Who drives.
    Operator,
    /// The field's name.
    Field,
    /// Village or spot.
    Place,
    /// Township.
    Township,
    /// What the machine is called by its owner.
    MachineName,
    /// Licence plate.
    Plate,
    /// Anything else worth noting.
    Note,
}

impl Item {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Operator, Self::Field, Self::Place, Self::Township, Self::MachineName, Self::Plate, Self::Note];

    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Field => "field",
            Self::Place => "place",
            Self::Township => "township",
            Self::MachineName => "machine_name",
            Self::Plate => "plate",
            Self::Note => "note",
        }
    }
}

/// Something entered while the session ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRecord {
    /// From when on.
    pub t_us: i64,
    /// What it is about.
    pub item: Item,
    /// `None` takes an earlier entry back.
    pub value: Option<String>,
    /// Who entered it.
    pub who: Option<String>,
}

/// The state of a channel from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorRecord {
    /// When it was looked at.
    pub t_us: i64,
    /// The channel's name.
    pub channel: &'static str,
    /// Its state's word.
    pub state: &'static str,
}

/// A bus's counters since the session's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusRecord {
    /// When.
    pub t_us: i64,
    /// The interface.
    pub interface: String,
    /// Its state's word.
    pub state: &'static str,
    /// Data frames.
    pub frames: u64,
    /// Error frames.
    pub error_frames: u64,
    /// Frames that are none.
    pub odd: u64,
}
