//! Settings and conditions that the law knows nothing of: when they move, the law is a weaker witness than before.

use super::super::STEP_S;
use super::super::gain::{GainFilter, Path};
use crate::machine::{Channel, Readings};

/// What a setting's move does to a path's loss, as a standard deviation of its logarithm for each unit of the setting's
/// own. A fan's air goes with its square, and blow-out is steep: soybean rear loss of up to 4 % from fan speed alone,
/// canola 217 kg/ha of 2 t/ha (field trials). The others are assumed.
const WATCHED: [(Channel, Path, f64); 6] = [
    (Channel::FanSpeed, Path::Cleaning, 4.0),
    (Channel::UpperSieve, Path::Cleaning, 1.5),
    (Channel::LowerSieve, Path::Cleaning, 0.7),
    (Channel::ThresherSpeed, Path::Separation, 2.0),
    (Channel::ConcaveClearance, Path::Separation, 1.0),
    (Channel::ThresherSpeed, Path::Cleaning, 1.0),
];
/// Settings are looked at as means over so long, s, and have moved beyond this share of themselves (our choice: above
/// what load does to speeds).
const MEAN_S: f64 = 3.0;
const MOVED: f64 = 0.03;
/// One move is taken for no more than this factor (our choice).
const MOST: f64 = 0.7;
/// Law and plates answer to the crop's moisture by 5 % for each point (assumed), looked at in steps of half a point as a
/// mean over so long, s.
const MOISTURE_SD: f64 = 5.0;
const MOISTURE_STEP: f64 = 0.005;
const MOISTURE_MEAN_S: f64 = 60.0;

#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    mean: Option<f64>,
    at: Option<f64>,
}

impl Watch {
    /// One step; the mean.
    fn follow(&mut self, value: f64, over_s: f64) -> f64 {
        let mean = self.mean.get_or_insert(value);
        *mean += (value - *mean) * STEP_S / over_s;
        *mean
    }
}

/// Watches them.
#[derive(Debug, Default)]
pub(super) struct Settings {
    watches: [Watch; WATCHED.len()],
    moisture: Watch,
}

impl Settings {
    /// One step of work: what has moved widens the spread of the paths that it acts on.
    pub fn step(&mut self, readings: &Readings, gains: &mut GainFilter) {
        for ((channel, path, sd), watch) in WATCHED.into_iter().zip(&mut self.watches) {
            let Some(value) = readings.value(channel).filter(|&value| value > 0.0) else { continue };
            let mean = watch.follow(value, MEAN_S);
            let moved = (mean / *watch.at.get_or_insert(mean)).ln().abs();
            if moved > MOVED {
                gains.unsettle(path, sd * moved.min(MOST));
                watch.at = Some(mean);
            }
        }
        if let Some(value) = readings.value(Channel::GrainMoisture) {
            let mean = self.moisture.follow(value, MOISTURE_MEAN_S);
            let moved = (mean - *self.moisture.at.get_or_insert(mean)).abs();
            if moved > MOISTURE_STEP {
                gains.moisten(MOISTURE_SD * moved);
                self.moisture.at = Some(mean);
            }
        }
    }
}
