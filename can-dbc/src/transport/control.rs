//! What sender and receiver of a long message say to each other: TP.CM and ETP.CM.

use crate::j1939::Pgn;

/// Of whose messages: of up to 1785 bytes (TP), or of more (ETP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Plain,
    Extended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// BAM: a message to everyone follows.
    Broadcast { size: u32, packets: u8 },
    /// RTS: a message to one follows. ETP does not say in how many packets.
    Request { size: u32, packets: Option<u8> },
    /// CTS: the receiver asks for so many packets, from this number on; none means "wait".
    Clear { count: u8, next: u32 },
    /// DPO: the next packets, so many, count from 1 behind this number.
    Offset { count: u8, offset: u32 },
    /// End of message acknowledgement: the receiver has everything.
    Done,
    /// Connection abort.
    Abort,
}

impl Control {
    /// Reads a control frame, and the group that it is about. `None` when it is no such frame: it has not eight bytes, an
    /// unknown kind, or a group over 18 bits.
    pub fn parse(protocol: Protocol, payload: &[u8]) -> Option<(Self, Pgn)> {
        let &[kind, a, b, c, d, pgn0, pgn1, pgn2] = payload else { return None };
        let pgn = Pgn::new(u32::from_le_bytes([pgn0, pgn1, pgn2, 0]))?;
        let size = u32::from(u16::from_le_bytes([a, b]));
        let number = u32::from_le_bytes([b, c, d, 0]);
        let control = match (protocol, kind) {
            (Protocol::Plain, 0x20) => Self::Broadcast { size, packets: c },
            (Protocol::Plain, 0x10) => Self::Request { size, packets: Some(c) },
            (Protocol::Plain, 0x11) => Self::Clear { count: a, next: u32::from(b) },
            (Protocol::Plain, 0x13) | (Protocol::Extended, 0x17) => Self::Done,
            (Protocol::Extended, 0x14) => Self::Request { size: u32::from_le_bytes([a, b, c, d]), packets: None },
            (Protocol::Extended, 0x15) => Self::Clear { count: a, next: number },
            (Protocol::Extended, 0x16) => Self::Offset { count: a, offset: number },
            (_, 0xFF) => Self::Abort,
            _ => return None,
        };
        Some((control, pgn))
    }
}
