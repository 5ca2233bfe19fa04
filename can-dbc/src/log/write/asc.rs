//! Vector ASC.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::start::Start;
use crate::frame::Frame;
use crate::log::fields::fd_code;

/// Writes a log in Vector's ASC format.
#[derive(Debug)]
pub struct AscWriter<W> {
    out: W,
    start: Start,
}

impl<W: Write> AscWriter<W> {
    /// A log that is written to `out`; nothing is written before the first frame.
    pub fn new(out: W) -> Self {
        Self { out, start: Start::default() }
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
        if self.start.start_us.is_none() {
            self.start.since_us(frame.t_us);
            let date = date(self.start.start_us.unwrap_or(0));
            write!(
                self.out,
                "date {date}\nbase hex  timestamps absolute\ninternal events logged\nBegin Triggerblock {date}\n   0.000000 \
                 Start of measurement\n"
            )?;
        }
        let since_us = self.start.since_us(frame.t_us);
        let (seconds, micros) = (since_us / 1_000_000, since_us % 1_000_000);
        let channel = u32::from(frame.interface) + 1;
        let id = format!("{:X}{}", frame.id.bits(), if frame.id.is_extended() { "x" } else { "" });
        write!(self.out, "{seconds:>4}.{micros:06} ")?;
        let code = fd_code(frame.len());
        if let Some(flags) = frame.fd() {
            let (brs, esi) = (u8::from(flags.bit_rate_switch), u8::from(flags.error_passive));
            write!(self.out, "CANFD {channel:>3} Rx   {id:>10} {:>32} {brs} {esi} {code:x} {:>2}", "", frame.len())?;
            self.bytes(frame)?;
            // Duration and length in bits are unknown; EDL, BRS, ESI; checksum and bit timing are unknown.
            let bits = 0x1000 | u32::from(brs) << 13 | u32::from(esi) << 14;
            return writeln!(self.out, " {:>8} {:>4} {bits:>8X} {:>8} {:>8} {:>8} {:>8} {:>8}", 0, 0, 0, 0, 0, 0, 0);
        }
        write!(self.out, "{channel}  {id:<15} Rx   d {:x}", frame.len())?;
        self.bytes(frame)?;
        self.out.write_all(b"\n")
    }

    fn bytes(&mut self, frame: &Frame) -> io::Result<()> {
        frame.payload().iter().try_for_each(|byte| write!(self.out, " {byte:02X}"))
    }

    /// Ends the log and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        if self.start.start_us.is_some() {
            self.out.write_all(b"End TriggerBlock\n")?;
        }
        Ok(self.out)
    }
}

/// `Tue Jun 10 02:00:00.250 2025`
fn date(t_us: i64) -> String {
    let at = Timestamp::from_microsecond(t_us).unwrap_or_default().to_zoned(TimeZone::UTC);
    let millis = t_us.rem_euclid(1_000_000) / 1000;
    format!("{}.{millis:03} {}", at.strftime("%a %b %d %H:%M:%S"), at.strftime("%Y"))
}
