//! What a channel says at one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serializer};

use super::channel::Channel;

/// Why a reading has a value, or why it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingState {
    /// The profile names no source.
    NotMapped,
    /// The profile names sources, but none has been on the bus.
    NeverSeen,
    /// A value to use.
    Valid,
    /// The machine says that it has no such value.
    NotAvailable,
    /// The machine says that its sensor is broken.
    Error,
    /// The machine says that its sensor is not calibrated.
    NotCalibrated,
    /// The last value is older than the channel's timeout.
    Stale,
    /// The value is outside the plausible range.
    Implausible,
    /// The value stands still while it must move.
    Stuck,
}

impl ReadingState {
    /// Every state, the best first.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::NotAvailable,
        Self::Error,
        Self::NotCalibrated,
        Self::Implausible,
        Self::Stuck,
        Self::Stale,
        Self::NeverSeen,
        Self::NotMapped,
    ];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotMapped => "not-mapped",
            Self::NeverSeen => "never-seen",
            Self::Valid => "valid",
            Self::NotAvailable => "not-available",
            Self::Error => "error",
            Self::NotCalibrated => "not-calibrated",
            Self::Stale => "stale",
            Self::Implausible => "implausible",
            Self::Stuck => "stuck",
        }
    }
}

/// A channel's value with its state and age.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    /// The value in the channel's unit; there only when the state is valid.
    pub value: Option<f64>,
    /// Why it is there or not.
    pub state: ReadingState,
    /// Microseconds since the last valid value; `None` when there never was one.
    pub age_us: Option<i64>,
    /// Kernels counted since the start, for loss plates; grows whichever source counts.
    pub impacts: f64,
}

impl Reading {
    /// The reading of a channel that nothing is known of.
    pub const NOT_MAPPED: Self = Self { value: None, state: ReadingState::NotMapped, age_us: None, impacts: 0.0 };

    /// A flag's value: above one half is true.
    pub fn flag(&self) -> Option<bool> {
        self.value.map(|value| value > 0.5)
    }
}

/// Every channel's reading at one moment.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Readings {
    /// The moment, microseconds of bus time.
    pub t_us: i64,
    #[serde(serialize_with = "by_name", deserialize_with = "from_names")]
    readings: [Reading; Channel::COUNT],
}

impl Readings {
    /// Nothing known at this moment.
    pub const fn unknown(t_us: i64) -> Self {
        Self { t_us, readings: [Reading::NOT_MAPPED; Channel::COUNT] }
    }

    /// One channel's reading.
    pub const fn get(&self, channel: Channel) -> &Reading {
        &self.readings[channel as usize]
    }

    /// One channel's value, if it has one. What is not a finite number is none: it must not enter an estimate.
    pub fn value(&self, channel: Channel) -> Option<f64> {
        self.get(channel).value.filter(|value| value.is_finite())
    }

    /// One flag, if it is known.
    pub fn flag(&self, channel: Channel) -> Option<bool> {
        self.get(channel).flag()
    }

    /// Replaces one channel's reading.
    pub const fn set(&mut self, channel: Channel, reading: Reading) {
        self.readings[channel as usize] = reading;
    }

    /// Sets a valid value of age 0, for tests and for models without a bus.
    pub const fn set_value(&mut self, channel: Channel, value: f64) {
        let reading = Reading { value: Some(value), state: ReadingState::Valid, age_us: Some(0), impacts: 0.0 };
        self.set(channel, reading);
    }
}

type All = [Reading; Channel::COUNT];

/// Writes readings for another process: by the channel's name, those that are mapped.
fn by_name<S: Serializer>(readings: &All, to: S) -> Result<S::Ok, S::Error> {
    let all = Channel::ALL.iter().map(|&channel| (channel.name(), &readings[channel as usize]));
    to.collect_map(all.filter(|(_, reading)| reading.state != ReadingState::NotMapped))
}

/// Reads them back. A channel that this process does not know is left out; one that is missing is not mapped.
fn from_names<'de, D: Deserializer<'de>>(from: D) -> Result<All, D::Error> {
    let named = BTreeMap::<String, Reading>::deserialize(from)?;
    let mut readings = [Reading::NOT_MAPPED; Channel::COUNT];
    for (name, reading) in named {
        if let Some(channel) = Channel::from_name(&name) {
            readings[channel as usize] = reading;
        }
    }
    Ok(readings)
}
