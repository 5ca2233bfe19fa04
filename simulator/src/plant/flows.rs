//! Streams of crop through the machine, and what the field offers to it.

use crate::field::Place;

/// Grain and other material, in kg or kg/s.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Crops {
    pub grain: f64,
    pub straw: f64,
}

impl Crops {
    /// Both together.
    pub fn total(self) -> f64 {
        self.grain + self.straw
    }

    /// Both multiplied by this factor.
    pub fn scaled(self, by: f64) -> Self {
        Self { grain: self.grain * by, straw: self.straw * by }
    }
}

/// What passes where at this moment, kg/s.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flows {
    /// Into the header, before any loss.
    pub entering: Crops,
    pub header_loss: f64,
    pub feeder: Crops,
    pub threshing_loss: f64,
    pub separation_loss: f64,
    pub cleaning_loss: f64,
    /// Straw at the rotor's end, chaff at the shoe's end.
    pub straw_out: f64,
    pub chaff_out: f64,
    /// Grain in the tailings loop.
    pub returns: f64,
    /// Grain at the top of the clean grain elevator.
    pub elevator: f64,
    /// How far the loss of separation and of cleaning leans to the right side, -1..=1.
    pub lean: [f64; 2],
}

/// What the field offers to the header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub place: Place,
    /// Share of the header's width that meets standing crop, 0..=1.
    pub width_share: f64,
    /// Of the machine, positive clockwise, rad/s.
    pub yaw_rate_rad_s: f64,
}
