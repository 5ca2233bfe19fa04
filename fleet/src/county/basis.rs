//! What a made-up session's loss rests on.

use super::random::Random;

/// What a session's loss rests on, and the 90 % interval beside the loss, per cent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    Unknown,
    Model,
    Sensed,
    Calibrated,
}

impl Basis {
    pub(super) fn of(random: &mut Random) -> Self {
        match random.between(1, 100) {
            1..=2 => Self::Unknown,
            3..=12 => Self::Model,
            13..=72 => Self::Sensed,
            _ => Self::Calibrated,
        }
    }

    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Model => Some("model-only"),
            Self::Sensed => Some("sensed"),
            Self::Calibrated => Some("calibrated"),
        }
    }

    pub(super) const fn ends_pct(self) -> (i64, i64) {
        match self {
            Self::Unknown | Self::Model => (35, 260),
            Self::Sensed => (60, 165),
            Self::Calibrated => (82, 121),
        }
    }
}
