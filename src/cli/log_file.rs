//! A text log that is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Fast, and still a tenth of the text.
const ZSTD_LEVEL: i32 = 1;

type Raw = Box<dyn Write>;

/// A log, packed by its name: `.gz`, `.zst`, or not. Lines are gathered before a compressor sees them: each call of one
/// costs more than a line.
pub(super) enum LogFile {
    Plain(BufWriter<Raw>),
    Gzip(Box<BufWriter<GzEncoder<Raw>>>),
    Zstd(Box<BufWriter<zstd::Encoder<'static, Raw>>>),
}

impl LogFile {
    /// Makes the file, or empties the one that is there; `-` is standard output.
    pub fn create(path: &Path) -> io::Result<Self> {
        let raw: Raw =
            if path.as_os_str() == "-" { Box::new(io::stdout().lock()) } else { Box::new(File::create(path)?) };
        Ok(match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Self::Gzip(Box::new(gathered(GzEncoder::new(raw, Compression::fast())))),
            Some("zst") => Self::Zstd(Box::new(gathered(zstd::Encoder::new(raw, ZSTD_LEVEL)?))),
            _ => Self::Plain(gathered(raw)),
        })
    }

    /// Writes what is left.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.into_inner()?.finish()?.flush(),
            Self::Zstd(out) => out.into_inner()?.finish()?.flush(),
        }
    }
}

/// With room for some thousand lines.
fn gathered<W: Write>(to: W) -> BufWriter<W> {
    BufWriter::with_capacity(1 << 16, to)
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Zstd(out) => out.flush(),
        }
    }
}
