//! What an adjustment aims at, in figures: the value of the setting now, and the one to set.

use std::f64::consts::PI;

use super::setting_watch::SETTINGS;
use crate::harvest::{Activity, Estimate};
use crate::machine::{Channel, Readings};
use crate::params::NextStepParams;
use crate::time::STEP_S;

/// What an adjustment aims at, as its rule says.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Goal {
    /// Speed of the reel's rim over the ground speed within these; without a lower end, at most the upper one.
    ReelIndex {
        /// Lower end, above 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<f64>,
        /// Upper end, above the lower one.
        high: f64,
    },
    /// The setting at most at this value, in its channel's unit.
    AtMost(f64),
    /// The setting changed by this share of its value.
    Change(f64),
    /// The ground speed changed by this share of its value.
    Speed(f64),
}

impl Goal {
    /// Whether its figures can be worked with: finite, positive, and ends in order.
    pub fn is_valid(self) -> bool {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        match self {
            Self::ReelIndex { low, high } => positive(high) && low.is_none_or(|low| positive(low) && low < high),
            Self::AtMost(value) => positive(value),
            Self::Change(share) | Self::Speed(share) => share.is_finite() && share.abs() < 1.0,
        }
    }
}

/// A setting's value now, and its goal.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NowAndGoal {
    /// The channel that shows it.
    pub channel: Channel,
    /// Now: a mean over some seconds of cutting, in the channel's unit.
    pub now: f64,
    /// Where to set it, in the channel's unit; `None` where the rule says what to look at, not how far to go.
    pub goal: Option<f64>,
}

/// How many channels advice names the values of: the settings and the ground speed.
const CHANNELS: usize = SETTINGS.len() + 1;

/// The values of the settings in cutting, smoothed.
#[derive(Debug)]
pub(super) struct SettingValues {
    params: NextStepParams,
    reel_diameter_m: Option<f64>,
    values: [Option<f64>; CHANNELS],
}

fn slot(channel: Channel) -> Option<usize> {
    if channel == Channel::GroundSpeed {
        return Some(SETTINGS.len());
    }
    SETTINGS.iter().position(|&setting| setting == channel)
}

impl SettingValues {
    pub const fn new(params: &NextStepParams) -> Self {
        Self { params: *params, reel_diameter_m: None, values: [None; CHANNELS] }
    }

    /// The diameter of the reel over its tines, m; without it no goal of the reel can be computed.
    pub const fn set_reel_diameter(&mut self, diameter_m: Option<f64>) {
        self.reel_diameter_m = diameter_m;
    }

    /// One step. While the machine does not cut the values of before stay; one that the bus does not tell is forgotten.
    pub fn step(&mut self, estimate: &Estimate, readings: &Readings) {
        let cuts = estimate.doing.activity == Some(Activity::Cutting);
        for (channel, value) in SETTINGS.into_iter().chain([Channel::GroundSpeed]).zip(&mut self.values) {
            match readings.value(channel).filter(|now| now.is_finite()) {
                None => *value = None,
                Some(now) if cuts => {
                    let before = value.unwrap_or(now);
                    *value = Some(before + (now - before) * STEP_S / self.params.goal_memory_s);
                }
                Some(_) => {}
            }
        }
    }

    /// The value of a channel; `None` when it is not known, or is one that cannot be meant.
    pub fn value(&self, channel: Channel) -> Option<f64> {
        let value = self.values[slot(channel)?]?;
        let is_meant = channel != Channel::HeaderHeight || value <= self.params.max_knife_height_m;
        is_meant.then_some(value)
    }

    /// Reel speed, r/min, for each unit of the ratio of rim to ground speed.
    fn reel_rpm(&self) -> Option<f64> {
        let speed_m_s = self.value(Channel::GroundSpeed).filter(|&speed| speed > self.params.reel_from_m_s)?;
        let diameter_m = self.reel_diameter_m.filter(|&diameter| diameter > 0.0)?;
        Some(60.0 * speed_m_s / (PI * diameter_m))
    }

    /// Whether the setting is at its goal already; changes by a share have none that they could be at.
    pub fn is_reached(&self, setting: Option<Channel>, goal: Option<Goal>) -> bool {
        let tolerance = self.params.goal_tolerance;
        match goal {
            Some(Goal::ReelIndex { low, high }) => {
                let index = self.value(Channel::ReelSpeed).zip(self.reel_rpm()).map(|(rpm, per_unit)| rpm / per_unit);
                index.is_some_and(|index| {
                    index <= high * (1.0 + tolerance) && low.is_none_or(|low| index >= low * (1.0 - tolerance))
                })
            }
            Some(Goal::AtMost(most)) => {
                setting.and_then(|setting| self.value(setting)).is_some_and(|now| now <= most * (1.0 + tolerance))
            }
            Some(Goal::Change(_) | Goal::Speed(_)) | None => false,
        }
    }

    /// The channel that an adjustment moves.
    pub const fn channel_of(setting: Option<Channel>, goal: Option<Goal>) -> Option<Channel> {
        match goal {
            Some(Goal::Speed(_)) => Some(Channel::GroundSpeed),
            _ => setting,
        }
    }

    /// Value now and goal of an adjustment; `from` is the value that a change by a share starts from. `None` when the bus
    /// does not tell what the figures are made from.
    pub fn now_and_goal(&self, setting: Option<Channel>, goal: Option<Goal>, from: Option<f64>) -> Option<NowAndGoal> {
        let channel = Self::channel_of(setting, goal)?;
        let now = self.value(channel)?;
        let goal = match goal {
            Some(Goal::ReelIndex { low, high }) => {
                Some(low.map_or(high, |low| f64::midpoint(low, high)) * self.reel_rpm()?)
            }
            Some(Goal::AtMost(most)) => Some(most),
            Some(Goal::Change(share) | Goal::Speed(share)) => Some(from.unwrap_or(now) * (1.0 + share)),
            None => None,
        };
        Some(NowAndGoal { channel, now, goal })
    }
}

#[cfg(test)]
mod tests;
