//! What the learner is to do in a scenario.

use crate::field::Sky;
use crate::scenario::Scenario;

/// A task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Loss within what is allowed, at nine tenths of a trained driver's area.
    LossAndArea,
    /// Lift the header, turn outside the crop, lower it before the crop.
    CleanTurns,
    /// Something was left set wrongly: find it.
    FindSetting,
    /// Lodged crop: slower, reel forward and down, low stubble.
    Lodged,
    /// Patches of weeds: slow down before the engine is pulled down.
    Weedy,
    /// On a slope: less feed.
    Slope,
    /// Dew or rain: less feed.
    Wet,
}

impl Task {
    /// The word in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LossAndArea => "loss-and-area",
            Self::CleanTurns => "clean-turns",
            Self::FindSetting => "find-setting",
            Self::Lodged => "lodged",
            Self::Weedy => "weedy",
            Self::Slope => "slope",
            Self::Wet => "wet",
        }
    }
}

/// Dew at the start, in points of grain moisture, from which a field counts as wet. Our choice.
const WET_DEW_PCT: f64 = 6.0;

/// The tasks of a scenario.
pub fn tasks(scenario: &Scenario) -> Vec<Task> {
    let (lodged, weedy, slope_pct) = scenario.field_seen();
    let sky = Sky::new(&scenario.weather, scenario.start_unix_s, scenario.field.longitude_deg);
    let of_field = [
        (lodged > 0.0, Task::Lodged),
        (weedy > 0.0, Task::Weedy),
        (slope_pct > 0.0, Task::Slope),
        (sky.dew_pct(0.0) >= WET_DEW_PCT, Task::Wet),
        (scenario.is_left_wrong(), Task::FindSetting),
    ];
    let of_field = of_field.into_iter().filter(|(is_so, _)| *is_so).map(|(_, task)| task);
    [Task::LossAndArea, Task::CleanTurns].into_iter().chain(of_field).collect()
}
