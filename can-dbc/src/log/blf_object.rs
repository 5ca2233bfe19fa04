//! One object of a BLF file. All numbers are little-endian.

use super::counts::LogProblem;
use super::fields::fd_length;
use super::record::{Kind, Out};
use crate::frame::{CanId, FdFlags, MAX_PAYLOAD};

/// What every object begins with.
pub(super) const SIGNATURE: &[u8; 4] = b"LOBJ";

/// The head that all objects have: signature, length of the whole head, its version, length of the object, kind.
pub(super) const HEAD: usize = 16;

const CAN_MESSAGE: u32 = 1;
const CAN_ERROR: u32 = 2;
const CAN_ERROR_EXT: u32 = 73;
const CAN_MESSAGE2: u32 = 86;
const CAN_FD_MESSAGE: u32 = 100;
const CAN_FD_MESSAGE_64: u32 = 101;
const CAN_FD_ERROR_64: u32 = 104;

const EXTENDED: u32 = 1 << 31;

/// The head of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    length: u16,
    pub size: u32,
    pub kind: u32,
}

impl Head {
    /// `None` when there are too few bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let fields = Fields(bytes.get(..HEAD)?);
        Some(Self { length: fields.u16(4)?, size: fields.u32(8)?, kind: fields.u32(12)? })
    }
}

/// Numbers at places of an object.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u8(&self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.0.get(at..at + 2)?.try_into().ok()?))
    }

    fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.0.get(at..at + 4)?.try_into().ok()?))
    }

    fn u64(&self, at: usize) -> Option<u64> {
        Some(u64::from_le_bytes(self.0.get(at..at + 8)?.try_into().ok()?))
    }
}

/// What is on the wire.
struct Seen<'a> {
    channel: u16,
    id: u32,
    remote: bool,
    fd: Option<FdFlags>,
    /// As many bytes as the object has: some recorders leave out zeros at the end.
    data: &'a [u8],
    len: usize,
}

/// Reads an object; its times count from `start_us`.
pub(super) fn object(bytes: &[u8], start_us: i64, out: &mut Out) -> Result<Kind, LogProblem> {
    let short = LogProblem::CutShort("an object's fields");
    let head = Head::of(bytes).ok_or(short)?;
    let body = || bytes.get(usize::from(head.length)..);
    let seen = match head.kind {
        CAN_MESSAGE | CAN_MESSAGE2 => body().and_then(classic),
        CAN_FD_MESSAGE => body().and_then(fd),
        CAN_FD_MESSAGE_64 => body().and_then(|body| fd_64(body, usize::from(head.length))),
        CAN_ERROR | CAN_ERROR_EXT | CAN_FD_ERROR_64 => return Ok(Kind::BusError),
        // Markers, texts, statistics, other buses.
        _ => return Ok(Kind::Nothing),
    }
    .ok_or(short)?;
    if seen.remote {
        return Ok(Kind::Remote);
    }
    let id = if seen.id & EXTENDED != 0 { CanId::extended(seen.id & !EXTENDED) } else { CanId::standard(seen.id) };
    let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 with its flag"))?;
    let t_us = start_us.saturating_add(since_start_us(&Fields(bytes)).ok_or(short)?);
    let interface = out.interfaces.numbered(u32::from(seen.channel))?;
    if seen.data.len() == seen.len {
        return out.put(t_us, (id, seen.fd), interface, seen.data);
    }
    let mut payload = [0; MAX_PAYLOAD];
    payload[..seen.data.len()].copy_from_slice(seen.data);
    out.put(t_us, (id, seen.fd), interface, &payload[..seen.len])
}

/// Flags and time stand at the same places in both versions of the head: units of 10 µs, or nanoseconds.
fn since_start_us(object: &Fields<'_>) -> Option<i64> {
    const TEN_MICROSECONDS: u32 = 1;
    let (flags, time) = (object.u32(HEAD)?, object.u64(HEAD + 8)?);
    let micros = if flags == TEN_MICROSECONDS { time.saturating_mul(10) } else { time / 1000 };
    i64::try_from(micros).ok()
}

/// Channel, flags, length code, identifier, eight bytes.
fn classic(body: &[u8]) -> Option<Seen<'_>> {
    const REMOTE: u8 = 0x80;
    let fields = Fields(body);
    let len = usize::from(fields.u8(3)?).min(8);
    Some(Seen {
        channel: fields.u16(0)?,
        id: fields.u32(4)?,
        remote: fields.u8(2)? & REMOTE != 0,
        fd: None,
        data: body.get(8..8 + len)?,
        len,
    })
}

/// Channel, flags, length code, identifier, frame length, bit count, FD flags, valid bytes, five bytes, 64 bytes.
fn fd(body: &[u8]) -> Option<Seen<'_>> {
    const REMOTE: u8 = 0x80;
    // Extended data length; then bit rate switch, error state.
    const EDL: u8 = 1;
    let fields = Fields(body);
    let len = usize::from(fields.u8(14)?).min(fd_length(fields.u8(3)?)?);
    let flags = fields.u8(13)?;
    Some(Seen {
        channel: fields.u16(0)?,
        id: fields.u32(4)?,
        remote: fields.u8(2)? & REMOTE != 0,
        fd: (flags & EDL != 0).then(|| FdFlags::from_bits(flags >> 1)),
        data: body.get(20..20 + len)?,
        len,
    })
}

/// Channel, length code, valid bytes, sender's count, identifier, frame length, flags, …, at byte 35 where in the object
/// more data follows, or 0, from byte 40 the data. TSMaster stores 48 of 64 valid bytes when the rest are zeros
/// (hardbyte/python-can#1905).
fn fd_64(body: &[u8], head: usize) -> Option<Seen<'_>> {
    const REMOTE: u32 = 0x10;
    const EDL: u32 = 0x1000;
    const DATA: usize = 40;
    let fields = Fields(body);
    let len = usize::from(fields.u8(2)?).min(MAX_PAYLOAD);
    let end = match usize::from(fields.u8(35)?).saturating_sub(head) {
        0 => body.len(),
        more => more.min(body.len()),
    };
    let flags = fields.u32(12)?;
    Some(Seen {
        channel: u16::from(fields.u8(0)?),
        id: fields.u32(4)?,
        remote: flags & REMOTE != 0,
        fd: (flags & EDL != 0).then(|| FdFlags::from_bits((flags >> 13) as u8)),
        data: body.get(DATA..end.min(DATA + len))?,
        len,
    })
}
