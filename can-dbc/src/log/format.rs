//! The format of a log, recognised by its beginning.

use std::fmt;

use super::asc::Asc;
use super::busmaster::Busmaster;
use super::csv::{self, Csv};
use super::fields::words;
use super::foreign::Foreign;
use super::gvret::Gvret;
use super::text::Syntax;
use super::trc::Trc;
use crate::candump::{Fast, Screen};

/// How far a log is searched for a line that shows its format, bytes.
const PROBE: usize = 1 << 14;

/// The kinds of logs that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The log format of candump (`-L`, `-l`).
    Candump,
    /// The screen format of candump.
    CandumpScreen,
    /// Vector ASC.
    Asc,
    /// PEAK TRC, all versions.
    Trc,
    /// SavvyCAN GVRET csv.
    Gvret,
    /// A csv table with named columns: python-can, mdf2csv, CL1000 to CL3000.
    Csv,
    /// BUSMASTER log.
    Busmaster,
    /// pcap, of SocketCAN or "cooked".
    Pcap,
    /// pcapng, of SocketCAN or "cooked".
    PcapNg,
    /// Vector BLF.
    Blf,
    /// ASAM MDF 4 (MF4).
    Mdf,
    /// None of these. It is searched for lines of candump all the same.
    Foreign(Foreign),
}

/// The logs that are read, as help and messages list them.
pub const READABLE: &str = "candump (-L, -l, -ta, -tA, -tz, -td), Vector ASC and BLF, PEAK TRC 1.0 to 2.1, ASAM MDF 4 (MF4, \
    also as a CANedge writes it), SavvyCAN GVRET csv, csv of python-can, mdf2csv and CL1000 to CL3000 loggers, BUSMASTER log, \
    pcap and pcapng; text in UTF-8 or UTF-16";

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Candump => "candump -L",
            Self::CandumpScreen => "candump on the screen",
            Self::Asc => "Vector ASC",
            Self::Trc => "PEAK TRC",
            Self::Gvret => "SavvyCAN GVRET csv",
            Self::Pcap => "pcap",
            Self::PcapNg => "pcapng",
            Self::Blf => "Vector BLF",
            Self::Csv => "csv with named columns",
            Self::Busmaster => "BUSMASTER",
            Self::Mdf => "ASAM MDF 4",
            Self::Foreign(_) => "an unknown format",
        })
    }
}

/// The first bytes of logs that are no text.
const MAGIC: [(&[u8], Format); 8] = [
    (b"LOGG", Format::Blf),
    (b"\x0A\x0D\x0D\x0A", Format::PcapNg),
    (b"\xA1\xB2\xC3\xD4", Format::Pcap),
    (b"\xD4\xC3\xB2\xA1", Format::Pcap),
    (b"\xA1\xB2\x3C\x4D", Format::Pcap),
    (b"\x4D\x3C\xB2\xA1", Format::Pcap),
    (b"MDF     4", Format::Mdf),
    (b"UnFinMF 4", Format::Mdf),
];

impl Format {
    /// The format of a log that begins so; `None` when more of it must be seen. `all` says that there is no more.
    pub(super) fn of(start: &[u8], all: bool) -> Option<Self> {
        if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Some(*format);
        }
        let all = all || start.len() >= PROBE;
        if start.len() < 9 && !all {
            return None;
        }
        if let Some(foreign) = Foreign::of(start) {
            return Some(Self::Foreign(foreign));
        }
        let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        let end = line_end(start, all);
        // The last piece may be the beginning of a line only.
        let mut lines = text.split_inclusive(|&b| b == end).filter(|line| all || line.last() == Some(&end));
        let unknown = || Self::Foreign(Foreign::unknown(&start[..start.len().min(PROBE)]));
        lines.find_map(Self::of_line).or_else(|| all.then(unknown))
    }

    /// The format of a text with such a line; `None` for a line that fits several or none.
    fn of_line(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii();
        let starts =
            |with: &str| line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
        if starts("Time Stamp,ID,") {
            return Some(Self::Gvret);
        }
        if starts("***BUSMASTER") || starts("*** BUSMASTER") || starts("***[START LOGGING SESSION]") {
            return Some(Self::Busmaster);
        }
        if starts("# Logger type: CL") || csv::is_head(line) {
            return Some(Self::Csv);
        }
        if let Some(foreign) = Foreign::of_line(line) {
            return Some(Self::Foreign(foreign));
        }
        if ["date ", "base hex", "base dec", "Begin Triggerblock", "// version"].into_iter().any(starts) {
            return Some(Self::Asc);
        }
        let mut words = words(line);
        let first = words.next()?;
        if first[0] == b';' || first.strip_suffix(b")").is_some_and(|number| number.iter().all(u8::is_ascii_digit)) {
            return Some(Self::Trc);
        }
        let timed = first[0] == b'(';
        for word in words {
            match word {
                [b'[', .., b']'] => return Some(Self::CandumpScreen),
                [_, _, _, b'#', ..] | [_, _, _, _, _, _, _, _, b'#', ..] if timed => return Some(Self::Candump),
                b"Rx" | b"Tx" if first[0].is_ascii_digit() => return Some(Self::Asc),
                _ => {}
            }
        }
        None
    }

    /// How its lines are read, when it is a text. `start` is its beginning.
    pub(super) fn syntax(self, start: &[u8]) -> Option<Syntax> {
        Some(match self {
            Self::Candump | Self::Foreign(_) => Syntax::Candump(Fast::default()),
            Self::Csv => Syntax::Csv(Csv::default()),
            Self::Busmaster => Syntax::Busmaster(Busmaster::default()),
            Self::CandumpScreen => Syntax::Screen(Screen::of(start)),
            Self::Asc => Syntax::Asc(Asc::default()),
            Self::Trc => Syntax::Trc(Trc::default()),
            Self::Gvret => Syntax::Gvret(Gvret::default()),
            Self::Pcap | Self::PcapNg | Self::Blf | Self::Mdf => return None,
        })
    }
}

/// The byte that ends the lines of a text: a carriage return where there is one and no line feed in all that is looked
/// through.
pub(super) fn line_end(start: &[u8], all: bool) -> u8 {
    let seen = &start[..start.len().min(PROBE)];
    let all = all || start.len() >= PROBE;
    let alone = all && seen.contains(&b'\r') && !seen.contains(&b'\n');
    if alone { b'\r' } else { b'\n' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_telling_line_decides() {
        for (start, format) in [
            ("(1.0) can0 123#00\n", Format::Candump),
            ("\u{FEFF}(1.0) can0 18FEF31C#00", Format::Candump),
            ("rubbish\n\n (1.0)  can0  123   [1]  00\n", Format::CandumpScreen),
            ("  can0  123   [1]  00\n", Format::CandumpScreen),
            ("DATE Sat Sep 30 15:06:13.191 2017\n", Format::Asc),
            ("   0.015991 1  18EBFF00x       Rx   d 8 01 A0 0F A6 60 3B D1 40\n", Format::Asc),
            (";$FILEVERSION=2.1\n", Format::Trc),
            ("     1)      1059.9  Rx         0300  7  00 00 00 00 04 00 00\n", Format::Trc),
            ("Time Stamp,ID,Extended,Dir,Bus,LEN,D1\n", Format::Gvret),
            ("hello\n", Format::Foreign(Foreign::Text)),
            ("", Format::Foreign(Foreign::Text)),
            ("(1.0) can0 123#00\r(1.1) can0 123#00\r", Format::Candump),
            ("timestamp,arbitration_id,extended,remote,error,dlc,data\n", Format::Csv),
            ("TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes\n", Format::Csv),
            ("# Logger type: CL2000\n", Format::Csv),
            ("***BUSMASTER Ver 3.2.2***\n", Format::Busmaster),
            ("MDF     4.11    ", Format::Mdf),
            ("UnFinMF 4.11    ", Format::Mdf),
            ("MDF     3.30    ", Format::Foreign(Foreign::Mdf3)),
            ("%PDF-1.4\n", Format::Foreign(Foreign::Pdf)),
            ("Line,Abs Time(Sec),Rel Time (Sec),Status,Er,Tx\n", Format::Foreign(Foreign::VehicleSpy)),
            ("17:33:21.141 R 09F80115 A0 7D E6 18 C0 05 FB D5\n", Format::Foreign(Foreign::YachtDevices)),
            ("A173321.107 23FF7 1F513 012F3070002F30709F\n", Format::Foreign(Foreign::Actisense)),
            ("VERSION \"\"\n", Format::Foreign(Foreign::Dbc)),
            ("\u{1}\u{2}\u{3}\u{4}", Format::Foreign(Foreign::Binary)),
            ("LOGG\u{90}", Format::Blf),
        ] {
            assert_eq!(Format::of(start.as_bytes(), true), Some(format), "{start}");
        }
        // Of a stream that is still coming a whole line is awaited.
        for start in ["", "LOG", "(1.0) can0 1", "rubbish\n"] {
            assert_eq!(Format::of(start.as_bytes(), false), None, "{start}");
        }
        assert_eq!(Format::of(&[b'x'; PROBE], false), Some(Format::Foreign(Foreign::Text)));
    }
}
