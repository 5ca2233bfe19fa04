//! Vector BLF.

use std::io::{self, Seek, SeekFrom, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::start::Start;
use crate::frame::{Frame, MAX_PAYLOAD};
use crate::log::fields::fd_code;

/// Bytes of the file's head, and of a container, unpacked.
const HEAD: u64 = 144;
const CONTAINER: usize = 1 << 17;

/// Writes a log in Vector's BLF format. The head has sizes and times of the whole file, so that it is written last.
#[derive(Debug)]
pub struct BlfWriter<W> {
    out: W,
    start: Start,
    last_us: i64,
    objects: Vec<u8>,
    count: u32,
    /// Bytes of the whole file, unpacked.
    unpacked: u64,
}

impl<W: Write + Seek> BlfWriter<W> {
    /// A log that is written to `out`.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&[0; HEAD as usize])?;
        let objects = Vec::with_capacity(CONTAINER + 256);
        Ok(Self { out, start: Start::default(), last_us: 0, objects, count: 0, unpacked: HEAD })
    }

    /// Frames that came before the first one's time, and have that time.
    pub fn early(&self) -> u64 {
        self.start.early
    }

    /// Writes a frame; its [`Frame::interface`] is channel 1 for 0.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        const CAN_MESSAGE: u32 = 1;
        const CAN_FD_MESSAGE: u32 = 100;
        const NANOSECONDS: u32 = 2;
        const OBJECT_HEAD: u16 = 32;
        let since_ns = self.start.since_us(frame.t_us).saturating_mul(1000);
        self.last_us = self.last_us.max(frame.t_us);
        let (kind, body) = if frame.fd().is_some() { (CAN_FD_MESSAGE, 20 + MAX_PAYLOAD) } else { (CAN_MESSAGE, 16) };
        let to = &mut self.objects;
        to.extend_from_slice(b"LOBJ");
        to.extend(OBJECT_HEAD.to_le_bytes());
        to.extend(1u16.to_le_bytes());
        to.extend((u32::from(OBJECT_HEAD) + body as u32).to_le_bytes());
        to.extend(kind.to_le_bytes());
        to.extend(NANOSECONDS.to_le_bytes());
        to.extend([0; 4]);
        to.extend(since_ns.to_le_bytes());
        let begins = to.len();
        to.extend((u16::from(frame.interface) + 1).to_le_bytes());
        to.extend([0, fd_code(frame.len())]);
        to.extend(frame.id.with_flag().to_le_bytes());
        if let Some(flags) = frame.fd() {
            // Lengths in time and bits are unknown; EDL, BRS, ESI; valid bytes.
            to.extend([0; 5]);
            to.extend([1 | flags.bits() << 1, frame.len() as u8]);
            to.extend([0; 5]);
        }
        to.extend_from_slice(frame.payload());
        to.resize(begins + body, 0);
        self.count = self.count.saturating_add(1);
        if self.objects.len() >= CONTAINER { self.container() } else { Ok(()) }
    }

    /// Packs what has been gathered.
    fn container(&mut self) -> io::Result<()> {
        const CONTAINER_HEAD: u32 = 32;
        const ZLIB: u16 = 2;
        if self.objects.is_empty() {
            return Ok(());
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&self.objects)?;
        let packed = packed.finish()?;
        let length = CONTAINER_HEAD + packed.len() as u32;
        let mut head = Vec::with_capacity(CONTAINER_HEAD as usize);
        head.extend_from_slice(b"LOBJ");
        head.extend(16u16.to_le_bytes());
        head.extend(1u16.to_le_bytes());
        head.extend(length.to_le_bytes());
        head.extend(10u32.to_le_bytes());
        head.extend(ZLIB.to_le_bytes());
        head.extend([0; 6]);
        head.extend((self.objects.len() as u32).to_le_bytes());
        head.extend([0; 4]);
        self.out.write_all(&head)?;
        self.out.write_all(&packed)?;
        self.out.write_all(&[0; 3][..length as usize % 4])?;
        self.unpacked += u64::from(CONTAINER_HEAD) + self.objects.len() as u64;
        self.objects.clear();
        Ok(())
    }

    /// Writes what is left and the head, and gives back what the log was written to.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.container()?;
        let size = self.out.stream_position()?;
        let mut head = Vec::with_capacity(HEAD as usize);
        head.extend_from_slice(b"LOGG");
        head.extend((HEAD as u32).to_le_bytes());
        // Application and its version: unknown; version of the format as python-can writes it.
        head.extend([0, 0, 0, 0, 2, 6, 8, 1]);
        head.extend(size.to_le_bytes());
        head.extend(self.unpacked.to_le_bytes());
        head.extend(self.count.to_le_bytes());
        head.extend([0; 4]);
        let start_us = self.start.start_us.unwrap_or(0);
        head.extend(system_time(start_us));
        head.extend(system_time(self.last_us.max(start_us)));
        head.resize(HEAD as usize, 0);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Year, month, weekday, day, hour, minute, second, millisecond.
fn system_time(t_us: i64) -> [u8; 16] {
    let at = Timestamp::from_microsecond(t_us).unwrap_or_default().to_zoned(TimeZone::UTC);
    let weekday = i16::from(at.weekday().to_sunday_zero_offset());
    let clock = [at.hour(), at.minute(), at.second()].map(i16::from);
    let parts = [
        at.year(),
        i16::from(at.month()),
        weekday,
        i16::from(at.day()),
        clock[0],
        clock[1],
        clock[2],
        at.millisecond(),
    ];
    let mut bytes = [0; 16];
    for (to, part) in bytes.chunks_exact_mut(2).zip(parts) {
        to.copy_from_slice(&part.to_le_bytes());
    }
    bytes
}
