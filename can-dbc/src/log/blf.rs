//! Vector BLF: objects, most of them packed with zlib into containers. Layout as python-can 4.6 reads and writes it.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use memchr::memmem;

use super::blf_object::{HEAD, Head, SIGNATURE, object};
use super::counts::{LogCounts, LogProblem, Place};
use super::date::system_time;
use super::input::Input;
use super::record::{Out, count};

/// A longer object, packed or not, is a damaged length. Vector's containers unpack to 128 KiB.
const LONGEST: usize = 1 << 24;

/// The kind of object that others are packed into.
const CONTAINER: u32 = 10;

/// A binary log.
#[derive(Debug)]
pub(super) struct Blf<R> {
    input: Input<R>,
    /// When the measurement began; `None` before the file's head has been read.
    start_us: Option<i64>,
    /// What the containers held, as far as it has not been used.
    objects: Vec<u8>,
    at: usize,
    /// Where in the file the last container was.
    place: Place,
    /// The start of the next object is unknown: everything up to the next signature is skipped.
    lost: bool,
}

impl<R: Read> Blf<R> {
    pub fn new(input: Input<R>) -> Self {
        let place = Place::Byte(0);
        Self { input, start_us: None, objects: Vec::new(), at: 0, place, lost: false }
    }

    /// Reads up to the next frame; false at the end.
    pub fn next(&mut self, out: &mut Out, counts: &mut LogCounts) -> io::Result<bool> {
        let start_us = match self.start_us {
            Some(start_us) => start_us,
            None => self.head(counts),
        };
        loop {
            while let Some(found) = self.next_object() {
                let found = found.and_then(|(from, to)| object(&self.objects[from..to], start_us, out));
                if count(counts, self.place, found) {
                    return Ok(true);
                }
            }
            if !self.container(counts) {
                if self.objects.len() > self.at && !self.lost {
                    counts.bad(self.place, LogProblem::CutShort("an object"));
                }
                self.at = self.objects.len();
                return self.input.end().map(|()| false);
            }
        }
    }

    /// The file's head: its length at byte 4, the start of the measurement at byte 40.
    fn head(&mut self, counts: &mut LogCounts) -> i64 {
        const LEAST: usize = 72;
        let head = self.input.ahead(LEAST);
        let length = head.get(4..8).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let start = head.get(40..56).and_then(|b| b.try_into().ok()).and_then(system_time);
        if head.len() < LEAST || !(LEAST..1 << 16).contains(&(length as usize)) {
            counts.bad(Place::Byte(0), LogProblem::Expected("the head of a BLF file"));
        }
        self.input.skip(u64::from(length.clamp(4, 1 << 16)));
        *self.start_us.insert(start.unwrap_or(0))
    }

    /// Where the next whole object of those at hand is; a problem is reported once for each stretch that is skipped.
    fn next_object(&mut self) -> Option<Result<(usize, usize), LogProblem>> {
        // Objects are padded, and how far depends on their kind.
        const PADDING: usize = 8;
        let rest = &self.objects[self.at..];
        let window = if self.lost { rest } else { &rest[..rest.len().min(PADDING + SIGNATURE.len())] };
        let Some(found) = memmem::find(window, SIGNATURE) else {
            if rest.len() < PADDING + SIGNATURE.len() {
                return None;
            }
            // The last bytes may be the beginning of a signature.
            self.at = self.objects.len() - (SIGNATURE.len() - 1);
            let told = std::mem::replace(&mut self.lost, true);
            return if told { None } else { Some(Err(LogProblem::Expected("an object (LOBJ)"))) };
        };
        let from = self.at + found;
        let head = Head::of(self.objects.get(from..)?)?;
        let length = head.size as usize;
        if !(HEAD..=LONGEST).contains(&length) {
            self.at = from + SIGNATURE.len();
            self.lost = true;
            return Some(Err(LogProblem::Expected("an object's length")));
        }
        let to = from + length;
        if to > self.objects.len() {
            return None;
        }
        self.lost = false;
        self.at = to;
        Some(Ok((from, to)))
    }

    /// Unpacks the next container behind what is left; false at the end.
    fn container(&mut self, counts: &mut LogCounts) -> bool {
        self.objects.drain(..self.at);
        self.at = 0;
        self.place = Place::Byte(self.input.offset());
        // Up to three bytes of padding.
        let start = self.input.ahead(HEAD + 4);
        if start.iter().all(|&byte| byte == 0) && start.len() < HEAD {
            return false;
        }
        let found = memmem::find(start, SIGNATURE).filter(|&at| at < 4);
        let head = found.and_then(|at| Some((at, Head::of(&start[at..])?)));
        let Some((at, head)) = head.filter(|(_, head)| (HEAD..=LONGEST).contains(&(head.size as usize))) else {
            counts.bad(self.place, LogProblem::Expected("an object (LOBJ) with its length"));
            return self.find_signature();
        };
        self.input.pass(at);
        let length = head.size as usize;
        let there = self.input.ahead(length);
        let object = &there[..there.len().min(length)];
        let mut problem = (object.len() < length).then_some(LogProblem::CutShort("an object"));
        if head.kind == CONTAINER {
            problem = unpack(object, &mut self.objects).err().or(problem);
        } else {
            self.objects.extend_from_slice(object);
        }
        let passed = object.len();
        self.input.pass(passed);
        if let Some(problem) = problem {
            counts.bad(self.place, problem);
        }
        true
    }

    /// Passes over everything up to the next signature; false when there is none.
    fn find_signature(&mut self) -> bool {
        self.lost = true;
        self.input.pass(1);
        loop {
            let there = self.input.ahead(SIGNATURE.len());
            if there.len() < SIGNATURE.len() {
                let rest = there.len();
                self.input.pass(rest);
                return false;
            }
            let found = memmem::find(there, SIGNATURE);
            let pass = found.unwrap_or(there.len() - (SIGNATURE.len() - 1));
            self.input.pass(pass);
            if found.is_some() {
                return true;
            }
        }
    }
}

/// What a container holds, as far as it can be unpacked: method at byte 16, the packed bytes from byte 32.
fn unpack(container: &[u8], objects: &mut Vec<u8>) -> Result<(), LogProblem> {
    const STORED: u8 = 0;
    const ZLIB: u8 = 2;
    let (Some(method), Some(packed)) = (container.get(16), container.get(32..)) else {
        return Err(LogProblem::CutShort("a container's head"));
    };
    match *method {
        STORED => objects.extend_from_slice(packed),
        ZLIB => {
            let unpacked = ZlibDecoder::new(packed).take(LONGEST as u64).read_to_end(objects);
            unpacked.map_err(|_| LogProblem::Expected("a container packed with zlib, whole"))?;
        }
        _ => return Err(LogProblem::Expected("a container packed with zlib, or not at all")),
    }
    Ok(())
}
