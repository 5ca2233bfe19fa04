//! SavvyCAN GVRET csv: `Time Stamp,ID,Extended,Dir,Bus,LEN,D1,…,D8`, times in microseconds, of an adapter with 32 bits: after
//! 71.6 minutes they begin anew at 0.
//!
//! Columns as SavvyCAN's `framefileio.cpp` writes them; the head says which there are.

use super::counts::LogProblem;
use super::fields::{columns, decimal, hexadecimal};
use super::record::{Kind, Out};
use crate::frame::{CanId, MAX_PAYLOAD};

/// The columns behind `Time Stamp`, `ID`, `Extended`.
#[derive(Debug, Default)]
pub(super) struct Gvret {
    /// Without a direction the bus is the fourth column.
    directed: bool,
    last_us: i64,
    /// How often the times have begun anew.
    pub wraps: u64,
}

impl Gvret {
    /// Reads one line.
    pub fn line(&mut self, line: &[u8], out: &mut Out) -> Result<Kind, LogProblem> {
        /// The logger counts microseconds in 32 bits.
        const ROUND_US: i64 = 1 << 32;
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        if line.is_empty() {
            return Ok(Kind::Nothing);
        }
        if line.starts_with(b"Time Stamp") {
            self.directed = line.split(|&b| b == b',').any(|column| column == b"Dir");
            return Ok(Kind::Nothing);
        }
        let mut columns = columns(line, b',');
        let mut next = || columns.next().unwrap_or_default();
        let t_us = decimal(next(), 0).ok_or(LogProblem::Expected("microseconds in the first column"))?;
        let bits = hexadecimal(next()).ok_or(LogProblem::Expected("a hexadecimal identifier in the second column"))?;
        let extended = next().eq_ignore_ascii_case(b"true");
        if self.directed {
            next();
        }
        let bus = decimal(next(), 0).and_then(|bus| u32::try_from(bus).ok());
        let bus = bus.ok_or(LogProblem::Expected("a bus number in the column Bus"))?;
        let len = decimal(next(), 0).and_then(|len| usize::try_from(len).ok()).filter(|&len| len <= MAX_PAYLOAD);
        let len = len.ok_or(LogProblem::Expected("a length of at most 64 in the column LEN"))?;
        let id = if extended { CanId::extended(bits) } else { CanId::standard(bits) };
        let id = id.ok_or(LogProblem::Expected("an identifier of at most 11 bits, or 29 when Extended is true"))?;
        let mut payload = [0; MAX_PAYLOAD];
        columns.hex_bytes(&mut payload[..len]).ok_or(LogProblem::Expected("as many hexadecimal bytes as LEN says"))?;
        // A step back by more than half of all there is; smaller ones are frames out of order.
        if (0..ROUND_US).contains(&t_us) && self.last_us < ROUND_US && self.last_us - t_us > ROUND_US / 2 {
            self.wraps += 1;
        }
        self.last_us = t_us;
        let t_us = t_us.saturating_add((self.wraps as i64).saturating_mul(ROUND_US));
        let interface = out.interfaces.numbered(bus)?;
        out.put(t_us, (id, None), interface, &payload[..len])
    }
}

#[cfg(test)]
mod tests {
    use crate::log::Reader;

    #[test]
    fn old_files_have_no_direction() {
        let log = "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n\
            166064000,0000021A,false,0,8,FE,36,12,FE,69,05,07,AD,\n166064001,18FEF31C,true,1,2,01,02,\n1,18FEF31C,true,1,2,01\n";
        let mut reader = Reader::new(log.as_bytes());
        let frames: Vec<_> = std::iter::from_fn(|| reader.next_frame().unwrap()).collect();
        let shown: Vec<_> = frames.iter().map(|frame| format!("{frame:?}")).collect();
        assert_eq!(shown, ["21A#FE3612FE690507AD at 166.064000 s", "18FEF31C#0102 at 166.064001 s"]);
        assert_eq!(reader.interfaces(), ["can0", "can1"]);
        assert_eq!(reader.counts().bad_lines, 1);
    }
}
