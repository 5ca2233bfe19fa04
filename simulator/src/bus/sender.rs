//! A message and when it is due.

use grainloss_can::{CanId, Frame, Message, Signal};

use super::messages::{Sent, Source};
use crate::random::Random;
use crate::scenario::{self, NODES, Wire};
use crate::sensors::Readings;

/// Messages whose rate the database does not give: NMEA 2000 fixes theirs.
const CYCLES_MS: [(&str, u32); 2] = [("POS_RAPID", 100), ("COG_SOG", 250)];
const OTHER_CYCLE_MS: u32 = 1000;
/// A controller is late by up to this part of the cycle, and by no more than this. Assumed.
const JITTER_SHARE: f64 = 0.04;
const JITTER_MOST_US: f64 = 4_000.0;
/// Bytes of every message in the database.
const PAYLOAD: usize = 8;
/// Source addresses of the [`NODES`], as the bundled database has them.
const ADDRESSES: [u8; NODES.len()] = [0x00, 0xF0, 0x1C, 0x80, 0x81, 0x82, 0x83];
/// A node at a foreign address has this bit of its own turned. Assumed.
const FOREIGN_BIT: u32 = 0x40;

/// A message, its signals, and its rhythm.
pub(super) struct Sender {
    pub id: CanId,
    pub due_us: i64,
    size: usize,
    slots: Vec<Slot>,
    pages: u64,
    page: u64,
    cycle_us: i64,
    /// When it would be sent without jitter.
    nominal_us: i64,
    /// Its node, by place in [`NODES`].
    node: Option<usize>,
    /// Its place in the list of messages that can turn to codes.
    listed: Option<usize>,
    is_dm1: bool,
}

/// A signal and where its value comes from.
struct Slot {
    signal: Signal,
    /// `None` for a multiplexer's switch.
    source: Option<Source>,
}

impl Sender {
    #[allow(clippy::expect_used, reason = "the bundled database and the table are constants that the tests check")]
    pub fn new(message: &Message, sources: &[(&str, Source)], start_us: i64, random: &mut Random) -> Self {
        let own = CYCLES_MS.iter().find(|(name, _)| *name == message.name).map(|(_, ms)| *ms);
        let cycle_us = i64::from(message.cycle_ms.or(own).unwrap_or(OTHER_CYCLE_MS)) * 1000;
        let switch = message.switches().next().map(|signal| Slot { signal: signal.clone(), source: None });
        let values = sources.iter().map(|(name, source)| Slot {
            signal: message.signal(name).expect("the message has the signal").clone(),
            source: Some(*source),
        });
        let slots: Vec<Slot> = switch.into_iter().chain(values).collect();
        let page_of = |slot: &Slot| slot.signal.pages.as_ref().map_or(0, |on| on.ranges[0].0);
        let pages = slots.iter().map(page_of).max().unwrap_or(0) + 1;
        let nominal_us = start_us + (random.uniform() * cycle_us as f64) as i64;
        Self {
            id: message.id,
            due_us: nominal_us,
            size: message.size.min(PAYLOAD),
            slots,
            pages,
            page: 0,
            cycle_us,
            nominal_us,
            node: ADDRESSES.iter().position(|address| u32::from(*address) == message.id.bits() & 0xFF),
            listed: scenario::MESSAGES.iter().position(|name| *name == message.name),
            is_dm1: message.name == "DM1",
        }
    }

    /// What it sends now; `None` when its node is silent. Bits that carry nothing are ones, which says "not available"
    /// of every signal in the database.
    pub fn frame(&mut self, at_us: i64, readings: &Readings, wire: &Wire) -> Option<Frame> {
        let page = self.page;
        self.page = (self.page + 1) % self.pages;
        let is = |flags: &[bool], at: Option<usize>| at.is_some_and(|at| flags[at]);
        // Three codes do not fit into one frame: then the transport protocol carries them.
        if is(&wire.silent, self.node) || (self.is_dm1 && wire.dm1_three) {
            return None;
        }
        let mut bytes = [0xFF; PAYLOAD];
        let payload = &mut bytes[..self.size];
        for Slot { signal, source } in &self.slots {
            if signal.pages.as_ref().is_some_and(|on| !on.contains(page)) {
                continue;
            }
            let raw = match source {
                None => Some(page as i64),
                Some(_) if is(&wire.not_available, self.listed) => continue,
                Some(_) if is(&wire.errors, self.listed) => Some(error_code(signal)),
                Some(source) => match source(readings) {
                    Sent::Value(value) => raw_of(signal, value),
                    Sent::Error => Some(error_code(signal)),
                },
            };
            if let Some(raw) = raw {
                signal.encode(payload, raw);
            }
        }
        let bits = if is(&wire.foreign, self.node) { self.id.bits() ^ FOREIGN_BIT } else { self.id.bits() };
        Frame::new(at_us, CanId::extended(bits)?, payload)
    }

    /// Jitter does not add up: controllers send by their own clock. What could not be sent in time is overwritten.
    pub fn plan(&mut self, at_us: i64, random: &mut Random) {
        self.nominal_us += self.cycle_us;
        while self.nominal_us + self.cycle_us <= at_us {
            self.nominal_us += self.cycle_us;
        }
        let most_us = (JITTER_SHARE * self.cycle_us as f64).min(JITTER_MOST_US);
        self.due_us = self.nominal_us + (random.uniform() * most_us) as i64;
    }
}

/// The code of a value, held within the range that the database declares.
fn raw_of(signal: &Signal, value: f64) -> Option<i64> {
    let (low, high) = signal.range.unwrap_or((f64::MIN, f64::MAX));
    signal.raw_of(value.clamp(low, high))
}

/// J1939: the top byte FE; of narrow fields all ones but the last.
fn error_code(signal: &Signal) -> i64 {
    let ones = (1i64 << signal.width().min(62)) - 1;
    if signal.width() < 8 { ones - 1 } else { ones - (1 << (signal.width() - 8)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_can::{Database, State};

    #[test]
    fn error_codes_are_errors() {
        let database = Database::bundled("combine-demo").unwrap().unwrap();
        let message = database.message("LOSS_IDX").unwrap();
        let mut payload = [0xFF; 8];
        for name in ["LossIdxShoeLeft", "LossStateShoeLeft"] {
            let signal = message.signal(name).unwrap();
            signal.encode(&mut payload, error_code(signal));
            let frame = Frame::new(0, message.id, &payload).unwrap();
            assert_eq!(signal.decode(&frame).state, State::Error, "{name}");
        }
        assert_eq!(error_code(database.message("LOSS_RATE").unwrap().signal("LossRateSepLeft").unwrap()), 0xFEFF);
    }
}
