//! What an alarm is, and the events about alarms and advice.

use super::comparison::Comparison;
use super::next_step::NextStep;
use super::notices::Notice;
use super::silence_cost::Excess;
use crate::harvest::Stream;
use crate::machine::{Channel, Inconsistency, TroubleNews};

/// The loss plates, in the order of their alarms.
pub(super) const PLATES: [Channel; 4] =
    [Channel::LossSeparationLeft, Channel::LossSeparationRight, Channel::LossCleaningLeft, Channel::LossCleaningRight];

/// Channels without which the estimate is worse or impossible. The loss plates have alarms of their own.
pub(super) const MONITORED: [Channel; 5] =
    [Channel::GroundSpeed, Channel::HeaderHeight, Channel::FeedRate, Channel::GrainFlow, Channel::EngineSpeed];

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmId {
    /// The loss is, or may be, above the limit.
    LossLevel,
    /// The loss has jumped above its own slow mean.
    LossStep,
    /// The loss behind the machine is twice what this session had at the same load.
    LossRelative,
    /// Nothing is received from the machine any more.
    BusSilent,
    /// All loss plates have failed at once: their control unit, their supply or their bus, not each of them.
    PlatesSilent,
    /// A loss plate does not count correctly.
    PlateFault(Channel),
    /// A signal that the estimate needs is broken or has stopped coming.
    SignalFault(Channel),
    /// The threshing gear or the feeder house is plugged: stop.
    Plugged,
    /// The crop has pulled the engine down so far that it is about to stall: stop feeding.
    EngineStalling,
}

impl AlarmId {
    /// How many there are.
    pub(super) const COUNT: usize = 7 + PLATES.len() + MONITORED.len();

    /// Every alarm, for tests of the words.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::LossLevel, Self::LossStep, Self::LossRelative, Self::BusSilent, Self::PlatesSilent];
        plain
            .into_iter()
            .chain(PLATES.map(Self::PlateFault))
            .chain(MONITORED.map(Self::SignalFault))
            .chain([Self::Plugged, Self::EngineStalling])
    }

    /// Its index among all alarms.
    pub(super) fn slot(self) -> usize {
        let index = |channels: &[Channel], channel| channels.iter().position(|&c| c == channel).unwrap_or(0);
        match self {
            Self::LossLevel => 0,
            Self::LossStep => 1,
            Self::LossRelative => 2,
            Self::BusSilent => 3,
            Self::PlatesSilent => 4,
            Self::PlateFault(plate) => 5 + index(&PLATES, plate),
            Self::SignalFault(channel) => 5 + PLATES.len() + index(&MONITORED, channel),
            Self::Plugged => 5 + PLATES.len() + MONITORED.len(),
            Self::EngineStalling => 6 + PLATES.len() + MONITORED.len(),
        }
    }

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LossLevel => "loss-level",
            Self::LossStep => "loss-step",
            Self::LossRelative => "loss-relative",
            Self::BusSilent => "bus-silent",
            Self::PlatesSilent => "plates-silent",
            Self::PlateFault(_) => "plate-fault",
            Self::SignalFault(_) => "signal-fault",
            Self::Plugged => "plugged",
            Self::EngineStalling => "engine-stalling",
        }
    }

    /// When the alarm budget shelves it.
    pub(super) const fn shelving(self) -> Shelving {
        match self {
            Self::LossStep | Self::LossRelative => Shelving::OverBudget,
            Self::Plugged | Self::EngineStalling => Shelving::Never,
            _ => Shelving::InFlood,
        }
    }
}

/// When the alarm budget shelves an alarm, which is then shown as a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shelving {
    /// As soon as the budget is spent: a change of the loss, worth a look.
    OverBudget,
    /// In a flood of alarms only: a loss above the limit, a failed sensor.
    InFlood,
    /// Never: an emergency.
    Never,
}

/// An alarm: something to act on now.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alarm {
    /// What it is about.
    pub id: AlarmId,
    /// Priority: 1 low, 2 medium, 3 high (stop now). A loss whose largest part
    /// only the model knows is never above 1, and never sounds.
    /// 0: shelved by the alarm budget, shown as a notice.
    pub level: u8,
    /// For loss alarms, the stream that loses most; `None` for others.
    pub stream: Option<Stream>,
    /// When it was raised, microseconds of bus time.
    pub since_us: i64,
    /// For loss alarms, loss over grain in when it was raised, 0..1; `None` for others.
    pub share: Option<f64>,
    /// 1 at first; one more each time it is raised again within ten minutes of being cleared, since it is the same alarm.
    pub times: u32,
    /// For the level alarm, how far above the limit the loss is now; `None` for others.
    #[serde(default)]
    pub excess: Option<Excess>,
}

impl Alarm {
    /// Whether it is a notice, shown without emphasis and without asking to be acknowledged: the loss is only probably
    /// above the limit, or the alarm budget has shelved the alarm.
    pub fn is_notice(&self) -> bool {
        self.level == 0 || self.excess == Some(Excess::Probable)
    }

    /// A loss above the limit that is not far above it, or not known to be: behind others of its level, since a sensor that
    /// is out says something of the loss too.
    pub(super) fn is_low_loss(&self) -> bool {
        self.level == 1 && self.id == AlarmId::LossLevel
    }

    /// Whether a horn or lamp may be driven by it. Level 1 is shown only, so a modelled loss never sounds; an alarm
    /// that is raised again does not sound either.
    pub const fn sounds(&self) -> bool {
        self.level >= 2 && self.times <= 1
    }
}

/// Where to look for the cause of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlarmLocation {
    /// Where the grain is lost.
    Stream(Stream),
    /// A plate or another signal of the machine.
    Channel(Channel),
    /// All loss plates.
    Plates,
    /// The machine's bus.
    Bus,
    /// The threshing gear.
    Gear,
    /// The engine.
    Engine,
}

impl AlarmLocation {
    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stream(stream) => stream.word(),
            Self::Channel(channel) => channel.name(),
            Self::Plates => "plates",
            Self::Bus => "bus",
            Self::Gear => "gear",
            Self::Engine => "engine",
        }
    }
}

/// An active alarm, and whether the operator has acknowledged it. It stays active until its cause has gone, acknowledged
/// or not.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ActiveAlarm {
    /// The alarm.
    pub alarm: Alarm,
    /// When the operator acknowledged it, microseconds of bus time; `None` while unacknowledged. An alarm that rises to a
    /// higher level, or is raised again after it was cleared, must be acknowledged again.
    pub acknowledged_us: Option<i64>,
}

impl ActiveAlarm {
    /// Whether the operator has acknowledged it.
    pub const fn is_acknowledged(&self) -> bool {
        self.acknowledged_us.is_some()
    }

    /// Whether a horn or lamp may be driven by it now: as [`Alarm::sounds`], until it is acknowledged.
    pub const fn sounds(&self) -> bool {
        self.alarm.sounds() && !self.is_acknowledged()
    }

    /// Where to look for its cause; `None` for a loss without a largest stream.
    pub fn location(&self) -> Option<AlarmLocation> {
        match self.alarm.id {
            AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative => {
                self.alarm.stream.map(AlarmLocation::Stream)
            }
            AlarmId::BusSilent => Some(AlarmLocation::Bus),
            AlarmId::PlatesSilent => Some(AlarmLocation::Plates),
            AlarmId::Plugged => Some(AlarmLocation::Gear),
            AlarmId::EngineStalling => Some(AlarmLocation::Engine),
            AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => Some(AlarmLocation::Channel(channel)),
        }
    }
}

/// Something that happened, for the journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When it happened, microseconds of bus time.
    pub t_us: i64,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// An alarm was raised, or raised again.
    Raised(Alarm),
    /// An alarm was cleared.
    Cleared(Alarm),
    /// The level alarm is active, and its word has changed: how far above the limit the loss is now; with the share of now.
    ExcessChanged(Alarm),
    /// The operator has acknowledged an active alarm.
    Acknowledged(Alarm),
    /// An alarm was shelved to a notice, since the alarm budget is spent.
    Shelved(Alarm),
    /// An operator fault began; how many times so far.
    Noticed(Notice, u32),
    /// Advice was given: the step, and which of its rule's adjustments, from 0.
    Advised(NextStep, usize),
    /// A setting was changed; the comparison that begins with it.
    Changed(Comparison),
    /// The comparison of before and after a change has a final verdict.
    Judged(Comparison),
    /// A trouble code of the machine has come or gone.
    Trouble(TroubleNews),
    /// Readings contradict each other from now on (`true`), or no longer.
    Doubted(Inconsistency, bool),
}
