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
/// what load does to speeds). One that has gone no further for so long, s, has arrived.
const MEAN_S: f64 = 3.0;
const MOVED: f64 = 0.03;
const ARRIVED_S: f64 = 20.0;
/// One move is taken for no more than this factor (our choice).
const MOST: f64 = 0.7;
/// Law and plates answer to the crop's moisture by 5 % for each point (assumed); half a point and more counts, of a mean
/// over so long, s.
const MOISTURE_SD: f64 = 5.0;
const MOISTURE_MOVED: f64 = 0.005;
const MOISTURE_MEAN_S: f64 = 10.0;

/// How far something has gone from where it was.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    mean: Option<f64>,
    from: Option<f64>,
    reached: f64,
    since_s: f64,
}

impl Watch {
    /// One step; how far it has gone now and had gone before, where it has gone further.
    fn follow(&mut self, value: f64, over_s: f64, least: f64) -> Option<(f64, f64)> {
        let mean = self.mean.get_or_insert(value);
        *mean += (value - *mean) * STEP_S / over_s;
        let gone = (*mean - *self.from.get_or_insert(*mean)).abs();
        self.since_s += STEP_S;
        (gone > self.reached.max(least)).then(|| {
            self.since_s = 0.0;
            (gone, std::mem::replace(&mut self.reached, gone))
        })
    }

    /// From now on it is looked at from here.
    fn anchor(&mut self) {
        self.from = self.mean;
        self.reached = 0.0;
    }
}

/// What is to be added to a spread that has been taken for `before`, to make it `now`.
fn more(sd: f64, (now, before): (f64, f64)) -> f64 {
    sd * (now * now - before * before).max(0.0).sqrt()
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
            if let Some((now, before)) = watch.follow(value.ln(), MEAN_S, MOVED) {
                gains.unsettle(path, more(sd, (now.min(MOST), before.min(MOST))));
            } else if watch.reached > 0.0 && watch.since_s > ARRIVED_S {
                watch.anchor();
            }
        }
        if let Some(value) = readings.value(Channel::GrainMoisture)
            && let Some(gone) = self.moisture.follow(value, MOISTURE_MEAN_S, MOISTURE_MOVED)
        {
            gains.moisten(more(MOISTURE_SD, gone));
        }
    }

    /// A pan has said what the loss is in this crop.
    pub fn calibrated(&mut self) {
        self.moisture.anchor();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The spread of a path after a fan went from 1000 r/min to so many in so many seconds.
    fn spread(to_rpm: f64, in_s: f64) -> f64 {
        let (mut settings, mut gains, mut readings) = (Settings::default(), GainFilter::new(), Readings::unknown(0));
        for step in 0..1200 {
            let gone = ((f64::from(step) * STEP_S - 30.0) / in_s).clamp(0.0, 1.0);
            readings.set_value(Channel::FanSpeed, 1000.0 + gone * (to_rpm - 1000.0));
            settings.step(&readings, &mut gains);
        }
        gains.path(Path::Cleaning, 0.0).1
    }

    #[test]
    fn a_setting_that_moves_weakens_the_law_however_fast_it_goes() {
        // Prior variance 0.7225 + 0.09 + 0.0529 = 0.8654; a fan 20 % faster adds (4 ln 1.2)² = 0.5318: 1.3972 in all.
        for in_s in [0.1, 15.0] {
            assert!((spread(1200.0, in_s) - 1.3972f64.sqrt()).abs() < 0.01, "{}", spread(1200.0, in_s));
        }
        assert!((spread(1020.0, 1.0) - 0.8654f64.sqrt()).abs() < 1e-9, "two per cent are what load does");
    }
}
