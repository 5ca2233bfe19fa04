//! The kinds of work that divide a session: what the machine does, and what happens meanwhile.

use super::state::{Activity, MachineState};

/// A kind of work. The first four exclude each other and make up the session; the others happen within them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum WorkKind {
    /// Not moving.
    Stopped = 0,
    /// Moving without cutting.
    Transport = 1,
    /// Moving with the header down and driven.
    Cutting = 2,
    /// Between two passes with the header up.
    HeadlandTurn = 3,
    /// Cutting in a curve, for longer than a swerve.
    TurningCut = 4,
    /// The unloading auger runs.
    Unloading = 5,
    /// The engine is pulled down while feeding.
    Lugging = 6,
    /// The threshing gear runs without crop.
    EmptyRunning = 7,
    /// Crop holds the threshing gear or the feeder house.
    Plug = 8,
}

impl WorkKind {
    /// How many there are.
    pub const COUNT: usize = 9;

    /// All of them, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Stopped,
        Self::Transport,
        Self::Cutting,
        Self::HeadlandTurn,
        Self::TurningCut,
        Self::Unloading,
        Self::Lugging,
        Self::EmptyRunning,
        Self::Plug,
    ];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Transport => "transport",
            Self::Cutting => "cutting",
            Self::HeadlandTurn => "headland-turn",
            Self::TurningCut => "turning-cut",
            Self::Unloading => "unloading",
            Self::Lugging => "lugging",
            Self::EmptyRunning => "empty-running",
            Self::Plug => "plug",
        }
    }

    /// Whether the machine does this now; `None` when it is not known.
    pub fn of(self, doing: &MachineState) -> Option<bool> {
        let is = |activity| doing.activity.map(|now| now == activity);
        match self {
            Self::Stopped => is(Activity::Stopped),
            Self::Transport => is(Activity::Transport),
            Self::Cutting => is(Activity::Cutting),
            Self::HeadlandTurn => is(Activity::Turning),
            Self::TurningCut => doing.corner,
            Self::Unloading => doing.unloading,
            Self::Lugging => doing.lugging,
            Self::EmptyRunning => doing.empty_running,
            Self::Plug => doing.plugged,
        }
    }
}
