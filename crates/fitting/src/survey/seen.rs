//! Everything seen of one identifier on one interface.

use grainloss_can::Frame;

use super::bytes::{ByteSeen, BytesWatch};
use super::period::Period;
use crate::counters::CounterWatch;

/// Everything seen of one identifier on one interface.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How many frames.
    pub count: u64,
    /// The time between them.
    pub period: Period,
    /// The shortest and the longest payload, bytes.
    pub lengths: (usize, usize),
    /// The newest payload.
    pub last: Vec<u8>,
    bytes: BytesWatch,
    last_us: i64,
    counters: CounterWatch,
}

impl Seen {
    pub(super) fn new(frame: &Frame) -> Self {
        let (mut counters, mut bytes) = (CounterWatch::default(), BytesWatch::default());
        counters.take(frame.payload());
        bytes.take(frame.payload());
        Self {
            count: 1,
            period: Period::default(),
            lengths: (frame.len(), frame.len()),
            last: frame.payload().to_vec(),
            bytes,
            last_us: frame.t_us,
            counters,
        }
    }

    pub(super) fn take(&mut self, frame: &Frame) {
        self.count += 1;
        self.period.take(frame.t_us.saturating_sub(self.last_us) as f64);
        self.last_us = frame.t_us;
        let payload = frame.payload();
        self.lengths = (self.lengths.0.min(payload.len()), self.lengths.1.max(payload.len()));
        self.bytes.take(payload);
        self.last.clear();
        self.last.extend_from_slice(payload);
        self.counters.take(payload);
    }

    /// The bytes that ever changed, from 1.
    pub fn changing_bytes(&self) -> Vec<usize> {
        self.bytes().filter(|byte| byte.flipped != 0).map(|byte| byte.byte).collect()
    }

    /// What each byte has done.
    pub fn bytes(&self) -> impl Iterator<Item = ByteSeen> + '_ {
        self.bytes.seen()
    }

    /// The places that count, as bytes from 1: `8` a byte, `8L` and `8H` its nibbles, `1-2` a growing total.
    pub fn likely_counters(&self) -> Vec<String> {
        self.counters.found()
    }
}
