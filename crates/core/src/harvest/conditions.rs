//! The conditions that a calibration holds for.

/// What the crop behind the machine is like, as far as it tells whether an old pan still holds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Conditions {
    /// ln(the separator's load / load of ordinary work).
    pub log_load: f64,
    /// Water in the grain, share of wet mass.
    pub moisture: Option<f64>,
}
