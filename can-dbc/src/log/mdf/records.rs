//! The records of a data block, one after the other.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::super::counts::{LogCounts, LogProblem, Place};
use super::super::fields::fd_length;
use super::super::input::Input;
use super::super::record::{Kind, Out, count};
use super::head::{Data, Field, Group, Layout, Role, Where, Wrong};
use super::segments::{Segments, Spool};
use crate::frame::{CanId, FdFlags, MAX_PAYLOAD};

/// So many frames may wait for their data bytes, or the other way round.
const MOST_WAITING: usize = 1 << 12;

/// A group of frames: those that wait for their bytes, and bytes that wait for their frame, each with its offset.
#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<(u64, Result<Seen, LogProblem>)>,
    bytes: VecDeque<(u64, Stored)>,
    /// The offset of the next bytes.
    offset: u64,
    /// Where data bytes are kept apart.
    apart: Option<Input<Segments>>,
    /// Where in the data `apart` begins.
    begins: u64,
}

/// The data bytes of a frame, and how many there are: more than 64 are of no frame.
#[derive(Clone, Copy, Debug)]
struct Stored([u8; MAX_PAYLOAD], usize);

impl Stored {
    fn of(record: &[u8]) -> Self {
        let mut bytes = [0; MAX_PAYLOAD];
        let length = record.len().min(MAX_PAYLOAD);
        bytes[..length].copy_from_slice(&record[..length]);
        Self(bytes, record.len())
    }

    fn bytes(&self) -> Result<&[u8], LogProblem> {
        self.0.get(..self.1).ok_or(LogProblem::Expected("at most 64 bytes of data"))
    }
}

/// A frame without its bytes.
#[derive(Clone, Copy, Debug)]
struct Seen {
    t_us: i64,
    id: CanId,
    interface: u8,
    fd: Option<FdFlags>,
    /// `None` when the record does not say it.
    length: Option<usize>,
}

/// Where a record and the next one begin.
#[derive(Debug)]
pub(super) struct Records<I> {
    input: Input<I>,
    data: Data,
    waiting: Vec<Waiting>,
    /// The group of the record before.
    last: usize,
    /// Where in the file a place of the data is; `None` for a stream, whose places are the file's.
    copied: Option<Segments>,
}

impl<I: Read> Records<I> {
    pub fn new(input: Input<I>, data: Data, last: usize) -> Self {
        let waiting = data.groups.iter().map(|_| Waiting::default()).collect();
        Self { input, data, waiting, last, copied: None }
    }

    /// Reads up to the next frame; false at the end.
    pub fn next(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<bool> {
        loop {
            let offset = self.input.offset();
            let there = self.input.ahead(self.data.id_size.max(1));
            if there.is_empty() || self.data.left == 0 {
                return self.input.end().map(|()| false);
            }
            let found = self.record(out);
            let place = Place::Byte(self.copied.as_ref().map_or(offset, |data| data.place(offset)));
            if found.is_err() {
                // Where the next record begins is unknown only where this one's length is: that ends the data.
                self.data.left = if self.input.offset() == offset { 0 } else { self.data.left };
            }
            if count(counts, place, found) {
                return Ok(true);
            }
        }
    }

    /// Reads one record.
    fn record(&mut self, out: &mut Out) -> Result<Kind, LogProblem> {
        let id_size = self.data.id_size;
        let there = self.input.ready();
        let id = there.get(..id_size).ok_or(LogProblem::CutShort("a record"))?;
        let id = id.iter().rev().fold(0, |id, &byte| id << 8 | u64::from(byte));
        let is = |group: &Group| id_size == 0 || group.id == id;
        if !self.data.groups.get(self.last).is_some_and(is) {
            let found = self.data.groups.iter().position(is);
            self.last = found.ok_or(LogProblem::Expected("a record of a group that the file's head has"))?;
        }
        let at = self.last;
        let size = self.data.groups[at].size;
        let (before, size) = if let Some(size) = size {
            (id_size, size)
        } else {
            let length = self.input.ahead(id_size + 4).get(id_size..id_size + 4);
            let length = length.and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
            let length = length.ok_or(LogProblem::CutShort("a record"))? as usize;
            if length > 1 << 24 {
                return Err(LogProblem::Expected("a record's length"));
            }
            (id_size + 4, length)
        };
        let whole = before + size;
        if whole == 0 {
            return Err(LogProblem::Expected("a record's length"));
        }
        let there = self.input.ahead(whole);
        let cut = there.len() < whole || self.data.left < whole as u64;
        let record = there.get(before..whole).filter(|_| !cut).ok_or(LogProblem::CutShort("a record"))?;
        let found = match &self.data.groups[at].role {
            Role::Frames(layout) => frame(layout, record, self.data.start_ns, &mut self.waiting[at], out),
            Role::Remote => Ok(Kind::Remote),
            Role::Errors => Ok(Kind::BusError),
            Role::Bytes(owner) => {
                let waiting = &mut self.waiting[*owner];
                let offset = waiting.offset;
                waiting.offset += 4 + size as u64;
                waiting.bytes.push_back((offset, Stored::of(record)));
                waiting.pair(self.data.in_order, out)
            }
            Role::Other => Ok(Kind::Nothing),
        };
        let found = match found {
            // Its bytes may be in a group that has been read already.
            Ok(Kind::Nothing) if matches!(self.data.groups[at].role, Role::Frames(_)) => {
                self.waiting[at].pair(self.data.in_order, out)
            }
            found => found,
        };
        self.input.pass(whole);
        self.data.left -= whole as u64;
        found
    }
}

impl Records<Segments> {
    /// Records of a copied file.
    pub fn copied(segments: Segments, data: Data, spool: &Spool, counts: &mut LogCounts) -> Self {
        let copied = Some(segments.clone());
        let mut records = Self { copied, ..Self::new(Input::new(segments), data, 0) };
        for (group, waiting) in records.data.groups.iter().zip(&mut records.waiting) {
            if let Role::Frames(layout) = &group.role
                && let Where::Apart(_, link) = layout.data
                && link != 0
            {
                match Segments::of(spool, link, false) {
                    Ok(bytes) => waiting.apart = Some(Input::new(bytes)),
                    Err((at, problem)) => counts.bad(Place::Byte(at), problem),
                }
            }
        }
        records
    }

    /// What was wrong with the blocks, once.
    pub fn problem(&mut self) -> Option<Wrong> {
        let apart = self.waiting.iter_mut().filter_map(|waiting| waiting.apart.as_mut());
        apart.chain([&mut self.input]).find_map(|input| input.source_mut().problem())
    }
}

impl Waiting {
    /// Puts frames and bytes of the same offset together; at most one frame comes out of it.
    fn pair(&mut self, in_order: bool, out: &mut Out) -> Result<Kind, LogProblem> {
        const MISSING: LogProblem = LogProblem::Expected("the data bytes of a frame");
        let mut found = Ok(Kind::Nothing);
        while let (Some((wanted, _)), Some((offset, _))) = (self.frames.front(), self.bytes.front()) {
            if !in_order && wanted > offset {
                self.bytes.pop_front();
                continue;
            }
            let same = in_order || wanted == offset;
            let Some((_, seen)) = self.frames.pop_front() else { break };
            if !same {
                found = Err(MISSING);
                continue;
            }
            let Some((_, bytes)) = self.bytes.pop_front() else { break };
            return seen.and_then(|seen| seen.whole(bytes.bytes()?, out));
        }
        if self.bytes.len() > MOST_WAITING {
            self.bytes.pop_front();
        }
        if self.frames.len() > MOST_WAITING {
            self.frames.pop_front();
            found = Err(MISSING);
        }
        found
    }

    /// The bytes at this offset of the data that is kept apart: a length of four bytes, and as many bytes.
    fn apart(&mut self, offset: u64) -> Result<&[u8], LogProblem> {
        /// Passing over less is cheaper than beginning anew.
        const NEAR: u64 = 1 << 16;
        const MISSING: LogProblem = LogProblem::Expected("the data bytes of a frame");
        let input = self.apart.as_mut().ok_or(MISSING)?;
        let at = self.begins + input.offset();
        if offset < at || offset - at > NEAR {
            *input = Input::new(input.source_mut().from(offset));
            self.begins = offset;
        } else {
            input.skip(offset - at);
        }
        let length = input.ahead(4).first_chunk().map(|length| u32::from_le_bytes(*length)).ok_or(MISSING)?;
        let length = usize::try_from(length).ok().filter(|&length| length <= MAX_PAYLOAD);
        let length = length.ok_or(LogProblem::Expected("at most 64 bytes of data"))?;
        input.ahead(4 + length).get(4..4 + length).ok_or(MISSING)
    }
}

impl Seen {
    fn of(layout: &Layout, record: &[u8], start_ns: i64, out: &mut Out) -> Result<Self, LogProblem> {
        const EXTENDED: u64 = 1 << 31;
        let raw = |field: Option<Field>| field.and_then(|field| field.raw(record));
        let short = LogProblem::CutShort("a record");
        let seconds = layout.seconds(record).ok_or(short)?;
        // Some writers date the file after its frames.
        if !(-1e10..1e10).contains(&seconds) {
            return Err(LogProblem::TimeRange);
        }
        // To the nearest: seconds in floating point are hardly ever whole microseconds.
        let t_us = start_ns.saturating_add((seconds * 1e9).round() as i64).saturating_add(500).div_euclid(1000);
        let id = layout.id.raw(record).ok_or(short)?;
        let extended = raw(layout.extended).map_or(id & EXTENDED != 0 || id > 0x7FF, |flag| flag != 0);
        let bits = u32::try_from(id & !EXTENDED).unwrap_or(u32::MAX);
        let id = if extended { CanId::extended(bits) } else { CanId::standard(bits) };
        let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 with its flag"))?;
        let [edl, brs, esi] = layout.fd.map(|field| raw(field).unwrap_or(0) != 0);
        let fd = edl.then_some(FdFlags { bit_rate_switch: brs, error_passive: esi });
        let code = || {
            let length = fd_length(u8::try_from(raw(layout.code)?).ok()?)?;
            Some(if edl { length } else { length.min(8) })
        };
        let length = raw(layout.length).and_then(|length| usize::try_from(length).ok()).or_else(code);
        let interface = out.interfaces.numbered(raw(layout.bus).and_then(|bus| bus.try_into().ok()).unwrap_or(0))?;
        Ok(Self { t_us, id, interface, fd, length })
    }

    /// The frame with its bytes.
    fn whole(self, bytes: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        let bytes = bytes.get(..self.length.unwrap_or(bytes.len())).unwrap_or(bytes);
        out.put(self.t_us, (self.id, self.fd), self.interface, bytes)
    }
}

/// Reads a frame's record; `Nothing` when its bytes are in another group.
fn frame(
    layout: &Layout,
    record: &[u8],
    start_ns: i64,
    waiting: &mut Waiting,
    out: &mut Out,
) -> Result<Kind, LogProblem> {
    let seen = Seen::of(layout, record, start_ns, out);
    let short = LogProblem::CutShort("a record");
    match layout.data {
        Where::Inside(at, length) => {
            let bytes = at.checked_add(length).and_then(|end| record.get(at..end)).ok_or(short)?;
            let seen = seen?;
            // Without a length, all bytes there are.
            if seen.length.is_some_and(|wanted| wanted > length) {
                return Err(LogProblem::Expected("as much data as the length says"));
            }
            seen.whole(bytes, out)
        }
        Where::Group(field) => {
            waiting.frames.push_back((field.raw(record).ok_or(short)?, seen));
            Ok(Kind::Nothing)
        }
        Where::Apart(field, _) => {
            let seen = seen?;
            if seen.length == Some(0) {
                return seen.whole(&[], out);
            }
            seen.whole(waiting.apart(field.raw(record).ok_or(short)?)?, out)
        }
    }
}
