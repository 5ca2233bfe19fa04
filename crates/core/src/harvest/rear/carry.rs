//! What outlives a field of the model behind the machine: where the settings were, the moisture, the transit times.

use super::super::filter::{PerPath, RearPath};
use super::super::settings::FirstSettings;
use super::RearModel;
use super::transit::PerHypothesis;

/// What is kept for the next field.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::harvest) struct RearCarry {
    /// Where the settings were first: ln of the value; what was learned of their powers counts from there.
    pub log_settings: FirstSettings,
    /// The moisture that gains and plates are taken for, share of wet mass.
    pub moisture: Option<f64>,
    /// What counts have shown of the transit times: ln of the evidence for each hypothesis beside that for the best.
    pub transit: PerPath<PerHypothesis<f64>>,
}

impl RearCarry {
    /// The name of the first number that cannot be.
    pub fn problem(&self) -> Option<&'static str> {
        let finite = |value: &Option<f64>| value.is_none_or(f64::is_finite);
        let PerPath(transit) = &self.transit;
        if !self.log_settings.iter().all(finite) {
            Some("rear.log_settings")
        } else if self.moisture.is_some_and(|moisture| !(0.0..1.0).contains(&moisture)) {
            Some("rear.moisture")
        } else if !transit.iter().flatten().all(|evidence| evidence.is_finite() && *evidence <= 0.0) {
            Some("rear.transit")
        } else {
            None
        }
    }
}

impl RearModel {
    /// What is kept for the next field.
    pub fn carry(&self) -> RearCarry {
        RearCarry {
            log_settings: self.settings.first(),
            moisture: self.settings.moisture_reference(),
            transit: PerPath::from_fn(|path| self.path(path).transit_evidence()),
        }
    }

    /// Begins with what an earlier field has shown; of the evidence on the transit times this share is kept.
    pub fn adopt(&mut self, carry: &RearCarry, transit_keep: f64) {
        self.settings.restore(carry.log_settings);
        self.settings.set_moisture_reference(carry.moisture);
        let kept = |path: RearPath| carry.transit[path].map(|log_evidence| transit_keep * log_evidence);
        self.separation.restore_transit(&kept(RearPath::Separation));
        self.cleaning.restore_transit(&kept(RearPath::Cleaning));
    }
}
