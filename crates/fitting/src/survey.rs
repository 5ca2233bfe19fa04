//! What is on a bus: every identifier with its sender, its period and the bytes that change.

use std::collections::BTreeMap;

use grainloss_can::{Assembler, CanId, Frame, Payload, SourceAddress, Taken, TroubleCode, TroubleCodes};

use super::counters::CounterWatch;

/// More identifiers than any bus has; the rest, such as those of a babbling node, are counted only.
const MOST_IDS: usize = 4096;
/// Longer is a gap in the recording and no period.
const GAP_US: i64 = 60_000_000;
/// ISO 11783-5: a controller says who it is.
const ADDRESS_CLAIM: u32 = 60_928;

/// The time between two frames of an identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Period {
    n: u64,
    mean_us: f64,
    sum_of_squares: f64,
}

impl Period {
    /// Welford's algorithm (Technometrics 4, 1962).
    fn take(&mut self, us: f64) {
        self.n += 1;
        let delta = us - self.mean_us;
        self.mean_us += delta / self.n as f64;
        self.sum_of_squares += delta * (us - self.mean_us);
    }

    /// Mean and standard deviation, ms; `None` before there were two frames.
    pub fn mean_and_jitter_ms(&self) -> Option<(f64, f64)> {
        let sd_us = (self.sum_of_squares / self.n as f64).sqrt();
        (self.n > 0).then_some((self.mean_us / 1000.0, sd_us / 1000.0))
    }
}

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
    changed: u64,
    last_us: i64,
    counters: CounterWatch,
}

impl Seen {
    fn new(frame: &Frame) -> Self {
        let mut counters = CounterWatch::default();
        counters.take(frame.payload());
        Self {
            count: 1,
            period: Period::default(),
            lengths: (frame.len(), frame.len()),
            last: frame.payload().to_vec(),
            changed: 0,
            last_us: frame.t_us,
            counters,
        }
    }

    fn take(&mut self, frame: &Frame) {
        self.count += 1;
        let elapsed_us = frame.t_us.saturating_sub(self.last_us);
        if (0..GAP_US).contains(&elapsed_us) {
            self.period.take(elapsed_us as f64);
        }
        self.last_us = frame.t_us;
        let payload = frame.payload();
        self.lengths = (self.lengths.0.min(payload.len()), self.lengths.1.max(payload.len()));
        for (at, (now, then)) in payload.iter().zip(&self.last).enumerate() {
            self.changed |= u64::from(now != then) << at;
        }
        self.last.clear();
        self.last.extend_from_slice(payload);
        self.counters.take(payload);
    }

    /// The bytes that ever changed, from 1.
    pub fn changing_bytes(&self) -> Vec<usize> {
        (0..64).filter(|at| self.changed >> at & 1 == 1).map(|at| at + 1).collect()
    }

    /// The places that count, as bytes from 1: `8` a byte, `8L` and `8H` its nibbles, `1-2` a growing total.
    pub fn likely_counters(&self) -> Vec<String> {
        self.counters.found()
    }
}

/// A controller that said who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The NAME, as a number.
    pub name: u64,
}

impl Claim {
    /// The maker's code.
    pub const fn maker(self) -> u16 {
        (self.name >> 21 & 0x7FF) as u16
    }

    /// What it does, within its device class.
    pub const fn function(self) -> u8 {
        (self.name >> 40 & 0xFF) as u8
    }

    /// Which kind of machine it is part of; 7 is a harvester.
    pub const fn device_class(self) -> u8 {
        (self.name >> 49 & 0x7F) as u8
    }
}

/// A message that came in several frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongMessage {
    /// How often.
    pub count: u64,
    /// The newest one's bytes.
    pub last: Vec<u8>,
}

/// Takes every frame of a bus in.
#[derive(Debug)]
pub struct Survey {
    seen: BTreeMap<(CanId, u8), Seen>,
    claims: BTreeMap<(SourceAddress, u8), Claim>,
    long: BTreeMap<(CanId, u8), LongMessage>,
    troubles: BTreeMap<(SourceAddress, u8), Vec<TroubleCode>>,
    assembler: Assembler,
    frames: u64,
    beyond: u64,
    span_us: Option<(i64, i64)>,
}

impl Default for Survey {
    fn default() -> Self {
        Self {
            seen: BTreeMap::new(),
            claims: BTreeMap::new(),
            long: BTreeMap::new(),
            troubles: BTreeMap::new(),
            // Which groups come by fast packet, a bus does not say.
            assembler: Assembler::new(Vec::new()),
            frames: 0,
            beyond: 0,
            span_us: None,
        }
    }
}

impl Survey {
    /// Takes one frame in.
    pub fn take(&mut self, frame: &Frame) {
        self.frames += 1;
        let (first_us, last_us) = self.span_us.unwrap_or((frame.t_us, frame.t_us));
        self.span_us = Some((first_us.min(frame.t_us), last_us.max(frame.t_us)));
        let key = (frame.id, frame.interface);
        if let Some(seen) = self.seen.get_mut(&key) {
            seen.take(frame);
        } else if self.seen.len() < MOST_IDS {
            self.seen.insert(key, Seen::new(frame));
        } else {
            self.beyond += 1;
        }
        if let Some(id) = frame.id.j1939().filter(|id| id.pgn.number() == ADDRESS_CLAIM)
            && let Ok(name) = <[u8; 8]>::try_from(frame.payload())
        {
            self.claims.insert((id.source, frame.interface), Claim { name: u64::from_le_bytes(name) });
        }
        match self.assembler.take(frame, |_| true) {
            Taken::Alone => trouble(&mut self.troubles, key, frame.into()),
            Taken::Part => {}
            Taken::Whole { id, payload } => {
                let key = (id, frame.interface);
                trouble(&mut self.troubles, key, payload);
                if self.long.contains_key(&key) || self.long.len() < MOST_IDS {
                    let message = self.long.entry(key).or_insert(LongMessage { count: 0, last: Vec::new() });
                    message.count += 1;
                    message.last.clear();
                    message.last.extend_from_slice(payload.bytes());
                }
            }
        }
    }

    /// Every identifier with the number of its interface, in order.
    pub fn ids(&self) -> impl Iterator<Item = (CanId, u8, &Seen)> {
        self.seen.iter().map(|(&(id, interface), seen)| (id, interface, seen))
    }

    /// Who said who they are, with the number of the interface.
    pub fn claims(&self) -> impl Iterator<Item = (SourceAddress, u8, Claim)> {
        self.claims.iter().map(|(&(source, interface), &claim)| (source, interface, claim))
    }

    /// Every fault that a controller has reported, with the number of the interface, in the order of its reports
    /// first.
    pub fn troubles(&self) -> impl Iterator<Item = (SourceAddress, u8, &TroubleCode)> {
        let by_sender = self.troubles.iter();
        by_sender.flat_map(|(&(source, interface), codes)| codes.iter().map(move |code| (source, interface, code)))
    }

    /// What was broadcast in several frames, by the identifier that it would have in one, with the number of the interface.
    pub fn long_messages(&self) -> impl Iterator<Item = (CanId, u8, &LongMessage)> {
        self.long.iter().map(|(&(id, interface), message)| (id, interface, message))
    }

    /// How many frames there were.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Frames of identifiers beyond the most that are stored.
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// From the first frame to the last, s.
    pub fn span_s(&self) -> f64 {
        self.span_us.map_or(0.0, |(first, last)| (last - first) as f64 / 1e6)
    }
}

/// Keeps the faults of a DM1 message; of one that comes again, the newest count.
fn trouble(
    troubles: &mut BTreeMap<(SourceAddress, u8), Vec<TroubleCode>>,
    (id, interface): (CanId, u8),
    payload: Payload<'_>,
) {
    let Some(id) = id.j1939().filter(|id| id.pgn == TroubleCodes::PGN) else { return };
    let Some(codes) = TroubleCodes::parse(payload.bytes()) else { return };
    let known = troubles.entry((id.source, interface)).or_default();
    for code in codes.iter() {
        match known.iter().position(|other| (other.spn, other.fmi) == (code.spn, code.fmi)) {
            Some(at) => known[at] = code,
            None if known.len() < MOST_IDS => known.push(code),
            None => {}
        }
    }
}
