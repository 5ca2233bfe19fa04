//! The checked loader: the published parser reads the syntax, and what it lets through is looked at here.

use std::borrow::Cow;
use std::collections::HashMap;

use can_dbc::{Dbc, DbcError as ParserError};
use thiserror::Error;

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

/// The kinds of fault: a file is refused for most; [`OutsidePayload`](Self::OutsidePayload), [`TooLong`](Self::TooLong)
/// and [`Overlap`](Self::Overlap) are warnings.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DbcProblem {
    /// The parser could not read on.
    #[error("not DBC syntax: {0}")]
    Syntax(String),
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
    /// Two messages that the same frames would match.
    #[error("messages {first} and {second} match the same frames; keep one of them")]
    SameFrames {
        /// The earlier message.
        first: String,
        /// The later message.
        second: String,
    },
    /// Two messages, or two signals of a message, with one name.
    #[error("the name {0} is there twice")]
    SameName(String),
    /// A signal with bits beyond its message's payload: it is left out.
    #[error("signal {signal}: its bits reach beyond the {size} bytes of the message; it is left out")]
    OutsidePayload {
        /// The signal's name.
        signal: String,
        /// The message's payload in bytes.
        size: u64,
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
    /// A signal that cannot be decoded.
    #[error("signal {signal}: {reason}")]
    Signal {
        /// The signal's name.
        signal: String,
        /// Why not.
        reason: &'static str,
    },
}

/// A parsed file together with the lines that its messages and signals stand on.
pub(crate) struct Checked {
    pub dbc: Dbc,
    file: String,
    lines: HashMap<(String, String), usize>,
}

impl Checked {
    /// An error at a signal, or at its message when `signal` is empty.
    pub fn error(&self, message: &str, signal: &str, problem: DbcProblem) -> DbcError {
        let line = self.lines.get(&(message.to_owned(), signal.to_owned())).copied().unwrap_or(1);
        DbcError { file: self.file.clone(), line, problem }
    }
}

/// Parses a file after a look at what the parser would cut silently: the identifiers.
pub(crate) fn checked(file: &str, bytes: &[u8]) -> Result<Checked, DbcError> {
    let text = text(bytes);
    let at = |line, problem| DbcError { file: file.to_owned(), line, problem };
    let mut lines = HashMap::new();
    let mut message = String::new();
    let mut in_text = false;
    for (number, line) in text.lines().enumerate() {
        // A comment may run over lines, and one of them may look like a message.
        let begins_in_text = in_text;
        in_text ^= line.matches('"').count() % 2 == 1;
        if begins_in_text {
            continue;
        }
        let mut words = line.split_whitespace();
        match words.next() {
            Some("BO_") => {
                let id = words.next().and_then(|word| word.parse::<u64>().ok());
                words.next().unwrap_or_default().trim_end_matches(':').clone_into(&mut message);
                lines.insert((message.clone(), String::new()), number + 1);
                if let Some(id) = id {
                    check_id(&message, id).map_err(|problem| at(number + 1, problem))?;
                }
            }
            Some("SG_") => {
                let name = words.next().unwrap_or_default().trim_end_matches(':').to_owned();
                lines.insert((message.clone(), name), number + 1);
            }
            _ => {}
        }
    }
    match Dbc::try_from(&*text) {
        Ok(dbc) => Ok(Checked { dbc, file: file.to_owned(), lines }),
        Err(error) => {
            let (line, reason) = place(&error);
            Err(at(line, DbcProblem::Syntax(reason)))
        }
    }
}

/// The file as text. Tools write UTF-8, or what their country's Windows writes: Chinese ones GBK, others Windows-1252.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    }
    let encoding = if is_chinese(bytes) { encoding_rs::GBK } else { encoding_rs::WINDOWS_1252 };
    encoding.decode_without_bom_handling(bytes).0
}

/// Chinese characters are pairs of bytes that both have the high bit (GB 2312: A1 to F7, A1 to FE); a degree sign or a
/// mu stands alone before an ordinary letter.
fn is_chinese(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        if !byte.is_ascii() {
            let pair = (0xA1..=0xF7).contains(byte) && rest.next().is_some_and(|second| (0xA1..=0xFE).contains(second));
            if !pair {
                return false;
            }
        }
    }
    true
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
/// caret and ` = what was expected`.
fn place(error: &ParserError) -> (usize, String) {
    let text = error.to_string();
    let line = text.split("--> ").nth(1).and_then(|rest| rest.split(':').next()).and_then(|n| n.trim().parse().ok());
    let reason = text.rsplit(" = ").next().unwrap_or(&text).trim().replace('\n', " ");
    (line.unwrap_or(1), reason)
}
