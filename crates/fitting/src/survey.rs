//! What is on a bus: every identifier with its sender, its period and the bytes that change; process data by element and
//! DDI; who says who it is; long messages; trouble codes and lamps.

mod bytes;
mod period;
mod process_data;
mod seen;

use std::collections::BTreeMap;

use grainloss_can::{
    Assembler, CanId, Frame, Lamps, Payload, SourceAddress, Taken, Transfers, TroubleCode, TroubleCodes,
};

pub use bytes::ByteSeen;
pub use period::Period;
use process_data::ProcessWatch;
pub use process_data::{ProcessKey, ProcessValue};
pub use seen::Seen;

/// More identifiers than any bus has; the rest, such as those of a babbling node, are counted only.
const MOST_IDS: usize = 4096;
/// ISO 11783-5: a controller says who it is.
const ADDRESS_CLAIM: u32 = 60_928;

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

    /// The industry group; 2 is agriculture and forestry.
    pub const fn industry(self) -> u8 {
        (self.name >> 60 & 7) as u8
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
    troubles: Troubles,
    process: ProcessWatch,
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
            troubles: Troubles::default(),
            process: ProcessWatch::default(),
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
        self.process.take(frame);
        match self.assembler.take(frame, |_| true) {
            Taken::Alone => self.troubles.take(key, frame.into()),
            Taken::Part => {}
            Taken::Whole { id, payload } => {
                let key = (id, frame.interface);
                self.troubles.take(key, payload);
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
        let by_sender = self.troubles.codes.iter();
        by_sender.flat_map(|(&(source, interface), codes)| codes.iter().map(move |code| (source, interface, code)))
    }

    /// What each controller that reports trouble codes said of its lamps last, with the number of the interface.
    pub fn lamps(&self) -> impl Iterator<Item = (SourceAddress, u8, Lamps)> {
        self.troubles.lamps.iter().map(|(&(source, interface), &lamps)| (source, interface, lamps))
    }

    /// Messages of trouble codes (DM1) that were no list of codes.
    pub const fn bad_trouble_messages(&self) -> u64 {
        self.troubles.bad
    }

    /// What each device element said of each DDI, in order.
    pub fn process_data(&self) -> impl Iterator<Item = (&ProcessKey, &ProcessValue)> {
        self.process.0.iter()
    }

    /// What became of the messages of several frames.
    pub const fn transfers(&self) -> &Transfers {
        self.assembler.transfers()
    }

    /// The recording has ended: messages that are still on their way are given up.
    pub fn end(&mut self) {
        self.assembler.end();
    }

    /// What was sent in several frames, by the identifier that it would have in one, with the number of the interface.
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

/// The trouble codes and lamps of each controller.
#[derive(Debug, Default)]
struct Troubles {
    codes: BTreeMap<(SourceAddress, u8), Vec<TroubleCode>>,
    lamps: BTreeMap<(SourceAddress, u8), Lamps>,
    bad: u64,
}

impl Troubles {
    /// Keeps the faults of a DM1 message; of one that comes again, the newest count.
    fn take(&mut self, (id, interface): (CanId, u8), payload: Payload<'_>) {
        let Some(id) = id.j1939().filter(|id| id.pgn == TroubleCodes::PGN) else { return };
        let bytes = payload.bytes();
        let Some(codes) = TroubleCodes::parse(bytes).filter(|_| TroubleCodes::is_length(bytes.len())) else {
            self.bad += 1;
            return;
        };
        self.lamps.insert((id.source, interface), codes.lamps());
        let known = self.codes.entry((id.source, interface)).or_default();
        for code in codes.iter() {
            match known.iter().position(|other| (other.spn, other.fmi) == (code.spn, code.fmi)) {
                Some(at) => known[at] = code,
                None if known.len() < MOST_IDS => known.push(code),
                None => {}
            }
        }
    }
}
