//! pcap and pcapng with frames of SocketCAN: link type 227, `LINKTYPE_CAN_SOCKETCAN`, or what `-i any` records, 113 and 276
//! (`LINKTYPE_LINUX_SLL`, `LINKTYPE_LINUX_SLL2`), with the frame behind the kernel's own head.
//!
//! The parts of the files are taken apart by the crate pcap-parser; where one ends is looked up here, so that a damaged
//! one can be passed over and the last one of a file cut short is reported.

use std::io::{self, Read};

use pcap_parser::{Block, Linktype, OptionCode, parse_block_be, parse_block_le, parse_pcap_header};

use super::counts::{LogCounts, LogProblem, Place};
use super::input::Input;
use super::record::{Kind, Out, count};
use crate::frame::{CanId, FdFlags};

/// Frames of SocketCAN, the identifier in network byte order.
const SOCKETCAN: Linktype = Linktype(227);

/// The same behind the head that "cooked" captures have: 16 bytes and 20, the protocol at byte 14 and 0.
const COOKED: Linktype = Linktype(113);
const COOKED_2: Linktype = Linktype(276);

/// A longer part of a file is a damaged length.
const LONGEST: usize = 1 << 24;

const SECTION: u32 = 0x0A0D_0D0A;
/// `0x1A2B3C4D` as a section of the other byte order has it.
const SECTION_BIG_ENDIAN: [u8; 4] = [0x1A, 0x2B, 0x3C, 0x4D];

/// An interface of the file.
#[derive(Clone, Debug)]
struct Port {
    link: Linktype,
    name: Option<Vec<u8>>,
    /// Units of its times in a second, and where they begin, in seconds since 1970.
    units_s: u64,
    offset_s: i64,
}

impl Port {
    /// A time in microseconds since 1970; `None` where it is in no range that could be right.
    #[inline]
    fn micros(&self, units: u64) -> Option<i64> {
        if let (1_000_000_000, 0) = (self.units_s, self.offset_s) {
            return Some((units / 1000) as i64);
        }
        if let (1_000_000, 0) = (self.units_s, self.offset_s) {
            return i64::try_from(units).ok();
        }
        let since = i128::from(units) * 1_000_000 / i128::from(self.units_s.max(1));
        i64::try_from(since + i128::from(self.offset_s) * 1_000_000).ok()
    }
}

/// A capture.
#[derive(Debug)]
pub(super) struct Pcap<R> {
    input: Input<R>,
    ports: Vec<Port>,
    big_endian: bool,
    /// pcap, not pcapng.
    plain: bool,
    begun: bool,
}

impl<R: Read> Pcap<R> {
    pub fn new(input: Input<R>, plain: bool) -> Self {
        Self { input, ports: Vec::new(), big_endian: false, plain, begun: false }
    }

    /// Reads up to the next frame; false at the end.
    pub fn next(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<bool> {
        loop {
            let place = Place::Byte(self.input.offset());
            let Some(length) = self.part() else { return self.input.end().map(|()| false) };
            let part = length.and_then(|length| {
                let there = self.input.ahead(length);
                there.get(..length).ok_or(LogProblem::CutShort("a packet"))
            });
            let part = match part {
                Ok(part) => part,
                Err(problem) => {
                    // Where the next one begins cannot be known.
                    counts.bad(place, problem);
                    while self.input.skip(LONGEST as u64) {}
                    continue;
                }
            };
            let length = part.len();
            let found = match (self.plain, self.begun) {
                (true, true) => plain_packet(part, self.big_endian, &self.ports, out),
                (true, false) => plain_head(part).map(|(port, big_endian)| {
                    self.ports = vec![port];
                    self.big_endian = big_endian;
                    Kind::Nothing
                }),
                (false, _) => block(part, self.big_endian, &mut self.ports, out),
            };
            self.begun = true;
            self.input.pass(length);
            if count(counts, place, found) {
                return Ok(true);
            }
        }
    }

    /// How long the next part of the file is; `None` at the end.
    fn part(&mut self) -> Option<Result<usize, LogProblem>> {
        const PLAIN_HEAD: usize = 24;
        const PACKET_HEAD: usize = 16;
        let start = self.input.ahead(PACKET_HEAD.max(12));
        if start.is_empty() {
            return None;
        }
        if self.plain && !self.begun {
            return Some(Ok(PLAIN_HEAD));
        }
        let number = |at: usize, big_endian: bool| {
            let bytes = start.get(at..at + 4)?.try_into().ok()?;
            Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
        };
        let length = if self.plain {
            number(8, self.big_endian).map(|length| length as usize + PACKET_HEAD)
        } else {
            if number(0, false) == Some(SECTION) {
                self.big_endian = start.get(8..12) == Some(&SECTION_BIG_ENDIAN);
            }
            number(4, self.big_endian).map(|length| length as usize)
        };
        Some(match length {
            None => Err(LogProblem::CutShort("a packet's head")),
            Some(length) if !(12..=LONGEST).contains(&length) => Err(LogProblem::Expected("a packet's length")),
            Some(length) => Ok(length),
        })
    }
}

fn plain_head(part: &[u8]) -> Result<(Port, bool), LogProblem> {
    let (_, head) = parse_pcap_header(part).map_err(|_| LogProblem::Expected("the head of a pcap file"))?;
    let units_s = if head.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
    Ok((Port { link: head.network, name: None, units_s, offset_s: 0 }, head.is_bigendian()))
}

fn plain_packet(part: &[u8], big_endian: bool, ports: &[Port], out: &mut Out) -> Result<Kind, LogProblem> {
    let parse = if big_endian { pcap_parser::parse_pcap_frame_be } else { pcap_parser::parse_pcap_frame };
    let (_, packet) = parse(part).map_err(|_| LogProblem::Expected("a packet"))?;
    let port = ports.first().ok_or(LogProblem::Expected("the head of a pcap file"))?;
    let units = u64::from(packet.ts_sec) * port.units_s + u64::from(packet.ts_usec);
    frame(packet.data, 0, port, units, out)
}

/// A block of a pcapng file.
fn block(part: &[u8], big_endian: bool, ports: &mut Vec<Port>, out: &mut Out) -> Result<Kind, LogProblem> {
    if let Some((number, units, data)) = packet(part, big_endian) {
        let port = ports.get(number as usize);
        let port = port.ok_or(LogProblem::Expected("the interface's description before its packets"))?;
        return frame(data, number, port, units, out);
    }
    let parse = if big_endian { parse_block_be } else { parse_block_le };
    let (_, block) = parse(part).map_err(|_| LogProblem::Expected("a block of pcapng"))?;
    match block {
        Block::SectionHeader(_) => ports.clear(),
        Block::InterfaceDescription(found) => {
            let name = found.options.iter().find(|option| option.code == OptionCode::IfName);
            let name = name.and_then(|option| option.as_bytes().ok()).map(<[u8]>::to_vec);
            let units_s = found.ts_resolution().unwrap_or(1_000_000);
            ports.push(Port { link: found.linktype, name, units_s, offset_s: found.ts_offset() });
        }
        Block::EnhancedPacket(packet) => {
            let units = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
            let port = ports.get(packet.if_id as usize);
            let port = port.ok_or(LogProblem::Expected("the interface's description before its packets"))?;
            let data = packet.data.get(..packet.caplen as usize).unwrap_or(packet.data);
            return frame(data, packet.if_id, port, units, out);
        }
        Block::SimplePacket(_) => return Err(LogProblem::Expected("a packet with a time")),
        _ => {}
    }
    Ok(Kind::Nothing)
}

/// Interface, time and data of an enhanced packet block, which nearly all of a file consists of: kind, length, interface,
/// time in two halves, captured length, length on the wire, data, padding, options, length. `None` for any other block, and
/// where the lengths do not agree.
#[inline]
fn packet(part: &[u8], big_endian: bool) -> Option<(u32, u64, &[u8])> {
    const ENHANCED: u32 = 6;
    const HEAD: usize = 28;
    let head: &[u8; HEAD] = part.first_chunk()?;
    let number = |at: usize| {
        let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    let captured = number(20) as usize;
    if number(0) != ENHANCED || number(4) as usize != part.len() || !part.len().is_multiple_of(4) {
        return None;
    }
    let data = part[HEAD..].get(..captured.checked_next_multiple_of(4)?)?;
    // Options, if there are any, are left to the general reader: so is everything that is damaged.
    let length = part.get(HEAD + data.len()..)?;
    if length.len() != 4 || length != &head[4..8] {
        return None;
    }
    Some((number(8), u64::from(number(12)) << 32 | u64::from(number(16)), data.get(..captured)?))
}

/// The frame of a packet and the number of its interface; `Nothing` for a packet that a "cooked" capture has of another
/// network.
fn within(data: &[u8], number: u32, link: Linktype) -> Result<Option<(&[u8], u32)>, LogProblem> {
    // linux/if_ether.h: ETH_P_CAN, ETH_P_CANFD.
    const PROTOCOLS: [[u8; 2]; 2] = [[0x00, 0x0C], [0x00, 0x0D]];
    let head = LogProblem::CutShort("the head of a packet");
    let (protocol, number, frame) = match link {
        SOCKETCAN => return Ok(Some((data, number))),
        COOKED => (data.get(14..16), number, data.get(16..)),
        // The interface's index in the system, from 1.
        COOKED_2 => {
            let index = data.get(4..8).and_then(|index| index.try_into().ok()).map(u32::from_be_bytes);
            (data.get(..2), index.map_or(number, |index| index.saturating_sub(1)), data.get(20..))
        }
        _ => return Err(LogProblem::Expected("a capture of a CAN interface (link type 227, 113 or 276)")),
    };
    let (Some(protocol), Some(frame)) = (protocol, frame) else { return Err(head) };
    Ok(PROTOCOLS.iter().any(|can| can == protocol).then_some((frame, number)))
}

/// A frame as the kernel hands it out: identifier and flags, length, flags of CAN FD, two bytes, data.
fn frame(data: &[u8], number: u32, port: &Port, units: u64, out: &mut Out) -> Result<Kind, LogProblem> {
    const EXTENDED: u32 = 1 << 31;
    const REMOTE: u32 = 1 << 30;
    const ERROR: u32 = 1 << 29;
    const XL: u8 = 0x80;
    /// A frame of CAN FD, even of eight bytes or fewer.
    const FD: u8 = 4;
    let Some((data, number)) = within(data, number, port.link)? else { return Ok(Kind::Nothing) };
    let [a, b, c, d, len, flags, _, _, data @ ..] = data else {
        return Err(LogProblem::Expected("a frame of SocketCAN"));
    };
    if len & XL != 0 {
        return Err(LogProblem::Expected("classic CAN or CAN FD, not CAN XL"));
    }
    let bits = u32::from_be_bytes([*a, *b, *c, *d]);
    if bits & ERROR != 0 {
        return Ok(Kind::BusError);
    }
    if bits & REMOTE != 0 {
        return Ok(Kind::Remote);
    }
    let id = if bits & EXTENDED != 0 { CanId::extended(bits & !EXTENDED) } else { CanId::standard(bits) };
    let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 with its flag"))?;
    let data = data.get(..usize::from(*len)).ok_or(LogProblem::Expected("as much data as the length says"))?;
    let t_us = port.micros(units).ok_or(LogProblem::TimeRange)?;
    let interface = match &port.name {
        Some(name) => out.interfaces.place(name)?,
        None => out.interfaces.numbered(number)?,
    };
    let fd = (flags & FD != 0 || data.len() > 8).then(|| FdFlags::from_bits(*flags));
    out.put(t_us, (id, fd), interface, data)
}
