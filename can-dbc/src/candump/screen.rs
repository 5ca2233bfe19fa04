//! The screen format: `(1436509052.249713)  can0  18FEF31C   [8]  3D 42 23 97 72 2E 72 4B`.
//!
//! Times are absolute (`-ta`), a date (`-tA`), relative to the first frame (`-tz`) or to the frame before (`-td`), or
//! missing.

use super::syntax::{ERROR_FLAG, dropped, identifier};
use crate::frame::{CanId, FdFlags};
use crate::log::counts::LogProblem;
use crate::log::date::utc;
use crate::log::fields::{decimal, words};
use crate::log::record::{Kind, Out, YEAR_2100_US};

/// What is remembered from line to line.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// Times are relative to the line before.
    delta: bool,
    last_us: i64,
}

impl Screen {
    /// Looks through the beginning of a log: times that go back, or stay the same for three frames, are those of `-td`,
    /// relative to the line before.
    pub fn of(text: &[u8]) -> Self {
        let times = text.split(|&b| b == b'\n').filter_map(|line| time(line.trim_ascii()).ok()?.0);
        let (mut before, mut delta) = ([-1, -1], false);
        for time in times {
            delta |= time < before[1] || before == [time; 2];
            before = [before[1], time];
        }
        Self { delta, last_us: 0 }
    }

    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        // The words of an error frame are on lines of their own.
        let continued = line.first() == Some(&b'\t');
        let line = line.trim_ascii();
        if line.is_empty() || continued {
            return Ok(Kind::Nothing);
        }
        if let Some(frames) = dropped(line) {
            return Ok(Kind::Dropped(frames));
        }
        let (t_us, rest) = time(line)?;
        let t_us = t_us.map_or(Ok(self.last_us), |t_us| {
            let t_us = if self.delta { self.last_us.saturating_add(t_us) } else { t_us };
            if t_us < YEAR_2100_US { Ok(t_us) } else { Err(LogProblem::TimeRange) }
        })?;
        let mut words = words(rest);
        let interface = words.next().ok_or(LogProblem::Interface)?;
        // Between interface and identifier `-x` puts direction and flags.
        let (mut id, mut len) = (None, None);
        let (mut flags, mut fd) = (FdFlags::default(), false);
        for word in words.by_ref() {
            if let Some(inner) = word.strip_prefix(b"[").and_then(|word| word.strip_suffix(b"]")) {
                len = decimal(inner, 0);
                // CAN FD has two digits.
                fd = inner.len() == 2;
                break;
            }
            flags.bit_rate_switch |= word == b"B";
            flags.error_passive |= word == b"E";
            id = Some(word);
        }
        let (Some(id), Some(len)) = (id, len) else {
            return Err(LogProblem::Expected("an identifier and the length as [8]"));
        };
        self.last_us = t_us;
        let bits = identifier(id).ok_or(LogProblem::Expected("an identifier of 3 or 8 hexadecimal digits"))?;
        if id.len() == 8 && bits & ERROR_FLAG != 0 {
            return Ok(Kind::BusError);
        }
        let id = if id.len() == 3 { CanId::standard(bits) } else { CanId::extended(bits) };
        let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 or 29 bits"))?;
        if words.rest().starts_with(b"remote") && words.peek().is_some_and(|word| word == b"remote") {
            return Ok(Kind::Remote);
        }
        let len = usize::try_from(len).ok().filter(|&len| len <= crate::MAX_PAYLOAD);
        let mut payload = [0; crate::MAX_PAYLOAD];
        let bytes = len.and_then(|len| payload.get_mut(..len));
        let bytes = bytes.ok_or(LogProblem::Expected("a length of at most 64 bytes"))?;
        words.hex_pairs(bytes).ok_or(LogProblem::Expected("as many pairs of hexadecimal digits as the length says"))?;
        let interface = out.interfaces.place(interface)?;
        out.put(t_us, (id, fd.then_some(flags)), interface, bytes)
    }
}

/// The time, when there is one, and what follows it.
fn time(line: &[u8]) -> Result<(Option<i64>, &[u8]), LogProblem> {
    let Some(inner) = line.strip_prefix(b"(") else { return Ok((None, line)) };
    let end = memchr::memchr(b')', inner).ok_or(LogProblem::Time)?;
    let (time, rest) = (&inner[..end], &inner[end + 1..]);
    let t_us = if time.contains(&b'-') { date_and_time(time) } else { decimal(time, 6) };
    t_us.map(|t_us| (Some(t_us), rest)).ok_or(LogProblem::Time)
}

/// `2015-07-10 05:04:12.249713`
fn date_and_time(text: &[u8]) -> Option<i64> {
    let mut words = words(text);
    let mut date = words.next()?.split(|&b| b == b'-').map(|part| decimal(part, 0));
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    utc((year, month, day), words.next()?)
}

#[cfg(test)]
mod tests {
    use crate::frame::Frame;
    use crate::log::Reader;

    fn frames(log: &str) -> Vec<Frame> {
        let mut reader = Reader::new(log.as_bytes());
        std::iter::from_fn(|| reader.next_frame().unwrap()).collect()
    }

    #[test]
    fn every_time_of_candump_is_understood() {
        let times = |log: &str| frames(log).iter().map(|frame| frame.t_us).collect::<Vec<_>>();
        let rest = "  can0  123   [1]  01\n";
        // 2015-07-10 06:17:32 UTC is 1436509052 (date -u -d @1436509052).
        assert_eq!(times(&format!(" (1436509052.249713){rest}")), [1_436_509_052_249_713]);
        assert_eq!(times(&format!(" (2015-07-10 06:17:32.249713){rest}")), [1_436_509_052_249_713]);
        let zero = format!(" (000.000000){rest} (000.500000){rest} (001.250000){rest}");
        assert_eq!(times(&zero), [0, 500_000, 1_250_000]);
        let delta = format!(" (000.000000){rest} (000.500000){rest} (000.250000){rest}");
        assert_eq!(times(&delta), [0, 500_000, 750_000]);
        assert_eq!(times(rest), [0]);
    }

    #[test]
    fn flags_texts_and_other_lines_do_no_harm() {
        let log = "\n (1.0)  can0  RX - -  18FEF31C   [8]  3D 42 23 97 72 2E 72 4B   '=B#.r.rK'\n\
            \x20(1.1)  can1  123   [0]  remote request\n\
            \x20(1.2)  can0  20000004   [8]  00 01 00 00 00 00 00 00   ERRORFRAME\n\tcontroller-problem{rx-overflow}\n\
            DROPCOUNT: dropped 5 CAN frames on 'can0' socket (total drops 5)\n\
            \x20(1.3)  can0  123  [12]  00 01 02 03 04 05 06 07 08 09 0A 0B\n\
            \x20(1.4)  can0  123   [2]  00\n";
        let mut reader = Reader::new(log.as_bytes());
        let first = reader.next_frame().unwrap().unwrap();
        assert_eq!((first.t_us, first.payload()[7], first.len()), (1_000_000, 0x4B, 8));
        assert_eq!(reader.next_frame().unwrap().unwrap().len(), 12);
        assert_eq!(reader.next_frame().unwrap(), None);
        let counts = reader.counts();
        assert_eq!((counts.remote, counts.bus_errors, counts.dropped, counts.bad_lines), (1, 1, 5, 1));
        assert_eq!(counts.first_bad.unwrap().0.to_string(), "line 8");
        assert_eq!(reader.interfaces(), ["can0"]);
        assert!(reader.undated());
    }
}
