//! Marks, and the reasons for them.

use grainloss_core::machine::Channel;

/// How far a channel of a profile can be trusted, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing speaks against it.
    Good,
    /// Something is odd: look at it beside the machine's display.
    Doubtful,
    /// It cannot be this quantity, or not in this scale.
    Wrong,
    /// The profile does not map it, or the machine does not send it.
    Absent,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 4] = [Self::Good, Self::Doubtful, Self::Wrong, Self::Absent];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Wrong => "wrong",
            Self::Absent => "absent",
        }
    }
}

/// Declares the reasons: variant and word.
macro_rules! reasons {
    ($(#[doc = $doc:literal] $variant:ident = $word:literal;)*) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What { $(#[doc = $doc] $variant,)* }

        impl What {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in machine-readable output, and the last part of its text key.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

reasons! {
    /// The profile names no source.
    NotMapped = "not-mapped";
    /// No frame with any of its sources is in the log.
    NeverSeen = "never-seen";
    /// The frames are there, and say that there is no such sensor.
    NoSensor = "no-sensor";
    /// A share `figure` of the looks had a value that cannot be.
    Implausible = "implausible";
    /// A share `figure` of the looks had no value.
    Missing = "missing-values";
    /// It comes every `figure` s, and is stale after `high` s.
    TooSeldom = "too-seldom";
    /// It comes every `figure` s only; the estimate needs it every `high` s.
    Slow = "slow";
    /// The same bits are `other` as well.
    SharedBits = "shared-bits";
    /// It stood at `figure` in every second of work.
    Constant = "constant";
    /// It goes in steps and stands still between them, while `other` moves: a set-point. It moved in a share `figure`.
    SetPoint = "set-point";
    /// Its median at work is `figure`; usual are `low` to `high`.
    OutOfRange = "out-of-range";
    /// The header is said to be down at a height of `figure` m, above `high` m.
    DownInTransport = "down-in-transport";
    /// The height is `figure` m while crop comes in, above `high` m.
    CutsInTransport = "cuts-in-transport";
    /// It is the wrong way round: `other` shows the opposite.
    Inverted = "inverted";
    /// It has nothing to do with `other`, although both tell of the header.
    Unrelated = "unrelated";
    /// Its highest and lowest values lie `figure` m apart; a header that is raised in turns moves `low` m or more.
    HardlyMoves = "hardly-moves";
    /// Crop comes in in a share `figure` of the seconds in which nothing is cut; the header stood at `high` m then.
    FedWithoutCutting = "fed-without-cutting";
    /// Nothing comes in in a share `figure` of the seconds of cutting.
    EmptyWhileCutting = "empty-while-cutting";
    /// It is smaller at work than without.
    AgainstWork = "against-work";
    /// It is the same at work as without.
    IgnoresWork = "ignores-work";
    /// It comes `figure` s after the cut; usual are up to `high` s.
    TooLate = "too-late";
    /// It comes `figure` s after the cut; grain takes `low` s or more.
    TooEarly = "too-early";
    /// It counts `figure` a second without grain, and `high` at work.
    CountsWithoutGrain = "counts-without-grain";
    /// It rises more evenly than kernels fall: variance over mean `figure`.
    CountsEvenly = "counts-evenly";
    /// The counter went back `figure` times.
    CounterFalls = "counter-falls";
    /// Not one kernel in `figure` minutes of cutting.
    NoKernels = "no-kernels";
    /// It is `figure` times the satellite receiver's speed; the likely factor is `high`.
    SpeedFactor = "speed-factor";
    /// It does not follow the satellite receiver's speed.
    SpeedUnrelated = "speed-unrelated";
    /// Between its first and its last decile at work lies `figure` of the median.
    Unsteady = "unsteady";
    /// It stands in a share `figure` of the seconds of cutting.
    StandsWhileCutting = "stands-while-cutting";
    /// It turns in a share `figure` of the seconds in which `other` says that it is not driven: perhaps a set-point.
    TurnsUndriven = "turns-undriven";
    /// The auger unloads in a share `figure` of the seconds of cutting.
    AlwaysUnloading = "always-unloading";
    /// The tank does not fill while grain comes in.
    DoesNotFill = "does-not-fill";
    /// The hours went back.
    HoursFall = "hours-fall";
    /// It is `figure` m; the profile's header is `high` m.
    WidthOff = "width-off";
    /// Too little work in the log, `figure` s, to judge it.
    TooLittleWork = "too-little-work";
}

/// One thing that was found of a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// What.
    pub what: What,
    /// What it makes of the channel.
    pub mark: Mark,
    /// The other channel that it speaks of.
    pub other: Option<Channel>,
    /// The figure, in the unit that the reason names.
    pub figure: Option<f64>,
    /// The lower limit that it is compared with.
    pub low: Option<f64>,
    /// The upper limit that it is compared with.
    pub high: Option<f64>,
}

impl Finding {
    pub(crate) const fn new(what: What, mark: Mark) -> Self {
        Self { what, mark, other: None, figure: None, low: None, high: None }
    }

    pub(crate) const fn other(self, other: Channel) -> Self {
        Self { other: Some(other), ..self }
    }

    pub(crate) const fn figure(self, figure: f64) -> Self {
        Self { figure: Some(figure), ..self }
    }

    pub(crate) const fn low(self, low: f64) -> Self {
        Self { low: Some(low), ..self }
    }

    pub(crate) const fn high(self, high: f64) -> Self {
        Self { high: Some(high), ..self }
    }
}
