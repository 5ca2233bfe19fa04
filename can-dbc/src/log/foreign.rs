//! Files that technicians take for a log, and that are none of those that are read: what they are, by their beginning.

use std::fmt;

/// What a file is that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// ASAM MDF before version 4.
    Mdf3,
    /// Vector CASE XL csv.
    CaseXl,
    /// Vehicle Spy csv.
    VehicleSpy,
    /// Yacht Devices RAW.
    YachtDevices,
    /// Actisense N2K ASCII, EBL or NGT.
    Actisense,
    /// A DBC file.
    Dbc,
    /// PDF.
    Pdf,
    /// A zip archive that is no log in a zip: it was packed twice, or is a document.
    Zip,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// tar.
    Tar,
    /// An SQLite database.
    Sqlite,
    /// An old workbook or document of Microsoft Office.
    Office,
    /// A web page or XML.
    Markup,
    /// A picture.
    Picture,
    /// A text in none of the formats.
    Text,
    /// Bytes that are no text and of no known kind.
    Binary,
}

impl Foreign {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Mdf3,
        Self::CaseXl,
        Self::VehicleSpy,
        Self::YachtDevices,
        Self::Actisense,
        Self::Dbc,
        Self::Pdf,
        Self::Zip,
        Self::SevenZip,
        Self::Rar,
        Self::Tar,
        Self::Sqlite,
        Self::Office,
        Self::Markup,
        Self::Picture,
        Self::Text,
        Self::Binary,
    ];

    /// A short name in small letters, for tables of texts.
    pub const fn key(self) -> &'static str {
        self.words().0
    }

    /// Its name, what it is in English, and the way out.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Mdf3 => (
                "mdf3",
                "an ASAM MDF file of version 3, which is not read",
                "save it as MDF 4 (MF4), ASC or BLF with the program that made it",
            ),
            Self::CaseXl => {
                ("case-xl", "a csv file of Vector CASE XL, which is not read", "export the log as ASC or BLF")
            }
            Self::VehicleSpy => {
                ("vehicle-spy", "a csv file of Vehicle Spy, which is not read", "save the log as Vector ASC or BLF")
            }
            Self::YachtDevices => (
                "yacht-devices",
                "a RAW log of a Yacht Devices gateway, which is not read",
                "convert it with SavvyCAN or canboat to a candump log",
            ),
            Self::Actisense => (
                "actisense",
                "a log of an Actisense gateway (NMEA 2000 messages, not CAN frames)",
                "record the bus with a CAN adapter, as candump, ASC, BLF or TRC",
            ),
            Self::Dbc => {
                ("dbc", "a DBC file: a description of signals, not a log", "give it with --dbc, and a log beside it")
            }
            Self::Pdf => ("pdf", "a PDF document, not a log", "choose the log file"),
            Self::Zip => {
                ("zip", "a zip archive or an office document, not a log", "unpack it, and give the log file itself")
            }
            Self::SevenZip => ("7z", "a 7-Zip archive, which is not read", "unpack it, and give the log file itself"),
            Self::Rar => ("rar", "a RAR archive, which is not read", "unpack it, and give the log file itself"),
            Self::Tar => ("tar", "a tar archive, which is not read", "unpack it, and give the log files themselves"),
            Self::Sqlite => (
                "sqlite",
                "an SQLite database, not a log",
                "a journal of this program goes to `grainloss sessions --db`; a database of python-can: \
                 `python -m can.logconvert FILE.db FILE.asc`",
            ),
            Self::Office => {
                ("office", "an office document, not a log", "save the log as text from the program that made it")
            }
            Self::Markup => {
                ("markup", "a web page or XML, not a log", "choose the log file; a download may have failed")
            }
            Self::Picture => ("picture", "a picture, not a log", "choose the log file"),
            Self::Text => (
                "text",
                "a text in none of the formats that are read",
                "export it from its program as candump, ASC, BLF or TRC",
            ),
            Self::Binary => (
                "binary",
                "not a text, and no binary log that is read",
                "export it from its program as candump, ASC, BLF or TRC",
            ),
        }
    }

    /// What a file with this beginning is; `None` when nothing tells.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Foreign); 15] = [
            (b"MDF     3", Foreign::Mdf3),
            (b"MDF     2", Foreign::Mdf3),
            (b"UnFinMF 3", Foreign::Mdf3),
            (b"%PDF-", Foreign::Pdf),
            (b"PK\x03\x04", Foreign::Zip),
            (b"7z\xBC\xAF\x27\x1C", Foreign::SevenZip),
            (b"Rar!\x1A\x07", Foreign::Rar),
            (b"SQLite format 3\0", Foreign::Sqlite),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Foreign::Office),
            (b"\x89PNG", Foreign::Picture),
            (b"\xFF\xD8\xFF", Foreign::Picture),
            (b"<?xml", Foreign::Markup),
            (b"<!DOCTYPE", Foreign::Markup),
            (b"<html", Foreign::Markup),
            (b"\x1B\x01\x03\x00\x00\x1B\x0A", Foreign::Actisense),
        ];
        MAGIC.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, found)| *found)
    }

    /// What a file is that nothing else tells: a text has no control characters but those that move the cursor.
    pub(super) fn unknown(start: &[u8]) -> Self {
        if start.get(257..262) == Some(b"ustar") {
            return Self::Tar;
        }
        // Recorders that lose power leave runs of zeros.
        let odd = start.iter().filter(|byte| **byte < 0x20 && !b"\0\t\n\x0B\x0C\r\x1B".contains(byte)).count();
        if odd * 50 > start.len() { Self::Binary } else { Self::Text }
    }

    /// What a text with this line is; `None` when the line does not tell.
    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(line).to_lowercase();
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let hex = |word: &str, digits: usize| word.len() == digits && word.bytes().all(|b| b.is_ascii_hexdigit());
        let number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if text.contains("case xl") || text.contains("casexl") {
            return Some(Self::CaseXl);
        }
        if text.starts_with("line,abs time(sec),") {
            return Some(Self::VehicleSpy);
        }
        if text.starts_with("version \"") || text.starts_with("bo_ ") || text.starts_with("ns_ :") {
            return Some(Self::Dbc);
        }
        match words.as_slice() {
            // `17:33:21.141 R 09F80115 A0 7D E6 18 C0 05 FB D5`
            [time, "r" | "t", id, ..] if time.split(':').count() == 3 && time.split(':').all(number) && hex(id, 8) => {
                Some(Self::YachtDevices)
            }
            // `A173321.107 23FF7 1F513 012F3070002F30709F`
            [time, source, pgn, data] => {
                let time = time.strip_prefix('a').is_some_and(|time| time.len() == 10 && number(time));
                (time && hex(source, 5) && pgn.len() == 5 && hex(pgn, 5) && hex(data, data.len()))
                    .then_some(Self::Actisense)
            }
            _ => None,
        }
    }
}

/// `a PDF document, not a log; choose the log file`
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, what, way_out) = self.words();
        write!(f, "{what}; {way_out}")
    }
}
