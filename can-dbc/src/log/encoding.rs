//! Text in UTF-16 as UTF-8: what `>` of Windows PowerShell writes.

use std::io::{self, Read};

/// A stream; UTF-16 with its mark in front comes out as UTF-8, everything else as it is.
#[derive(Debug)]
pub(super) struct Decoded<R> {
    source: R,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The first two bytes, as far as they have come.
    Start(Vec<u8>),
    Plain,
    Utf16(Utf16),
}

#[derive(Debug)]
struct Utf16 {
    big_endian: bool,
    /// Bytes that have not been taken: half a character at most, after a read.
    raw: Vec<u8>,
    /// UTF-8 that is left.
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(source: R) -> Self {
        Self { source, state: State::Start(Vec::new()) }
    }

    /// Looks at the first two bytes: those of another text are given out.
    fn start(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let State::Start(start) = &mut self.state else { return Ok(0) };
        let mut ended = false;
        while start.len() < 2 && !ended {
            let mut byte = [0];
            match self.source.read(&mut byte) {
                Ok(0) => ended = true,
                Ok(_) => start.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if start.is_empty() => return Err(error),
                // Comes again.
                Err(_) => ended = true,
            }
        }
        let start = std::mem::take(start);
        if let [0xFF, 0xFE] | [0xFE, 0xFF] = start.as_slice() {
            let big_endian = start[0] == 0xFE;
            let (raw, text) = (Vec::new(), Vec::new());
            self.state = State::Utf16(Utf16 { big_endian, raw, text, at: 0, ended: false });
            return self.read(out);
        }
        self.state = State::Plain;
        out[..start.len()].copy_from_slice(&start);
        Ok(start.len())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Plain => self.source.read(out),
            State::Start(_) if out.len() < 2 => Ok(0),
            State::Start(_) => self.start(out),
            State::Utf16(text) => text.read(&mut self.source, out),
        }
    }
}

impl Utf16 {
    fn read(&mut self, source: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
        const PIECE: usize = 1 << 14;
        while self.at == self.text.len() && !self.ended {
            let had = self.raw.len();
            self.raw.resize(had + PIECE, 0);
            let read = source.read(&mut self.raw[had..]);
            self.raw.truncate(had + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                self.ended = true;
            }
            self.decode();
        }
        let there = out.len().min(self.text.len() - self.at);
        out[..there].copy_from_slice(&self.text[self.at..self.at + there]);
        self.at += there;
        Ok(there)
    }

    /// Takes all whole characters; at the end, what is left is a mark for damage.
    fn decode(&mut self) {
        self.text.clear();
        self.at = 0;
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let mut units: Vec<u16> = self.raw.chunks_exact(2).map(unit).collect();
        // The first half of a pair waits for the second.
        if !self.ended && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
        }
        let mut buffer = [0; 4];
        for found in char::decode_utf16(units.iter().copied()) {
            let found = found.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.text.extend_from_slice(found.encode_utf8(&mut buffer).as_bytes());
        }
        self.raw.drain(..units.len() * 2);
        if self.ended {
            self.raw.clear();
        }
    }
}
