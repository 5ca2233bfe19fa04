//! What a simple monitor is given: before the harvest, and in each second of it.

use grainloss_core::harvest::{Activity, Crop, ORDINARY_LOAD};
use grainloss_core::machine::{Channel, LossPlates, Readings};
use grainloss_core::record::SecondRow;

const PLATES: [(Channel, Channel); 4] = [
    (Channel::LossSeparationLeft, Channel::LossIndexSeparationLeft),
    (Channel::LossSeparationRight, Channel::LossIndexSeparationRight),
    (Channel::LossCleaningLeft, Channel::LossIndexCleaningLeft),
    (Channel::LossCleaningRight, Channel::LossIndexCleaningRight),
];

/// What a simple monitor measures in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MonitorInput {
    /// Whether the machine cuts.
    pub cutting: bool,
    /// Area cut, m²/s; `None` when width or speed is unknown.
    pub area_m2_s: Option<f64>,
    /// Crop into the feeder house, kg/s; `None` when unknown.
    pub feed_kg_s: Option<f64>,
    /// Grain at the header, kg/s; `None` when unknown.
    pub grain_kg_s: Option<f64>,
    /// Kernels counted so far and their rate now, 1/s: separation left and right, cleaning left and right; `None` for a
    /// plate without a value.
    pub plates: [Option<(f64, f64)>; 4],
    /// The loss index of the same plates, 0..=1.
    pub bars: [Option<f64>; 4],
}

impl MonitorInput {
    /// From the row of a second and the readings at its end.
    pub fn new(row: &SecondRow, readings: &Readings) -> Self {
        let plate = |channel| readings.value(channel).map(|rate| (readings.get(channel).impacts, rate));
        Self {
            cutting: row.doing.activity == Some(Activity::Cutting),
            area_m2_s: row.working_width_m.zip(row.ground_speed_m_s).map(|(width, speed)| width * speed),
            feed_kg_s: row.feed_kg_s,
            grain_kg_s: row.grain_in_kg_s,
            plates: PLATES.map(|(plate_channel, _)| plate(plate_channel)),
            bars: PLATES.map(|(_, bar)| readings.value(bar)),
        }
    }
}

/// What a simple monitor is given before the harvest.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorSetup {
    /// Mass of one kernel, kg.
    pub kernel_mass_kg: f64,
    /// The plates' data sheet.
    pub plates: LossPlates,
    /// The crop's usual loss behind the machine, as a share of the grain.
    pub usual_rear: f64,
    /// The same at the header.
    pub usual_header: f64,
    /// The crop's usual loss behind the machine in ordinary work, kg/s, over the square of the feed then, kg²/s².
    pub usual_feed_law: f64,
}

impl MonitorSetup {
    /// For a crop, its plates, and a machine of this rated feed.
    pub fn new(crop: &Crop, plates: &LossPlates, rated_feed_kg_s: f64) -> Self {
        let usual_rear = crop.separation_loss + crop.cleaning_loss;
        let grain_share = 1.0 / (1.0 + crop.straw_to_grain);
        Self {
            kernel_mass_kg: crop.kernel_mass_kg,
            plates: plates.clone(),
            usual_rear,
            usual_header: crop.header_loss,
            usual_feed_law: usual_rear * grain_share / (ORDINARY_LOAD * rated_feed_kg_s),
        }
    }
}
