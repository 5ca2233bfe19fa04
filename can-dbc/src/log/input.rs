//! A stream, read in large pieces and looked at in place.

use std::io::{self, Read};

/// How much is read at once.
const PIECE: usize = 1 << 16;

/// No line of a log is longer: CAN XL has 2048 bytes of data, which is 4096 digits.
pub(crate) const MAX_LINE: usize = 8192;

/// What there is of a line.
pub(crate) enum LineRead<'a> {
    /// All of it, with its end if it has one.
    Whole(&'a [u8]),
    /// It was longer than any line of a log; it is passed over.
    TooLong,
}

/// Bytes ahead, and where in the stream they are.
#[derive(Debug)]
pub(crate) struct Input<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// Of `buffer[0]`, in the stream.
    offset: u64,
    ended: bool,
    /// What ends a line: a line feed, or a carriage return alone.
    line_end: u8,
    /// The error that ended the stream; returned after all bytes before it have been used.
    broken: Option<io::Error>,
}

impl<R: Read> Input<R> {
    pub fn new(source: R) -> Self {
        Self { source, buffer: vec![0; PIECE], at: 0, end: 0, offset: 0, ended: false, line_end: b'\n', broken: None }
    }

    /// Lines end with this byte.
    pub fn end_lines_with(&mut self, byte: u8) {
        self.line_end = byte;
    }

    /// True when lines end with a line feed.
    #[inline]
    pub fn has_line_feeds(&self) -> bool {
        self.line_end == b'\n'
    }

    /// What is read from.
    pub fn source_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// What is there without reading.
    #[inline]
    pub fn ready(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Passes over bytes that are there.
    #[inline]
    pub fn pass(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    /// Where in the stream the next byte is.
    pub fn offset(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// At least this many bytes; fewer only when the stream ends before.
    pub fn ahead(&mut self, bytes: usize) -> &[u8] {
        while self.end - self.at < bytes && !self.ended {
            self.fill(bytes);
        }
        self.ready()
    }

    /// Passes over bytes whether they are there or not; false when the stream ends before.
    pub fn skip(&mut self, mut bytes: u64) -> bool {
        while bytes > 0 {
            let there = self.ahead(1).len() as u64;
            if there == 0 {
                return false;
            }
            let now = there.min(bytes);
            self.pass(now as usize);
            bytes -= now;
        }
        true
    }

    /// The error that ended the stream, if one did.
    pub fn end(&mut self) -> io::Result<()> {
        self.broken.take().map_or(Ok(()), Err)
    }

    /// The next line, or `None` at the end.
    pub fn line(&mut self) -> io::Result<Option<LineRead<'_>>> {
        let mut searched = 0;
        let mut fits = true;
        let (start, end) = loop {
            match memchr::memchr(self.line_end, &self.buffer[self.at + searched..self.end]) {
                Some(found) => break (self.at, self.at + searched + found + 1),
                None if self.ended && self.broken.is_some() => {
                    // A line that broke off may look like a shorter one: it is not used.
                    self.at = self.end;
                    return self.end().map(|()| None);
                }
                None if self.ended && self.at == self.end && fits => return Ok(None),
                None if self.ended => break (self.at, self.end),
                None => {}
            }
            searched = self.end - self.at;
            if searched > MAX_LINE {
                fits = false;
                self.at = self.end;
                searched = 0;
            }
            self.fill(searched + 1);
        };
        self.at = end;
        fits &= end - start <= MAX_LINE;
        Ok(Some(if fits { LineRead::Whole(&self.buffer[start..end]) } else { LineRead::TooLong }))
    }

    /// Reads once, after making room for `needed` bytes in all.
    fn fill(&mut self, wanted: usize) {
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.end, 0);
            self.offset += self.at as u64;
            self.end -= self.at;
            self.at = 0;
        }
        // Grows with what is there, not with what a damaged length asks for.
        if self.end == self.buffer.len() && wanted > self.end {
            self.buffer.resize((self.end * 2).min(wanted.max(PIECE)), 0);
        }
        match self.source.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.ended = true,
            Ok(read) => self.end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.ended = true;
                self.broken = Some(error);
            }
        }
    }
}

/// For a parser that reads by itself.
impl<R: Read> Read for Input<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let there = self.ahead(1).len().min(out.len());
        if there == 0 {
            return self.end().map(|()| 0);
        }
        out[..there].copy_from_slice(&self.ready()[..there]);
        self.pass(there);
        Ok(there)
    }
}
