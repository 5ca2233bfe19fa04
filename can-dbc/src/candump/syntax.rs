//! One line of a candump log.

use crate::frame::{CanId, FdFlags, Frame, MAX_PAYLOAD};
use crate::log::counts::LogProblem;
use crate::log::fields::hex;
use crate::log::record::YEAR_2100_US;

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A data frame and the interface it was seen on.
    Frame {
        /// The interface's name, `can0` and so on.
        interface: &'a [u8],
        /// The frame.
        frame: Frame,
    },
    /// A remote request: it carries no data.
    Remote,
    /// A report of the CAN controller (identifier bit 29 set): bus off, no acknowledge and the like.
    BusError {
        /// The error class bits of `linux/can/error.h`.
        class: u32,
    },
    /// candump itself lost frames: `DROPCOUNT: dropped 5 CAN frames on 'can0' socket`.
    Dropped {
        /// How many frames.
        frames: u64,
    },
    /// Nothing but white space.
    Empty,
}

/// Bit 29 of the identifier marks an error frame.
pub(crate) const ERROR_FLAG: u32 = 0x2000_0000;

/// Reads one line, with or without its line end.
///
/// # Errors
///
/// What is wrong with a line that is neither a frame nor a message of the log.
pub fn parse_line(line: &[u8]) -> Result<Line<'_>, LogProblem> {
    // Some editors put a mark of their own before the first line.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Ok(Line::Empty);
    }
    if line[0] != b'(' {
        return dropped(line).map(|frames| Line::Dropped { frames }).ok_or(LogProblem::Time);
    }
    let (t_us, rest) = time(&line[1..]).ok_or(LogProblem::Time)?;
    if t_us >= YEAR_2100_US {
        return Err(LogProblem::TimeRange);
    }
    let (interface, rest) = word(rest).ok_or(LogProblem::Interface)?;
    let (frame, tail) = word(rest).ok_or(LogProblem::Identifier)?;
    let Some(hash) = frame.iter().position(|&b| b == b'#') else {
        return Err(if word(tail).is_some_and(|(w, _)| w[0] == b'[') {
            LogProblem::ScreenFormat
        } else {
            LogProblem::Identifier
        });
    };
    match tail.trim_ascii() {
        b"" | b"R" | b"T" => {}
        _ => return Err(LogProblem::Tail),
    }
    let bits = identifier(&frame[..hash]).ok_or(LogProblem::Identifier)?;
    let data = &frame[hash + 1..];
    if hash == 8 && bits & ERROR_FLAG != 0 {
        return Ok(Line::BusError { class: bits & !ERROR_FLAG });
    }
    let id = if hash == 3 { CanId::standard(bits) } else { CanId::extended(bits) }.ok_or(LogProblem::Identifier)?;
    if data.first() == Some(&b'R') {
        return Ok(Line::Remote);
    }
    // CAN FD: a second '#' and one digit of flags.
    let (fd, data, limit) = match data {
        [b'#', flags, rest @ ..] if flags.is_ascii_hexdigit() => {
            (hex(*flags).map(FdFlags::from_bits), rest, MAX_PAYLOAD)
        }
        _ => (None, data, 8),
    };
    let mut payload = [0; MAX_PAYLOAD];
    let len = hex_bytes(data, &mut payload[..limit]).ok_or(LogProblem::Data)?;
    let frame = Frame::new(t_us, id, &payload[..len]).ok_or(LogProblem::Data)?.with_fd(fd);
    Ok(Line::Frame { interface, frame })
}

/// `1547753403.000000) …`: microseconds and what follows. Digits beyond the sixth are dropped.
fn time(text: &[u8]) -> Option<(i64, &[u8])> {
    let mut seconds: i64 = 0;
    let mut at = 0;
    while let Some(digit) = text.get(at).filter(|b| b.is_ascii_digit()) {
        seconds = seconds.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        at += 1;
    }
    let fraction_at = at + 1;
    if at == 0 || text.get(at) != Some(&b'.') {
        return None;
    }
    let (mut micros, mut scale, mut at) = (0, 100_000, fraction_at);
    while let Some(digit) = text.get(at).filter(|b| b.is_ascii_digit()) {
        micros += i64::from(digit - b'0') * scale;
        scale /= 10;
        at += 1;
    }
    if at == fraction_at || at > fraction_at + 9 || text.get(at) != Some(&b')') {
        return None;
    }
    Some((seconds.checked_mul(1_000_000)?.checked_add(micros)?, &text[at + 1..]))
}

/// The next word and what follows it; `None` at the end of the line.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Three or eight hexadecimal digits.
pub(crate) fn identifier(text: &[u8]) -> Option<u32> {
    if text.len() != 3 && text.len() != 8 {
        return None;
    }
    text.iter().try_fold(0, |id, &digit| Some(id << 4 | u32::from(hex(digit)?)))
}

/// Pairs of digits, a dot allowed between two bytes, `_` and one digit (the raw length code) allowed after the eighth
/// byte. The number of bytes, or `None`.
fn hex_bytes(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut at, mut len) = (0, 0);
    while at < text.len() {
        match text[at] {
            b'.' if len > 0 => at += 1,
            b'_' if len == 8 && at + 2 == text.len() && hex(text[at + 1])? > 8 => return Some(len),
            high => {
                *out.get_mut(len)? = hex(high)? << 4 | hex(*text.get(at + 1)?)?;
                len += 1;
                at += 2;
            }
        }
    }
    Some(len)
}

/// `DROPCOUNT: dropped 5 CAN frames on 'can0' socket (total drops 5)`
pub(crate) fn dropped(line: &[u8]) -> Option<u64> {
    let rest = line.strip_prefix(b"DROPCOUNT: dropped ")?;
    let (count, _) = word(rest)?;
    std::str::from_utf8(count).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candump::write_frame;

    fn frame(line: &str) -> Frame {
        match parse_line(line.as_bytes()) {
            Ok(Line::Frame { frame, .. }) => frame,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_accepted_shape_gives_the_same_frame() {
        let plain = frame("(1436509052.249713) can0 18FEF31C#3D422397722E724B");
        assert_eq!(plain.t_us, 1_436_509_052_249_713);
        assert_eq!(plain.payload(), [0x3D, 0x42, 0x23, 0x97, 0x72, 0x2E, 0x72, 0x4B]);
        for same in [
            "(1436509052.249713) can0 18FEF31C#3D422397722E724B R",
            "(1436509052.249713) can0 18FEF31C#3D422397722E724B T\r\n",
            "(1436509052.249713999)    can0 18fef31c#3d422397722e724b",
            "(1436509052.249713)  can0  18FEF31C#3D.42.23.97.72.2E.72.4B\r",
            "(1436509052.249713) can0 18FEF31C#3D422397722E724B_9",
        ] {
            assert_eq!(frame(same), plain, "{same}");
        }
        assert_eq!(frame("(0.5) vcan0 123#").t_us, 500_000);
        assert_eq!(frame("(0.0) can1 123##1AABB").payload(), [0xAA, 0xBB]);
    }

    #[test]
    fn what_is_no_data_frame_is_told_apart() {
        assert_eq!(parse_line(b"(1.0) can0 123#R8"), Ok(Line::Remote));
        // 0x20000040: error frame, class bus off.
        assert_eq!(parse_line(b"(1.0) can0 20000040#0000000000000000"), Ok(Line::BusError { class: 0x40 }));
        let drop = b"DROPCOUNT: dropped 5 CAN frames on 'can0' socket (total drops 5)";
        assert_eq!(parse_line(drop), Ok(Line::Dropped { frames: 5 }));
        assert_eq!(parse_line(b" \r\n"), Ok(Line::Empty));
    }

    #[test]
    fn rubbish_says_what_was_expected() {
        for (line, error) in [
            ("hello", LogProblem::Time),
            ("(1547.) can0 123#00", LogProblem::Time),
            ("(99999999999999999999.0) can0 123#00", LogProblem::Time),
            ("(1.0)", LogProblem::Interface),
            ("(1.0) can0", LogProblem::Identifier),
            ("(1.0) can0 1234#00", LogProblem::Identifier),
            ("(1.0) can0 FFF#00", LogProblem::Identifier),
            ("(1.0) can0 123#0", LogProblem::Data),
            ("(1.0) can0 123#001122334455667788", LogProblem::Data),
            ("(1.0) can0 123#00 X", LogProblem::Tail),
            ("(1436509052.249713)  can0  18FEF31C   [8]  3D 42 23 97 72 2E 72 4B", LogProblem::ScreenFormat),
        ] {
            assert_eq!(parse_line(line.as_bytes()), Err(error), "{line}");
        }
    }

    mod properties {
        use super::*;

        proptest! {
            #[test]
            fn no_bytes_make_it_panic(line in proptest::collection::vec(any::<u8>(), 0..120)) {
                let _ = parse_line(&line);
            }

            #[test]
            fn what_is_written_is_read_back(t_us in 0i64..4_000_000_000_000_000, bits in 0u32..0x2000_0000,
                                            extended: bool, payload in proptest::collection::vec(any::<u8>(), 0..=64),
                                            fd in proptest::option::of((0u8..4).prop_map(FdFlags::from_bits))) {
                let id = if extended { CanId::extended(bits) } else { CanId::standard(bits & 0x7FF) }.unwrap();
                let frame = Frame::new(t_us, id, &payload).unwrap().with_fd(fd);
                let mut text = Vec::new();
                write_frame(&mut text, "can0", &frame).unwrap();
                prop_assert_eq!(parse_line(&text), Ok(Line::Frame { interface: b"can0", frame }));
            }
        }
    }
}
