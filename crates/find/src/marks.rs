//! What a technician noted beside the machine.

/// Something that the driver did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The header was raised.
    HeaderUp,
    /// The header was lowered.
    HeaderDown,
    /// The machine began to move.
    Drive,
    /// The machine stopped.
    Stop,
    /// Crop began to be cut.
    CuttingBegin,
    /// No more crop was cut.
    CuttingEnd,
    /// The unloading auger began to run.
    UnloadBegin,
    /// The unloading auger stopped.
    UnloadEnd,
    /// The thresher was switched on.
    ThresherOn,
    /// The thresher was switched off.
    ThresherOff,
}

/// What the machine's own display can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Ground speed, km/h.
    SpeedKmH,
    /// Engine speed, r/min.
    EngineRMin,
    /// Header height, cm.
    HeaderHeightCm,
    /// Reel speed, r/min.
    ReelRMin,
    /// Speed of drum or rotor, r/min.
    ThresherRMin,
    /// Speed of the cleaning fan, r/min.
    FanRMin,
    /// Grain moisture, %.
    MoisturePct,
    /// Feed rate, kg/s.
    FeedKgS,
    /// Grain flow, kg/s.
    GrainFlowKgS,
}

/// A mark: an event, or a reading of the display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// Something that the driver did.
    Event(Event),
    /// What the display showed, in the unit of the reading, and half of its last digit.
    Reading(Reading, f64, f64),
}

/// A mark with its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noted {
    /// When it was noted, microseconds; up to two seconds after what it says.
    pub t_us: i64,
    /// What was noted.
    pub mark: Mark,
}

impl Event {
    /// Every event with its word in a marks file.
    pub const WORDS: [(&str, Self); 10] = [
        ("header-up", Self::HeaderUp),
        ("header-down", Self::HeaderDown),
        ("drive", Self::Drive),
        ("stop", Self::Stop),
        ("cutting-begin", Self::CuttingBegin),
        ("cutting-end", Self::CuttingEnd),
        ("unload-begin", Self::UnloadBegin),
        ("unload-end", Self::UnloadEnd),
        ("thresher-on", Self::ThresherOn),
        ("thresher-off", Self::ThresherOff),
    ];

    /// The event of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, event)| *event)
    }
}

impl Reading {
    /// Every reading with its word in a marks file.
    pub const WORDS: [(&str, Self); 9] = [
        ("speed-km-h", Self::SpeedKmH),
        ("engine-r-min", Self::EngineRMin),
        ("header-height-cm", Self::HeaderHeightCm),
        ("reel-r-min", Self::ReelRMin),
        ("thresher-r-min", Self::ThresherRMin),
        ("fan-r-min", Self::FanRMin),
        ("moisture-pct", Self::MoisturePct),
        ("feed-kg-s", Self::FeedKgS),
        ("grain-flow-kg-s", Self::GrainFlowKgS),
    ];

    /// The reading of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, reading)| *reading)
    }
}
