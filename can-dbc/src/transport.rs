//! Messages longer than a frame, put together again by a listener: J1939-21 broadcasts (BAM) and transfers between two
//! controllers (RTS/CTS), ISO 11783-3 extended transfers (ETP), and NMEA 2000 fast packets.
//!
//! The layouts, lengths and time limits are those restated in AgIsoStack++ (MIT); the paid texts were not read. A
//! listener takes no part: it cannot ask again for a packet that it has missed, but it sees what the receiver asks for
//! again.

mod control;
mod counts;
mod session;
pub(crate) mod taken;

use crate::frame::{CanId, Frame};
use crate::j1939::{J1939Id, Pgn};
use control::{Control, Protocol};
pub use counts::Transfers;
use session::{Key, Kind, Sessions};
pub use taken::{LONGEST_BROADCAST, LONGEST_EXTENDED, LONGEST_FAST_PACKET, Taken};

/// TP.CM and TP.DT: control and data of broadcasts and of transfers between two.
const CONTROL: u32 = 60_416;
const PACKET: u32 = 60_160;
/// ETP.CM and ETP.DT: the same of extended transfers.
const EXTENDED_CONTROL: u32 = 51_200;
const EXTENDED_PACKET: u32 = 50_944;
/// The destination of a broadcast.
const EVERYONE: u8 = 255;
/// A shorter message needs no second frame.
const SHORTEST: u32 = 9;

/// Puts messages together, each sender's apart, and those to each destination. A message with a gap is dropped and
/// counted, never guessed. Memory is bounded: 64 messages at a time, of [`LONGEST_EXTENDED`] bytes at most; none is
/// taken per frame once every sender has been seen.
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

    /// Messages that were begun and never completed, whatever the reason: [`Transfers::broken`].
    pub const fn broken(&self) -> u64 {
        self.sessions.counts.broken()
    }

    /// What became of the messages of several frames so far. One that is still on its way is in no count.
    pub const fn transfers(&self) -> &Transfers {
        &self.sessions.counts
    }

    /// The recording has ended: what is still on its way is given up, and counted as [`Transfers::cut`].
    pub fn end(&mut self) {
        self.sessions.end();
    }

    /// Takes a frame. Broadcasts and transfers are followed only when `wanted` is true for the identifier that their
    /// message would have in a frame of its own.
    #[inline]
    pub fn take(&mut self, frame: &Frame, wanted: impl FnOnce(CanId) -> bool) -> Taken<'_> {
        let Some(id) = frame.id.j1939() else { return Taken::Alone };
        // All these protocols are older than CAN FD.
        if frame.len() > 8 {
            return Taken::Alone;
        }
        match id.pgn.number() {
            CONTROL => self.control(frame, id, Protocol::Plain, wanted),
            PACKET => self.packet(frame, id, Protocol::Plain),
            EXTENDED_CONTROL => self.control(frame, id, Protocol::Extended, wanted),
            EXTENDED_PACKET => self.packet(frame, id, Protocol::Extended),
            _ if !self.fast_packets.is_empty() && self.fast_packets.binary_search(&id.pgn).is_ok() => {
                self.fast_packet(frame, id)
            }
            _ => Taken::Alone,
        }
    }

    fn control(
        &mut self,
        frame: &Frame,
        id: J1939Id,
        protocol: Protocol,
        wanted: impl FnOnce(CanId) -> bool,
    ) -> Taken<'_> {
        let (Some(to), Some((control, pgn))) = (id.destination, Control::parse(protocol, frame.payload())) else {
            return Taken::Alone;
        };
        let sent = Key::new(frame, id.source.0, Kind::of(protocol, to));
        // What a receiver says is about the message that is sent to it.
        let heard = Key::new(frame, to, Kind::of(protocol, id.source.0));
        let known = match control {
            Control::Broadcast { size, packets } if to == EVERYONE => {
                return self.announced(frame, (sent, pgn, to), (size, Some(packets)), wanted);
            }
            Control::Request { size, packets } if to != EVERYONE => {
                return self.announced(frame, (sent, pgn, to), (size, packets), wanted);
            }
            Control::Broadcast { .. } | Control::Request { .. } => return Taken::Alone,
            // A receiver that asks for packets of which the sender has sent some has missed them: they will come again.
            Control::Clear { count, next } => self.sessions.ask(heard, pgn, next, count, frame.t_us),
            Control::Offset { count, offset } => self.sessions.offset(sent, pgn, offset, count, frame.t_us),
            Control::Done => self.sessions.done(heard, pgn),
            // Either side may break off.
            Control::Abort => self.sessions.abort(sent, pgn) || self.sessions.abort(heard, pgn),
        };
        if known { Taken::Part } else { Taken::Alone }
    }

    /// A sender says that a message follows: of how many bytes, in how many packets.
    fn announced(
        &mut self,
        frame: &Frame,
        (key, pgn, to): (Key, Pgn, u8),
        (size, packets): (u32, Option<u8>),
        wanted: impl FnOnce(CanId) -> bool,
    ) -> Taken<'_> {
        let Some(id) = frame.id.with_group_to(pgn, to) else { return Taken::Alone };
        let repeated = self.sessions.is_unbegun(key, id, size);
        // One message at a time from this sender to this destination.
        if !repeated {
            self.sessions.replace(key, frame.t_us);
        }
        let fits = packets.is_none_or(|packets| {
            size <= LONGEST_BROADCAST as u32 && u32::from(packets) == size.div_ceil(session::ROOM as u32)
        });
        if size < SHORTEST || !fits || !wanted(id) {
            return Taken::Alone;
        }
        if size > LONGEST_EXTENDED as u32 {
            self.sessions.counts.too_long += u64::from(!repeated);
            return Taken::Alone;
        }
        // Packets count from 1.
        self.sessions.start(key, id, size as usize, 1, frame.t_us);
        Taken::Part
    }

    fn packet(&mut self, frame: &Frame, id: J1939Id, protocol: Protocol) -> Taken<'_> {
        let (Some(to), Some((&number, bytes))) = (id.destination, frame.payload().split_first()) else {
            return Taken::Alone;
        };
        let key = Key::new(frame, id.source.0, Kind::of(protocol, to));
        match self.sessions.find(key) {
            Some(at) => self.sessions.add(at, number, bytes, frame.t_us),
            None => Taken::Alone,
        }
    }

    /// The first byte: three bits of sequence number, five that count the frames of the message. The first frame has
    /// the length in its second byte.
    fn fast_packet(&mut self, frame: &Frame, id: J1939Id) -> Taken<'_> {
        let Some((&first, rest)) = frame.payload().split_first() else { return Taken::Part };
        let sequence = first >> 5;
        let key = |sequence| Key::new(frame, id.source.0, Kind::FastPacket(id.pgn, sequence));
        if first & 0x1F != 0 {
            return match self.sessions.find(key(sequence)) {
                Some(at) => self.sessions.add(at, first & 0x1F, rest, frame.t_us),
                None => Taken::Part,
            };
        }
        // The message before this one may still be on its way; an older one must not take in a later one's frames.
        for other in (sequence..sequence + 7).map(|other| other % 8) {
            self.sessions.replace(key(other), frame.t_us);
        }
        match rest.split_first() {
            Some((&size, bytes)) if (1..=LONGEST_FAST_PACKET).contains(&usize::from(size)) => {
                let at = self.sessions.start(key(sequence), frame.id, usize::from(size), 0, frame.t_us);
                self.sessions.add(at, 0, bytes, frame.t_us)
            }
            _ => Taken::Part,
        }
    }
}
