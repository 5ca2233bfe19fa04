//! The machine as the last driver left it: what the scenario's driver would do wrong is set wrong at the start, and it is for
//! the learner to find it.

use crate::scenario::{Kind, Scenario, Settings};

/// What is set when the learner takes over.
pub(super) struct AsLeft {
    pub settings: Settings,
    /// Working height of the knife, m.
    pub height_m: f64,
    /// 0..=1.
    pub throttle: f64,
    /// Reel speed over what is right.
    pub reel: f64,
}

pub(super) fn as_left(scenario: &Scenario) -> AsLeft {
    let mut settings = Settings::right(&scenario.machine, &scenario.crop);
    let mut height_m = scenario.task.cut_height_m + scenario.operator().cut_higher_m;
    let (mut throttle, mut reel) = (1.0, 1.0);
    let mut events: Vec<_> = scenario.left_wrong().collect();
    // The first one of each kind is what was left.
    events.sort_by(|one, other| other.start_s.total_cmp(&one.start_s));
    for event in events {
        let number = event.number;
        match event.kind {
            Kind::Operator => height_m = scenario.task.cut_height_m + scenario.crew[event.choice].cut_higher_m,
            Kind::ThrottleLow => throttle = number / 100.0,
            Kind::CutHeight => height_m = number,
            Kind::ReelIndex => reel = number / scenario.crop.header.reel_index,
            Kind::Drum => settings.drum_rpm = number,
            Kind::Concave => settings.concave_mm = number,
            Kind::Fan => settings.fan_rpm = number,
            Kind::UpperSieve => settings.upper_sieve_mm = number,
            Kind::LowerSieve => settings.lower_sieve_mm = number,
            _ => {}
        }
    }
    AsLeft { settings, height_m: (height_m * 100.0).round() / 100.0, throttle, reel }
}
