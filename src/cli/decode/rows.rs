//! How a signal is written: CSV of the fixed columns, or one JSON object on a line.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use grainloss_can::{CanId, Message, Signal, Value};
use serde::Serialize;

use super::format::Format;
use grainloss_core::clean_text::{clean, clean_line, is_hidden};

/// One signal of one payload: of a frame, or of several that a transport has put together.
pub(super) struct Row<'a> {
    pub t_us: i64,
    pub interface: &'a str,
    pub id: CanId,
    pub message: &'a Message,
    pub signal: &'a Signal,
    pub value: Value,
}

/// A value with all of its digits: a double has no room for those of a whole number of 64 bits.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Whole(i128),
    /// In JSON, not a number is null.
    Double(f64),
}

impl Number {
    #[inline]
    fn of(row: &Row<'_>) -> Self {
        row.signal.whole(row.value.raw).map_or(Self::Double(row.value.physical), Self::Whole)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Double(number) => number.fmt(f),
        }
    }
}

/// Writes rows.
pub(super) struct Writer<W> {
    pub out: W,
    format: Format,
}

/// The same names as the CSV columns.
#[derive(Serialize)]
struct Json<'a> {
    t_unix: f64,
    iface: &'a str,
    id: String,
    message: &'a str,
    signal: &'a str,
    value: Number,
    unit: &'a str,
    state: &'static str,
    /// What the value table calls the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, format: Format) -> Self {
        Self { out, format }
    }

    /// What comes before the rows.
    pub fn head(&mut self) -> io::Result<()> {
        match self.format {
            Format::Csv => writeln!(self.out, "t_unix,iface,id,message,signal,value,unit,state"),
            Format::Jsonl => Ok(()),
        }
    }

    pub fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match self.format {
            Format::Csv => self.csv(row),
            Format::Jsonl => self.json(row),
        }
    }

    fn csv(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (seconds, micros) = (row.t_us.div_euclid(1_000_000), row.t_us.rem_euclid(1_000_000));
        writeln!(
            self.out,
            "{seconds}.{micros:06},{},{},{},{},{},{},{}",
            field(row.interface),
            row.id,
            field(&row.message.name),
            field(&row.signal.name),
            Number::of(row),
            field(&row.signal.unit),
            row.value.state.word()
        )
    }

    fn json(&mut self, row: &Row<'_>) -> io::Result<()> {
        let object = Json {
            // Microseconds of any date before 2100 are exact enough in a double: it has 16 digits.
            t_unix: row.t_us as f64 / 1e6,
            iface: row.interface,
            id: row.id.to_string(),
            message: &row.message.name,
            signal: &row.signal.name,
            value: Number::of(row),
            unit: &row.signal.unit,
            state: row.value.state.word(),
            label: row.signal.label(row.value.raw),
        };
        let texts = [object.iface, object.message, object.signal, object.unit, object.label.unwrap_or_default()];
        if texts.iter().any(|text| text.contains(is_hidden)) {
            self.out.write_all(clean(&serde_json::to_string(&object)?).as_bytes())?;
        } else {
            serde_json::to_writer(&mut self.out, &object)?;
        }
        self.out.write_all(b"\n")
    }
}

/// A CSV field from outside: quoted when it needs to be (RFC 4180), with what a terminal would obey spelled out, so that a
/// row is always one line.
fn field(text: &str) -> Cow<'_, str> {
    let text = clean_line(text);
    if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text }
}
