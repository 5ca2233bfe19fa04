//! The bytes of a log, unpacked.

use std::io::{self, BufReader, Cursor, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use super::zip::{self, Zip};

/// An xz file that asks for more memory to unpack is refused: `xz -9` needs 65 MiB.
const XZ_MEMORY_KIB: u32 = 1 << 17;

/// The bytes of a log, wherever they come from.
pub type LogBytes = Box<dyn Read + Send>;

/// What is inside gzip, zstd, xz, bzip2 or a zip archive of one file; other bytes as they are. Memory is bounded, however much
/// comes out.
///
/// # Errors
///
/// When its first bytes cannot be read, or zstd cannot be set up for it.
pub fn unpacked(mut raw: impl Read + Send + 'static) -> io::Result<LogBytes> {
    const MAGIC: usize = 6;
    let mut start = Vec::with_capacity(MAGIC);
    raw.by_ref().take(MAGIC as u64).read_to_end(&mut start)?;
    let packed = |raw| BufReader::with_capacity(1 << 16, raw);
    let is = |magic: &[u8]| start.starts_with(magic);
    let (gzip, zstd) = (is(&[0x1F, 0x8B]), is(&[0x28, 0xB5, 0x2F, 0xFD]));
    let (xz, bzip2, zip) = (is(b"\xFD7zXZ\0"), is(b"BZh"), is(zip::MAGIC));
    let whole = Cursor::new(start).chain(raw);
    Ok(if gzip {
        Box::new(MultiGzDecoder::new(packed(whole)))
    } else if zstd {
        Box::new(zstd::Decoder::with_buffer(packed(whole))?)
    } else if xz {
        Box::new(XzReader::new_mem_limit(packed(whole), true, XZ_MEMORY_KIB))
    } else if bzip2 {
        Box::new(MultiBzDecoder::new(packed(whole)))
    } else if zip {
        Box::new(Zip::new(whole))
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
        // Made by Python's lzma, bz2 and zipfile (the second archive to a pipe) from the same lines.
        for packed in [
            &include_bytes!("../../tests/log.xz")[..],
            include_bytes!("../../tests/log.bz2"),
            include_bytes!("../../tests/log.zip"),
            include_bytes!("../../tests/log-piped.zip"),
        ] {
            let mut out = Vec::new();
            unpacked(Cursor::new(packed)).unwrap().read_to_end(&mut out).unwrap();
            assert!(out == log);
            // Cut anywhere: what comes is right, and the cut is an error.
            for cut in 6..packed.len().min(200) {
                let mut out = Vec::new();
                let read = unpacked(Cursor::new(packed[..cut].to_vec())).unwrap().read_to_end(&mut out);
                assert!(log.starts_with(&out) && (read.is_err() || out == log), "{cut}");
            }
            // A changed byte: an end, and no panic.
            for at in 6..packed.len() {
                let mut damaged = packed.to_vec();
                damaged[at] ^= 0x55;
                let unpacked = unpacked(Cursor::new(damaged)).unwrap();
                let _ = io::copy(&mut unpacked.take(1 << 24), &mut io::sink());
            }
        }
        let mut out = Vec::new();
        unpacked(io::empty()).unwrap().read_to_end(&mut out).unwrap();
        assert!(out.is_empty());
    }

    #[test]
    fn an_archive_of_several_files_is_refused_with_their_names() {
        let several = include_bytes!("../../tests/two.zip");
        let mut out = Vec::new();
        let error = unpacked(Cursor::new(&several[..])).unwrap().read_to_end(&mut out).unwrap_err();
        assert!(error.to_string().contains("second file, b.log"), "{error}");
        assert_eq!(out, b"(1.0) can0 123#00\n");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(several).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let error = zip::one_file(&mut file).unwrap_err().to_string();
        assert!(error.contains("a.log, b.log") && error.contains("unpack it"), "{error}");
        // A folder and what macOS adds are no files.
        let one = include_bytes!("../../tests/folder.zip");
        let mut out = Vec::new();
        unpacked(Cursor::new(&one[..])).unwrap().read_to_end(&mut out).unwrap();
        assert_eq!(out, b"(1.0) can0 123#00\n");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(one).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        zip::one_file(&mut file).unwrap();
    }

    fn zero_gzip() -> Vec<u8> {
        flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().unwrap()
    }
}
