//! What the channels that can be trusted are enough for, and what is missing for more.

use grainloss_core::machine::Channel as C;
use grainloss_core::machine::Profile;

use super::kinds::{BARS, PLATES};

/// What can be given of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing: the speed is not known.
    Nothing,
    /// When the machine cuts, turns and stands, and the area; the loss is a model's.
    Activity,
    /// The loss per area as sensed.
    PerArea,
    /// The loss as a share of the grain that comes in, sensed.
    Percent,
}

impl Level {
    /// Every level, the lowest first.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Activity, Self::PerArea, Self::Percent];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Activity => "activity",
            Self::PerArea => "kg-per-ha",
            Self::Percent => "per-cent",
        }
    }
}

/// What is needed beside the level below: any one of each list.
fn needs(level: Level) -> Vec<Vec<C>> {
    let loss = PLATES.into_iter().chain(BARS).collect();
    match level {
        Level::Nothing => Vec::new(),
        Level::Activity => vec![vec![C::GroundSpeed], vec![C::HeaderHeight, C::HeaderBelowWorkHeight]],
        Level::PerArea => vec![loss],
        Level::Percent => vec![vec![C::FeedRate, C::GrainFlow]],
    }
}

/// The level that is reached, and what is missing for the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enough {
    /// What can be given.
    pub level: Level,
    /// For the next level: of each list one channel. Empty at the highest level.
    pub missing: Vec<Vec<C>>,
    /// The loss is sensed by unitless bars only: its changes are, its level is not, until a drop pan.
    pub bars_only: bool,
}

impl Enough {
    /// By what can be trusted.
    pub fn of(is_usable: impl Fn(C) -> bool) -> Self {
        let open = |level| -> Vec<Vec<C>> {
            needs(level).into_iter().filter(|any| !any.iter().any(|channel| is_usable(*channel))).collect()
        };
        let mut level = Level::Nothing;
        let mut missing = Vec::new();
        for next in Level::ALL.into_iter().skip(1) {
            missing = open(next);
            if !missing.is_empty() {
                break;
            }
            level = next;
        }
        let plates = PLATES.into_iter().any(&is_usable);
        Self { level, missing, bars_only: level >= Level::PerArea && !plates }
    }
}

/// What a profile does not map although it matters, and what therefore cannot be given: a word for it, the last part of a
/// text key, with the channels of which one would be needed.
pub fn lacks(profile: &Profile) -> Vec<(&'static str, Vec<C>)> {
    let mapped: Vec<&str> = profile.mapped().collect();
    let groups: [(&'static str, Vec<C>); 9] = [
        ("speed", vec![C::GroundSpeed]),
        ("header", vec![C::HeaderHeight, C::HeaderBelowWorkHeight]),
        (
            "separation",
            vec![
                C::LossSeparationLeft,
                C::LossSeparationRight,
                C::LossIndexSeparationLeft,
                C::LossIndexSeparationRight,
            ],
        ),
        (
            "cleaning",
            vec![C::LossCleaningLeft, C::LossCleaningRight, C::LossIndexCleaningLeft, C::LossIndexCleaningRight],
        ),
        ("grain", vec![C::FeedRate, C::GrainFlow]),
        ("reel", vec![C::ReelSpeed]),
        ("engine", vec![C::EngineSpeed]),
        ("position", vec![C::GnssLatitude, C::GnssLongitude]),
        ("moisture", vec![C::GrainMoisture]),
    ];
    groups.into_iter().filter(|(_, any)| !any.iter().any(|channel| mapped.contains(&channel.name()))).collect()
}
