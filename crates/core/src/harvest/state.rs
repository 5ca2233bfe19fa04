//! What the machine is doing, as the rest of the program sees it.

/// What the machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// Not moving.
    Stopped,
    /// Moving without cutting.
    Transport,
    /// Moving with the header down and driven.
    Cutting,
    /// Between two passes with the header up.
    Turning,
}

impl Activity {
    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Transport => "transport",
            Self::Cutting => "cutting",
            Self::Turning => "turning",
        }
    }
}

/// What shows whether the machine cuts, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum CuttingEvidence {
    /// Where the header is.
    Header,
    /// Crop that comes in.
    Feed,
    /// The load of the engine.
    Load,
    /// Ground speed and course alone.
    Speed,
}

impl CuttingEvidence {
    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Feed => "feed",
            Self::Load => "load",
            Self::Speed => "speed",
        }
    }
}

/// The activity and the flags beside it; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MachineState {
    /// What the machine is doing.
    pub activity: Option<Activity>,
    /// What shows it; `None` while the machine is stopped, or when it is not known.
    pub known_by: Option<CuttingEvidence>,
    /// Cutting in a curve.
    pub turning_cut: Option<bool>,
    /// The operator fault of the corners: cutting in a curve for longer than a swerve.
    pub corner: Option<bool>,
    /// The engine is pulled down while feeding.
    pub lugging: Option<bool>,
    /// The operator fault of the throttle: lugging, or an engine below its droop line, for a while. The operator regulates
    /// the load with the throttle instead of the ground speed.
    pub throttle: Option<bool>,
    /// The unloading auger runs.
    pub unloading: Option<bool>,
    /// The threshing gear runs without crop.
    pub empty_running: Option<bool>,
    /// The threshing gear or the feeder house is plugged.
    pub plugged: Option<bool>,
    /// The machine is turning and its heading has changed: a turn to count, not only a header raised for a moment.
    pub turned: bool,
}
