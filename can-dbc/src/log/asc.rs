//! Vector ASC: `0.015991 1  18EBFF00x  Rx   d 8 01 A0 0F A6 60 3B D1 40  Length = …`, CAN FD as `0.02 CANFD 1 Rx …`.
//!
//! Layout as python-can 4.6 and can-utils read and write it; that `timestamps relative` means relative to the event before
//! is assumed. Events of other buses and of the measurement are passed over.

use super::counts::LogProblem;
use super::cursor::Cursor;
use super::date::asc_date;
use super::fields::{Words, decimal, fd_length, hexadecimal, words};
use super::record::{Kind, Out};
use crate::frame::{CanId, FdFlags, MAX_PAYLOAD};

const DATA: LogProblem = LogProblem::Expected("as many data bytes as the length says");
const LENGTH: LogProblem = LogProblem::Expected("a length code behind 'd'");
const IDENTIFIER: LogProblem = LogProblem::Expected("an identifier of at most 11 bits, or 29 with an x");

/// What the head of the log says, and the time of the line before.
#[derive(Debug, Default)]
pub(super) struct Asc {
    start_us: i64,
    decimal: bool,
    /// Times count from the event before.
    relative: bool,
    since_start_us: i64,
}

impl Asc {
    /// Reads a line of the usual shape, eight bytes of classic CAN, at the beginning of these bytes: its length.
    pub fn usual(&mut self, bytes: &[u8], out: &mut Out) -> Option<usize> {
        if self.decimal {
            return None;
        }
        let mut at = Cursor::new(bytes);
        at.spaces()?;
        let (seconds, _) = at.number()?;
        at.byte(b'.')?;
        let (micros, 6) = at.number()? else { return None };
        at.gap()?;
        let (channel, _) = at.number()?;
        at.gap()?;
        let (bits, _) = at.hex()?;
        let extended = at.byte_of(|byte| byte == b'x').is_some();
        at.gap()?;
        at.byte_of(|byte| matches!(byte, b'R' | b'T'))?;
        at.byte(b'x')?;
        at.gap()?;
        at.byte(b'd')?;
        at.gap()?;
        at.byte(b'8')?;
        at.gap()?;
        let payload = at.eight_bytes()?;
        let length = at.line_length()?;
        let id = if extended { CanId::extended(bits) } else { CanId::standard(bits) }?;
        let time_us = i64::from(seconds) * 1_000_000 + i64::from(micros);
        let since_start_us = if self.relative { self.since_start_us.saturating_add(time_us) } else { time_us };
        let interface = out.interfaces.numbered(channel).ok()?;
        out.put(self.start_us.saturating_add(since_start_us), (id, None), interface, &payload).ok()?;
        self.since_start_us = since_start_us;
        Some(length)
    }

    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        let mut words = words(line);
        let Some(first) = words.next() else { return Ok(Kind::Nothing) };
        let Some(time_us) = decimal(first, 6) else {
            // Heads and comments are words.
            if !first[0].is_ascii_alphabetic() && !first.starts_with(b"//") {
                return Err(LogProblem::Expected("a time in seconds at the start of the line"));
            }
            self.head(line);
            return Ok(Kind::Nothing);
        };
        self.since_start_us = if self.relative { self.since_start_us.saturating_add(time_us) } else { time_us };
        match words.next() {
            Some(b"CANFD") => self.fd(words, out),
            Some(channel) if channel.iter().all(u8::is_ascii_digit) => self.classic(channel, words, out),
            // An event of another kind is named by a word.
            Some(word) if !word.iter().all(u8::is_ascii_graphic) => {
                Err(LogProblem::Expected("a channel or an event behind the time"))
            }
            _ => Ok(Kind::Nothing),
        }
    }

    fn head(&mut self, line: &[u8]) {
        let mut rest = words(line);
        match rest.next().unwrap_or_default().to_ascii_lowercase().as_slice() {
            b"date" => self.start_us = asc_date(&line[4..]).unwrap_or(self.start_us),
            b"base" => {
                self.decimal = rest.next().is_some_and(|word| word.eq_ignore_ascii_case(b"dec"));
                self.relative = rest.last().is_some_and(|word| word.eq_ignore_ascii_case(b"relative"));
            }
            b"begin" => {
                // The times of a block count from the block's own date.
                let date = line.iter().enumerate().filter(|(_, b)| b.is_ascii_whitespace()).nth(1);
                let date = date.and_then(|(at, _)| asc_date(&line[at..]));
                self.start_us = date.unwrap_or(self.start_us);
                self.since_start_us = 0;
            }
            _ => {}
        }
    }

    fn classic(&self, channel: &[u8], mut words: Words<'_>, out: &mut Out) -> Result<Kind, LogProblem> {
        let Some(id) = words.next() else { return Ok(Kind::Nothing) };
        if id == b"ErrorFrame" {
            return Ok(Kind::BusError);
        }
        let direction = words.next();
        if !matches!(direction, Some(b"Rx" | b"Tx" | b"TxRq")) {
            // A word in the identifier's place is an event: `1 Statistic: …`.
            let word = id.iter().all(|b| b.is_ascii_alphanumeric() || *b == b':');
            let event = word && self.identifier(id).is_err();
            return if event { Ok(Kind::Nothing) } else { Err(LogProblem::Expected("Rx or Tx behind the identifier")) };
        }
        let id = self.identifier(id)?;
        match words.next() {
            Some(b"r") => return Ok(Kind::Remote),
            Some(b"d") => {}
            _ => return Err(LogProblem::Expected("'d' or 'r' behind the direction")),
        }
        // The code may be 9 to 15 for eight bytes.
        let len = words.next().and_then(hexadecimal).filter(|&code| code <= 15).ok_or(LENGTH)?.min(8) as usize;
        self.put(channel, (id, None), len, words, out)
    }

    /// `CANFD channel direction id [name] BRS ESI code length data…`
    fn fd(&self, mut words: Words<'_>, out: &mut Out) -> Result<Kind, LogProblem> {
        let missing = LogProblem::Expected("channel, direction and identifier behind CANFD");
        let channel = words.next().ok_or(missing)?;
        words.next().ok_or(missing)?;
        let id = words.next().ok_or(missing)?;
        if id == b"ErrorFrame" {
            return Ok(Kind::BusError);
        }
        let id = self.identifier(id)?;
        // A name may stand before the two flags.
        let mut flag = words.next();
        if !matches!(flag, Some(b"0" | b"1")) {
            flag = words.next();
        }
        let (Some(brs), Some(esi)) = (flag, words.next()) else { return Err(LENGTH) };
        let flags = FdFlags { bit_rate_switch: brs == b"1", error_passive: esi == b"1" };
        let code = words.next().and_then(hexadecimal).ok_or(LENGTH)?;
        let len = words.next().and_then(|word| decimal(word, 0)).and_then(|len| usize::try_from(len).ok());
        let len = len.filter(|&len| len <= MAX_PAYLOAD).ok_or(LENGTH)?;
        // A request has a length code, and no data.
        if len == 0 && fd_length(code as u8).is_some_and(|asked| asked > 0) {
            return Ok(Kind::Remote);
        }
        self.put(channel, (id, Some(flags)), len, words, out)
    }

    /// Hexadecimal or decimal as the head says; 29 bits have an x behind them.
    fn identifier(&self, text: &[u8]) -> Result<CanId, LogProblem> {
        let (digits, extended) = match text {
            [digits @ .., b'x' | b'X'] => (digits, true),
            _ => (text, false),
        };
        let bits = self.number(digits).ok_or(IDENTIFIER)?;
        if extended { CanId::extended(bits) } else { CanId::standard(bits) }.ok_or(IDENTIFIER)
    }

    fn number(&self, digits: &[u8]) -> Option<u32> {
        if self.decimal { decimal(digits, 0)?.try_into().ok() } else { hexadecimal(digits) }
    }

    fn put(
        &self,
        channel: &[u8],
        id: (CanId, Option<FdFlags>),
        len: usize,
        mut words: Words<'_>,
        out: &mut Out,
    ) -> Result<Kind, LogProblem> {
        let mut payload = [0; MAX_PAYLOAD];
        if self.decimal {
            for byte in &mut payload[..len] {
                let number = words.next().and_then(|word| self.number(word));
                *byte = number.and_then(|number| number.try_into().ok()).ok_or(DATA)?;
            }
        } else {
            words.hex_bytes(&mut payload[..len]).ok_or(DATA)?;
        }
        let channel = decimal(channel, 0).and_then(|number| number.try_into().ok());
        let interface = out.interfaces.numbered(channel.ok_or(LogProblem::Expected("a channel number"))?)?;
        let t_us = self.start_us.saturating_add(self.since_start_us);
        out.put(t_us, id, interface, &payload[..len])
    }
}

#[cfg(test)]
mod tests {
    use crate::log::Reader;

    #[test]
    fn decimal_relative_and_foreign_lines() {
        let log = "date Sat Sep 30 15:06:13.191 2017\nbase dec  timestamps relative\ninternal events logged\n\
            Begin Triggerblock\n   0.000000 Start of measurement\n   0.100000 1  291             Rx   d 2 255 16\n\
            \x20  0.200000 1  Statistic: D 1 R 0 XD 0 XR 0 E 0 O 0 B 0.08%\n\
            \x20  0.300000 2  217056256x      Tx   d 1 07\n   0.1 1  ErrorFrame\n   0.1 1 291 Rx r\n\
            \x20  0.1 1  291             Rx   d 2 256 16\n   0.1 LIN 1 not ours\nEnd TriggerBlock\n";
        let mut reader = Reader::new(log.as_bytes());
        // 1506783973.191 s is the date; 217056256 = 0x0CF00400.
        let first = reader.next_frame().unwrap().unwrap();
        assert_eq!(format!("{first:?}"), "123#FF10 at 1506783973.291000 s");
        let second = reader.next_frame().unwrap().unwrap();
        assert_eq!(format!("{second:?}"), "0CF00400#07 at 1506783973.791000 s");
        assert_eq!(reader.next_frame().unwrap(), None);
        let counts = reader.counts();
        assert_eq!((counts.bus_errors, counts.remote, counts.bad_lines), (1, 1, 1));
        assert_eq!(reader.interfaces(), ["can1", "can2"]);
        assert!(!reader.undated());
    }
}
