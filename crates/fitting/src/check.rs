//! Whether a profile gives what it promises: a log run through it, and what came of every channel and source.

use std::collections::BTreeMap;

use grainloss_can::{CanId, Frame};

use grainloss_core::machine::{Channel, ChannelBank, ConsistencyCheck, Geometry, Inconsistency};
use grainloss_core::params::ProfileCheckParams;

use crate::judge::{Evidence, GnssWitness, Judgement, Record, judge};
use crate::source_check::{ChannelCheck, SourceCheck, widen};

/// The channels are looked at so often, µs: as often as the estimator does.
const EVERY_US: i64 = 100_000;
/// A value of each channel is kept so often, µs.
const SECOND_US: i64 = 1_000_000;
/// More identifiers than any bus has; further unknown ones are not listed.
const MOST_UNKNOWN: usize = 4096;

/// Runs a profile over a log.
#[derive(Debug)]
pub struct Check {
    bank: ChannelBank,
    channels: Vec<ChannelCheck>,
    geometry: Geometry,
    record: Record,
    gnss: GnssWitness,
    consistency: ConsistencyCheck,
    unknown: BTreeMap<CanId, u64>,
    beyond: u64,
    frames: u64,
    known: u64,
    next_us: Option<i64>,
}

impl Check {
    /// A check that has seen nothing, of a machine of these measures.
    pub fn new(bank: ChannelBank, geometry: Geometry) -> Self {
        let channels = Channel::ALL.iter().map(|&channel| {
            let sources = bank.sources(channel, 0).map(|source| SourceCheck::new(&source));
            ChannelCheck { sources: sources.collect(), ..ChannelCheck::default() }
        });
        let channels: Vec<ChannelCheck> = channels.collect();
        let mapped = channels.iter().map(|channel| !channel.sources.is_empty()).collect();
        Self {
            bank,
            channels,
            geometry,
            record: Record::new(mapped),
            gnss: GnssWitness::default(),
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
        self.gnss.take(frame, t_us);
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
        self.record.gap();
    }

    fn look(&mut self, t_us: i64) {
        let readings = self.bank.readings(t_us);
        self.consistency.take(&readings, |_, _| {});
        if t_us.rem_euclid(SECOND_US) == 0 {
            self.record.take(&readings, self.gnss.speed_m_s(t_us), self.gnss.position(t_us));
        }
        for (&channel, check) in Channel::ALL.iter().zip(&mut self.channels) {
            let reading = readings.get(channel);
            check.states.add(reading.state);
            widen(&mut check.range, reading.value);
            let mut best_found = false;
            for (found, source) in self.bank.sources(channel, t_us).zip(&mut check.sources) {
                source.look(&found, t_us, EVERY_US);
                if found.value.is_some() && !best_found {
                    best_found = true;
                    source.used();
                }
            }
        }
    }

    /// What came of every channel.
    pub fn channels(&self) -> impl Iterator<Item = (Channel, &ChannelCheck)> {
        Channel::ALL.iter().copied().zip(&self.channels)
    }

    /// Whether what is mapped behaves as it must.
    pub fn judgement(&self) -> Judgement {
        judge(&Evidence {
            params: ProfileCheckParams::DEFAULT,
            geometry: &self.geometry,
            record: &self.record,
            channels: &self.channels,
            shared: &self.bank.router().shared_bits(),
        })
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
