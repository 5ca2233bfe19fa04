//! What the journal is told of machine and bus now and then: states of the channels, settings, counters of the buses.

use grainloss_bus::BusHealth;
use grainloss_core::machine::{Channel, Readings};
use grainloss_journal::{BusRecord, Entry, Origin, SensorRecord, SettingRecord};

/// Channels are looked at this often, µs.
const SENSORS_EVERY_US: i64 = 10_000_000;
/// Settings and counters are, µs.
const BUSES_EVERY_US: i64 = 60_000_000;
/// The channels that are settings, told when they have moved by more than they waver (our choice).
const SETTINGS: [Channel; 6] = [
    Channel::ConcaveClearance,
    Channel::UpperSieve,
    Channel::LowerSieve,
    Channel::FanSpeed,
    Channel::ThresherSpeed,
    Channel::ReelSpeed,
];
const WAVERS: f64 = 0.05;

/// What was told last.
#[derive(Debug)]
pub(super) struct Vitals {
    sensors_us: Option<i64>,
    buses_us: Option<i64>,
    states: Vec<&'static str>,
    settings: [Option<f64>; SETTINGS.len()],
}

impl Vitals {
    pub fn new() -> Self {
        Self { sensors_us: None, buses_us: None, states: Vec::new(), settings: [None; SETTINGS.len()] }
    }

    /// A second is over: tells what is due and has changed.
    pub fn second(&mut self, t_us: i64, readings: &Readings, tell: &mut impl FnMut(Entry)) {
        if self.sensors_us.is_some_and(|last_us| t_us < last_us + SENSORS_EVERY_US) {
            return;
        }
        self.sensors_us = Some(t_us);
        self.states.resize(Channel::COUNT, "not-mapped");
        for (channel, before) in Channel::ALL.iter().zip(&mut self.states) {
            let state = readings.get(*channel).state.word();
            if std::mem::replace(before, state) != state {
                tell(Entry::Sensor(SensorRecord { t_us, channel: channel.name(), state }));
            }
        }
        for (channel, before) in SETTINGS.iter().zip(&mut self.settings) {
            let Some(value) = readings.value(*channel) else { continue };
            if before.is_none_or(|before| (value - before).abs() > WAVERS * before.abs()) {
                *before = Some(value);
                tell(setting(t_us, *channel, Some(value)));
            }
        }
    }

    /// The buses' counters, when they are due.
    pub fn buses(
        &mut self,
        t_us: i64,
        interfaces: &[String],
        health: &[BusHealth],
        at_the_end: bool,
        tell: &mut impl FnMut(Entry),
    ) {
        if !at_the_end && self.buses_us.is_some_and(|last_us| t_us < last_us + BUSES_EVERY_US) {
            return;
        }
        self.buses_us = Some(t_us);
        for (interface, health) in interfaces.iter().zip(health) {
            tell(Entry::Bus(BusRecord {
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

/// A setting that the machine tells.
pub(super) fn setting(t_us: i64, channel: Channel, value: Option<f64>) -> Entry {
    let (setting, unit) = (channel.name().to_owned(), Some(channel.unit().to_owned()));
    Entry::Setting(SettingRecord { t_us, setting, value, unit, origin: Origin::Bus, who: None })
}
