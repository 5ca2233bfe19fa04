//! BUSMASTER: `22:20:14:9920 Rx 1 0x18FEF100 x 8 FE 36 12 FE 69 05 07 AD`.
//!
//! The head says when the log began, whether numbers are hexadecimal, and what times count from: `SYSTEM` is the time of day,
//! `ABSOLUTE` since the start, `RELATIVE` since the frame before. The last part of a time is tenths of a millisecond
//! (BUSMASTER `LogObjectCAN.cpp`; SavvyCAN writes milliseconds, three digits).

use super::counts::LogProblem;
use super::date::utc;
use super::fields::{decimal, hexadecimal, words};
use super::record::{Kind, Out};
use crate::frame::{CanId, MAX_PAYLOAD};

const DAY_US: i64 = 86_400_000_000;

/// What times count from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Midnight.
    #[default]
    System,
    Absolute,
    Relative,
}

/// What the head says, and the time of the line before.
#[derive(Debug, Default)]
pub(super) struct Busmaster {
    mode: Mode,
    decimal: bool,
    start_us: i64,
    last_us: Option<i64>,
}

impl Busmaster {
    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        const DATA: LogProblem = LogProblem::Expected("as many data bytes as the length says");
        const SHAPE: LogProblem = LogProblem::Expected("time, Rx or Tx, channel, identifier, type and length");
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        if line.is_empty() {
            return Ok(Kind::Nothing);
        }
        if line.starts_with(b"***") {
            self.head(line);
            return Ok(Kind::Nothing);
        }
        let mut words = words(line);
        let time = time_of_day(words.next().unwrap_or_default()).ok_or(SHAPE)?;
        if !matches!(words.next(), Some(b"Rx" | b"Tx")) {
            return Err(SHAPE);
        }
        let channel = words.next().and_then(|word| decimal(word, 0)).and_then(|number| number.try_into().ok());
        let id = words.next().and_then(|word| self.number(word.strip_prefix(b"0x").unwrap_or(word))).ok_or(SHAPE)?;
        let (extended, remote) = match words.next() {
            Some(b"s" | b"S") => (false, false),
            Some(b"x" | b"X") => (true, false),
            Some(b"sr" | b"SR") => (false, true),
            Some(b"xr" | b"XR") => (true, true),
            _ => return Err(LogProblem::Expected("the type s, x, sr or xr behind the identifier")),
        };
        let t_us = self.at(time);
        if remote {
            return Ok(Kind::Remote);
        }
        let id = if extended { CanId::extended(id) } else { CanId::standard(id) };
        let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 with an x"))?;
        let len = words.next().and_then(|word| decimal(word, 0)).and_then(|len| usize::try_from(len).ok());
        let len = len.filter(|&len| len <= MAX_PAYLOAD).ok_or(LogProblem::Expected("a length of at most 64 bytes"))?;
        let mut payload = [0; MAX_PAYLOAD];
        if self.decimal {
            for byte in &mut payload[..len] {
                let number = words.next().and_then(|word| self.number(word));
                *byte = number.and_then(|number| number.try_into().ok()).ok_or(DATA)?;
            }
        } else {
            words.hex_bytes(&mut payload[..len]).ok_or(DATA)?;
        }
        let interface = out.interfaces.numbered(channel.ok_or(LogProblem::Expected("a channel number"))?)?;
        out.put(t_us, (id, None), interface, &payload[..len])
    }

    fn head(&mut self, line: &[u8]) {
        const DATE: &[u8] = b"START DATE AND TIME ";
        let has = |words: &[u8]| line.windows(words.len()).position(|window| window == words);
        for (words, mode) in [
            (&b"SYSTEM MODE"[..], Mode::System),
            (b"ABSOLUTE MODE", Mode::Absolute),
            (b"RELATIVE MODE", Mode::Relative),
        ] {
            if has(words).is_some() {
                self.mode = mode;
            }
        }
        self.decimal = (self.decimal && has(b"***HEX***").is_none()) || has(b"***DEC***").is_some();
        if let Some(at) = has(DATE) {
            let text = &line[at + DATE.len()..];
            let end = text.iter().position(|&b| b == b'*').unwrap_or(text.len());
            self.start_us = date(&text[..end]).unwrap_or(self.start_us);
            self.last_us = None;
        }
    }

    fn number(&self, word: &[u8]) -> Option<u32> {
        if self.decimal { decimal(word, 0)?.try_into().ok() } else { hexadecimal(word) }
    }

    /// The time of a frame, from what its line says.
    fn at(&mut self, time: i64) -> i64 {
        let t_us = match self.mode {
            Mode::Absolute => self.start_us.saturating_add(time),
            Mode::Relative => self.last_us.unwrap_or(self.start_us).saturating_add(time),
            Mode::System => {
                let midnight = self.start_us.div_euclid(DAY_US) * DAY_US;
                let last = self.last_us.unwrap_or(self.start_us);
                // A log goes on over midnight.
                let days = (last - midnight - time + DAY_US / 2).div_euclid(DAY_US).max(0);
                midnight + time + days * DAY_US
            }
        };
        self.last_us = Some(t_us);
        t_us
    }
}

/// `22:20:14:9920`: hours, minutes, seconds, and ten thousandths of a second; thousandths where there are three digits.
fn time_of_day(text: &[u8]) -> Option<i64> {
    // Nearly all have two digits in each part but the last.
    if let [h, hours, b':', m, minutes, b':', s, seconds, b':', fraction @ ..] = text
        && let [h, hours, m, minutes, s, seconds] =
            [h, hours, m, minutes, s, seconds].map(|digit| i64::from(digit.wrapping_sub(b'0')))
        && [h, hours, m, minutes, s, seconds].iter().all(|digit| *digit < 10)
        && let 3 | 4 = fraction.len()
    {
        let unit_us = if fraction.len() == 4 { 100 } else { 1000 };
        let seconds = ((h * 10 + hours) * 60 + m * 10 + minutes) * 60 + s * 10 + seconds;
        return Some(seconds * 1_000_000 + decimal(fraction, 0)? * unit_us);
    }
    let mut parts = text.split(|&b| b == b':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let fraction = parts.next()?;
    let unit_us = match fraction.len() {
        4 => 100,
        1..=3 => 1000,
        _ => return None,
    };
    let part = |text: &[u8]| decimal(text, 0).filter(|&number| number < 100_000);
    let seconds = (part(hours)? * 60 + part(minutes)?) * 60 + part(seconds)?;
    (parts.next().is_none()).then_some(seconds * 1_000_000 + part(fraction)? * unit_us)
}

/// `23:9:2015 22:17:28:928`: day, month, year, time.
fn date(text: &[u8]) -> Option<i64> {
    let mut words = words(text);
    let mut date = words.next()?.split(|&b| b == b':').map(|part| decimal(part, 0));
    let (day, month, year) = (date.next()??, date.next()??, date.next()??);
    let time = words.next()?;
    let mut parts = time.splitn(4, |&b| b == b':');
    let clock = [parts.next()?, parts.next()?, parts.next()?].join(&b':');
    let millis = parts.next().and_then(|part| decimal(part, 0)).filter(|&millis| millis < 1000).unwrap_or(0);
    Some(utc((year, month, day), &clock)? + millis * 1000)
}
