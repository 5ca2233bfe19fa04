//! Settings that were changed, detected in the readings: a level that has moved beyond its noise and stays.

use crate::harvest::Estimate;
use crate::machine::{Channel, Readings};
use crate::params::SettingWatchParams;
use crate::time::STEP_S;

/// The settings that are watched.
pub(super) const SETTINGS: [Channel; 7] = [
    Channel::ConcaveClearance,
    Channel::UpperSieve,
    Channel::LowerSieve,
    Channel::FanSpeed,
    Channel::ThresherSpeed,
    Channel::ReelSpeed,
    Channel::HeaderHeight,
];

/// By how much each must move, in the order of [`SETTINGS`]: a share of its value, and at least so much in its unit.
const fn steps(params: &SettingWatchParams) -> [(f64, f64); SETTINGS.len()] {
    [
        (params.concave_share, params.concave_min_m),
        (params.upper_sieve_share, params.upper_sieve_min_m),
        (params.lower_sieve_share, params.lower_sieve_min_m),
        (params.fan_share, 0.0),
        (params.thresher_share, 0.0),
        (params.reel_share, 0.0),
        (0.0, params.header_height_min_m),
    ]
}

/// A block whose standard deviation is below this share of its mean stands still: rounding of the sum of squares.
const STILL_SHARE: f64 = 1e-6;

/// After so many blocks on end that scatter, a value is known to scatter (our choice).
const SCATTERING_BLOCKS: u32 = 4;

/// A setting of the machine, named by the channel that shows it.
pub type Setting = Channel;

/// The setting of this name; `None` when it is not watched.
pub fn setting_named(name: &str) -> Option<Setting> {
    SETTINGS.into_iter().find(|channel| channel.name() == name)
}

/// The names of the settings that are watched, for messages.
pub fn setting_names() -> String {
    SETTINGS.map(Channel::name).join(", ")
}

/// A setting that was changed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SettingChange {
    /// Which one; `None` when the operator reported a change of another one than these.
    pub setting: Option<Setting>,
    /// Its values before and after, in the channel's unit; `None` when the operator reported it.
    pub from_to: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct SettingLevel {
    /// The value that the setting has now; `None` before the first settled block.
    value: Option<f64>,
    /// Ground speed at which it was found, m/s.
    at_speed_m_s: f64,
    sum: f64,
    squares: f64,
    n: f64,
    /// In so many blocks on end it has scattered from reading to reading; a step alone makes one or two.
    scattering_blocks: u32,
}

/// Watches all settings.
#[derive(Debug)]
pub(super) struct SettingWatch {
    params: SettingWatchParams,
    levels: [SettingLevel; SETTINGS.len()],
    speed: f64,
    steps: f64,
}

impl SettingWatch {
    pub fn new(params: &SettingWatchParams) -> Self {
        Self { params: *params, levels: [SettingLevel::default(); SETTINGS.len()], speed: 0.0, steps: 0.0 }
    }

    /// One step of settled cutting; gives the change that was detected in it.
    pub fn step(&mut self, estimate: &Estimate, readings: &Readings) -> Option<SettingChange> {
        // An engine that is pulled down moves what it drives.
        if estimate.doing.lugging == Some(true) {
            return None;
        }
        let speed = readings.value(Channel::GroundSpeed);
        self.speed += speed.unwrap_or(0.0);
        self.steps += 1.0;
        for (channel, level) in SETTINGS.into_iter().zip(&mut self.levels) {
            if let Some(value) = readings.value(channel) {
                level.sum += value;
                level.squares += value * value;
                level.n += 1.0;
            }
        }
        if self.steps * STEP_S < self.params.block_s - 0.5 * STEP_S {
            return None;
        }
        let speed = std::mem::take(&mut self.speed) / self.steps;
        let steps = std::mem::take(&mut self.steps);
        let mut found = None;
        let watched = SETTINGS.into_iter().zip(self::steps(&self.params)).zip(&mut self.levels);
        for ((channel, (share, min)), level) in watched {
            let same_speed_share = (channel == Channel::ReelSpeed).then_some(self.params.same_speed_share);
            let step = |value: f64| (share * value.abs()).max(min);
            let change = level.block(steps, speed, step, same_speed_share);
            found = found.or(change.map(|from_to| SettingChange { setting: Some(channel), from_to: Some(from_to) }));
        }
        found
    }
}

impl SettingLevel {
    /// A block is over: the values before and after, where the setting has moved by more than `step`. A setting that
    /// follows the ground speed is compared where that is the same within `same_speed_share`.
    fn block(
        &mut self,
        steps: f64,
        speed: f64,
        step: impl Fn(f64) -> f64,
        same_speed_share: Option<f64>,
    ) -> Option<(f64, f64)> {
        let (sum, squares, n) = (self.sum, self.squares, self.n);
        (self.sum, self.squares, self.n) = (0.0, 0.0, 0.0);
        // A block with gaps or without finite numbers is not used.
        if n < steps || !squares.is_finite() {
            return None;
        }
        let mean = sum / n;
        let sd = (squares / n - mean * mean).max(0.0).sqrt();
        // A value that used to scatter and stands still is a stuck sensor, not a setting.
        let stands_still = sd < STILL_SHARE * mean.abs();
        if stands_still && self.scattering_blocks >= SCATTERING_BLOCKS {
            return None;
        }
        self.scattering_blocks = if stands_still { 0 } else { self.scattering_blocks.saturating_add(1) };
        let Some(before) = self.value else {
            if sd <= step(mean) / 2.0 {
                (self.value, self.at_speed_m_s) = (Some(mean), speed);
            }
            return None;
        };
        let other_speed = same_speed_share.is_some_and(|share| {
            let same = (speed - self.at_speed_m_s).abs() <= share * self.at_speed_m_s;
            !same
        });
        // While the setting is being moved the block is not settled: the next one is judged.
        if sd > step(before) / 2.0 || other_speed || (mean - before).abs() <= step(before) {
            return None;
        }
        (self.value, self.at_speed_m_s) = (Some(mean), speed);
        Some((before, mean))
    }
}
