//! A message of a DBC file: its identifier, how it travels, and its signals.

use crate::frame::{CanId, Payload};
use crate::j1939::{Pgn, SourceAddress};
use crate::signal::Signal;

/// Which frames belong to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matching {
    /// By parameter group, whatever the priority, source and destination address.
    Pgn(Pgn),
    /// By parameter group and sender, where the file has several messages for one group.
    PgnFrom(Pgn, SourceAddress),
    /// By the whole identifier: outside of J1939, or where one sender uses a group for several messages.
    Exact(CanId),
}

/// How the bytes of a message travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In one frame.
    Frame,
    /// In several, announced to everyone: J1939-21 BAM.
    Broadcast,
    /// In several, by the fast-packet protocol of NMEA 2000.
    FastPacket,
}

/// A message and its signals.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name in the DBC file; the long one, where Vector's attributes give it one.
    pub name: String,
    /// The identifier as the file gives it.
    pub id: CanId,
    /// Which frames belong to it.
    pub matching: Matching,
    /// The payload's length in bytes: up to 64 in a frame, 223 by fast packet, 1785 by broadcast.
    pub size: usize,
    /// How it travels.
    pub transport: Transport,
    /// How often it is sent, in milliseconds, if the file says so (attribute `GenMsgCycleTime`).
    pub cycle_ms: Option<u32>,
    /// Its signals, in the file's order.
    pub signals: Vec<Signal>,
}

impl Message {
    /// A signal by name.
    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }

    /// The signals whose values say which multiplexer pages the payload holds.
    pub fn switches(&self) -> impl Iterator<Item = &Signal> {
        let is_switch = |at| self.signals.iter().any(|s| s.pages.as_ref().is_some_and(|pages| pages.switch == at));
        self.signals.iter().enumerate().filter(move |(at, _)| is_switch(*at)).map(|(_, signal)| signal)
    }

    /// True when this payload holds the signal: always, but for a multiplexer page other than the one in the payload.
    #[inline]
    pub fn holds<'a>(&self, signal: &Signal, payload: impl Into<Payload<'a>>) -> bool {
        let Some(mut pages) = signal.pages.as_ref() else { return true };
        let payload = payload.into();
        loop {
            let switch = &self.signals[pages.switch];
            if !switch.shows(pages, payload) {
                return false;
            }
            match &switch.pages {
                Some(outer) => pages = outer,
                None => return true,
            }
        }
    }
}
