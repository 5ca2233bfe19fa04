//! The checked loader: the published parser reads the syntax, and what it lets through is looked at here.

use std::collections::HashMap;

use can_dbc::{Dbc, DbcError as ParserError};
use thiserror::Error;

/// What is wrong with a DBC file, and where.
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

/// The kinds of fault that a DBC file is refused for.
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
    /// A signal with bits beyond its message's payload.
    #[error("signal {signal}: its bits reach beyond the {size} bytes of the message")]
    OutsidePayload {
        /// The signal's name.
        signal: String,
        /// The message's payload in bytes.
        size: u64,
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
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
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
    match Dbc::try_from(text.as_str()) {
        Ok(dbc) => Ok(Checked { dbc, file: file.to_owned(), lines }),
        Err(error) => {
            let (line, reason) = place(&error);
            Err(at(line, DbcProblem::Syntax(reason)))
        }
    }
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
