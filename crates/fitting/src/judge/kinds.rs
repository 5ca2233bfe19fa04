//! What is expected of each quantity.

use grainloss_core::machine::Channel as C;
use grainloss_core::machine::Geometry;
use grainloss_core::params::ProfileCheckParams;

/// What moves and is measured: it cannot stay the same to the digit while the machine works.
pub(super) const MEASURED: [C; 9] = [
    C::GroundSpeed,
    C::HeaderHeight,
    C::FeedRate,
    C::ThresherSpeed,
    C::FanSpeed,
    C::EngineSpeed,
    C::EngineLoad,
    C::FuelRate,
    C::GrainFlow,
];

/// What is measured and may stand still for a while on a coarse display.
pub(super) const COARSE: [C; 4] = [C::ReelSpeed, C::FeederSpeed, C::GrainMoisture, C::TankLevel];

/// Plates that count kernels.
pub(super) const PLATES: [C; 4] =
    [C::LossSeparationLeft, C::LossSeparationRight, C::LossCleaningLeft, C::LossCleaningRight];

/// The machine's own bars.
pub(super) const BARS: [C; 4] =
    [C::LossIndexSeparationLeft, C::LossIndexSeparationRight, C::LossIndexCleaningLeft, C::LossIndexCleaningRight];

/// What is larger while crop comes in, at once or within seconds.
pub(super) const FOLLOWS_CROP: [C; 13] = [
    C::FeedRate,
    C::GrainFlow,
    C::EngineLoad,
    C::FuelRate,
    C::ReturnsVolume,
    C::LossSeparationLeft,
    C::LossSeparationRight,
    C::LossCleaningLeft,
    C::LossCleaningRight,
    C::LossIndexSeparationLeft,
    C::LossIndexSeparationRight,
    C::LossIndexCleaningLeft,
    C::LossIndexCleaningRight,
];

/// What the estimate uses step by step: it must come often.
pub(super) const FAST: [C; 6] =
    [C::GroundSpeed, C::HeaderHeight, C::HeaderBelowWorkHeight, C::FeedRate, C::EngineSpeed, C::ReelSpeed];

/// Lowest and highest usual median while the machine cuts, in the channel's unit, and whether what is outside is wrong.
/// Shafts: wide of the machines in the simulator's data (drum 850 to 950, fan 900 to 1150 r/min) and of published
/// settings; the others: our choice.
pub(super) fn usual(channel: C, params: &ProfileCheckParams, geometry: &Geometry) -> Option<(f64, f64, bool)> {
    let p = params;
    Some(match channel {
        C::EngineSpeed => (p.engine_least_rpm, p.engine_most_rpm, true),
        C::GroundSpeed => (p.speed_least_m_s, p.speed_most_m_s, true),
        C::HeaderHeight => (0.0, p.transport_m, true),
        C::ThresherSpeed => (200.0, 1600.0, false),
        C::FanSpeed => (200.0, 2000.0, false),
        C::ReelSpeed => (5.0, 90.0, false),
        C::FeederSpeed => (60.0, 1200.0, false),
        C::FeedRate => (0.03 * geometry.rated_feed_kg_s, 1.8 * geometry.rated_feed_kg_s, false),
        C::GrainFlow => (0.015 * geometry.rated_feed_kg_s, 1.1 * geometry.rated_feed_kg_s, false),
        C::EngineLoad => (0.15, 1.25, false),
        C::FuelRate => (3.0, 150.0, false),
        C::GrainMoisture => (0.05, 0.45, false),
        _ => return None,
    })
}
