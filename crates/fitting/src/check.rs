//! Whether a profile gives what it promises: a log run through it, and what came of every channel and source.

use std::collections::BTreeMap;

use grainloss_can::{CanId, Frame};

use grainloss_core::machine::{Channel, ChannelBank, ConsistencyCheck, Inconsistency, ReadingState};

/// The channels are looked at so often, µs: as often as the estimator does.
const EVERY_US: i64 = 100_000;
/// More identifiers than any bus has; further unknown ones are not listed.
const MOST_UNKNOWN: usize = 4096;

/// How often each state was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States([u64; ReadingState::ALL.len()]);

impl States {
    fn add(&mut self, state: ReadingState) {
        self.0[state as usize] += 1;
    }

    /// The share of all looks at which it was in this state, 0..=1.
    pub fn share(&self, state: ReadingState) -> f64 {
        self.0[state as usize] as f64 / self.0.iter().sum::<u64>().max(1) as f64
    }
}

/// What came of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceCheck {
    /// What it is, in the profile's words.
    pub origin: String,
    /// Its states.
    pub states: States,
    /// The newest raw code.
    pub raw: Option<i64>,
    /// The newest value, in the channel's unit.
    pub value: Option<f64>,
    /// The lowest and the highest value.
    pub range: Option<(f64, f64)>,
    /// How often it was the best that the channel had.
    used: u64,
}

/// What came of a channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelCheck {
    /// Its states.
    pub states: States,
    /// The lowest and the highest value.
    pub range: Option<(f64, f64)>,
    /// Its sources, the most trusted first; none: the profile does not map it.
    pub sources: Vec<SourceCheck>,
}

impl ChannelCheck {
    /// The source that it took its value from most of the time; `None` when it never had one.
    pub fn in_use(&self) -> Option<&SourceCheck> {
        self.sources.iter().filter(|source| source.used > 0).max_by_key(|source| source.used)
    }
}

/// Runs a profile over a log.
#[derive(Debug)]
pub struct Check {
    bank: ChannelBank,
    channels: Vec<ChannelCheck>,
    consistency: ConsistencyCheck,
    unknown: BTreeMap<CanId, u64>,
    beyond: u64,
    frames: u64,
    known: u64,
    next_us: Option<i64>,
}

impl Check {
    /// A check that has seen nothing.
    pub fn new(bank: ChannelBank) -> Self {
        let channels = Channel::ALL.iter().map(|&channel| {
            let sources = bank
                .sources(channel, 0)
                .map(|source| SourceCheck { origin: source.origin.to_owned(), ..SourceCheck::default() });
            ChannelCheck { sources: sources.collect(), ..ChannelCheck::default() }
        });
        let channels = channels.collect();
        Self {
            bank,
            channels,
            consistency: ConsistencyCheck::new(),
            unknown: BTreeMap::new(),
            beyond: 0,
            frames: 0,
            known: 0,
            next_us: None,
        }
    }

    /// Says which interfaces the frames' numbers stand for.
    pub fn name_interfaces(&mut self, names: &[String]) {
        self.bank.name_interfaces(names);
    }

    /// Takes a frame in at bus time `t_us`, which never runs backward.
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        let mut next_us = self.next_us.unwrap_or((t_us.div_euclid(EVERY_US) + 1) * EVERY_US);
        while next_us <= t_us {
            self.look(next_us);
            next_us += EVERY_US;
        }
        self.next_us = Some(next_us);
        self.frames += 1;
        if self.bank.take(frame, t_us) {
            self.known += 1;
        } else if self.unknown.len() < MOST_UNKNOWN || self.unknown.contains_key(&frame.id) {
            *self.unknown.entry(frame.id).or_default() += 1;
        } else {
            self.beyond += 1;
        }
    }

    /// Nothing was recorded until `t_us`.
    pub fn skip_to(&mut self, t_us: i64) {
        self.next_us = Some((t_us.div_euclid(EVERY_US) + 1) * EVERY_US);
    }

    fn look(&mut self, t_us: i64) {
        let readings = self.bank.readings(t_us);
        self.consistency.take(&readings, |_, _| {});
        for (&channel, check) in Channel::ALL.iter().zip(&mut self.channels) {
            let reading = readings.get(channel);
            check.states.add(reading.state);
            widen(&mut check.range, reading.value);
            let mut best_found = false;
            for (found, source) in self.bank.sources(channel, t_us).zip(&mut check.sources) {
                source.states.add(found.state);
                source.raw = found.raw.or(source.raw);
                source.value = found.value.or(source.value);
                widen(&mut source.range, found.value);
                if found.value.is_some() && !best_found {
                    best_found = true;
                    source.used += 1;
                }
            }
        }
    }

    /// What came of every channel.
    pub fn channels(&self) -> impl Iterator<Item = (Channel, &ChannelCheck)> {
        Channel::ALL.iter().copied().zip(&self.channels)
    }

    /// Readings that contradict each other, with the seconds for which they did.
    pub fn inconsistencies(&self) -> impl Iterator<Item = (Inconsistency, f64)> {
        self.consistency.found()
    }

    /// Frames that neither the database nor the profile knows, by identifier.
    pub fn unknown(&self) -> &BTreeMap<CanId, u64> {
        &self.unknown
    }

    /// Frames of unknown identifiers beyond the most that are stored.
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// How many frames there were, and how many of them were known.
    pub const fn frames(&self) -> (u64, u64) {
        (self.frames, self.known)
    }

    /// Messages of several frames that were begun and never completed.
    pub const fn broken_messages(&self) -> u64 {
        self.bank.broken_messages()
    }
}

fn widen(range: &mut Option<(f64, f64)>, value: Option<f64>) {
    if let Some(value) = value {
        let (low, high) = range.unwrap_or((value, value));
        *range = Some((low.min(value), high.max(value)));
    }
}
