//! Logs that are tables with a head: python-can's CSVWriter, mdf2csv of CSS Electronics, and their loggers CL1000 to CL3000.
//!
//! `timestamp,arbitration_id,extended,remote,error,dlc,data`, the data in base64;
//! `TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes`; `Timestamp;Type;ID;Data` below lines with `#`.
//! The head's names say what the columns hold, in any order; the separator is the first of `;`, `,` and tab in it.

use super::clx::ClxTime;
use super::counts::LogProblem;
use super::fields::{self, decimal, fd_length, hex, hex_digits, hexadecimal};
use super::record::{Kind, Out};
use crate::frame::{CanId, FdFlags, MAX_PAYLOAD};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// Seconds since 1970.
    Epoch,
    /// A date in digits, as [`ClxTime`] reads it.
    Clx,
    Id,
    /// 1 for 29 bits.
    Extended,
    /// Bit 0 for 29 bits, bit 3 for frames that the logger sent.
    Type,
    Remote,
    Error,
    Code,
    Length,
    Bus,
    Fd,
    Brs,
    Esi,
    Base64,
    Hex,
    Other,
}

/// The columns by their names.
const COLUMNS: [(&str, Column); 17] = [
    ("TimestampEpoch", Column::Epoch),
    ("timestamp", Column::Epoch),
    ("Timestamp", Column::Clx),
    ("arbitration_id", Column::Id),
    ("ID", Column::Id),
    ("extended", Column::Extended),
    ("IDE", Column::Extended),
    ("Type", Column::Type),
    ("remote", Column::Remote),
    ("error", Column::Error),
    ("dlc", Column::Code),
    ("DLC", Column::Code),
    ("DataLength", Column::Length),
    ("BusChannel", Column::Bus),
    ("EDL", Column::Fd),
    ("data", Column::Base64),
    ("Data", Column::Hex),
];
const MORE: [(&str, Column); 4] =
    [("Length", Column::Length), ("BRS", Column::Brs), ("ESI", Column::Esi), ("DataBytes", Column::Hex)];

/// A table.
#[derive(Debug, Default)]
pub(super) struct Csv {
    separator: u8,
    columns: Vec<Column>,
    clx: ClxTime,
}

/// True for the first line of such a table.
pub(super) fn is_head(line: &[u8]) -> bool {
    let (_, columns) = columns(line);
    let has = |wanted: &[Column]| columns.iter().any(|column| wanted.contains(column));
    has(&[Column::Epoch, Column::Clx]) && has(&[Column::Id]) && has(&[Column::Base64, Column::Hex])
}

fn columns(line: &[u8]) -> (u8, Vec<Column>) {
    let separator = line.iter().copied().find(|byte| b";,\t".contains(byte)).unwrap_or(b';');
    let known = |name: &[u8]| {
        let all = COLUMNS.iter().chain(&MORE);
        all.into_iter().find(|(known, _)| known.as_bytes() == name).map_or(Column::Other, |(_, column)| *column)
    };
    (separator, line.split(|&b| b == separator).map(|name| known(name.trim_ascii())).collect())
}

impl Csv {
    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        if line.is_empty() {
            return Ok(Kind::Nothing);
        }
        if let Some(head) = line.strip_prefix(b"#") {
            self.clx.head(head);
            return Ok(Kind::Nothing);
        }
        if self.columns.is_empty() || line[0].is_ascii_alphabetic() {
            if !is_head(line) {
                return Err(LogProblem::Expected("a head with the names of the columns"));
            }
            (self.separator, self.columns) = columns(line);
            return Ok(Kind::Nothing);
        }
        self.row(line, out)
    }

    fn row(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        let (mut t_us, mut id, mut extended, mut length, mut code, mut bus) = (None, None, None, None, None, 0);
        let (mut remote, mut error, mut fd, mut flags) = (false, false, None, FdFlags::default());
        let (mut payload, mut filled) = ([0; MAX_PAYLOAD], None);
        for (column, text) in self.columns.iter().zip(fields::columns(line, self.separator)) {
            let yes = || matches!(text, b"1" | b"true" | b"True");
            match column {
                Column::Epoch => t_us = decimal(text, 6),
                Column::Clx => t_us = self.clx.read(text),
                Column::Id => id = hexadecimal(text.strip_prefix(b"0x").unwrap_or(text)),
                Column::Extended => extended = Some(yes()),
                Column::Type => extended = Some(decimal(text, 0).is_some_and(|kind| kind & 1 != 0)),
                Column::Remote => remote = yes(),
                Column::Error => error = yes(),
                Column::Code => code = decimal(text, 0),
                Column::Length => length = decimal(text, 0),
                Column::Bus => bus = decimal(text, 0).and_then(|bus| bus.try_into().ok()).unwrap_or(0),
                Column::Fd => fd = Some(yes()),
                Column::Brs => flags.bit_rate_switch = yes(),
                Column::Esi => flags.error_passive = yes(),
                Column::Base64 => filled = base64(text, &mut payload),
                Column::Hex => filled = pairs(text, &mut payload),
                Column::Other => {}
            }
        }
        if error {
            return Ok(Kind::BusError);
        }
        if remote {
            return Ok(Kind::Remote);
        }
        let t_us = t_us.ok_or(LogProblem::Expected("a time in its column"))?;
        let bits = id.ok_or(LogProblem::Expected("a hexadecimal identifier in its column"))?;
        let id = if extended.unwrap_or(bits > 0x7FF) { CanId::extended(bits) } else { CanId::standard(bits) };
        let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 where its column says so"))?;
        let filled = filled.ok_or(LogProblem::Expected("at most 64 bytes in the column of the data"))?;
        // A length, or a code that may stand for more than eight bytes.
        let as_code = code.and_then(|code| fd_length(u8::try_from(code).ok()?)).map(|length| length as i64);
        let agrees = |length: i64| length == filled as i64;
        let said = length.map_or(code.is_none_or(|code| agrees(code) || as_code.is_some_and(agrees)), agrees);
        // A classic frame may have a code of more than eight.
        let cut = filled == 8 && length.is_none() && code.is_some_and(|code| (9..=15).contains(&code));
        if !said && !cut {
            return Err(LogProblem::Expected("as much data as the length says"));
        }
        let interface = out.interfaces.numbered(bus)?;
        let fd = fd.unwrap_or(filled > 8).then_some(flags);
        out.put(t_us, (id, fd), interface, &payload[..filled])
    }
}

/// Pairs of hexadecimal digits; the number of bytes.
fn pairs(text: &[u8], out: &mut [u8; MAX_PAYLOAD]) -> Option<usize> {
    if let Ok(sixteen) = <&[u8; 16]>::try_from(text) {
        let word = |at: usize| sixteen[at..].first_chunk().map(|eight| hex_digits(u64::from_le_bytes(*eight)));
        let (Some((low, 8)), Some((high, 8))) = (word(0), word(8)) else { return None };
        out[..8].copy_from_slice(&(u64::from(high) << 32 | u64::from(low)).to_le_bytes());
        return Some(8);
    }
    let chunks = text.chunks_exact(2);
    let bytes = out.get_mut(..text.len() / 2).filter(|_| chunks.remainder().is_empty())?;
    for (byte, pair) in bytes.iter_mut().zip(chunks) {
        *byte = hex(pair[0])? << 4 | hex(pair[1])?;
    }
    Some(text.len() / 2)
}

/// Base64 (RFC 4648); the number of bytes.
fn base64(text: &[u8], out: &mut [u8; MAX_PAYLOAD]) -> Option<usize> {
    let digits = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    let length = digits.len() * 6 / 8;
    if length > MAX_PAYLOAD || digits.len() % 4 == 1 {
        return None;
    }
    for (group, bytes) in digits.chunks(4).zip(out.chunks_mut(3)) {
        let mut bits: u32 = 0;
        for at in 0..4 {
            let value = match group.get(at) {
                None => 0,
                Some(digit @ b'A'..=b'Z') => digit - b'A',
                Some(digit @ b'a'..=b'z') => digit - b'a' + 26,
                Some(digit @ b'0'..=b'9') => digit - b'0' + 52,
                Some(b'+') => 62,
                Some(b'/') => 63,
                Some(_) => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        for (byte, found) in bytes.iter_mut().zip(&bits.to_be_bytes()[1..]) {
            *byte = *found;
        }
    }
    // What the last group has too many is zero.
    out[length..].fill(0);
    Some(length)
}
