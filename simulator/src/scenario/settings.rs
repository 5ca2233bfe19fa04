//! What the operator sets on the machine from the cab.

use super::data::{Crop, Machine};

/// Settings of drum, concave, fan and sieves; speeds are those at rated engine speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    pub drum_rpm: f64,
    pub separator_rpm: f64,
    pub concave_mm: f64,
    pub fan_rpm: f64,
    pub upper_sieve_mm: f64,
    pub lower_sieve_mm: f64,
}

/// Settings that the timeline changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Changes {
    pub drum_rpm: Option<f64>,
    pub concave_mm: Option<f64>,
    pub fan_rpm: Option<f64>,
    pub upper_sieve_mm: Option<f64>,
    pub lower_sieve_mm: Option<f64>,
}

impl Settings {
    /// Those that are right for this machine in this crop.
    pub fn right(machine: &Machine, crop: &Crop) -> Self {
        Self {
            drum_rpm: machine.threshing.drum_rpm * crop.threshing.drum_share,
            separator_rpm: machine.threshing.separator_rpm * crop.threshing.drum_share,
            concave_mm: crop.threshing.concave_mm,
            fan_rpm: machine.shoe.fan_rpm * crop.cleaning.fan_share,
            upper_sieve_mm: crop.cleaning.upper_sieve_mm,
            lower_sieve_mm: crop.cleaning.lower_sieve_mm,
        }
    }

    /// With these changes; one drive turns drum and separator.
    pub fn with(self, changes: &Changes) -> Self {
        let drum_rpm = changes.drum_rpm.unwrap_or(self.drum_rpm);
        Self {
            drum_rpm,
            separator_rpm: self.separator_rpm * drum_rpm / self.drum_rpm,
            concave_mm: changes.concave_mm.unwrap_or(self.concave_mm),
            fan_rpm: changes.fan_rpm.unwrap_or(self.fan_rpm),
            upper_sieve_mm: changes.upper_sieve_mm.unwrap_or(self.upper_sieve_mm),
            lower_sieve_mm: changes.lower_sieve_mm.unwrap_or(self.lower_sieve_mm),
        }
    }
}
