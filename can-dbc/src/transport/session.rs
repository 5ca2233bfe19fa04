//! Messages of which not all frames have come yet.

use super::taken::{LONGEST_BROADCAST, Taken};
use crate::frame::{CanId, Frame, Payload};
use crate::j1939::{Pgn, SourceAddress};

/// The longest time between two frames of a message, µs: T1 of J1939-21, and NMEA 2000's limit.
const PATIENCE_US: u64 = 750_000;
/// Messages in progress at most; a bus has a few dozen senders (assumed). A new one replaces the oldest.
const MOST: usize = 64;
/// Zeros behind the longest message, so that a decoder can load a whole word at its last byte.
const PADDED: usize = LONGEST_BROADCAST + 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Broadcast,
    /// The group, and the three bits of its sequence number.
    FastPacket(Pgn, u8),
}

/// Which message a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    interface: u8,
    source: SourceAddress,
    kind: Kind,
}

impl Key {
    /// `None` for an 11-bit identifier, which has no sender.
    pub fn new(frame: &Frame, kind: Kind) -> Option<Self> {
        Some(Self { interface: frame.interface, source: frame.id.j1939()?.source, kind })
    }

    /// How many of the message's bytes this frame of it holds, unless it is the last.
    const fn room(self, number: u8) -> usize {
        match (self.kind, number) {
            // The message's length takes a byte.
            (Kind::FastPacket(..), 0) => 6,
            _ => 7,
        }
    }
}

#[derive(Clone, Debug)]
struct Session {
    /// `None` when it is over, and its buffer is free.
    key: Option<Key>,
    id: CanId,
    size: usize,
    have: usize,
    next: u8,
    seen_us: i64,
    bytes: Box<[u8]>,
}

impl Session {
    /// True when its last frame was too long ago, or the clock has been set back since.
    fn is_late(&self, t_us: i64) -> bool {
        t_us.abs_diff(self.seen_us) > PATIENCE_US
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    all: Vec<Session>,
    /// Messages that were begun and never completed.
    pub broken: u64,
}

impl Sessions {
    fn find(&self, key: Key) -> Option<usize> {
        self.all.iter().position(|session| session.key == Some(key))
    }

    pub fn has(&self, key: Key) -> bool {
        self.find(key).is_some()
    }

    /// Gives up a message that this sender has not completed.
    pub fn stop(&mut self, key: Key) {
        if let Some(at) = self.find(key) {
            self.give_up(at);
        }
    }

    fn give_up(&mut self, at: usize) {
        self.all[at].key = None;
        self.broken += 1;
    }

    /// Begins a message of this size, whose first frame has this number.
    pub fn start(&mut self, key: Key, id: CanId, size: usize, first: u8, t_us: i64) {
        for at in 0..self.all.len() {
            if self.all[at].key.is_some() && self.all[at].is_late(t_us) {
                self.give_up(at);
            }
        }
        let at = match self.all.iter().position(|session| session.key.is_none()) {
            Some(free) => free,
            None if self.all.len() < MOST => {
                let bytes = vec![0; PADDED].into_boxed_slice();
                self.all.push(Session { key: None, id, size, have: 0, next: 0, seen_us: t_us, bytes });
                self.all.len() - 1
            }
            None => {
                let oldest = (0..MOST).min_by_key(|&at| self.all[at].seen_us).unwrap_or(0);
                self.give_up(oldest);
                oldest
            }
        };
        let session = &mut self.all[at];
        session.bytes.fill(0);
        (session.key, session.id, session.size, session.have) = (Some(key), id, size, 0);
        (session.next, session.seen_us) = (first, t_us);
    }

    /// Adds a frame's bytes; the padding behind the message's last byte is dropped.
    pub fn add(&mut self, key: Key, number: u8, bytes: &[u8], t_us: i64) -> Taken<'_> {
        let Some(at) = self.find(key) else { return Taken::Part };
        let session = &mut self.all[at];
        let end = session.size.min(session.have + key.room(number));
        let bytes = bytes.get(..end - session.have);
        let Some(bytes) = bytes.filter(|_| number == session.next && !session.is_late(t_us)) else {
            session.key = None;
            self.broken += 1;
            return Taken::Part;
        };
        session.bytes[session.have..end].copy_from_slice(bytes);
        session.have = end;
        session.seen_us = t_us;
        session.next = session.next.wrapping_add(1);
        if session.have < session.size {
            return Taken::Part;
        }
        session.key = None;
        Taken::Whole { id: session.id, payload: Payload::new(&session.bytes, session.size) }
    }
}
