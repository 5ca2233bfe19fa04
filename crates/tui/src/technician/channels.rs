//! The channels of a machine profile, followed along with the frames.

use std::collections::VecDeque;

use grainloss_can::Frame;
use grainloss_core::machine::{Channel, ChannelBank, Reading, Readings};

/// Readings that are kept for the curve: a minute of five a second.
const PAST: usize = 300;
const EVERY_US: i64 = 200_000;

/// The channels as they are now, and of the last minute.
#[derive(Debug)]
pub(crate) struct Channels {
    bank: ChannelBank,
    /// The bank that has seen nothing.
    fresh: ChannelBank,
    mapped: Vec<Channel>,
    now: Readings,
    past: VecDeque<(i64, Vec<Option<f64>>)>,
}

impl Channels {
    /// Nothing has come yet to this bank.
    pub fn new(mut bank: ChannelBank) -> Self {
        let mapped =
            Channel::ALL.iter().copied().filter(|channel| bank.sources(*channel, 0).next().is_some()).collect();
        Self { fresh: bank.clone(), mapped, now: bank.readings(0), bank, past: VecDeque::new() }
    }

    /// Forgets what has come: a log is begun again elsewhere.
    pub fn reset(&mut self) {
        self.bank = self.fresh.clone();
        self.past.clear();
    }

    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        self.bank.take(frame, t_us);
        self.pass(t_us);
    }

    /// Nothing came until then.
    pub fn pass(&mut self, now_us: i64) {
        if self.past.back().is_some_and(|(last, _)| now_us - last < EVERY_US) {
            return;
        }
        self.now = self.bank.readings(now_us);
        if self.past.len() == PAST {
            self.past.pop_front();
        }
        self.past.push_back((now_us, self.mapped.iter().map(|channel| self.now.value(*channel)).collect()));
    }

    /// The channels that the profile maps.
    pub fn mapped(&self) -> &[Channel] {
        &self.mapped
    }

    pub fn reading(&self, channel: Channel) -> Reading {
        *self.now.get(channel)
    }

    /// Its values of the last minute, oldest first.
    pub fn past(&self, channel: Channel) -> impl Iterator<Item = (i64, f64)> {
        let place = self.mapped.iter().position(|own| *own == channel);
        self.past.iter().filter_map(move |(t_us, values)| Some((*t_us, (*values.get(place?)?)?)))
    }
}
