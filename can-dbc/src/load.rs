//! The checked loader: the published parser reads the syntax, and what it lets through is looked at here.

mod lines;
mod names;
mod text;

use can_dbc::{Dbc, DbcError as ParserError, Message as Parsed};
use thiserror::Error;

use crate::frame::CanId;
use lines::MessageLines;

/// What is wrong with a DBC file, or odd in it, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {problem}")]
pub struct DbcError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub problem: DbcProblem,
}

/// The kinds of fault. A file is refused for the first four; the others are warnings, and cost one signal or message at
/// most.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DbcProblem {
    /// The parser could not read on.
    #[error("not DBC syntax: {0}")]
    Syntax(String),
    /// Nothing to decode.
    #[error("no message (BO_) in it; is this the right file?")]
    NoMessage,
    /// An identifier over 11 bits that lacks the mark of a 29-bit one.
    #[error("message {message}: identifier {id} is over 2047 but lacks bit 31; write {} for a 29-bit identifier", id | 1 << 31)]
    IdWithoutFlag {
        /// The message's name.
        message: String,
        /// The number in the file.
        id: u64,
    },
    /// An identifier that CAN does not have.
    #[error("message {message}: identifier {id} has more than 29 bits and bit 31")]
    IdTooWide {
        /// The message's name.
        message: String,
        /// The number in the file.
        id: u64,
    },
    /// A message that the frames of an earlier one would match as well: it is left out.
    #[error("message {second}: the same frames are those of {first} already; it is left out")]
    SameFrames {
        /// The earlier message.
        first: String,
        /// The later message, left out.
        second: String,
    },
    /// A message with the name of an earlier one: it is left out.
    #[error("message {0}: the name is there twice; this second one is left out")]
    SameMessage(String),
    /// A signal with the name of an earlier one of its message: it is left out.
    #[error("signal {0}: the name is there twice in the message; this second one is left out")]
    SameSignal(String),
    /// The file does not say whether it is one of SAE J1939, and its identifiers do.
    #[error(
        "the file has neither VFrameFormat nor ProtocolType; its 29-bit identifiers are read as SAE J1939, by parameter \
         group (PGN): of {extended}, {any_source} end in FE (any sender) and {known} are well-known groups"
    )]
    TakenForJ1939 {
        /// How many 29-bit identifiers it has.
        extended: usize,
        /// How many of them have the source address FE.
        any_source: usize,
        /// How many of them are of a parameter group that is well known.
        known: usize,
    },
    /// A signal with bits beyond its message's payload: it is left out.
    #[error("signal {signal}: its bits reach beyond the {size} bytes of the message; it is left out")]
    OutsidePayload {
        /// The signal's name.
        signal: String,
        /// The message's payload in bytes.
        size: u64,
    },
    /// A signal that is no number, such as a text: it is left out.
    #[error("signal {signal}: a number has 1 to 64 bits, not {width}; it is left out")]
    Width {
        /// The signal's name.
        signal: String,
        /// Its length in the file, in bits.
        width: u64,
    },
    /// A signal on a page of a multiplexer switch that was left out: it is left out as well.
    #[error("signal {signal}: its multiplexer switch is left out, and so is it")]
    Orphan {
        /// The signal's name.
        signal: String,
    },
    /// A message longer than anything that is sent so: it is left out.
    #[error("message {message}: {size} bytes are more than the {longest} that can be sent; it is left out")]
    TooLong {
        /// The message's name.
        message: String,
        /// Its size in the file, in bytes.
        size: u64,
        /// The most that its kind of message can hold, in bytes.
        longest: usize,
    },
    /// Two signals that share bits and can be in one payload.
    #[error("signal {signal}: it shares bits with {other}; one of them is probably misplaced")]
    Overlap {
        /// The later signal's name.
        signal: String,
        /// The earlier signal's name.
        other: String,
    },
    /// A signal that cannot be decoded: it is left out.
    #[error("signal {signal}: {fault}; it is left out")]
    Signal {
        /// The signal's name.
        signal: String,
        /// Why not.
        fault: SignalFault,
    },
}

/// Why a signal cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignalFault {
    /// Nothing can be scaled so.
    #[error("its factor is 0, or factor or offset are beyond anything that is measured")]
    Factor,
    /// `SIG_VALTYPE_` beside a width that no floating-point number has.
    #[error("SIG_VALTYPE_ makes it a floating-point number, which has 16, 32 or 64 bits")]
    FloatWidth,
    /// It is on a page of nothing.
    #[error("it is on a multiplexer page, but the message has no multiplexer switch")]
    NoSwitch,
    /// Two switches, and no word on which of them is its own.
    #[error("the message has several multiplexer switches; SG_MUL_VAL_ must say which one is meant")]
    WhichSwitch,
    /// Its switch is no signal of the message.
    #[error("SG_MUL_VAL_ names a switch that the message does not have")]
    UnknownSwitch,
    /// A range of pages whose end is below its beginning.
    #[error("SG_MUL_VAL_ gives a range of pages that ends before it begins")]
    PageRange,
    /// Its switch is on a page that it decides itself.
    #[error("its multiplexer switches depend on each other in a circle")]
    Circle,
}

/// A parsed file together with the lines that its messages and signals stand on.
pub(crate) struct Checked {
    pub dbc: Dbc,
    file: String,
    /// One for each message of `dbc`, with a line for each of its signals.
    lines: Vec<MessageLines>,
}

/// A message as the file declares it.
#[derive(Clone, Copy)]
pub(crate) struct Declared<'a> {
    pub dbc: &'a Dbc,
    pub message: &'a Parsed,
    file: &'a str,
    lines: &'a MessageLines,
}

impl Checked {
    /// The messages, in the file's order.
    pub fn messages(&self) -> impl Iterator<Item = Declared<'_>> {
        let both = self.dbc.messages.iter().zip(&self.lines);
        both.map(|(message, lines)| Declared { dbc: &self.dbc, message, file: &self.file, lines })
    }
}

impl Declared<'_> {
    /// Its identifier. Numbers that are none have been refused before the parser saw them.
    pub fn id(&self) -> Option<CanId> {
        let raw = self.message.id.raw();
        if raw >> 31 == 1 { CanId::extended(raw & 0x1FFF_FFFF) } else { CanId::standard(raw & 0x7FF) }
    }

    /// An error at the message.
    pub fn error(&self, problem: DbcProblem) -> DbcError {
        DbcError { file: self.file.to_owned(), line: self.lines.line, problem }
    }

    /// An error at the signal of this number.
    pub fn error_at(&self, signal: usize, problem: DbcProblem) -> DbcError {
        let line = self.lines.signals.get(signal).map_or(self.lines.line, |(_, line)| *line);
        DbcError { file: self.file.to_owned(), line, problem }
    }

    /// An error at the signal of this name.
    pub fn error_of(&self, signal: &str, problem: DbcProblem) -> DbcError {
        let at = self.message.signals.iter().position(|other| other.name == signal);
        self.error_at(at.unwrap_or(usize::MAX), problem)
    }
}

/// Parses a file after a look at what the parser would cut silently: the identifiers.
pub(crate) fn checked(file: &str, bytes: &[u8]) -> Result<Checked, DbcError> {
    let text = text::of_file(bytes);
    let (text, coding) = names::coded(&text);
    let at = |line, problem| DbcError { file: file.to_owned(), line, problem };
    let mut lines = lines::of_messages(&text);
    for message in &lines {
        check_id(&coding.plain(&message.name), message.id).map_err(|problem| at(message.line, problem))?;
    }
    let mut dbc = Dbc::try_from(&*text).map_err(|error| {
        let (line, reason) = place(&error, &text);
        at(line, DbcProblem::Syntax(reason))
    })?;
    if dbc.messages.is_empty() {
        return Err(at(1, DbcProblem::NoMessage));
    }
    match astray(&dbc, &lines) {
        None => {
            coding.decode(&mut dbc, &mut lines);
            Ok(Checked { dbc, file: file.to_owned(), lines })
        }
        Some(line) => {
            let reason = "every BO_ and every SG_ begins a line of its own, with a space behind it";
            Err(at(line, DbcProblem::Syntax(reason.to_owned())))
        }
    }
}

/// Where the parser sees other messages or signals than those whose lines and identifiers were looked at.
fn astray(dbc: &Dbc, lines: &[MessageLines]) -> Option<usize> {
    let same = |(parsed, seen): &(&Parsed, &MessageLines)| {
        let names = parsed.signals.iter().map(|signal| &signal.name);
        parsed.name == seen.name && names.eq(seen.signals.iter().map(|(name, _)| name))
    };
    let good = dbc.messages.iter().zip(lines).take_while(same).count();
    let all = good == dbc.messages.len() && good == lines.len();
    (!all).then(|| lines.get(good).or(lines.last()).map_or(1, |message| message.line))
}

fn check_id(message: &str, id: u64) -> Result<(), DbcProblem> {
    let message = message.to_owned();
    // Vector's own tools write this pseudo-message for signals without one: bit 31 and bit 30 set.
    if message == "VECTOR__INDEPENDENT_SIG_MSG" {
        return Ok(());
    }
    match id {
        0..=0x7FF | 0x8000_0000..=0x9FFF_FFFF => Ok(()),
        0x800..=0x1FFF_FFFF => Err(DbcProblem::IdWithoutFlag { message, id }),
        _ => Err(DbcProblem::IdTooWide { message, id }),
    }
}

/// The parser's message in one line, and the line it speaks of: pest prints ` --> line:column`, the line itself, a
/// caret and ` = what was expected`. For a number that it cannot hold, the message is the number alone.
fn place(error: &ParserError, text: &str) -> (usize, String) {
    let message = error.to_string();
    let line = message.split("--> ").nth(1).and_then(|rest| rest.split(':').next()?.trim().parse().ok());
    let line = line.or_else(|| {
        let number = message.split('\'').nth(1)?;
        let in_number = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let has_it = |line: &str| line.split(|c| !in_number(c)).any(|word| word == number);
        text.lines().position(has_it).map(|at| at + 1)
    });
    let reason = message.rsplit(" = ").next().unwrap_or(&message).trim().replace('\n', " ");
    (line.unwrap_or(1), reason)
}
