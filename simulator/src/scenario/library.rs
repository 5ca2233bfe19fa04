//! The files that come with the crate.

use super::error::ScenarioError;

/// Names and texts of one kind of file.
pub(super) struct Shelf {
    /// What one of them is: `machine`, `crop` …
    pub kind: &'static str,
    pub folder: &'static str,
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! shelf {
    ($kind:literal, $folder:literal, [$($name:literal),* $(,)?]) => {
        Shelf {
            kind: $kind,
            folder: $folder,
            files: &[$(($name, include_str!(concat!("../../", $folder, "/", $name, ".toml")))),*],
        }
    };
}

pub(super) const MACHINES: Shelf = shelf!("machine", "machines", ["tracked-6", "wheeled-8", "walker-12", "rotor-25"]);
pub(super) const CROPS: Shelf = shelf!("crop", "crops", ["wheat", "barley", "rice", "maize", "soybean", "canola"]);
pub(super) const WEATHER: Shelf = shelf!("weather", "weather", ["june-sunny", "dewy", "humid", "autumn", "prairie"]);
pub(super) const OPERATORS: Shelf = shelf!(
    "operator",
    "operators",
    [
        "trained",
        "hurried",
        "turns-too-often",
        "cuts-while-turning",
        "works-the-throttle",
        "header-high",
        "header-low",
        "half-empty",
    ]
);
/// In the order in which they are offered.
pub(super) const SCENARIOS: Shelf = shelf!(
    "scenario",
    "scenarios",
    [
        "wheat",
        "wheat-steady",
        "wheat-hurried",
        "wheat-turns",
        "wheat-corners",
        "wheat-throttle",
        "wheat-header",
        "wheat-half-empty",
        "wheat-dewy",
        "wheat-lodged",
        "wheat-weedy",
        "wheat-slope",
        "wheat-dead-plate",
        "wheat-faults",
        "barley-walker",
        "rice-tracked",
        "maize-rotor",
        "soybean-low",
        "canola-fan",
    ]
);

impl Shelf {
    /// The names, in their order.
    pub fn names(&self) -> Vec<&'static str> {
        self.files.iter().map(|(name, _)| *name).collect()
    }

    /// The text under this name.
    pub fn text(&self, name: &str) -> Result<&'static str, ScenarioError> {
        let found = self.files.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| *text).ok_or_else(|| ScenarioError::unknown(self.kind, name, &self.names()))
    }
}
