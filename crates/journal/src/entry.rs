//! The records that the writer takes.

use grainloss_core::harvest::{Calibration, EstimatorCheckpoint, PanEntry, Totals};
use grainloss_core::record::{SecondRow, TenthRow};

use grainloss_core::record::EventRecord;

/// A record for the journal. Times are microseconds of bus time.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "handed over by value: the loop does not allocate")]
pub enum Entry {
    /// One second, and the session's totals at its end.
    Second(SecondRow, Totals),
    /// One step of the estimator, a tenth of a second.
    Tenth(TenthRow),
    /// An event.
    Event(EventRecord),
    /// A drop pan that the estimator has judged.
    Pan(PanRecord),
    /// A setting of the machine.
    Setting(SettingRecord),
    /// The machine's activity from this time on, `None` when unknown. The writer adds these itself, from the seconds.
    Activity(i64, Option<&'static str>),
    /// An operator has acknowledged an alarm.
    Acknowledgement(AcknowledgementRecord),
    /// Operator, field or the like, entered while the session runs.
    Fact(FactRecord),
    /// The state of a channel.
    Sensor(SensorRecord),
    /// The counters of a bus.
    Bus(BusRecord),
    /// The estimator's state, to continue with after an interruption.
    EstimatorCheckpoint(Box<EstimatorCheckpoint>),
    /// What pans have taught, for the next field.
    Calibration(Box<Calibration>),
    /// The session ends, for this reason.
    End(&'static str),
}

impl Entry {
    /// True for a second and for what a person entered: a session that has neither is not stored.
    pub(super) const fn makes_a_session(&self) -> bool {
        matches!(
            self,
            Self::Second(..)
                | Self::Pan(_)
                | Self::Setting(SettingRecord { origin: Origin::Operator, .. })
                | Self::Acknowledgement(_)
                | Self::Fact(_)
        )
    }
}

/// A drop pan: what was found in it, by whom, and whether it was used.
#[derive(Clone, Debug, PartialEq)]
pub struct PanRecord {
    /// When the estimator judged it, µs.
    pub t_us: i64,
    /// The values that the estimator used, and the outcome.
    pub entry: PanEntry,
    /// The values that the operator entered.
    pub found: PanFound,
}

/// The values that the operator entered for a pan; `None` was not entered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanFound {
    /// Kernels counted.
    pub kernels: Option<f64>,
    /// Grams weighed.
    pub grams: Option<f64>,
    /// Width cut, m.
    pub header_width_m: Option<f64>,
    /// Width over which the loss behind the machine falls, m.
    pub discharge_width_m: Option<f64>,
    /// Kernels on the ground before the harvest, kernels/m².
    pub shed_kernels_m2: Option<f64>,
    /// Name of the person who placed the pan.
    pub who: Option<String>,
}

/// A setting of the machine from a time on.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingRecord {
    /// From when on, µs.
    pub t_us: i64,
    /// The channel's name, or the operator's name for the setting.
    pub setting: String,
    /// The value, in `unit`; `None` when a change was marked without one.
    pub value: Option<f64>,
    /// The value's unit; `None` when it has none or is not known.
    pub unit: Option<String>,
    /// Whether the machine reported it or a person entered it.
    pub origin: Origin,
    /// Name of the person; `None` for the machine.
    pub who: Option<String>,
}

/// Source of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A message on the machine's bus.
    Bus,
    /// A person's entry.
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

/// An operator has acknowledged an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgementRecord {
    /// When, µs.
    pub t_us: i64,
    /// Which alarm: the event's identifier.
    pub alarm: String,
    /// Its loss stream or sensor plate; `None` for all alarms of that identifier.
    pub stream: Option<String>,
    /// Name of the person; `None` when no name is known.
    pub who: Option<String>,
}

/// An item of information about a session that a person can enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The operator who drives.
    Operator,
    /// The field's name.
    Field,
    /// Village or place.
    Place,
    /// Township.
    Township,
    /// The owner's name for the machine.
    MachineName,
    /// Licence plate.
    Plate,
    /// Any other note.
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

/// An item entered while the session ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRecord {
    /// From when on, µs.
    pub t_us: i64,
    /// Which item.
    pub item: Item,
    /// The value; `None` removes an earlier entry.
    pub value: Option<String>,
    /// Name of the person who entered it; `None` is unknown.
    pub who: Option<String>,
}

/// The state of a channel from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorRecord {
    /// When it was checked, µs.
    pub t_us: i64,
    /// The channel's name.
    pub channel: &'static str,
    /// Its state's word.
    pub state: &'static str,
}

/// A bus's counters since the session began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusRecord {
    /// When they were read, µs.
    pub t_us: i64,
    /// The CAN interface's name.
    pub interface: String,
    /// Its state's word.
    pub state: &'static str,
    /// Number of data frames.
    pub frames: u64,
    /// Number of error frames.
    pub error_frames: u64,
    /// Number of invalid frames: the interface gave bytes that form no CAN frame.
    pub odd: u64,
}
