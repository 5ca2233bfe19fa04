//! What does not travel on the bus: the machine's own measures and its loss plates' data sheet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grain is taken out of the straw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Threshing {
    /// A tangential drum, then straw walkers.
    Walkers,
    /// One or two rotors along or across the machine.
    Axial,
    /// A tangential drum, then one or two rotors.
    TangentialAxial,
}

impl Threshing {
    /// The word in profiles and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Walkers => "walkers",
            Self::Axial => "axial",
            Self::TangentialAxial => "tangential-axial",
        }
    }
}

/// The machine's own measures.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Cutting width, m, 0.3 to 20; used when the bus does not tell the working width.
    #[schemars(range(min = 0.3, max = 20.0))]
    pub header_width_m: f64,
    /// Width over which straw and chaff leave the machine, m, 0.3 to 20.
    #[schemars(range(min = 0.3, max = 20.0))]
    pub discharge_width_m: f64,
    /// Diameter of the reel over the tines, m, 0.3 to 3.
    #[serde(default)]
    #[schemars(range(min = 0.3, max = 3.0))]
    pub reel_diameter_m: Option<f64>,
    /// Nameplate feed rate, grain and straw together, kg/s, 0.5 to 60.
    #[schemars(range(min = 0.5, max = 60.0))]
    pub rated_feed_kg_s: f64,
    /// Engine speed at full load, r/min, 500 to 4000.
    #[schemars(range(min = 500.0, max = 4000.0))]
    pub rated_engine_rpm: f64,
    /// How grain is taken out of the straw.
    #[serde(default)]
    pub threshing: Option<Threshing>,
    /// How long grain takes from the knife to the yield sensor, s, 2 to 40; 12 when it is not known.
    #[serde(default)]
    #[schemars(range(min = 2.0, max = 40.0))]
    pub yield_lag_s: Option<f64>,
}

/// What the loss plates should count, before any pan has said better.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LossPlates {
    /// Share of the lost grain that falls on one plate, 0.0001 to 1.
    #[schemars(range(min = 0.0001, max = 1.0))]
    pub area_share: f64,
    /// Share of those kernels that the electronics count, 0.0001 to 1.
    #[schemars(range(min = 0.0001, max = 1.0))]
    pub detection_share: f64,
    /// Shortest time between two counted kernels, s, 0 to 0.1.
    #[schemars(range(min = 0.0, max = 0.1))]
    pub dead_time_s: f64,
}

impl Geometry {
    /// What is wrong with a measure: the key, the value and the limits.
    pub(super) fn problem(&self) -> Option<String> {
        let measures = [
            ("header_width_m", self.header_width_m, 0.3, 20.0),
            ("discharge_width_m", self.discharge_width_m, 0.3, 20.0),
            ("reel_diameter_m", self.reel_diameter_m.unwrap_or(1.0), 0.3, 3.0),
            ("rated_feed_kg_s", self.rated_feed_kg_s, 0.5, 60.0),
            ("rated_engine_rpm", self.rated_engine_rpm, 500.0, 4000.0),
            ("yield_lag_s", self.yield_lag_s.unwrap_or(12.0), 2.0, 40.0),
        ];
        outside(&measures, "geometry")
    }
}

impl LossPlates {
    /// What is wrong with a figure: the key, the value and the limits.
    pub(super) fn problem(&self) -> Option<String> {
        let shares = [
            ("area_share", self.area_share, 0.0001, 1.0),
            ("detection_share", self.detection_share, 0.0001, 1.0),
            ("dead_time_s", self.dead_time_s, 0.0, 0.1),
        ];
        outside(&shares, "loss_plates")
    }
}

fn outside(values: &[(&str, f64, f64, f64)], table: &str) -> Option<String> {
    let (name, value, low, high) = values.iter().find(|(_, value, low, high)| !(*low..=*high).contains(value))?;
    Some(format!("{table}.{name} is {value}; expected {low} to {high}"))
}
