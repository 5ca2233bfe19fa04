//! The bytes of a log, unpacked.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// The bytes of a log, wherever they come from.
pub type LogBytes = Box<dyn Read + Send>;

/// What is inside gzip or zstd; other bytes as they are.
///
/// # Errors
///
/// When its first bytes cannot be read, or zstd cannot be set up for it.
pub fn unpacked(mut raw: impl Read + Send + 'static) -> io::Result<LogBytes> {
    const MAGIC: usize = 4;
    let mut start = Vec::with_capacity(MAGIC);
    raw.by_ref().take(MAGIC as u64).read_to_end(&mut start)?;
    let packed = |raw| BufReader::with_capacity(1 << 16, raw);
    let is = |magic: &[u8]| start.starts_with(magic);
    let (gzip, zstd) = (is(&[0x1F, 0x8B]), is(&[0x28, 0xB5, 0x2F, 0xFD]));
    let whole = Cursor::new(start).chain(raw);
    Ok(if gzip {
        Box::new(MultiGzDecoder::new(packed(whole)))
    } else if zstd {
        Box::new(zstd::Decoder::with_buffer(packed(whole))?)
    } else {
        Box::new(whole)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn packed_or_not_the_bytes_are_the_same() {
        let log = b"(1.0) can0 123#00\n".repeat(10_000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&log).unwrap();
        // Two gzip files in one are one log, as of `cat`.
        let twice = [gzip.finish().unwrap(), zero_gzip()].concat();
        for packed in [log.clone(), twice, zstd::encode_all(&log[..], 1).unwrap()] {
            let mut out = Vec::new();
            unpacked(Cursor::new(packed)).unwrap().read_to_end(&mut out).unwrap();
            assert!(out == log);
        }
        let mut out = Vec::new();
        unpacked(io::empty()).unwrap().read_to_end(&mut out).unwrap();
        assert!(out.is_empty());
    }

    fn zero_gzip() -> Vec<u8> {
        flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().unwrap()
    }
}
