//! A frame as it is on the wire, with the time it was seen and the interface it came from.

use std::fmt;

use crate::j1939::{J1939Id, Pgn};

/// The longest payload of a CAN FD frame, in bytes.
pub const MAX_PAYLOAD: usize = 64;

/// Bit 31 marks a 29-bit identifier, in SocketCAN and in DBC files alike.
const EXTENDED_FLAG: u32 = 1 << 31;

/// An 11-bit or a 29-bit CAN identifier; other values cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CanId(u32);

impl CanId {
    /// The 11-bit identifier 0.
    pub(crate) const ZERO: Self = Self(0);

    /// An 11-bit identifier; `None` over 0x7FF.
    #[inline]
    pub const fn standard(id: u32) -> Option<Self> {
        if id <= 0x7FF { Some(Self(id)) } else { None }
    }

    /// A 29-bit identifier; `None` over 0x1FFF_FFFF.
    #[inline]
    pub const fn extended(id: u32) -> Option<Self> {
        if id <= 0x1FFF_FFFF { Some(Self(id | EXTENDED_FLAG)) } else { None }
    }

    /// True for a 29-bit identifier.
    #[inline]
    pub const fn is_extended(self) -> bool {
        self.0 & EXTENDED_FLAG != 0
    }

    /// The identifier bits alone: 0..=0x7FF or 0..=0x1FFF_FFFF.
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0 & !EXTENDED_FLAG
    }

    /// The identifier with bit 31 set when it has 29 bits, as a DBC file writes it.
    #[inline]
    pub const fn with_flag(self) -> u32 {
        self.0
    }

    /// The identifier with another parameter group, to this destination where the group has one; `None` for an 11-bit
    /// one.
    pub(crate) const fn with_group_to(self, pgn: Pgn, to: u8) -> Option<Self> {
        let Some(id) = self.j1939() else { return None };
        let group = if pgn.is_broadcast() { pgn.number() } else { pgn.number() & 0x3_FF00 | to as u32 };
        Self::extended((id.priority as u32) << 26 | group << 8 | id.source.0 as u32)
    }

    /// The identifier read as SAE J1939 does; `None` for an 11-bit one.
    #[inline]
    pub const fn j1939(self) -> Option<J1939Id> {
        if self.is_extended() { Some(J1939Id::from_bits(self.bits())) } else { None }
    }
}

/// As candump writes it: three or eight hexadecimal digits.
impl fmt::Display for CanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_extended() { write!(f, "{:08X}", self.bits()) } else { write!(f, "{:03X}", self.bits()) }
    }
}

impl fmt::Debug for CanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a CAN FD frame has beside its payload (ISO 11898-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FdFlags {
    /// BRS: the payload was sent at the higher bit rate.
    pub bit_rate_switch: bool,
    /// ESI: the sender was error passive.
    pub error_passive: bool,
}

impl FdFlags {
    /// From the two lowest bits of the flags that SocketCAN, pcap and candump have: BRS 1, ESI 2.
    pub const fn from_bits(bits: u8) -> Self {
        Self { bit_rate_switch: bits & 1 != 0, error_passive: bits & 2 != 0 }
    }

    /// BRS 1, ESI 2.
    pub const fn bits(self) -> u8 {
        self.bit_rate_switch as u8 | (self.error_passive as u8) << 1
    }
}

/// A data frame: classic CAN or CAN FD.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// When it was received: microseconds since 1970-01-01 UTC by the receiver's clock.
    pub t_us: i64,
    /// The identifier.
    pub id: CanId,
    /// Which interface it came from: the place of its name in the list that the frame's source keeps.
    pub interface: u8,
    len: u8,
    /// `None` for classic CAN; never for more than eight bytes.
    fd: Option<FdFlags>,
    /// Always 64 bytes, zero behind the payload, so that a decoder can load a whole word anywhere.
    bytes: [u8; MAX_PAYLOAD],
}

impl Frame {
    /// A frame of the source's first interface with this payload, of CAN FD when it is longer than eight bytes; `None`
    /// when it is longer than [`MAX_PAYLOAD`].
    pub fn new(t_us: i64, id: CanId, payload: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_PAYLOAD];
        bytes.get_mut(..payload.len())?.copy_from_slice(payload);
        let fd = (payload.len() > 8).then(FdFlags::default);
        Some(Self { t_us, id, interface: 0, len: payload.len() as u8, fd, bytes })
    }

    /// The same as a frame of CAN FD; with `None` it stays what it is.
    #[must_use]
    pub fn with_fd(mut self, fd: Option<FdFlags>) -> Self {
        self.fd = fd.or(self.fd);
        self
    }

    /// The flags of a CAN FD frame; `None` for classic CAN.
    #[inline]
    pub fn fd(&self) -> Option<FdFlags> {
        self.fd
    }

    /// A frame without a payload.
    pub(crate) fn empty(id: CanId) -> Self {
        Self { t_us: 0, id, interface: 0, len: 0, fd: None, bytes: [0; MAX_PAYLOAD] }
    }

    /// Makes this another frame, of at most eight bytes: the first is the lowest of `data`, and those behind the payload
    /// are zero.
    #[inline]
    pub(crate) fn set_classic(&mut self, t_us: i64, id: CanId, interface: u8, data: u64, len: usize) {
        if self.len > 8 {
            self.bytes = [0; MAX_PAYLOAD];
        }
        self.bytes[..8].copy_from_slice(&data.to_le_bytes());
        (self.t_us, self.id, self.interface, self.len) = (t_us, id, interface, len.min(8) as u8);
        self.fd = None;
    }

    /// Makes this another frame, of CAN FD when it has flags or is longer than eight bytes; `None`, and no change, when the
    /// payload is longer than [`MAX_PAYLOAD`].
    #[inline]
    pub(crate) fn set(
        &mut self,
        t_us: i64,
        id: CanId,
        interface: u8,
        fd: Option<FdFlags>,
        payload: &[u8],
    ) -> Option<()> {
        if payload.len() > 8 {
            *self = Self::new(t_us, id, payload)?.with_fd(fd);
            self.interface = interface;
            return Some(());
        }
        // Nearly always there are eight.
        let data = <[u8; 8]>::try_from(payload).unwrap_or_else(|_| {
            let mut data = [0; 8];
            data[..payload.len()].copy_from_slice(payload);
            data
        });
        self.set_classic(t_us, id, interface, u64::from_le_bytes(data), payload.len());
        self.fd = fd;
        Some(())
    }

    /// The payload: 0 to 64 bytes.
    #[inline]
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The payload's length in bytes.
    #[allow(clippy::len_without_is_empty, reason = "an empty frame is an ordinary frame, nobody asks")]
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }
}

/// What a frame, or several that belong together, carry: the bytes that signals are read from.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// Zeros behind the payload, so that a decoder can load a whole word anywhere.
    padded: &'a [u8],
    len: usize,
}

impl<'a> Payload<'a> {
    /// The first `len` bytes of `padded`, which has at least one word of zeros behind them.
    #[inline]
    pub(crate) const fn new(padded: &'a [u8], len: usize) -> Self {
        Self { padded, len }
    }

    /// The bytes.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        &self.padded[..self.len]
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty, reason = "an empty payload is an ordinary payload, nobody asks")]
    #[inline]
    pub const fn len(self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) const fn padded(self) -> &'a [u8] {
        self.padded
    }
}

impl<'a> From<&'a Frame> for Payload<'a> {
    #[inline]
    fn from(frame: &'a Frame) -> Self {
        Self::new(&frame.bytes, frame.len())
    }
}

/// `18FFE381#000F8624ED174A01 at 1.000000 s`
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#", self.id)?;
        for byte in self.payload() {
            write!(f, "{byte:02X}")?;
        }
        write!(f, " at {}.{:06} s", self.t_us.div_euclid(1_000_000), self.t_us.rem_euclid(1_000_000))
    }
}
