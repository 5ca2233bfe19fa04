//! Settings that somebody has changed, seen in the readings: a level that has moved beyond its noise and stays.

use crate::harvest::Estimate;
use crate::machine::{Channel, Readings};
use crate::time::STEP_S;

/// The settings that are watched, and how far each must move: a share of what it was, and at least so much in its unit.
/// More than sensors waver within a pass, less than a step that is worth taking (assumed).
const SETTINGS: [(Channel, f64, f64); 7] = [
    (Channel::ConcaveClearance, 0.05, 0.0015),
    (Channel::UpperSieve, 0.05, 0.001),
    (Channel::LowerSieve, 0.05, 0.001),
    (Channel::FanSpeed, 0.04, 0.0),
    (Channel::ThresherSpeed, 0.04, 0.0),
    (Channel::ReelSpeed, 0.12, 0.0),
    (Channel::HeaderHeight, 0.0, 0.05),
];
/// Levels are means over so much settled cutting.
const BLOCK_S: f64 = 20.0;
/// A reel that follows the ground speed is not set: it is judged at the same speed only.
const SAME_SPEED: f64 = 0.05;

/// A setting of the machine is known by the channel that shows it.
pub type Setting = Channel;

/// The setting of this name, if it is one that is watched.
pub fn setting_named(name: &str) -> Option<Setting> {
    SETTINGS.iter().map(|(channel, ..)| *channel).find(|channel| channel.name() == name)
}

/// The names of the settings that are watched, for messages.
pub fn setting_names() -> String {
    SETTINGS.map(|(channel, ..)| channel.name()).join(", ")
}

/// A setting that has moved.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SettingChange {
    /// Which; `None` when the operator marked a change that no channel shows.
    pub setting: Option<Setting>,
    /// What it was and what it is, in the channel's unit.
    pub from_to: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    held: Option<f64>,
    held_speed: f64,
    sum: f64,
    squares: f64,
    n: f64,
}

#[derive(Debug, Default)]
pub(super) struct Settings {
    levels: [Level; SETTINGS.len()],
    speed: f64,
    steps: f64,
}

impl Settings {
    /// One step of settled cutting.
    pub fn step(&mut self, estimate: &Estimate, readings: &Readings) -> Option<SettingChange> {
        // An engine that is pulled down moves what it drives.
        if estimate.doing.lugging == Some(true) {
            return None;
        }
        let speed = readings.value(Channel::GroundSpeed);
        self.speed += speed.unwrap_or(0.0);
        self.steps += 1.0;
        for ((channel, ..), level) in SETTINGS.iter().zip(&mut self.levels) {
            if let Some(value) = readings.value(*channel) {
                level.sum += value;
                level.squares += value * value;
                level.n += 1.0;
            }
        }
        if self.steps * STEP_S < BLOCK_S - 0.5 * STEP_S {
            return None;
        }
        let speed = std::mem::take(&mut self.speed) / self.steps;
        let steps = std::mem::take(&mut self.steps);
        let mut found = None;
        for (&(channel, share, least), level) in SETTINGS.iter().zip(&mut self.levels) {
            let change =
                level.block(steps, speed, |held| (share * held.abs()).max(least), channel == Channel::ReelSpeed);
            found = found.or(change.map(|from_to| SettingChange { setting: Some(channel), from_to: Some(from_to) }));
        }
        found
    }
}

impl Level {
    /// A block is over: what was held and what is held now, when that is another.
    fn block(&mut self, steps: f64, speed: f64, step: impl Fn(f64) -> f64, follows_speed: bool) -> Option<(f64, f64)> {
        let (sum, squares, n) = (self.sum, self.squares, self.n);
        (self.sum, self.squares, self.n) = (0.0, 0.0, 0.0);
        // With gaps a block tells nothing; nor does it with what is no number.
        if n < steps || !squares.is_finite() {
            return None;
        }
        let mean = sum / n;
        let sd = (squares / n - mean * mean).max(0.0).sqrt();
        let Some(held) = self.held else {
            if sd <= step(mean) / 2.0 {
                (self.held, self.held_speed) = (Some(mean), speed);
            }
            return None;
        };
        let same_speed = (speed - self.held_speed).abs() <= SAME_SPEED * self.held_speed;
        // While it is being moved the block is not settled: the next one tells.
        if sd > step(held) / 2.0 || (follows_speed && !same_speed) || (mean - held).abs() <= step(held) {
            return None;
        }
        (self.held, self.held_speed) = (Some(mean), speed);
        Some((held, mean))
    }
}
