//! What is on the bus now: the last payload of each identifier, which bits changed when, and the payloads of the last
//! minute. It is the same for a live bus and for a log that is played.

use std::collections::{BTreeMap, VecDeque};

use grainloss_can::{CanId, Frame};

/// Identifiers that are shown: more is no machine's bus.
const MOST_IDS: usize = 2_000;
/// Payloads of an identifier that are kept for the curve, and the least time between two of them: a minute of five a second.
const PAST: usize = 300;
const PAST_EVERY_US: i64 = 200_000;
/// Time constants of "how often does it change", s: now, and usually.
const NOW_S: f64 = 2.0;
const USUALLY_S: f64 = 40.0;
/// Changes a second below which a byte is quiet.
const QUIET_PER_S: f64 = 0.1;
/// A byte changes more than usual when it does so this many times as often.
const MORE: f64 = 2.0;
/// How long a change glows, µs: bright, less, a little.
const GLOW_US: [i64; 3] = [400_000, 1_000_000, 2_500_000];

/// An identifier and the number of its interface.
pub(crate) type Key = (CanId, u8);

/// How bright a byte or bit is: 3 has just changed, 0 not for some seconds.
pub(crate) type Glow = u8;

/// What is on the bus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    flows: BTreeMap<Key, Flow>,
    pub frames: u64,
    /// Frames of identifiers that were too many to be shown.
    pub beyond: u64,
}

/// The frames of one identifier.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub payload: Vec<u8>,
    pub count: u64,
    pub first_us: i64,
    pub last_us: i64,
    /// Mean time between the last frames, µs; `None` before the second one.
    pub period_us: Option<f64>,
    /// When each bit changed last, bits counted as in a DBC file; `None` when it never did.
    bits: Vec<Option<i64>>,
    /// How often each byte changes.
    changes: Vec<Changes>,
    past: VecDeque<(i64, Box<[u8]>)>,
}

/// Counts of changes that fade.
#[derive(Clone, Copy, Debug, Default)]
struct Changes {
    now: f64,
    usually: f64,
    t_us: i64,
}

impl Changes {
    fn fade(self, t_us: i64) -> (f64, f64) {
        let s = (t_us - self.t_us).max(0) as f64 / 1e6;
        (self.now * (-s / NOW_S).exp(), self.usually * (-s / USUALLY_S).exp())
    }

    fn count(&mut self, t_us: i64) {
        let (now, usually) = self.fade(t_us);
        *self = Self { now: now + 1.0, usually: usually + 1.0, t_us };
    }

    /// Changes a second: now, and usually; seen for `seen_s`.
    fn rates(self, t_us: i64, seen_s: f64) -> (f64, f64) {
        let (now, usually) = self.fade(t_us);
        let over = |constant_s: f64| (constant_s * (1.0 - (-seen_s.max(0.5) / constant_s).exp())).max(0.2);
        (now / over(NOW_S), usually / over(USUALLY_S))
    }
}

impl Traffic {
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        let key = (frame.id, frame.interface);
        self.frames += 1;
        if self.flows.len() >= MOST_IDS && !self.flows.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        self.flows.entry(key).or_insert_with(|| Flow::new(t_us)).take(frame.payload(), t_us);
    }

    pub fn get(&self, key: Key) -> Option<&Flow> {
        self.flows.get(&key)
    }

    pub fn flows(&self) -> impl Iterator<Item = (Key, &Flow)> {
        self.flows.iter().map(|(key, flow)| (*key, flow))
    }

    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// How many identifiers, for people: with a plus when there are more than are shown.
    pub fn count(&self) -> String {
        format!("{}{}", self.flows.len(), if self.beyond > 0 { "+" } else { "" })
    }
}

impl Flow {
    fn new(t_us: i64) -> Self {
        Self {
            payload: Vec::new(),
            count: 0,
            first_us: t_us,
            last_us: t_us,
            period_us: None,
            bits: Vec::new(),
            changes: Vec::new(),
            past: VecDeque::new(),
        }
    }

    fn take(&mut self, payload: &[u8], t_us: i64) {
        if self.bits.len() < payload.len() * 8 {
            self.bits.resize(payload.len() * 8, None);
            self.changes.resize(payload.len(), Changes::default());
        }
        if self.count > 0 {
            let since = (t_us - self.last_us).max(0) as f64;
            self.period_us = Some(self.period_us.map_or(since, |mean| mean + (since - mean) * 0.1));
            for (at, (new, old)) in payload.iter().zip(&self.payload).enumerate() {
                let flipped = new ^ old;
                if flipped == 0 {
                    continue;
                }
                self.changes[at].count(t_us);
                for bit in (0..8).filter(|bit| flipped >> bit & 1 == 1) {
                    self.bits[at * 8 + bit] = Some(t_us);
                }
            }
        }
        self.payload.clear();
        self.payload.extend_from_slice(payload);
        self.count += 1;
        self.last_us = t_us;
        if self.past.back().is_none_or(|(last, _)| t_us - last >= PAST_EVERY_US) {
            if self.past.len() == PAST {
                self.past.pop_front();
            }
            self.past.push_back((t_us, payload.into()));
        }
    }

    /// How bright a bit is.
    pub fn bit_glow(&self, bit: usize, now_us: i64) -> Glow {
        let Some(changed) = self.bits.get(bit).copied().flatten() else { return 0 };
        let age = now_us - changed;
        GLOW_US.iter().position(|limit| age <= *limit).map_or(0, |place| 3 - place as u8)
    }

    /// How bright a byte is. One that changes all the time, as a counter does, glows a little only: what lights up is what
    /// has begun to change.
    pub fn byte_glow(&self, byte: usize, now_us: i64) -> Glow {
        let bright = (byte * 8..byte * 8 + 8).map(|bit| self.bit_glow(bit, now_us)).max().unwrap_or(0);
        if self.news(byte, now_us) < MORE.ln() { bright.min(1) } else { bright }
    }

    /// How much more often a byte changes now than usually, as a logarithm; below 0 when less.
    fn news(&self, byte: usize, now_us: i64) -> f64 {
        let seen_s = (now_us - self.first_us) as f64 / 1e6;
        let (now, usually) = self.changes.get(byte).map_or((0.0, 0.0), |changes| changes.rates(now_us, seen_s));
        ((now + QUIET_PER_S) / (usually + QUIET_PER_S)).ln()
    }

    /// The byte that changes more than usual by most, and by how much.
    pub fn most_news(&self, now_us: i64) -> (usize, f64) {
        let bytes = (0..self.payload.len()).map(|byte| (byte, self.news(byte, now_us)));
        bytes.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    /// The payloads of the last minute, oldest first.
    pub fn past(&self) -> impl Iterator<Item = (i64, &[u8])> {
        self.past.iter().map(|(t_us, payload)| (*t_us, &**payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(payload: impl Fn(i64) -> [u8; 2], until_ms: i64) -> Traffic {
        let id = CanId::standard(0x100).unwrap();
        let mut traffic = Traffic::default();
        for t_ms in (0..=until_ms).step_by(100) {
            traffic.take(&Frame::new(0, id, &payload(t_ms)).unwrap(), t_ms * 1000);
        }
        traffic
    }

    fn flow(traffic: &Traffic) -> &Flow {
        traffic.get((CanId::standard(0x100).unwrap(), 0)).unwrap()
    }

    #[test]
    fn what_begins_to_change_is_brighter_than_a_counter() {
        // Byte 1 counts all the time; byte 2 moves from 20 s on.
        let moving = traffic(|t_ms| [(t_ms / 100) as u8, if t_ms > 20_000 { (t_ms / 100) as u8 } else { 7 }], 22_000);
        let flow = flow(&moving);
        assert_eq!((flow.byte_glow(0, 22_000_000), flow.byte_glow(1, 22_000_000)), (1, 3));
        assert_eq!(flow.most_news(22_000_000).0, 1);
        // It fades, and is dark 2.5 s after the last change.
        assert_eq!(flow.byte_glow(1, 22_700_000), 2);
        assert_eq!(flow.byte_glow(1, 24_600_000), 0);
        assert_eq!(flow.period_us.map(f64::round), Some(100_000.0));
    }

    #[test]
    fn a_bit_glows_alone() {
        let moving = traffic(|t_ms| [u8::from(t_ms >= 1000) << 3, 0], 1000);
        let glows: Vec<Glow> = (0..16).map(|bit| flow(&moving).bit_glow(bit, 1_000_000)).collect();
        assert_eq!(glows, [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_minute_is_kept_and_no_more() {
        let moving = traffic(|t_ms| [(t_ms / 100) as u8, 0], 200_000);
        assert!(flow(&moving).past().count() <= PAST);
        assert_eq!(flow(&moving).past().last().unwrap().0, 200_000_000);
    }
}
