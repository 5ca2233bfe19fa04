//! Decoded signals as text: a row of CSV or a JSON object each.
//!
//! What a row says beside time and value is known before the first frame: it is put together once for each signal, in
//! the spelling of the format. What all rows of a frame share is put together once for each frame.

mod format;
mod number;

use std::borrow::Cow;

use crate::database::Database;
use crate::frame::{CanId, Payload};
use crate::message::Message;
use crate::signal::{Decimal, Signal, State};
pub use format::RowFormat;

/// Makes a text from a file harmless to the one who reads it on a screen, such as a terminal.
pub type Clean = fn(&str) -> Cow<'_, str>;

/// Writes the signals of one payload after another.
#[derive(Debug)]
pub struct Rows<'a> {
    database: &'a Database,
    format: RowFormat,
    clean: Clean,
    /// For each message the signals that are written.
    messages: Vec<(Vec<u8>, Vec<Spelt>)>,
    /// The interface of the frame before, as it is and as it is written.
    interface: (String, Vec<u8>),
    /// What the rows of a frame begin with.
    start: Vec<u8>,
    text: Vec<u8>,
}

/// The parts of a signal's rows that stay the same.
#[derive(Debug)]
struct Spelt {
    /// Its place in the message.
    place: usize,
    /// Its values as whole numbers of decimals, where they are.
    decimal: Option<Decimal>,
    /// Name, up to the value.
    before: Vec<u8>,
    /// Unit and state behind the value, for each state.
    after: [Vec<u8>; 5],
    /// What the value table calls a code, up to the end of the row; in the order of the codes.
    labels: Vec<(i64, Vec<u8>)>,
}

impl<'a> Rows<'a> {
    /// Writes these signals of each message: `chosen` is given the place of a message in the database, and the message, and
    /// gives the places of its signals in the order of the rows. `clean` is applied to names, units and labels.
    pub fn new(
        database: &'a Database,
        format: RowFormat,
        clean: Clean,
        chosen: impl Fn(usize, &Message) -> Vec<usize>,
    ) -> Self {
        let spelt = |(index, message): (usize, &Message)| {
            let signals = chosen(index, message).into_iter();
            let signals =
                signals.filter_map(|place| Some(Spelt::new(format, clean, place, message.signals.get(place)?)));
            (spell(format, clean, &message.name), signals.collect())
        };
        let messages = database.messages().iter().enumerate().map(spelt).collect();
        let mut text = Vec::new();
        if format == RowFormat::Csv {
            text.extend_from_slice(b"t_unix,iface,id,message,signal,value,unit,state\n");
        }
        let interface = (String::new(), spell(format, clean, ""));
        Self { database, format, clean, messages, interface, start: Vec::new(), text }
    }

    /// Adds a row for each chosen signal that this payload of the message at `index` in the database holds; how many. `t_us`
    /// is its time, in microseconds since 1970, and `id` the identifier it came with.
    pub fn add(&mut self, t_us: i64, interface: &str, id: CanId, index: usize, payload: Payload<'_>) -> u64 {
        let (Some(message), Some((_, signals))) = (self.database.messages().get(index), self.messages.get(index))
        else {
            return 0;
        };
        if signals.is_empty() {
            return 0;
        }
        self.begin(t_us, interface, id, index);
        let Self { messages, start, text, format, .. } = self;
        let mut rows = 0;
        for spelt in &messages[index].1 {
            let signal = &message.signals[spelt.place];
            if !message.holds(signal, payload) {
                continue;
            }
            let (code, state) = signal.code(payload);
            text.extend_from_slice(start);
            text.extend_from_slice(&spelt.before);
            put_value(text, *format, spelt.decimal, signal, code);
            text.extend_from_slice(&spelt.after[state as usize]);
            if *format == RowFormat::JsonLines {
                text.extend_from_slice(spelt.label(code));
            }
            rows += 1;
        }
        rows
    }

    /// The rows so far, with the head of the table before the first.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Forgets the rows so far: they have been written.
    pub fn clear(&mut self) {
        self.text.clear();
    }

    /// What the rows of a frame begin with.
    fn begin(&mut self, t_us: i64, interface: &str, id: CanId, index: usize) {
        if self.interface.0 != interface {
            self.interface = (interface.to_owned(), spell(self.format, self.clean, interface));
        }
        let Self { format, interface: (_, interface), messages, start, .. } = self;
        start.clear();
        match format {
            RowFormat::Csv => {
                number::put_seconds(start, t_us);
                start.push(b',');
                start.extend_from_slice(interface);
                start.push(b',');
                number::put_id(start, id);
                start.push(b',');
                start.extend_from_slice(&messages[index].0);
                start.push(b',');
            }
            RowFormat::JsonLines => {
                start.extend_from_slice(b"{\"t_unix\":");
                number::put_json_seconds(start, t_us);
                start.extend_from_slice(b",\"iface\":");
                start.extend_from_slice(interface);
                start.extend_from_slice(b",\"id\":\"");
                number::put_id(start, id);
                start.extend_from_slice(b"\",\"message\":");
                start.extend_from_slice(&messages[index].0);
                start.extend_from_slice(b",\"signal\":");
            }
        }
    }
}

impl Spelt {
    fn new(format: RowFormat, clean: Clean, place: usize, signal: &Signal) -> Self {
        let (name, unit) = (spell(format, clean, &signal.name), spell(format, clean, &signal.unit));
        let states = [State::Valid, State::NotAvailable, State::Error, State::NotCalibrated, State::Reserved];
        let mut labels: Vec<(i64, Vec<u8>)> = Vec::new();
        let (before, after) = match format {
            RowFormat::Csv => {
                let after = |state: State| [b",", &*unit, b",", state.word().as_bytes(), b"\n"].concat();
                ([&*name, b","].concat(), states.map(after))
            }
            RowFormat::JsonLines => {
                let after =
                    |state: State| [b",\"unit\":", &*unit, b",\"state\":\"", state.word().as_bytes(), b"\""].concat();
                let spelt = |(code, label): &(i64, String)| {
                    (*code, [b",\"label\":", &*spell(format, clean, label), b"}\n"].concat())
                };
                labels = signal.labels.iter().map(spelt).collect();
                ([&*name, b",\"value\":"].concat(), states.map(after))
            }
        };
        // Of two labels of one code the first one counts.
        labels.sort_by_key(|(code, _)| *code);
        labels.dedup_by_key(|(code, _)| *code);
        Self { place, decimal: signal.decimal(), before, after, labels }
    }

    /// The end of a JSON row: the label of a code, where it has one.
    #[inline]
    fn label(&self, code: i64) -> &[u8] {
        if self.labels.is_empty() {
            return b"}\n";
        }
        let found = self.labels.binary_search_by_key(&code, |(code, _)| *code);
        found.map_or(b"}\n", |at| &self.labels[at].1)
    }
}

/// The value of a code with all of its digits: a double has no room for those of a whole number of 64 bits.
#[inline]
fn put_value(text: &mut Vec<u8>, format: RowFormat, decimal: Option<Decimal>, signal: &Signal, code: i64) {
    if let Some(decimal) = decimal
        && number::put_decimal(text, format, decimal.count(code), decimal.places)
    {
        return;
    }
    put_undecimal(text, format, signal, code);
}

/// The same where it is no short decimal number.
#[inline(never)]
fn put_undecimal(text: &mut Vec<u8>, format: RowFormat, signal: &Signal, code: i64) {
    match (signal.whole(code), format) {
        (Some(whole), _) => text.extend_from_slice(whole.to_string().as_bytes()),
        (None, RowFormat::Csv) => text.extend_from_slice(signal.physical(code).to_string().as_bytes()),
        (None, RowFormat::JsonLines) => number::put_json_double(text, signal.physical(code)),
    }
}

/// A text as a field of a row, so that a row is always one line.
fn spell(format: RowFormat, clean: Clean, text: &str) -> Vec<u8> {
    match format {
        RowFormat::Csv => {
            let text = clean(text);
            // RFC 4180.
            if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into_owned() }
        }
        RowFormat::JsonLines => clean(&serde_json::Value::from(text).to_string()).into_owned(),
    }
    .into_bytes()
}
