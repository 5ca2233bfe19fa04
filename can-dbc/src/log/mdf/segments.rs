//! A file that is read at any place, and the data that its blocks make up in their order.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex};

use flate2::read::ZlibDecoder;
use tempfile::SpooledTempFile;

use super::super::counts::LogProblem;
use super::super::input::Input;
use super::head::{BLOCK_HEAD, Bytes, Wrong, block, name};

/// From this size on a copy is a temporary file.
const IN_MEMORY: usize = 1 << 26;

/// A longer block, unpacked, is a damaged length: packed blocks are to hold 4 MiB.
const LONGEST: u64 = 1 << 26;

/// A copy of a stream.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    file: Arc<Mutex<SpooledTempFile>>,
    length: u64,
    /// What was read last.
    buffer: Vec<u8>,
}

impl Spool {
    /// Copies what is left of a stream; what broke the stream off comes along.
    pub fn of<R: Read>(input: &mut Input<R>) -> io::Result<(Self, Option<io::Error>)> {
        let mut file = SpooledTempFile::new(IN_MEMORY);
        let mut length = 0;
        loop {
            let there = input.ahead(1);
            if there.is_empty() {
                break;
            }
            file.write_all(there)?;
            let passed = there.len();
            length += passed as u64;
            input.pass(passed);
        }
        let broken = input.end().err();
        Ok((Self { file: Arc::new(Mutex::new(file)), length, buffer: Vec::new() }, broken))
    }

    /// Reads as much as there is; 0 at the end.
    fn read(&self, at: u64, out: &mut [u8]) -> usize {
        let Ok(mut file) = self.file.lock() else { return 0 };
        if file.seek(SeekFrom::Start(at)).is_err() {
            return 0;
        }
        let mut filled = 0;
        while filled < out.len() {
            match file.read(&mut out[filled..]) {
                Ok(0) | Err(_) => break,
                Ok(read) => filled += read,
            }
        }
        filled
    }
}

impl Bytes for Spool {
    fn at(&mut self, offset: u64, len: usize) -> Option<&[u8]> {
        if offset.checked_add(len as u64)? > self.length {
            return None;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(len, 0);
        let read = self.read(offset, &mut buffer);
        self.buffer = buffer;
        self.buffer.get(..len).filter(|_| read == len)
    }
}

/// A block of data.
#[derive(Clone, Debug)]
struct Piece {
    /// Where in the data it begins, and its length, unpacked.
    start: u64,
    length: u64,
    /// Where in the file its bytes are.
    at: u64,
    packed: Option<Packed>,
}

#[derive(Clone, Debug)]
struct Packed {
    length: u64,
    /// Columns of the table that was turned before packing; 0 for none.
    columns: usize,
}

/// Data blocks in their order, as one stream.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    spool: Spool,
    pieces: Arc<Vec<Piece>>,
    at: u64,
    /// The packed block that was unpacked last.
    unpacked: Option<(usize, Vec<u8>)>,
    /// What ended the stream, where it is not the end, until it has been asked for.
    problem: Option<Wrong>,
    damaged: bool,
}

impl Segments {
    /// The blocks that a link leads to: one, or lists of them.
    pub fn of(spool: &Spool, link: u64, unfinished: bool) -> Result<Self, Wrong> {
        /// A link that leads back ends here; 16 GiB in blocks of 16 KiB.
        const MOST: usize = 1 << 20;
        let mut file = spool.clone();
        let (mut pieces, mut length) = (Vec::new(), 0);
        let mut lists = vec![link];
        while let Some(at) = lists.pop() {
            if pieces.len() > MOST {
                return Err((at, LogProblem::Expected("a list of at most 1,048,576 data blocks")));
            }
            match name(&mut file, at).as_ref() {
                Some(b"##HL") => lists.push(block(&mut file, at, *b"##HL")?.link(0)),
                Some(b"##DL") => {
                    let list = block(&mut file, at, *b"##DL")?;
                    let Some((&next, blocks)) = list.links.split_first() else { continue };
                    if next > at {
                        lists.push(next);
                    } else if next != 0 {
                        return Err((at, LogProblem::Expected("a list of data blocks that goes on behind itself")));
                    }
                    for &link in blocks.iter().filter(|&&link| link != 0) {
                        if let Some(piece) = piece(&mut file, link, length, false)? {
                            length += piece.length;
                            pieces.push(piece);
                        }
                    }
                }
                _ => {
                    if let Some(piece) = piece(&mut file, at, length, unfinished)? {
                        length += piece.length;
                        pieces.push(piece);
                    }
                }
            }
        }
        let pieces = Arc::new(pieces);
        Ok(Self { spool: spool.clone(), pieces, at: 0, unpacked: None, problem: None, damaged: false })
    }

    /// The same from another place on.
    pub fn from(&self, at: u64) -> Self {
        let (spool, pieces) = (self.spool.clone(), Arc::clone(&self.pieces));
        Self { spool, pieces, at, unpacked: None, problem: None, damaged: self.damaged }
    }

    /// What ended the data before its end, once.
    pub fn problem(&mut self) -> Option<Wrong> {
        self.problem.take()
    }

    /// Where in the file a byte of the data is; of a packed block its beginning.
    pub fn place(&self, at: u64) -> u64 {
        let piece = self.pieces.partition_point(|piece| piece.start <= at).checked_sub(1).map(|at| &self.pieces[at]);
        piece.map_or(0, |piece| piece.at + if piece.packed.is_some() { 0 } else { at - piece.start })
    }
}

/// The block of data at this place; `None` for an empty one.
fn piece(file: &mut Spool, at: u64, start: u64, unfinished: bool) -> Result<Option<Piece>, Wrong> {
    const TRANSPOSED: u8 = 1;
    match name(file, at).as_ref() {
        Some(b"##DT" | b"##SD" | b"##RD") => {
            let length = file.at(at, 16).and_then(|head| head[8..].try_into().ok()).map_or(0, u64::from_le_bytes);
            let from = at + BLOCK_HEAD;
            let there = file.length.saturating_sub(from);
            let length = length.saturating_sub(BLOCK_HEAD);
            let length = if unfinished && length == 0 { there } else { length };
            Ok((length > 0).then_some(Piece { start, length, at: from, packed: None }))
        }
        Some(b"##DZ") => {
            let found = block(file, at, *b"##DZ")?;
            let columns = match found.u8(2) {
                0 => 0,
                TRANSPOSED => found.u32(4) as usize,
                _ => return Err((at, LogProblem::Expected("a block packed with deflate (MDF 4.1)"))),
            };
            let (length, packed) = (found.u64(8), found.u64(16));
            if length > LONGEST || packed > LONGEST {
                return Err((at, LogProblem::Expected("a packed block of at most 64 MiB")));
            }
            let packed = Packed { length: packed, columns };
            Ok((length > 0).then_some(Piece { start, length, at: at + BLOCK_HEAD + 24, packed: Some(packed) }))
        }
        Some(b"##LD" | b"##DV" | b"##DI") => {
            Err((at, LogProblem::Expected("data stored by records, not by columns (MDF 4.2)")))
        }
        _ => Err((at, LogProblem::Expected("a block of data (##DT, ##DZ, ##DL or ##HL)"))),
    }
}

impl Read for Segments {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(index) = self.pieces.partition_point(|piece| piece.start <= self.at).checked_sub(1) else {
            return Ok(0);
        };
        let piece = &self.pieces[index];
        let inside = self.at - piece.start;
        if inside >= piece.length || self.damaged {
            return Ok(0);
        }
        let wanted = out.len().min((piece.length - inside) as usize);
        let read = match &piece.packed {
            None => self.spool.read(piece.at + inside, &mut out[..wanted]),
            Some(packed) => {
                if self.unpacked.as_ref().is_none_or(|(last, _)| *last != index) {
                    let reused = self.unpacked.take().map(|(_, bytes)| bytes).unwrap_or_default();
                    self.unpacked = Some((index, unpack(&self.spool, piece, packed, reused)));
                }
                let bytes = self.unpacked.as_ref().and_then(|(_, bytes)| bytes.get(inside as usize..));
                let bytes = bytes.unwrap_or_default();
                let read = bytes.len().min(wanted);
                out[..read].copy_from_slice(&bytes[..read]);
                read
            }
        };
        if read == 0 && wanted > 0 {
            self.problem = Some((piece.at, LogProblem::Expected("a block of data, whole")));
            self.damaged = true;
        }
        self.at += read as u64;
        Ok(read)
    }
}

/// What a packed block holds, as far as it can be unpacked.
fn unpack(spool: &Spool, piece: &Piece, packed: &Packed, mut bytes: Vec<u8>) -> Vec<u8> {
    let mut from = vec![0; packed.length.min(spool.length.saturating_sub(piece.at)) as usize];
    let read = spool.read(piece.at, &mut from);
    bytes.clear();
    // What comes before a fault is good.
    let _ = ZlibDecoder::new(&from[..read]).take(piece.length).read_to_end(&mut bytes);
    if packed.columns > 1 {
        // Turned: cut short, no row is whole.
        if bytes.len() as u64 != piece.length {
            return Vec::new();
        }
        let rows = bytes.len() / packed.columns;
        let mut turned = bytes.clone();
        for (row, record) in turned.chunks_exact_mut(packed.columns).enumerate() {
            for (column, byte) in record.iter_mut().enumerate() {
                *byte = bytes[column * rows + row];
            }
        }
        return turned;
    }
    bytes
}
