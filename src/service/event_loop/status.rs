//! The status of machine and bus for the journal: states of the channels, settings, counters of the buses.

use grainloss_bus::BusHealth;
use grainloss_core::machine::{Channel, Readings};
use grainloss_journal::{BusRecord, Entry, Origin, SensorRecord, SettingRecord};

/// How often channels and settings are compared, µs.
const SENSORS_EVERY_US: i64 = 10_000_000;
/// How often the counters of the buses are stored, µs.
const BUSES_EVERY_US: i64 = 60_000_000;
/// The channels that are settings; a setting is stored when it has changed by more than its noise.
const SETTINGS: [Channel; 6] = [
    Channel::ConcaveClearance,
    Channel::UpperSieve,
    Channel::LowerSieve,
    Channel::FanSpeed,
    Channel::ThresherSpeed,
    Channel::ReelSpeed,
];
/// Noise of a setting, relative (our choice).
const SETTING_NOISE: f64 = 0.05;

/// Stores what has changed since it was last stored.
#[derive(Debug)]
pub(super) struct StatusRecorder {
    sensors_us: Option<i64>,
    buses_us: Option<i64>,
    states: Vec<&'static str>,
    settings: [Option<f64>; SETTINGS.len()],
}

impl StatusRecorder {
    pub fn new() -> Self {
        Self { sensors_us: None, buses_us: None, states: Vec::new(), settings: [None; SETTINGS.len()] }
    }

    /// At the end of a second: stores the states and settings that have changed, when it is time.
    pub fn second(&mut self, t_us: i64, readings: &Readings, put: &mut impl FnMut(Entry)) {
        if self.sensors_us.is_some_and(|last_us| t_us < last_us + SENSORS_EVERY_US) {
            return;
        }
        self.sensors_us = Some(t_us);
        self.states.resize(Channel::COUNT, "not-mapped");
        for (channel, before) in Channel::ALL.iter().zip(&mut self.states) {
            let state = readings.get(*channel).state.word();
            if std::mem::replace(before, state) != state {
                put(Entry::Sensor(SensorRecord { t_us, channel: channel.name(), state }));
            }
        }
        for (channel, before) in SETTINGS.iter().zip(&mut self.settings) {
            let Some(value) = readings.value(*channel) else { continue };
            if before.is_none_or(|before| (value - before).abs() > SETTING_NOISE * before.abs()) {
                *before = Some(value);
                put(setting(t_us, *channel, Some(value)));
            }
        }
    }

    /// Stores the counters of the buses, when it is time or at the end.
    pub fn buses(
        &mut self,
        t_us: i64,
        interfaces: &[String],
        health: &[BusHealth],
        at_the_end: bool,
        put: &mut impl FnMut(Entry),
    ) {
        if !at_the_end && self.buses_us.is_some_and(|last_us| t_us < last_us + BUSES_EVERY_US) {
            return;
        }
        self.buses_us = Some(t_us);
        for (interface, health) in interfaces.iter().zip(health) {
            put(Entry::Bus(BusRecord {
                t_us,
                interface: interface.clone(),
                state: health.state().word(),
                frames: health.frames(),
                error_frames: health.error_frames(),
                odd: health.odd(),
            }));
        }
    }
}

/// A setting that the machine reports.
pub(super) fn setting(t_us: i64, channel: Channel, value: Option<f64>) -> Entry {
    let (setting, unit) = (channel.name().to_owned(), Some(channel.unit().to_owned()));
    Entry::Setting(SettingRecord { t_us, setting, value, unit, origin: Origin::Bus, who: None })
}
