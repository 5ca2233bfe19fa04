//! The bus: every message of the database at its own rate, one frame after the other, and what goes wrong with it.

mod extra;
mod messages;
mod sender;
mod units;
mod vendor;

use grainloss_can::{CanId, Database, Frame};

use crate::random::{Random, Stream};
use crate::scenario::Wire;
use crate::sensors::Readings;
use extra::Extras;
use messages::MESSAGES;
use sender::Sender;

/// A frame of eight bytes takes at most 160 bits with stuffing: 640 µs at 250 kbit/s, less on the average.
const FRAME_US: i64 = 600;
/// What a babbling node sends: a proprietary message that beats all of the machine's own, but not the engine's. Assumed.
const BABBLE_ID: u32 = 0x18FF_009A;

/// What a receiver sees on the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusEvent {
    /// A data frame.
    Frame(Frame),
    /// The receiver's controller has something to say about itself.
    Error(ErrorFrame),
}

/// An error frame as Linux makes it: the classes are those of `linux/can/error.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorFrame {
    /// When it came, microseconds since 1970-01-01 UTC by the receiver's clock.
    pub t_us: i64,
    /// Its class bits: 0x004 controller state, 0x040 bus off, 0x100 restarted.
    pub class: u32,
    /// What it says, as the class defines it.
    pub data: [u8; 8],
}

impl ErrorFrame {
    /// Bit 29 of an identifier in logs: an error frame.
    pub const FLAG: u32 = 0x2000_0000;
    const CONTROLLER: u32 = 0x004;
    const BUS_OFF: u32 = 0x040;
    const RESTARTED: u32 = 0x100;
    /// Second data byte of the controller class: transmitter passive, active again.
    const PASSIVE: u8 = 0x20;
    const ACTIVE: u8 = 0x40;

    fn event(t_us: i64, class: u32, state: u8) -> BusEvent {
        BusEvent::Error(Self { t_us, class, data: [0, state, 0, 0, 0, 0, 0, 0] })
    }
}

/// All senders on one wire, and the receiver's controller.
pub(crate) struct Bus {
    random: Random,
    faults: Random,
    senders: Vec<Sender>,
    extras: Extras,
    babbled: u8,
    free_us: i64,
    was: Wire,
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
        Self {
            random,
            faults: Random::new(seed, Stream::Faults),
            senders,
            extras: Extras::new(start_us),
            babbled: 0,
            free_us: start_us,
            was: Wire::default(),
        }
    }

    /// Sends what is due from `start_us` to `end_us`. The wire carries one frame at a time, the lowest identifier of
    /// those that wait goes first, and what does not fit waits for the next tick. What the receiver sees is appended.
    pub fn send(&mut self, start_us: i64, end_us: i64, readings: &Readings, wire: &Wire, seen: &mut Vec<BusEvent>) {
        self.controller(start_us + wire.clock_us, wire, seen);
        let deaf = wire.bus_off || wire.interface_down;
        let scaled = units::wrong(readings, wire);
        let readings = scaled.as_ref().unwrap_or(readings);
        self.extras.plan(end_us, readings, wire);
        self.free_us = self.free_us.max(start_us);
        while let Some((at_us, who)) = self.next(end_us, wire) {
            let frame = match who {
                Who::Sender(at) => {
                    let sender = &mut self.senders[at];
                    let frame = sender.frame(at_us, readings, wire);
                    sender.plan(at_us, &mut self.random);
                    // A node that is silent takes no time on the wire.
                    let Some(frame) = frame else { continue };
                    Some(frame)
                }
                Who::Extra => self.extras.pop(at_us),
                Who::Babbler => {
                    self.babbled = self.babbled.wrapping_add(1);
                    CanId::extended(BABBLE_ID).and_then(|id| Frame::new(at_us, id, &[self.babbled; 8]))
                }
            };
            self.free_us = at_us + FRAME_US;
            let lost = wire.lost_frames > 0.0 && self.faults.chance(wire.lost_frames);
            if let Some(mut frame) = frame.filter(|_| !deaf && !lost) {
                frame.t_us += wire.clock_us;
                seen.push(BusEvent::Frame(frame));
            }
        }
        self.was = *wire;
    }

    /// Who sends next, and when, before `end_us`.
    fn next(&self, end_us: i64, wire: &Wire) -> Option<(i64, Who)> {
        let free = self.free_us;
        let own = self.senders.iter().enumerate().map(|(at, s)| ((s.due_us.max(free), s.id.bits()), Who::Sender(at)));
        let extra = self.extras.first().map(|(due_us, id)| ((due_us.max(free), id.bits()), Who::Extra));
        let babbler = wire.babbling.then_some(((free, BABBLE_ID), Who::Babbler));
        let first = own.chain(extra).chain(babbler).min_by_key(|(key, _)| *key)?;
        let ((at_us, _), who) = first;
        (at_us < end_us).then_some((at_us, who))
    }

    /// What the receiver's controller says when the bus goes off or the interface down, and when it is back.
    fn controller(&self, t_us: i64, wire: &Wire, seen: &mut Vec<BusEvent>) {
        if wire.bus_off && !self.was.bus_off {
            seen.push(ErrorFrame::event(t_us, ErrorFrame::CONTROLLER, ErrorFrame::PASSIVE));
            seen.push(ErrorFrame::event(t_us, ErrorFrame::BUS_OFF, 0));
        }
        if wire.interface_down && !self.was.interface_down {
            seen.push(ErrorFrame::event(t_us, ErrorFrame::CONTROLLER, ErrorFrame::PASSIVE));
        }
        let was_deaf = self.was.bus_off || self.was.interface_down;
        if was_deaf && !wire.bus_off && !wire.interface_down {
            seen.push(ErrorFrame::event(t_us, ErrorFrame::RESTARTED, 0));
            seen.push(ErrorFrame::event(t_us, ErrorFrame::CONTROLLER, ErrorFrame::ACTIVE));
        }
    }
}

/// Who has the wire.
#[derive(Clone, Copy)]
enum Who {
    Sender(usize),
    Extra,
    Babbler,
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for name in crate::scenario::MESSAGES {
            assert!(MESSAGES.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
