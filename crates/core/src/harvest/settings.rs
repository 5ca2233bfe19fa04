//! Settings and moisture that the loss model does not know of: when they move, the model is known less well.

use super::filter::{LossFilter, RearPath, StateIndex};
use crate::machine::{Channel, Readings};
use crate::math::ln;
use crate::params::SettingParams;
use crate::time::STEP_S;

/// A setting, the path whose loss it acts on, and the state that holds the power by which it does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub channel: Channel,
    pub path: RearPath,
    pub power: StateIndex,
}

impl Setting {
    const fn of(channel: Channel, path: RearPath, power: StateIndex) -> Self {
        Self { channel, path, power }
    }
}

/// The settings; the priors of their powers are in [`SettingParams`].
pub(super) const SETTINGS: [Setting; 6] = [
    Setting::of(Channel::FanSpeed, RearPath::Cleaning, StateIndex::FanPower),
    Setting::of(Channel::UpperSieve, RearPath::Cleaning, StateIndex::UpperSievePower),
    Setting::of(Channel::LowerSieve, RearPath::Cleaning, StateIndex::LowerSievePower),
    Setting::of(Channel::ThresherSpeed, RearPath::Separation, StateIndex::ThresherSeparationPower),
    Setting::of(Channel::ConcaveClearance, RearPath::Separation, StateIndex::ConcavePower),
    Setting::of(Channel::ThresherSpeed, RearPath::Cleaning, StateIndex::ThresherCleaningPower),
];

/// How far each is from where it was after a minute of work: ln(now / then); 0 until then. The priors hold for that
/// setting.
pub(super) type Moves = [f64; SETTINGS.len()];

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

/// Where settings were first: ln of the value. What has been learned of their powers counts from there.
pub(super) type FirstSettings = [Option<f64>; SETTINGS.len()];

/// Watches them.
#[derive(Debug)]
pub(super) struct Settings {
    params: SettingParams,
    first: FirstSettings,
    now: [Mean; SETTINGS.len()],
    known_s: [f64; SETTINGS.len()],
    moves: Moves,
    moisture: Mean,
    /// Moisture that model and plates are taken for.
    moisture_reference: Option<f64>,
    /// How far it has been from there at most.
    moisture_moved: f64,
}

impl Settings {
    pub fn new(params: SettingParams) -> Self {
        Self {
            params,
            first: FirstSettings::default(),
            now: [Mean::default(); SETTINGS.len()],
            known_s: [0.0; SETTINGS.len()],
            moves: Moves::default(),
            moisture: Mean::default(),
            moisture_reference: None,
            moisture_moved: 0.0,
        }
    }

    /// One step of work: how far the settings have moved. Moisture that moves inflates the filter.
    pub fn step(&mut self, readings: &Readings, filter: &mut LossFilter) {
        for (at, setting) in SETTINGS.iter().enumerate() {
            let Some(value) = readings.value(setting.channel).filter(|&value| value > 0.0) else { continue };
            let mean = self.now[at].step(ln(value), self.params.mean_s);
            self.known_s[at] += STEP_S;
            if self.first[at].is_none() && self.known_s[at] > self.params.chosen_after_s {
                self.first[at] = Some(mean);
            }
            self.moves[at] =
                self.first[at].map_or(0.0, |first| (mean - first).clamp(-self.params.move_most, self.params.move_most));
        }
        if let Some(value) = readings.value(Channel::GrainMoisture) {
            let mean = self.moisture.step(value, self.params.moisture_mean_s);
            let moved = (mean - *self.moisture_reference.get_or_insert(mean)).abs();
            if moved > self.moisture_moved.max(self.params.moisture_moved) {
                let before = std::mem::replace(&mut self.moisture_moved, moved);
                let log_sd = self.params.moisture_sd * (moved * moved - before * before).max(0.0).sqrt();
                filter.inflate_for_moisture(log_sd);
            }
        }
    }

    /// How far they have moved.
    pub const fn moves(&self) -> Moves {
        self.moves
    }

    /// A pan has measured the loss in this crop: its moisture is the new reference.
    pub const fn calibrated(&mut self) {
        self.moisture_reference = self.moisture.0;
        self.moisture_moved = 0.0;
    }

    /// Where they were first.
    pub const fn first(&self) -> FirstSettings {
        self.first
    }

    /// The moisture that model and plates are taken for, share of wet mass.
    pub const fn moisture_reference(&self) -> Option<f64> {
        self.moisture_reference
    }

    /// Model and plates are taken for this moisture; another one in the field widens them when it is measured.
    pub const fn set_moisture_reference(&mut self, moisture: Option<f64>) {
        self.moisture_reference = moisture;
    }

    /// Continues from where they were first.
    pub const fn restore(&mut self, first: FirstSettings) {
        self.first = first;
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::OperatingPoint;
    use super::*;
    use crate::params::Params;

    /// A fan of 1000 r/min, still running up when the crop came, then turned to so many: how far it has moved, and the
    /// spread of the sieves' factor then.
    fn fan(to_rpm: f64) -> (f64, f64) {
        let params = Params::default();
        let (mut settings, mut filter) = (Settings::new(params.settings), LossFilter::new(&params));
        let mut readings = Readings::unknown(0);
        for step in 0..1800 {
            let rpm = if step < 100 {
                600.0
            } else if step < 900 {
                1000.0
            } else {
                to_rpm
            };
            readings.set_value(Channel::FanSpeed, rpm);
            settings.step(&readings, &mut filter);
        }
        let point = OperatingPoint { log_load: 0.0, settings: settings.moves(), stand_sd: 0.0 };
        (settings.moves()[0], filter.path_factor(RearPath::Cleaning, &point).1)
    }

    #[test]
    fn a_setting_that_moves_widens_the_spread_until_it_is_back() {
        // Prior variance 0.7744 + 0.16 + 0.09 = 1.0244; a fan 20 % faster adds (4 ln 1.2)² = 0.5319: 1.5563 in all.
        let (moved, spread) = fan(1200.0);
        assert!((moved - ln(1.2f64)).abs() < 1e-6 && (spread - 1.5563f64.sqrt()).abs() < 1e-3, "{moved} {spread}");
        let (moved, spread) = fan(1000.0);
        assert!(moved.abs() < 1e-6 && (spread - 1.0244f64.sqrt()).abs() < 1e-3, "{moved} {spread}");
        assert_eq!(fan(9000.0).0, 0.7, "a reading in another unit is clamped");
    }
}
