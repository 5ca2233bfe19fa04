//! A zip archive that holds one log. It is read from its beginning to its end, as a pipe is; whether it holds more than one
//! file is looked up before, where it is a file, and else is found at the end of the first.
//!
//! Layout: PKWARE's APPNOTE 6.3, 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12 and 4.3.16 (directory and its end).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

pub(super) const MAGIC: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const DIRECTORY: &[u8; 4] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// The way out of an archive that cannot be read.
const UNPACK: &str = "unpack it, and give the log file itself";

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the zip archive {what}; {UNPACK}"))
}

/// Folders, and what macOS adds, are no files of the user's.
fn is_file(name: &[u8]) -> bool {
    let last = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    !last.is_empty() && !name.starts_with(b"__MACOSX/") && last != b".DS_Store"
}

/// Refuses an archive of several files, by its directory. The file is left at its beginning.
///
/// # Errors
///
/// When the file cannot be read, or is an archive of several files.
pub fn one_file(file: &mut File) -> io::Result<()> {
    const END_LENGTH: u64 = 22;
    const COMMENT: u64 = 1 << 16;
    const MOST: u64 = 1 << 22;
    let mut start = [0; 4];
    let read = file.read(&mut start)?;
    file.rewind()?;
    if start[..read] != *MAGIC {
        return Ok(());
    }
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END_LENGTH + COMMENT)))?;
    let mut tail = Vec::new();
    file.take(END_LENGTH + COMMENT).read_to_end(&mut tail)?;
    let end = tail.windows(END.len()).rposition(|window| window == END).and_then(|at| tail.get(at..));
    let field = |at: usize| end.and_then(|end| end.get(at..at + 4)?.try_into().ok()).map(u32::from_le_bytes);
    let mut files = Vec::new();
    // An archive that is cut short has no directory: its first file is read as far as it goes.
    if let (Some(size), Some(at)) = (field(12), field(16)) {
        file.seek(SeekFrom::Start(u64::from(at)))?;
        let mut directory = Vec::new();
        file.take(u64::from(size).min(MOST)).read_to_end(&mut directory)?;
        let mut rest = &directory[..];
        while rest.starts_with(DIRECTORY) && rest.len() >= 46 {
            let part = |at: usize| usize::from(u16::from_le_bytes([rest[at], rest[at + 1]]));
            let (name, more) = (part(28), part(30) + part(32));
            let Some(found) = rest.get(46..46 + name) else { break };
            if is_file(found) {
                files.push(String::from_utf8_lossy(found).into_owned());
            }
            rest = rest.get(46 + name + more..).unwrap_or_default();
        }
    }
    file.rewind()?;
    match files.as_slice() {
        [first, second, ..] => Err(wrong(&format!("holds {} files ({first}, {second}, …)", files.len()))),
        _ => Ok(()),
    }
}

/// The bytes of the one file of an archive.
pub(super) struct Zip<R> {
    body: Body<R>,
    crc: Crc,
    head: Head,
}

enum Body<R> {
    Start(BufReader<R>),
    Stored(Take<BufReader<R>>),
    Deflated(Box<DeflateDecoder<BufReader<R>>>),
    Ended,
}

/// What the header before a file says.
#[derive(Clone, Copy, Default)]
struct Head {
    crc: u32,
    /// Checksum and lengths follow the file.
    described_later: bool,
    wide: bool,
}

impl<R: Read> Zip<R> {
    pub fn new(raw: R) -> Self {
        Self { body: Body::Start(BufReader::with_capacity(1 << 16, raw)), crc: Crc::new(), head: Head::default() }
    }

    /// Goes to the first file.
    fn first(&mut self, mut raw: BufReader<R>) -> io::Result<Body<R>> {
        let mut magic = [0; 4];
        raw.read_exact(&mut magic)?;
        loop {
            if magic != *MAGIC {
                return Err(wrong("holds no file"));
            }
            let (name, body) = self.entry(raw)?;
            if name == b"[Content_Types].xml" || name == b"mimetype" {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "this is an office document, not a log; save the log as text from the program that made it",
                ));
            }
            if is_file(&name) {
                return Ok(body);
            }
            raw = match body {
                Body::Stored(mut body) => {
                    io::copy(&mut body, &mut io::sink())?;
                    body.into_inner()
                }
                Body::Deflated(mut body) => {
                    io::copy(&mut body, &mut io::sink())?;
                    body.into_inner()
                }
                Body::Start(raw) => raw,
                Body::Ended => return Ok(Body::Ended),
            };
            magic = self.behind(&mut raw)?;
        }
    }

    /// The header behind its signature: the file's name, and its bytes.
    fn entry(&mut self, mut raw: BufReader<R>) -> io::Result<(Vec<u8>, Body<R>)> {
        const ENCRYPTED: u16 = 1;
        const LATER: u16 = 8;
        const WIDE: u32 = u32::MAX;
        let mut head = [0; 26];
        raw.read_exact(&mut head)?;
        let short = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (flags, method) = (short(2), short(4));
        let mut name = vec![0; usize::from(short(22))];
        raw.read_exact(&mut name)?;
        let mut extra = vec![0; usize::from(short(24))];
        raw.read_exact(&mut extra)?;
        if flags & ENCRYPTED != 0 {
            return Err(wrong("is encrypted"));
        }
        self.head = Head { crc: long(10), described_later: flags & LATER != 0, wide: long(14) == WIDE };
        self.crc = Crc::new();
        let body = match method {
            0 if self.head.described_later => return Err(wrong("has a file of unknown length")),
            0 => {
                let length = if self.head.wide { wide_length(&extra) } else { u64::from(long(14)) };
                Body::Stored(raw.take(length))
            }
            8 => Body::Deflated(Box::new(DeflateDecoder::new(raw))),
            _ => return Err(wrong("is packed in a way that is not read (only deflate is)")),
        };
        Ok((name, body))
    }

    /// What follows a file: its description, and the next signature.
    fn behind(&mut self, raw: &mut BufReader<R>) -> io::Result<[u8; 4]> {
        let mut magic = [0; 4];
        raw.read_exact(&mut magic)?;
        if magic == *DESCRIPTOR {
            let mut crc = [0; 4];
            raw.read_exact(&mut crc)?;
            self.head.crc = u32::from_le_bytes(crc);
            let mut lengths = [0; 16];
            raw.read_exact(&mut lengths[..if self.head.wide { 16 } else { 8 }])?;
            raw.read_exact(&mut magic)?;
        }
        Ok(magic)
    }

    /// The end of the file: its checksum, and whether another one follows.
    fn check(&mut self, raw: &mut BufReader<R>) -> io::Result<()> {
        let Ok(mut magic) = self.behind(raw) else {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the zip archive ends in the middle"));
        };
        if self.head.described_later && magic != *MAGIC && magic != *DIRECTORY {
            // A description without a signature.
            raw.consume(8);
            magic = *DIRECTORY;
            self.head.crc = self.crc.sum();
        }
        if self.crc.sum() != self.head.crc {
            return Err(wrong("is damaged: its checksum is another one"));
        }
        // Folders and what macOS adds come last; what follows them is looked up by `one_file`.
        if magic == *MAGIC {
            let mut head = [0; 26];
            raw.read_exact(&mut head)?;
            let mut name = vec![0; usize::from(u16::from_le_bytes([head[22], head[23]]))];
            raw.read_exact(&mut name)?;
            if is_file(&name) {
                return Err(wrong(&format!("holds a second file, {}", String::from_utf8_lossy(&name))));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Zip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Body::Start(_) = self.body
            && let Body::Start(raw) = std::mem::replace(&mut self.body, Body::Ended)
        {
            self.body = self.first(raw)?;
        }
        let read = match &mut self.body {
            Body::Stored(body) => body.read(out)?,
            Body::Deflated(body) => body.read(out)?,
            Body::Start(_) | Body::Ended => 0,
        };
        self.crc.update(&out[..read]);
        if read == 0 && !out.is_empty() {
            match std::mem::replace(&mut self.body, Body::Ended) {
                Body::Stored(body) => self.check(&mut body.into_inner())?,
                Body::Deflated(body) => self.check(&mut body.into_inner())?,
                Body::Start(_) | Body::Ended => {}
            }
        }
        Ok(read)
    }
}

/// The packed length of a file of 4 GiB or more, from its extra field 1.
fn wide_length(mut extra: &[u8]) -> u64 {
    while let [a, b, c, d, rest @ ..] = extra {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        if kind == 1 {
            return rest.get(8..16).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        }
        extra = rest.get(length..).unwrap_or_default();
    }
    0
}
