//! The format of a log, recognised by its beginning.

use std::fmt;

use super::asc::Asc;
use super::fields::words;
use super::gvret::Gvret;
use super::text::Syntax;
use super::trc::Trc;
use crate::candump::{Fast, Screen};

/// How far a log is searched for a line that shows its format, bytes.
const PROBE: usize = 1 << 14;

/// The kinds of logs that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The log format of candump (`-L`, `-l`); also taken for a text that is none of the others.
    Candump,
    /// The screen format of candump.
    CandumpScreen,
    /// Vector ASC.
    Asc,
    /// PEAK TRC, all versions.
    Trc,
    /// SavvyCAN GVRET csv.
    Gvret,
    /// pcap, SocketCAN link type.
    Pcap,
    /// pcapng, SocketCAN link type.
    PcapNg,
    /// Vector BLF.
    Blf,
    /// ASAM MDF (MF4): recognised, but not read.
    Mdf,
}

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
            Self::Mdf => "ASAM MDF",
        })
    }
}

/// The first bytes of logs that are no text.
const MAGIC: [(&[u8], Format); 7] = [
    (b"LOGG", Format::Blf),
    (b"\x0A\x0D\x0D\x0A", Format::PcapNg),
    (b"\xA1\xB2\xC3\xD4", Format::Pcap),
    (b"\xD4\xC3\xB2\xA1", Format::Pcap),
    (b"\xA1\xB2\x3C\x4D", Format::Pcap),
    (b"\x4D\x3C\xB2\xA1", Format::Pcap),
    (b"MDF ", Format::Mdf),
];

impl Format {
    /// The format of a log that begins so; `None` when more of it must be seen. `all` says that there is no more.
    pub(super) fn of(start: &[u8], all: bool) -> Option<Self> {
        if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Some(*format);
        }
        let all = all || start.len() >= PROBE;
        if start.len() < 4 && !all {
            return None;
        }
        let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        // The last piece may be the beginning of a line only.
        let lines = text.split_inclusive(|&b| b == b'\n').filter(|line| all || line.ends_with(b"\n"));
        let found = lines.into_iter().find_map(Self::of_line);
        if all { found.or(Some(Self::Candump)) } else { found }
    }

    /// The format of a text with such a line; `None` for a line that fits several or none.
    fn of_line(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii();
        let starts =
            |with: &str| line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
        if starts("Time Stamp,ID,") {
            return Some(Self::Gvret);
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
            Self::Candump => Syntax::Candump(Fast::default()),
            Self::CandumpScreen => Syntax::Screen(Screen::of(start)),
            Self::Asc => Syntax::Asc(Asc::default()),
            Self::Trc => Syntax::Trc(Trc::default()),
            Self::Gvret => Syntax::Gvret(Gvret::default()),
            Self::Pcap | Self::PcapNg | Self::Blf | Self::Mdf => return None,
        })
    }
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
            ("hello\n", Format::Candump),
            ("", Format::Candump),
            ("LOGG\u{90}", Format::Blf),
        ] {
            assert_eq!(Format::of(start.as_bytes(), true), Some(format), "{start}");
        }
        // Of a stream that is still coming a whole line is awaited.
        for start in ["", "LOG", "(1.0) can0 1", "rubbish\n"] {
            assert_eq!(Format::of(start.as_bytes(), false), None, "{start}");
        }
        assert_eq!(Format::of(&[b'x'; PROBE], false), Some(Format::Candump));
    }
}
