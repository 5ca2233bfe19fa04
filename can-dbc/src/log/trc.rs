//! PEAK TRC 1.0, 1.1, 1.2, 1.3, 2.0, 2.1: `1)  1059.9  Rx  0300  7  00 …`, `1  1059.900 DT  0300 Rx -  7  00 …`.
//!
//! Layouts as python-can 4.6 reads them. Milliseconds count from `$STARTTIME`; version 1.0 has none.

use super::counts::LogProblem;
use super::cursor::Cursor;
use super::date::spreadsheet_days;
use super::fields::{decimal, fd_length, hexadecimal, words};
use super::record::{Kind, Out};
use crate::frame::{CanId, FdFlags, MAX_PAYLOAD};

/// What a column holds; the letters are those of `$COLUMNS` in version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// `N`: the message's number.
    Number,
    /// `O`: milliseconds since the start.
    Offset,
    /// `T`: the kind of message; the direction in version 1.
    Kind,
    /// `B`: the bus.
    Bus,
    /// `I`: the identifier; four digits for 11 bits, eight for 29.
    Id,
    /// `L`: the length code.
    Code,
    /// `l`: the length in bytes.
    Length,
    /// `d`, `R`, `r`, `S`, `A`: passed over.
    Other,
    /// `D`: the bytes.
    Data,
}

use Column::{Bus, Code, Data, Id, Kind as KindOf, Length, Number, Offset, Other};

const VERSION_1_0: &[Column] = &[Number, Offset, Id, Code, Data];
const VERSION_1_1: &[Column] = &[Number, Offset, KindOf, Id, Code, Data];
const VERSION_1_2: &[Column] = &[Number, Offset, Bus, KindOf, Id, Code, Data];
const VERSION_1_3: &[Column] = &[Number, Offset, Bus, KindOf, Id, Other, Code, Data];
// Usual; `$COLUMNS` says.
const VERSION_2_0: &[Column] = &[Number, Offset, KindOf, Id, Other, Length, Data];
const VERSION_2_1: &[Column] = &[Number, Offset, KindOf, Bus, Id, Other, Other, Code, Data];

/// What the head says.
#[derive(Debug)]
pub(super) struct Trc {
    columns: Vec<Column>,
    start_us: i64,
}

impl Default for Trc {
    fn default() -> Self {
        Self { columns: VERSION_1_0.to_vec(), start_us: 0 }
    }
}

impl Trc {
    /// Reads a line of the usual shape, eight bytes of classic CAN, at the beginning of these bytes: its length.
    pub fn usual(&mut self, bytes: &[u8], out: &mut Out) -> Option<usize> {
        let mut at = Cursor::new(bytes);
        let (mut offset_us, mut id, mut bus, mut is_eight) = (None, None, 1, false);
        at.spaces()?;
        for column in &self.columns {
            match column {
                Number => {
                    at.number()?;
                    // Version 1 has a parenthesis.
                    at.byte_of(|byte| byte == b')');
                }
                Offset => {
                    let (millis, _) = at.number()?;
                    at.byte(b'.')?;
                    let (fraction, digits) = at.number()?;
                    let unit_us = [100, 10, 1].get(digits - 1)?;
                    offset_us = Some(i64::from(millis) * 1000 + i64::from(fraction) * unit_us);
                }
                KindOf => {
                    let kind = (at.byte_of(|byte| byte > b' ')?, at.byte_of(|byte| byte > b' ')?);
                    if !matches!(kind, (b'R' | b'T', b'x') | (b'D', b'T')) {
                        return None;
                    }
                }
                Bus => bus = at.number()?.0,
                Id => {
                    let (bits, digits) = at.hex()?;
                    id = if digits <= 4 { CanId::standard(bits) } else { CanId::extended(bits) };
                }
                Code | Length => {
                    at.byte(b'8')?;
                    is_eight = true;
                }
                Other => at.text()?,
                Data => break,
            }
            at.gap()?;
        }
        let (offset_us, id) = (offset_us?, id.filter(|_| is_eight)?);
        let payload = at.eight_bytes()?;
        let length = at.line_length()?;
        let interface = out.interfaces.numbered(bus).ok()?;
        out.put(self.start_us.saturating_add(offset_us), (id, None), interface, &payload).ok()?;
        Some(length)
    }

    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        if let Some(comment) = line.strip_prefix(b";") {
            return self.head(comment).map(|()| Kind::Nothing);
        }
        let mut words = words(line);
        let (mut offset_us, mut id, mut len, mut bus) = (None, None, None, 1);
        let mut kind: &[u8] = b"";
        for column in &self.columns {
            if *column == Data {
                break;
            }
            // An empty line is nothing; a line that ends early lacks what is asked for below.
            let Some(word) = words.next() else {
                if *column == Number {
                    return Ok(Kind::Nothing);
                }
                break;
            };
            match column {
                Offset => offset_us = decimal(word, 3),
                KindOf => kind = word,
                Bus => bus = decimal(word, 0).and_then(|bus| bus.try_into().ok()).unwrap_or(1),
                Id => id = Some(word),
                Code => len = decimal(word, 0).and_then(|code| fd_length(u8::try_from(code).ok()?)),
                Length => len = decimal(word, 0).and_then(|len| usize::try_from(len).ok()),
                Number | Other | Data => {}
            }
        }
        let fd = match kind {
            b"FD" => Some(FdFlags::default()),
            b"FB" => Some(FdFlags::from_bits(1)),
            b"FE" => Some(FdFlags::from_bits(2)),
            b"BI" => Some(FdFlags::from_bits(3)),
            _ => None,
        };
        match kind {
            // Version 1 has the direction here.
            b"" | b"Rx" | b"Tx" | b"DT" | b"FD" | b"FB" | b"FE" | b"BI" => {}
            b"RR" => return Ok(Kind::Remote),
            // Warnings and changes of state of the controller in version 1 and 2; an error frame.
            b"Warng" | b"Error" | b"ER" | b"EC" | b"ST" => return Ok(Kind::BusError),
            b"EV" | b"Event" => return Ok(Kind::Nothing),
            _ => return Err(LogProblem::Expected("a message type such as Rx, Tx, DT, FD, RR or ER")),
        }
        let offset_us = offset_us.ok_or(LogProblem::Expected("a number and milliseconds at the start of the line"))?;
        let id = identifier(id).ok_or(LogProblem::Expected("an identifier of 4 or 8 hexadecimal digits"))?;
        let len = len.filter(|&len| len <= MAX_PAYLOAD).ok_or(LogProblem::Expected("a length of at most 64 bytes"))?;
        if words.rest().starts_with(b"RTR") && words.peek().is_some_and(|word| word == b"RTR") {
            return Ok(Kind::Remote);
        }
        let mut payload = [0; MAX_PAYLOAD];
        words
            .hex_bytes(&mut payload[..len])
            .ok_or(LogProblem::Expected("as many hexadecimal bytes as the length says"))?;
        let t_us = self.start_us.saturating_add(offset_us);
        let interface = out.interfaces.numbered(bus)?;
        out.put(t_us, (id, fd), interface, &payload[..len])
    }

    fn head(&mut self, comment: &[u8]) -> Result<(), LogProblem> {
        let Some(equals) = comment.iter().position(|&b| b == b'=') else { return Ok(()) };
        let (key, value) = (&comment[..equals], &comment[equals + 1..]);
        match key.trim_ascii() {
            b"$FILEVERSION" => {
                let columns = match value.trim_ascii() {
                    b"1.0" => VERSION_1_0,
                    b"1.1" => VERSION_1_1,
                    b"1.2" => VERSION_1_2,
                    b"1.3" => VERSION_1_3,
                    b"2.0" => VERSION_2_0,
                    b"2.1" => VERSION_2_1,
                    _ => return Err(LogProblem::Expected("version 1.0, 1.1, 1.2, 1.3, 2.0 or 2.1")),
                };
                self.columns = columns.to_vec();
            }
            b"$STARTTIME" => {
                let start = spreadsheet_days(value.trim_ascii());
                self.start_us = start.ok_or(LogProblem::Expected("days since 1899-12-30 in $STARTTIME"))?;
            }
            b"$COLUMNS" => {
                let letters = value.trim_ascii().split(|&b| b == b',').map(<[u8]>::trim_ascii);
                self.columns = letters.map(column).collect();
            }
            _ => {}
        }
        Ok(())
    }
}

fn column(letter: &[u8]) -> Column {
    match letter {
        b"N" => Number,
        b"O" => Offset,
        b"T" => KindOf,
        b"B" => Bus,
        b"I" => Id,
        b"L" => Code,
        b"l" => Length,
        b"D" => Data,
        _ => Other,
    }
}

fn identifier(text: Option<&[u8]>) -> Option<CanId> {
    let text = text?;
    let bits = hexadecimal(text)?;
    if text.len() <= 4 { CanId::standard(bits) } else { CanId::extended(bits) }
}
