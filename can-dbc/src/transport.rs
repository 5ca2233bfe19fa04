//! Messages longer than a frame, put together again: J1939-21 broadcasts (BAM) and NMEA 2000 fast packets.
//!
//! The layouts, limits and the time limit T1 are those restated in AgIsoStack++ (MIT); the paid texts were not read.
//! Transfers between two controllers (RTS/CTS) are not followed: a listener takes no part in them.

mod session;
pub(crate) mod taken;

use crate::frame::{CanId, Frame};
use crate::j1939::Pgn;
use session::{Key, Kind, Sessions};
pub use taken::{LONGEST_BROADCAST, LONGEST_FAST_PACKET, Taken};

/// TP.CM, which announces a broadcast, and TP.DT, which carries it.
const ANNOUNCEMENT: u32 = 60_416;
const PACKET: u32 = 60_160;
/// The first byte of an announcement to everyone.
const TO_EVERYONE: u8 = 0x20;
const EVERYONE: u8 = 255;

/// Puts messages together, each sender's apart. Frames must come in their order; a message with a gap is dropped, as its
/// sender will repeat it. Memory is bounded (64 messages at a time), and none is taken per frame once every sender has
/// been seen.
#[derive(Clone, Debug)]
pub struct Assembler {
    fast_packets: Vec<Pgn>,
    sessions: Sessions,
}

impl Assembler {
    /// An assembler that takes these groups for fast packets. No group is one by its number alone: senders use the
    /// range for ordinary frames too.
    pub fn new(mut fast_packets: Vec<Pgn>) -> Self {
        fast_packets.sort_unstable();
        Self { fast_packets, sessions: Sessions::default() }
    }

    /// Messages that were begun and never completed: a frame was lost, came twice, or its sender fell silent (which is
    /// seen when the next message begins).
    pub const fn broken(&self) -> u64 {
        self.sessions.broken
    }

    /// Takes a frame. A broadcast is followed only when `wanted` is true for its
    /// identifier.
    #[inline]
    pub fn take(&mut self, frame: &Frame, wanted: impl FnOnce(CanId) -> bool) -> Taken<'_> {
        let Some(id) = frame.id.j1939() else { return Taken::Alone };
        // Both protocols are older than CAN FD.
        if frame.len() > 8 {
            return Taken::Alone;
        }
        match id.pgn.number() {
            ANNOUNCEMENT if id.destination == Some(EVERYONE) => self.announcement(frame, wanted),
            PACKET if id.destination == Some(EVERYONE) => self.packet(frame),
            _ if !self.fast_packets.is_empty() && self.fast_packets.binary_search(&id.pgn).is_ok() => {
                self.fast_packet(frame, id.pgn)
            }
            _ => Taken::Alone,
        }
    }

    fn announcement(&mut self, frame: &Frame, wanted: impl FnOnce(CanId) -> bool) -> Taken<'_> {
        let &[TO_EVERYONE, low, high, packets, _, pgn0, pgn1, pgn2] = frame.payload() else { return Taken::Alone };
        let Some(key) = Key::new(frame, Kind::Broadcast) else { return Taken::Alone };
        // One broadcast a sender at a time.
        self.sessions.stop(key);
        let size = usize::from(u16::from_le_bytes([low, high]));
        let id = Pgn::new(u32::from_le_bytes([pgn0, pgn1, pgn2, 0])).and_then(|pgn| frame.id.with_group(pgn));
        match id {
            Some(id)
                if (9..=LONGEST_BROADCAST).contains(&size)
                    && usize::from(packets) == size.div_ceil(7)
                    && wanted(id) =>
            {
                // Packets count from 1.
                self.sessions.start(key, id, size, 1, frame.t_us);
                Taken::Part
            }
            _ => Taken::Alone,
        }
    }

    fn packet(&mut self, frame: &Frame) -> Taken<'_> {
        let (Some(key), Some((&number, bytes))) = (Key::new(frame, Kind::Broadcast), frame.payload().split_first())
        else {
            return Taken::Alone;
        };
        if !self.sessions.has(key) {
            return Taken::Alone;
        }
        self.sessions.add(key, number, bytes, frame.t_us)
    }

    /// The first byte: three bits of sequence number, five that count the frames of the message. The first frame has
    /// the length in its second byte.
    fn fast_packet(&mut self, frame: &Frame, pgn: Pgn) -> Taken<'_> {
        let Some((&first, rest)) = frame.payload().split_first() else { return Taken::Part };
        let sequence = first >> 5;
        let Some(key) = Key::new(frame, Kind::FastPacket(pgn, sequence)) else { return Taken::Alone };
        if first & 0x1F != 0 {
            return self.sessions.add(key, first & 0x1F, rest, frame.t_us);
        }
        // The message before this one may still be on its way; an older one must not take in a later one's frames.
        for other in (sequence..sequence + 7).map(|other| other % 8) {
            if let Some(key) = Key::new(frame, Kind::FastPacket(pgn, other)) {
                self.sessions.stop(key);
            }
        }
        match rest.split_first() {
            Some((&size, bytes)) if (1..=LONGEST_FAST_PACKET).contains(&usize::from(size)) => {
                self.sessions.start(key, frame.id, usize::from(size), 0, frame.t_us);
                self.sessions.add(key, 0, bytes, frame.t_us)
            }
            _ => Taken::Part,
        }
    }
}
