//! What an alarm is, and what is told of it.

use super::compare::Comparison;
use super::next_step::NextStep;
use super::notices::Notice;
use crate::harvest::Stream;
use crate::machine::Channel;

/// The loss plates, in the order of their alarms.
pub(super) const PLATES: [Channel; 4] =
    [Channel::LossSeparationLeft, Channel::LossSeparationRight, Channel::LossCleaningLeft, Channel::LossCleaningRight];

/// The channels whose silence makes the estimate worse or impossible. The loss plates have an alarm of their own.
pub(super) const WATCHED: [Channel; 5] =
    [Channel::GroundSpeed, Channel::HeaderHeight, Channel::FeedRate, Channel::GrainFlow, Channel::EngineSpeed];

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmId {
    /// The loss is very probably above the limit.
    LossLevel,
    /// The loss has jumped above its own slow mean.
    LossStep,
    /// The loss behind the machine is twice what this session had at the same load.
    LossRelative,
    /// Nothing is heard from the machine any more.
    BusSilent,
    /// None of the loss plates can be believed any more: their box, their supply or their bus, not each of them.
    PlatesSilent,
    /// A loss plate does not count as it should.
    PlateFault(Channel),
    /// A signal that the estimate needs is broken or has stopped coming.
    SignalFault(Channel),
    /// Crop holds the threshing gear or the feeder house: stop.
    Plugged,
    /// The crop has pulled the engine so far down that it is about to stand: stop feeding.
    EngineStalling,
}

impl AlarmId {
    /// How many there are.
    pub(super) const COUNT: usize = 7 + PLATES.len() + WATCHED.len();

    /// Every alarm, for tests of the words.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::LossLevel, Self::LossStep, Self::LossRelative, Self::BusSilent, Self::PlatesSilent];
        plain
            .into_iter()
            .chain(PLATES.map(Self::PlateFault))
            .chain(WATCHED.map(Self::SignalFault))
            .chain([Self::Plugged, Self::EngineStalling])
    }

    /// Its place among all.
    pub(super) fn slot(self) -> usize {
        let place = |channels: &[Channel], channel| channels.iter().position(|&c| c == channel).unwrap_or(0);
        match self {
            Self::LossLevel => 0,
            Self::LossStep => 1,
            Self::LossRelative => 2,
            Self::BusSilent => 3,
            Self::PlatesSilent => 4,
            Self::PlateFault(plate) => 5 + place(&PLATES, plate),
            Self::SignalFault(channel) => 5 + PLATES.len() + place(&WATCHED, channel),
            Self::Plugged => 5 + PLATES.len() + WATCHED.len(),
            Self::EngineStalling => 6 + PLATES.len() + WATCHED.len(),
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

    /// How it stands with the alarm budget.
    pub(super) const fn claim(self) -> Claim {
        match self {
            Self::LossStep | Self::LossRelative => Claim::Look,
            Self::Plugged | Self::EngineStalling => Claim::Stop,
            _ => Claim::Act,
        }
    }
}

/// What an alarm may claim of the operator's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// A change of the loss, worth a look: the first to become a notice.
    Look,
    /// A loss above the limit, a sense that is gone: lowered in a flood only.
    Act,
    /// Never lowered.
    Stop,
}

/// An alarm: something to act on now.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alarm {
    /// What it is about.
    pub id: AlarmId,
    /// 1 low, 2 medium, 3 high: stop now. A loss that no pan has calibrated is never above 1, and never sounds. 0 is what
    /// the alarm budget has lowered to a notice: shown, and no alarm.
    pub level: u8,
    /// Where the grain is lost, for loss alarms: the stream that loses most.
    pub stream: Option<Stream>,
    /// Since when, microseconds of bus time.
    pub since_us: i64,
    /// Loss over grain in when it was raised, 0..1, for loss alarms.
    pub share: Option<f64>,
    /// 1 at first; one more each time that it comes back within its re-alarm time: it is the same alarm then.
    pub times: u32,
}

impl Alarm {
    /// Whether a horn or lamp may be driven by it. The program itself makes no sound: this is what it allows to whoever
    /// does. Level 1 is shown only, so an uncalibrated loss never sounds; nor does an alarm that has merely come back.
    pub const fn sounds(&self) -> bool {
        self.level >= 2 && self.times <= 1
    }
}

/// Where an alarm points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
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

impl Place {
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

/// An alarm that stands, and whether the operator has seen it. It stands until its cause has gone, acknowledged or not.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ActiveAlarm {
    /// What stands, at which level, since when.
    pub alarm: Alarm,
    /// When the operator acknowledged it, microseconds of bus time; `None` when nobody has yet. An alarm that rises to a
    /// higher level, or comes back after it was cleared, waits to be acknowledged again.
    pub acknowledged_us: Option<i64>,
}

impl ActiveAlarm {
    /// The operator has seen it, and its cause has not gone.
    pub const fn is_acknowledged(&self) -> bool {
        self.acknowledged_us.is_some()
    }

    /// Whether a horn or lamp may be driven by it now: as [`Alarm::sounds`], until it is acknowledged.
    pub const fn sounds(&self) -> bool {
        self.alarm.sounds() && !self.is_acknowledged()
    }

    /// Where it points to; `None` for a loss of which no part is largest.
    pub fn place(&self) -> Option<Place> {
        match self.alarm.id {
            AlarmId::LossLevel | AlarmId::LossStep | AlarmId::LossRelative => self.alarm.stream.map(Place::Stream),
            AlarmId::BusSilent => Some(Place::Bus),
            AlarmId::PlatesSilent => Some(Place::Plates),
            AlarmId::Plugged => Some(Place::Gear),
            AlarmId::EngineStalling => Some(Place::Engine),
            AlarmId::PlateFault(channel) | AlarmId::SignalFault(channel) => Some(Place::Channel(channel)),
        }
    }
}

/// Something that happened, for the journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When, microseconds of bus time.
    pub t_us: i64,
    /// What.
    pub kind: EventKind,
}

/// The kinds of event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// An alarm began, or came back.
    Raised(Alarm),
    /// An alarm ended.
    Cleared(Alarm),
    /// The operator has acknowledged an alarm that stands.
    Acknowledged(Alarm),
    /// What would have been an alarm is a notice, since the alarm budget is spent.
    Lowered(Alarm),
    /// An operator fault happened; how many times so far.
    Noticed(Notice, u32),
    /// A piece of advice was given: the step, and which of its rule's adjustments.
    Advised(NextStep, usize),
    /// A setting was changed; what the comparison makes of it so far.
    Changed(Comparison),
    /// The comparison before and after a change has come to a verdict.
    Judged(Comparison),
}
