//! Settings and conditions that the law knows nothing of: when they move, the law is a weaker witness than before.

use super::gain::{GainFilter, Path};
use crate::machine::{Channel, Readings};
use crate::math::ln;
use crate::time::STEP_S;

/// A setting, the path whose loss it acts on, and by which power of the setting: nothing is known of that but its spread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub channel: Channel,
    pub path: Path,
    pub power_sd: f64,
}

impl Setting {
    const fn of(channel: Channel, path: Path, power_sd: f64) -> Self {
        Self { channel, path, power_sd }
    }
}

/// The settings. A fan's air goes with its square, and blow-out is steep: soybean rear loss of up to 4 % from fan speed
/// alone, canola 217 kg/ha of 2 t/ha (field trials). The others are assumed.
pub(super) const SETTINGS: [Setting; 6] = [
    Setting::of(Channel::FanSpeed, Path::Cleaning, 4.0),
    Setting::of(Channel::UpperSieve, Path::Cleaning, 1.5),
    Setting::of(Channel::LowerSieve, Path::Cleaning, 0.7),
    Setting::of(Channel::ThresherSpeed, Path::Separation, 2.0),
    Setting::of(Channel::ConcaveClearance, Path::Separation, 1.0),
    Setting::of(Channel::ThresherSpeed, Path::Cleaning, 1.0),
];

/// How far each has gone from where it first was in a minute of work, as the logarithm of the ratio; 0 until then. What is
/// known of the law without pans is known of that setting.
pub(super) type Moves = [f64; SETTINGS.len()];

/// Settings are looked at as means over so long, s, first after so long at work, when shafts have run up and operators
/// have chosen; no move is taken for more than this logarithm (our choice).
const MEAN_S: f64 = 3.0;
const CHOSEN_AFTER_S: f64 = 60.0;
const MOST: f64 = 0.7;
/// Law and plates answer to the crop's moisture by 5 % for each point (assumed); half a point and more counts, of a mean
/// over so long, s.
const MOISTURE_SD: f64 = 5.0;
const MOISTURE_MOVED: f64 = 0.005;
const MOISTURE_MEAN_S: f64 = 10.0;

/// A mean over some time.
#[derive(Clone, Copy, Debug, Default)]
struct Mean(Option<f64>);

impl Mean {
    fn step(&mut self, value: f64, over_s: f64) -> f64 {
        let mean = self.0.get_or_insert(value);
        *mean += (value - *mean) * STEP_S / over_s;
        *mean
    }
}

/// Where settings first were, as logarithms: what has been learned of their powers counts from there.
pub(super) type First = [Option<f64>; SETTINGS.len()];

/// Watches them.
#[derive(Debug, Default)]
pub(super) struct Settings {
    first: First,
    now: [Mean; SETTINGS.len()],
    seen_s: [f64; SETTINGS.len()],
    moves: Moves,
    moisture: Mean,
    /// Moisture that law and plates are taken for, and how far it has gone from there at most.
    moisture_from: Option<f64>,
    moisture_gone: f64,
}

impl Settings {
    /// One step of work: how far the settings have gone. Moisture that moves widens what is known of law and plates.
    pub fn step(&mut self, readings: &Readings, gains: &mut GainFilter) {
        for (at, setting) in SETTINGS.iter().enumerate() {
            let Some(value) = readings.value(setting.channel).filter(|&value| value > 0.0) else { continue };
            let mean = self.now[at].step(ln(value), MEAN_S);
            self.seen_s[at] += STEP_S;
            if self.first[at].is_none() && self.seen_s[at] > CHOSEN_AFTER_S {
                self.first[at] = Some(mean);
            }
            self.moves[at] = self.first[at].map_or(0.0, |first| (mean - first).clamp(-MOST, MOST));
        }
        if let Some(value) = readings.value(Channel::GrainMoisture) {
            let mean = self.moisture.step(value, MOISTURE_MEAN_S);
            let gone = (mean - *self.moisture_from.get_or_insert(mean)).abs();
            if gone > self.moisture_gone.max(MOISTURE_MOVED) {
                let before = std::mem::replace(&mut self.moisture_gone, gone);
                gains.moisten(MOISTURE_SD * (gone * gone - before * before).max(0.0).sqrt());
            }
        }
    }

    /// How far they have gone.
    pub const fn moves(&self) -> Moves {
        self.moves
    }

    /// A pan has said what the loss is in this crop.
    pub fn calibrated(&mut self) {
        self.moisture_from = self.moisture.0;
        self.moisture_gone = 0.0;
    }

    /// Where they first were.
    pub const fn first(&self) -> First {
        self.first
    }

    /// Goes on from where they first were before.
    pub fn go_on(&mut self, first: First) {
        self.first = first;
    }
}

#[cfg(test)]
mod tests {
    use super::super::gain::At;
    use super::*;

    /// How far a fan of 1000 r/min, which was still running up when the crop came, has gone when it turns so fast, and the
    /// spread of the sieves' path then.
    fn fan(to_rpm: f64) -> (f64, f64) {
        let (mut settings, mut gains, mut readings) = (Settings::default(), GainFilter::new(), Readings::unknown(0));
        for step in 0..1800 {
            let rpm = if step < 100 {
                600.0
            } else if step < 900 {
                1000.0
            } else {
                to_rpm
            };
            readings.set_value(Channel::FanSpeed, rpm);
            settings.step(&readings, &mut gains);
        }
        let at = At { log_load: 0.0, settings: settings.moves() };
        (settings.moves()[0], gains.path(Path::Cleaning, &at).1)
    }

    #[test]
    fn a_setting_that_moves_weakens_the_law_until_it_is_back() {
        // Prior variance 0.7225 + 0.16 + 0.09 = 0.9725; a fan 20 % faster adds (4 ln 1.2)² = 0.5319: 1.5044 in all.
        let (gone, spread) = fan(1200.0);
        assert!((gone - ln(1.2f64)).abs() < 1e-6 && (spread - 1.5044f64.sqrt()).abs() < 1e-3, "{gone} {spread}");
        let (gone, spread) = fan(1000.0);
        assert!(gone.abs() < 1e-6 && (spread - 0.9725f64.sqrt()).abs() < 1e-3, "{gone} {spread}");
        assert_eq!(fan(9000.0).0, MOST, "a reading of another unit must not run away with it");
    }
}
