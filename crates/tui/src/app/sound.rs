//! Sounds, the devices that make them, and which of those works.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// A pan was dropped and its place recorded.
    Drop,
    /// An alarm of medium priority.
    Medium,
    /// An alarm of high priority.
    High,
}

impl Sound {
    /// Every sound.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Drop];

    /// The last argument of the operator's own command, and the last part of the text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Number of beeps.
    pub(crate) const fn beeps(self) -> usize {
        match self {
            Self::Drop => 1,
            Self::Medium => 2,
            Self::High => 4,
        }
    }
}

/// What makes the sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The command if there is one; otherwise the tone if the screen is on a machine with a sound card; otherwise the
    /// bell.
    #[default]
    Auto,
    /// The operator's own command.
    Command,
    /// The sound card.
    Tone,
    /// The terminal's bell.
    Bell,
}

impl Device {
    /// The devices that can be tested: all but `Auto`.
    pub const REAL: [Self; 3] = [Self::Command, Self::Tone, Self::Bell];
    /// The devices that can be chosen.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Command, Self::Tone, Self::Bell];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Command => "command",
            Self::Tone => "tone",
            Self::Bell => "bell",
        }
    }
}

/// State of the sound output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundState {
    /// The device in use.
    pub in_use: Device,
    /// The device that failed last, and why; `None` when it has worked since.
    pub failed: Option<(Device, String)>,
}
