//! Messages of which not all frames have come yet.

use super::control::Protocol;
use super::counts::Transfers;
use super::taken::{LONGEST_BROADCAST, Taken};
use crate::frame::{CanId, Frame, Payload};
use crate::j1939::Pgn;

/// The longest time between two frames of a broadcast or fast packet, µs: T1 of J1939-21, and NMEA 2000's limit.
const PATIENCE_US: u64 = 750_000;
/// The longest time between two frames of a transfer between two, whichever side sends them, µs: T2 and T3 of J1939-21.
const PATIENCE_TO_ONE_US: u64 = 1_250_000;
/// Messages in progress at most; a bus has a few dozen senders (assumed). A new one replaces the oldest.
const MOST: usize = 64;
/// Zeros behind a message, so that a decoder can load a whole word at its last byte.
const PADDING: usize = 8;
/// Bytes of a message in a packet.
pub(super) const ROOM: usize = 7;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Broadcast,
    /// To this address.
    Addressed(u8),
    /// ETP, to this address.
    Extended(u8),
    /// The group, and the three bits of its sequence number.
    FastPacket(Pgn, u8),
}

impl Kind {
    /// What comes by this protocol to this address.
    pub const fn of(protocol: Protocol, to: u8) -> Self {
        match (protocol, to) {
            (Protocol::Plain, 255) => Self::Broadcast,
            (Protocol::Plain, to) => Self::Addressed(to),
            (Protocol::Extended, to) => Self::Extended(to),
        }
    }

    /// True where a receiver may ask for packets again, so that they come by their number, not in turn.
    const fn is_to_one(self) -> bool {
        matches!(self, Self::Addressed(_) | Self::Extended(_))
    }
}

/// Which message a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    interface: u8,
    source: u8,
    kind: Kind,
}

impl Key {
    /// The message of this kind from `source` on the frame's interface.
    pub const fn new(frame: &Frame, source: u8, kind: Kind) -> Self {
        Self { interface: frame.interface, source, kind }
    }

    /// How many of the message's bytes this frame of it holds, unless it is the last.
    const fn room(self, number: u8) -> usize {
        match (self.kind, number) {
            // The message's length takes a byte.
            (Kind::FastPacket(..), 0) => ROOM - 1,
            _ => ROOM,
        }
    }
}

/// Why a message is given up.
#[derive(Clone, Copy, Debug)]
enum Why {
    Lost,
    Doubled,
    Aborted,
    Silent,
    Replaced,
    Crowded,
    Cut,
}

#[derive(Clone, Debug)]
struct Session {
    /// `None` when it is over, and its buffer is free.
    key: Option<Key>,
    id: CanId,
    size: usize,
    /// Bytes that have come, in turn or not.
    have: usize,
    /// The next frame's number, where frames come in turn.
    next: u8,
    /// How far packets are shifted, where ETP has said so: packet 1 is the one behind this number.
    offset: Option<u32>,
    /// The packets that have come, a bit each, where they come by their number.
    had: Vec<u64>,
    seen_us: i64,
    bytes: Vec<u8>,
}

impl Session {
    /// True when its last frame was too long ago, or the clock has been set back since.
    fn is_late(&self, t_us: i64) -> bool {
        let to_one = self.key.is_some_and(|key| key.kind.is_to_one());
        t_us.abs_diff(self.seen_us) > if to_one { PATIENCE_TO_ONE_US } else { PATIENCE_US }
    }

    fn is_of(&self, pgn: Pgn) -> bool {
        self.id.j1939().is_some_and(|id| id.pgn.is_same_group(pgn))
    }

    /// Where the bytes of the packet lie that comes in this place, from 0; empty behind the end.
    fn place(&self, packet: usize) -> (usize, usize) {
        let begin = packet.saturating_mul(ROOM).min(self.size);
        (begin, (begin + ROOM).min(self.size))
    }

    /// These packets, from 0 on, will come again; those behind the end are none.
    fn forget(&mut self, from: usize, count: usize) {
        for packet in from..from.saturating_add(count).min(self.size.div_ceil(ROOM)) {
            let (word, bit) = (packet / 64, 1 << (packet % 64));
            if self.had[word] & bit != 0 {
                self.had[word] &= !bit;
                let (begin, end) = self.place(packet);
                self.have -= end - begin;
            }
        }
    }

    /// Stores a frame that must be the next. What is wrong with it, if something is.
    fn put_in_turn(&mut self, key: Key, number: u8, bytes: &[u8]) -> Result<(), Why> {
        if number != self.next {
            return Err(if number < self.next { Why::Doubled } else { Why::Lost });
        }
        let end = self.size.min(self.have + key.room(number));
        let bytes = bytes.get(..end - self.have).ok_or(Why::Lost)?;
        self.bytes[self.have..end].copy_from_slice(bytes);
        self.have = end;
        self.next = self.next.wrapping_add(1);
        Ok(())
    }

    /// Stores a packet in its place. What is wrong with it, if something is.
    fn put_by_number(&mut self, key: Key, number: u8, bytes: &[u8]) -> Result<(), Why> {
        let shift = match key.kind {
            // Without the offset, its place is not known: the frame with it was lost.
            Kind::Extended(_) => self.offset.ok_or(Why::Lost)?,
            _ => 0,
        };
        let packet = (shift as usize + usize::from(number)).checked_sub(1).ok_or(Why::Lost)?;
        let (begin, end) = self.place(packet);
        if begin == end {
            return Err(Why::Lost);
        }
        let (word, bit) = (packet / 64, 1 << (packet % 64));
        if self.had[word] & bit != 0 {
            return Err(Why::Doubled);
        }
        let bytes = bytes.get(..end - begin).ok_or(Why::Lost)?;
        self.bytes[begin..end].copy_from_slice(bytes);
        self.had[word] |= bit;
        self.have += end - begin;
        Ok(())
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    all: Vec<Session>,
    pub counts: Transfers,
}

impl Sessions {
    /// The place of this message among those on their way.
    pub fn find(&self, key: Key) -> Option<usize> {
        self.all.iter().position(|session| session.key == Some(key))
    }

    fn find_of(&self, key: Key, pgn: Pgn) -> Option<usize> {
        self.find(key).filter(|&at| self.all[at].is_of(pgn))
    }

    fn give_up(&mut self, at: usize, why: Why) {
        self.all[at].key = None;
        let counts = &mut self.counts;
        *match why {
            Why::Lost => &mut counts.lost,
            Why::Doubled => &mut counts.doubled,
            Why::Aborted => &mut counts.aborted,
            Why::Silent => &mut counts.silent,
            Why::Replaced => &mut counts.replaced,
            Why::Crowded => &mut counts.crowded,
            Why::Cut => &mut counts.cut,
        } += 1;
    }

    /// True when this very message has been announced already and none of it has come: the announcement is repeated.
    pub fn is_unbegun(&self, key: Key, id: CanId, size: u32) -> bool {
        self.find(key).is_some_and(|at| {
            let session = &self.all[at];
            session.id == id && session.size == size as usize && session.have == 0
        })
    }

    /// Gives up a message that this sender has not completed, since it begins another.
    pub fn replace(&mut self, key: Key, t_us: i64) {
        if let Some(at) = self.find(key) {
            let late = self.all[at].is_late(t_us);
            self.give_up(at, if late { Why::Silent } else { Why::Replaced });
        }
    }

    /// One of the two has broken the message off. False when it is not known.
    pub fn abort(&mut self, key: Key, pgn: Pgn) -> bool {
        let found = self.find_of(key, pgn);
        if let Some(at) = found {
            self.give_up(at, Why::Aborted);
        }
        found.is_some()
    }

    /// The receiver has the whole message: what has not been seen of it was lost here. False when it is not known, or was
    /// put together already.
    pub fn done(&mut self, key: Key, pgn: Pgn) -> bool {
        let found = self.find_of(key, pgn);
        if let Some(at) = found {
            self.give_up(at, Why::Lost);
        }
        found.is_some()
    }

    /// The receiver asks for packets from this number on. False when the message is not known.
    pub fn ask(&mut self, key: Key, pgn: Pgn, next: u32, count: u8, t_us: i64) -> bool {
        let Some(session) = self.alive(key, pgn, t_us) else { return false };
        if let Some(from) = next.checked_sub(1) {
            session.forget(from as usize, usize::from(count));
        }
        true
    }

    /// The sender says behind which number the next packets count from 1. False when the message is not known.
    pub fn offset(&mut self, key: Key, pgn: Pgn, offset: u32, count: u8, t_us: i64) -> bool {
        let Some(session) = self.alive(key, pgn, t_us) else { return false };
        session.forget(offset as usize, usize::from(count));
        session.offset = Some(offset);
        true
    }

    /// The message, which this frame keeps alive unless it comes too late.
    fn alive(&mut self, key: Key, pgn: Pgn, t_us: i64) -> Option<&mut Session> {
        let at = self.find_of(key, pgn)?;
        if self.all[at].is_late(t_us) {
            self.give_up(at, Why::Silent);
            return None;
        }
        self.all[at].seen_us = t_us;
        Some(&mut self.all[at])
    }

    /// Begins a message of this size, whose first frame has this number; it takes the place of one of the same key.
    pub fn start(&mut self, key: Key, id: CanId, size: usize, first: u8, t_us: i64) -> usize {
        for at in 0..self.all.len() {
            let session = &self.all[at];
            if session.key.is_some_and(|other| other != key) && session.is_late(t_us) {
                self.give_up(at, Why::Silent);
            }
        }
        let free = self.find(key).or_else(|| self.all.iter().position(|session| session.key.is_none()));
        let at = match free {
            Some(free) => free,
            None if self.all.len() < MOST => {
                let (had, bytes) = (Vec::new(), vec![0; LONGEST_BROADCAST + PADDING]);
                let new = Session { key: None, id, size, have: 0, next: 0, offset: None, had, seen_us: t_us, bytes };
                self.all.push(new);
                self.all.len() - 1
            }
            None => {
                let oldest = (0..MOST).min_by_key(|&at| self.all[at].seen_us).unwrap_or(0);
                self.give_up(oldest, Why::Crowded);
                oldest
            }
        };
        let session = &mut self.all[at];
        if session.bytes.len() < size + PADDING {
            session.bytes.resize(size + PADDING, 0);
        }
        session.bytes[..size + PADDING].fill(0);
        session.had.clear();
        if key.kind.is_to_one() {
            session.had.resize(size.div_ceil(ROOM).div_ceil(64), 0);
        }
        (session.key, session.id, session.size, session.have) = (Some(key), id, size, 0);
        (session.next, session.offset, session.seen_us) = (first, None, t_us);
        at
    }

    /// Adds a frame's bytes to the message in this place; the padding behind the message's last byte is dropped.
    pub fn add(&mut self, at: usize, number: u8, bytes: &[u8], t_us: i64) -> Taken<'_> {
        let session = &mut self.all[at];
        let Some(key) = session.key else { return Taken::Part };
        let put = if session.is_late(t_us) {
            Err(Why::Silent)
        } else if key.kind.is_to_one() {
            session.put_by_number(key, number, bytes)
        } else {
            session.put_in_turn(key, number, bytes)
        };
        if let Err(why) = put {
            self.give_up(at, why);
            return Taken::Part;
        }
        let session = &mut self.all[at];
        session.seen_us = t_us;
        if session.have < session.size {
            return Taken::Part;
        }
        session.key = None;
        *match key.kind {
            Kind::Broadcast => &mut self.counts.broadcasts,
            Kind::Addressed(_) => &mut self.counts.addressed,
            Kind::Extended(_) => &mut self.counts.extended,
            Kind::FastPacket(..) => &mut self.counts.fast_packets,
        } += 1;
        let session = &self.all[at];
        Taken::Whole { id: session.id, payload: Payload::new(&session.bytes, session.size) }
    }

    /// Gives up everything: the recording has ended.
    pub fn end(&mut self) {
        for at in 0..self.all.len() {
            if self.all[at].key.is_some() {
                self.give_up(at, Why::Cut);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::taken::LONGEST_EXTENDED;

    #[test]
    fn memory_is_bounded_whatever_is_announced() {
        // Every controller announces the longest extended message to two others, on two buses: 1024 of them.
        let mut sessions = Sessions::default();
        for (n, source) in (0..1024i64).zip((0..=255u8).cycle()) {
            let id = CanId::extended(0x1CE7_0000 | u32::from(source)).unwrap_or(CanId::ZERO);
            let mut frame = Frame::empty(id);
            frame.interface = u8::from(n >= 512);
            let key = Key::new(&frame, source, Kind::Extended(u8::from(n % 512 >= 256)));
            sessions.start(key, id, LONGEST_EXTENDED, 1, n);
        }
        assert_eq!((sessions.all.len(), sessions.counts.crowded), (MOST, 1024 - MOST as u64));
        let bytes: usize =
            sessions.all.iter().map(|session| session.bytes.capacity() + 8 * session.had.capacity()).sum();
        // 64 of 65,536 bytes and 9,363 bits are 4.3 MB; a buffer may be half as large again, since it grew.
        assert!(bytes < 8_000_000, "{bytes}");
    }
}
