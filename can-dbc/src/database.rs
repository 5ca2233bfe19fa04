//! A DBC file, loaded, checked and compiled: from a frame's identifier to its message and signals.

use crate::compile;
use crate::frame::CanId;
use crate::id_table::IdTable;
use crate::j1939::Pgn;
use crate::load::{self, DbcError};
use crate::signal::{Multiplex, Signal};

/// How the frames of a message are told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// By parameter group, whatever the priority, source and destination address.
    Pgn(Pgn),
    /// By the whole identifier.
    Exact(CanId),
}

/// A message and its signals.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name in the DBC file.
    pub name: String,
    /// The identifier as the file gives it.
    pub id: CanId,
    /// Which frames belong to it.
    pub matching: Matching,
    /// The payload's length in bytes, 0..=64.
    pub size: usize,
    /// How often it is sent, in milliseconds, if the file says so (attribute `GenMsgCycleTime`).
    pub cycle_ms: Option<u32>,
    /// Its signals, in the file's order.
    pub signals: Vec<Signal>,
    /// Which signal is the multiplexer's switch.
    pub(crate) switch: Option<usize>,
}

impl Message {
    /// A signal by name.
    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }

    /// The signal whose value says which multiplexer page the payload holds.
    pub fn switch(&self) -> Option<&Signal> {
        self.switch.map(|at| &self.signals[at])
    }

    /// True when this payload holds the signal: always, but for a page other than the one in the payload.
    pub fn holds(&self, signal: &Signal, frame: &crate::Frame) -> bool {
        match (signal.multiplex, self.switch()) {
            (Multiplex::Page(page), Some(switch)) => {
                frame.len() >= usize::from(switch.bits.min_len) && switch.decode(frame).raw as u64 == page
            }
            _ => true,
        }
    }
}

/// Every message of a DBC file.
#[derive(Clone, Debug)]
pub struct Database {
    /// The file's name, for messages to people.
    pub file: String,
    messages: Vec<Message>,
    by_pgn: IdTable,
    by_id: IdTable,
}

impl Database {
    /// Loads the text of a DBC file. Text that is not UTF-8 is read as Latin-1, in which most tools write units.
    pub fn parse(file: &str, text: &[u8]) -> Result<Self, DbcError> {
        let messages = compile::messages(&load::checked(file, text)?)?;
        let entries = |key: fn(&Matching) -> Option<u32>| -> Vec<(u32, u16)> {
            let keys = messages.iter().map(|message| key(&message.matching));
            keys.enumerate().filter_map(|(number, key)| Some((key?, number as u16))).collect()
        };
        let by_pgn = IdTable::new(&entries(|m| if let Matching::Pgn(pgn) = m { Some(pgn.number()) } else { None }));
        let by_id = IdTable::new(&entries(|m| if let Matching::Exact(id) = m { Some(id.with_flag()) } else { None }));
        Ok(Self { file: file.to_owned(), messages, by_pgn, by_id })
    }

    /// A DBC file that comes with the crate, or `None` when there is none of that name. `combine-demo` is a
    /// demonstration machine, not a real one.
    pub fn bundled(name: &str) -> Option<Result<Self, DbcError>> {
        Self::bundled_text(name).map(|text| Self::parse(&format!("{name}.dbc"), text.as_bytes()))
    }

    /// The text of a bundled DBC file.
    pub fn bundled_text(name: &str) -> Option<&'static str> {
        (name == "combine-demo").then_some(include_str!("../dbc/combine-demo.dbc"))
    }

    /// The messages, in the file's order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The message that frames with this identifier carry.
    #[inline]
    pub fn message_of(&self, id: CanId) -> Option<&Message> {
        self.index_of(id).map(|at| &self.messages[at])
    }

    /// The same, as a position in [`messages`](Self::messages).
    #[inline]
    pub fn index_of(&self, id: CanId) -> Option<usize> {
        let by_pgn = || self.by_pgn.get(id.j1939()?.pgn.number());
        self.by_id.get(id.with_flag()).or_else(by_pgn)
    }

    /// A message by name.
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }
}
