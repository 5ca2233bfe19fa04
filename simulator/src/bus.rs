//! The bus: every message of the database at its own rate, one frame after the other.

mod messages;

use grainloss_can::{CanId, Database, Frame, Message, Signal};

use crate::random::{Random, Stream};
use crate::sensors::Readings;
use messages::{MESSAGES, Sent, Source};

/// A frame of eight bytes takes at most 160 bits with stuffing: 640 µs at 250 kbit/s, less on the average.
const FRAME_US: i64 = 600;
/// Messages whose rate the database does not give: NMEA 2000 fixes theirs.
const CYCLES_MS: [(&str, u32); 2] = [("POS_RAPID", 100), ("COG_SOG", 250)];
const OTHER_CYCLE_MS: u32 = 1000;
/// A controller is late by up to this part of the cycle, and by no more than this. Assumed.
const JITTER_SHARE: f64 = 0.04;
const JITTER_MOST_US: f64 = 4_000.0;
/// Bytes of every message in the database.
const PAYLOAD: usize = 8;

/// All senders on one wire.
pub(crate) struct Bus {
    random: Random,
    senders: Vec<Sender>,
    free_us: i64,
}

/// A message and when it is due.
struct Sender {
    id: CanId,
    size: usize,
    slots: Vec<Slot>,
    pages: u64,
    page: u64,
    cycle_us: i64,
    /// When it would be sent without jitter.
    nominal_us: i64,
    due_us: i64,
}

/// A signal and where its value comes from.
struct Slot {
    signal: Signal,
    /// `None` for a multiplexer's switch.
    source: Option<Source>,
}

impl Bus {
    /// Looks the signals up once.
    #[allow(clippy::expect_used, reason = "the bundled database and the table are constants that the tests check")]
    pub fn new(start_us: i64, seed: u64) -> Self {
        let database = Database::bundled("combine-demo").expect("it is bundled").expect("it is valid");
        let mut random = Random::new(seed, Stream::Bus);
        let senders = MESSAGES
            .iter()
            .map(|(name, sources)| {
                let message = database.message(name).expect("the database has the message");
                Sender::new(message, sources, start_us, &mut random)
            })
            .collect();
        Self { random, senders, free_us: start_us }
    }

    /// Sends what is due from `start_us` to `end_us`. The wire carries one frame at a time, the lowest identifier of
    /// those that wait goes first, and what does not fit waits for the next tick.
    pub fn send(&mut self, start_us: i64, end_us: i64, readings: &Readings, frames: &mut Vec<Frame>) {
        self.free_us = self.free_us.max(start_us);
        loop {
            let free = self.free_us;
            let next = self.senders.iter_mut().min_by_key(|sender| (sender.due_us.max(free), sender.id.bits()));
            let Some(sender) = next else { return };
            let at_us = sender.due_us.max(free);
            if at_us >= end_us {
                return;
            }
            frames.extend(sender.frame(at_us, readings));
            sender.plan(&mut self.random);
            self.free_us = at_us + FRAME_US;
        }
    }
}

impl Sender {
    #[allow(clippy::expect_used, reason = "the bundled database and the table are constants that the tests check")]
    fn new(message: &Message, sources: &[(&str, Source)], start_us: i64, random: &mut Random) -> Self {
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
            size: message.size.min(PAYLOAD),
            slots,
            pages,
            page: 0,
            cycle_us,
            nominal_us,
            due_us: nominal_us,
        }
    }

    /// Bits that carry nothing are ones, which says "not available" of every signal in the database.
    fn frame(&mut self, at_us: i64, readings: &Readings) -> Option<Frame> {
        let mut bytes = [0xFF; PAYLOAD];
        let payload = &mut bytes[..self.size];
        for Slot { signal, source } in &self.slots {
            if signal.pages.as_ref().is_some_and(|on| !on.contains(self.page)) {
                continue;
            }
            let raw = match source {
                None => Some(self.page as i64),
                Some(source) => match source(readings) {
                    Sent::Value(value) => raw_of(signal, value),
                    Sent::Error => Some(error_code(signal)),
                },
            };
            if let Some(raw) = raw {
                signal.encode(payload, raw);
            }
        }
        self.page = (self.page + 1) % self.pages;
        Frame::new(at_us, self.id, payload)
    }

    /// Jitter does not add up: controllers send by their own clock.
    fn plan(&mut self, random: &mut Random) {
        self.nominal_us += self.cycle_us;
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
    use grainloss_can::State;

    #[test]
    fn the_table_has_every_message_and_only_signals_there_are() {
        let bus = Bus::new(0, 1);
        let database = Database::bundled("combine-demo").unwrap().unwrap();
        assert_eq!(bus.senders.len(), database.messages().len());
        for (message, sources) in MESSAGES {
            for (at, (name, _)) in sources.iter().enumerate() {
                assert!(sources[..at].iter().all(|(other, _)| other != name), "{message} {name} is there twice");
            }
        }
    }

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
