//! The one reader of all formats.

use std::io::{self, Read};

use super::blf::Blf;
use super::counts::LogCounts;
use super::encoding::Decoded;
use super::format::{Format, line_end};
use super::input::Input;
use super::interfaces::Interfaces;
use super::mdf::Mdf;
use super::pcap::Pcap;
use super::record::Out;
use super::text::Text;
use crate::frame::{CanId, Frame};

/// 2000-01-01 UTC. No CAN log is older: an earlier time counts from an unknown start.
const YEAR_2000_US: i64 = 946_684_800_000_000;

/// Reads the frames of a log, whatever its format.
#[derive(Debug)]
pub struct Reader<R> {
    body: Body<R>,
    format: Format,
    out: Out,
    counts: LogCounts,
    undated: bool,
}

#[derive(Debug)]
enum Body<R> {
    Text(Box<Text<Decoded<R>>>),
    Pcap(Box<Pcap<Decoded<R>>>),
    Blf(Box<Blf<Decoded<R>>>),
    Mdf(Box<Mdf<Decoded<R>>>),
}

impl<R: Read> Reader<R> {
    /// Looks at the beginning of a log, which must not be compressed, and reads from there on.
    pub fn new(log: R) -> Self {
        Self::with_interfaces(log, Interfaces::default())
    }

    /// The same, for a log that follows another: the interfaces keep their places.
    pub fn with_interfaces(log: R, interfaces: Interfaces) -> Self {
        let mut input = Input::new(Decoded::new(log));
        let format = loop {
            let seen = input.ready().len();
            // Reads no more than is there: the log may be a pipe with a slow writer.
            let start = input.ahead(seen + 1);
            let all = start.len() == seen;
            if let Some(format) = Format::of(start, all) {
                let end = line_end(start, all);
                input.end_lines_with(end);
                break format;
            }
        };
        let body = match format.syntax(input.ready()) {
            Some(syntax) => Body::Text(Box::new(Text::new(input, syntax))),
            None if format == Format::Blf => Body::Blf(Box::new(Blf::new(input))),
            None if format == Format::Mdf => Body::Mdf(Box::new(Mdf::new(input))),
            None => Body::Pcap(Box::new(Pcap::new(input, format == Format::Pcap))),
        };
        let out = Out { frame: Frame::empty(CanId::ZERO), interfaces };
        Self { body, format, out, counts: LogCounts::default(), undated: false }
    }

    /// What kind of log it is.
    pub fn format(&self) -> Format {
        match self.format {
            // Lines of candump have turned up in it.
            Format::Foreign(_) if self.counts.frames > 0 => Format::Candump,
            format => format,
        }
    }

    /// What has been read so far.
    pub fn counts(&self) -> &LogCounts {
        &self.counts
    }

    /// The names of the interfaces so far; [`Frame::interface`] is a place in this list. A log that only numbers its
    /// interfaces gets `can` and the number.
    pub fn interfaces(&self) -> &[String] {
        self.out.interfaces.names()
    }

    /// The interfaces, for the reader of the next log.
    pub fn into_interfaces(self) -> Interfaces {
        self.out.interfaces
    }

    /// True when the frames' times count from an unknown start: the log has no date, and the times lie in 1970.
    pub fn undated(&self) -> bool {
        self.undated
    }

    /// The next data frame, or `None` at the end. Everything else is counted and passed over.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read. A line that is not a frame is counted, not an error.
    pub fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        self.next_with(|_, frame| frame.clone())
    }

    /// The next data frame, handed to `take` together with the name of its interface.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read. A line that is not a frame is counted, not an error.
    #[inline]
    pub fn next_with<T>(&mut self, take: impl FnOnce(&str, &Frame) -> T) -> io::Result<Option<T>> {
        let found = match &mut self.body {
            Body::Text(text) => text.next(&mut self.out, &mut self.counts)?,
            Body::Pcap(pcap) => pcap.next(&mut self.out, &mut self.counts)?,
            Body::Blf(blf) => blf.next(&mut self.out, &mut self.counts)?,
            Body::Mdf(mdf) => mdf.next(&mut self.out, &mut self.counts)?,
        };
        if !found {
            return Ok(None);
        }
        let frame = &self.out.frame;
        self.undated |= frame.t_us < YEAR_2000_US;
        Ok(Some(take(self.out.interfaces.name(frame.interface), frame)))
    }
}
