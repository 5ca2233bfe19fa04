//! A DBC file, loaded, checked and compiled: from a frame's identifier to its message and signals.

use crate::compile;
use crate::frame::{CanId, Payload};
use crate::id_table::IdTable;
use crate::j1939::{Pgn, SourceAddress};
use crate::load::{self, DbcError};
use crate::signal::Signal;

/// How the frames of a message are told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// By parameter group, whatever the priority, source and destination address.
    Pgn(Pgn),
    /// By parameter group and sender, where the file has several messages for one group.
    PgnFrom(Pgn, SourceAddress),
    /// By the whole identifier: outside of J1939, or where one sender uses a group for several messages.
    Exact(CanId),
}

/// How the bytes of a message travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In one frame.
    Frame,
    /// In several, announced to everyone: J1939-21 BAM.
    Broadcast,
    /// In several, by the fast-packet protocol of NMEA 2000.
    FastPacket,
}

/// A message and its signals.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name in the DBC file; the long one, where Vector's attributes give it one.
    pub name: String,
    /// The identifier as the file gives it.
    pub id: CanId,
    /// Which frames belong to it.
    pub matching: Matching,
    /// The payload's length in bytes: up to 64 in a frame, 223 by fast packet, 1785 by broadcast.
    pub size: usize,
    /// How it travels.
    pub transport: Transport,
    /// How often it is sent, in milliseconds, if the file says so (attribute `GenMsgCycleTime`).
    pub cycle_ms: Option<u32>,
    /// Its signals, in the file's order.
    pub signals: Vec<Signal>,
}

impl Message {
    /// A signal by name.
    pub fn signal(&self, name: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }

    /// The signals whose values say which multiplexer pages the payload holds.
    pub fn switches(&self) -> impl Iterator<Item = &Signal> {
        let is_switch = |at| self.signals.iter().any(|s| s.pages.as_ref().is_some_and(|pages| pages.switch == at));
        self.signals.iter().enumerate().filter(move |(at, _)| is_switch(*at)).map(|(_, signal)| signal)
    }

    /// True when this payload holds the signal: always, but for a multiplexer page other than the one in the payload.
    #[inline]
    pub fn holds<'a>(&self, signal: &Signal, payload: impl Into<Payload<'a>>) -> bool {
        let Some(mut pages) = signal.pages.as_ref() else { return true };
        let payload = payload.into();
        loop {
            let switch = &self.signals[pages.switch];
            if !switch.shows(pages, payload) {
                return false;
            }
            match &switch.pages {
                Some(outer) => pages = outer,
                None => return true,
            }
        }
    }
}

/// The DBC files that come with the crate.
const BUNDLED: [(&str, &str); 5] = [
    ("combine-demo", include_str!("../dbc/combine-demo.dbc")),
    ("cnh-2015", include_str!("../dbc/cnh-2015.dbc")),
    ("deere-2015", include_str!("../dbc/deere-2015.dbc")),
    ("gleaner-2015", include_str!("../dbc/gleaner-2015.dbc")),
    ("display-cn", include_str!("../dbc/display-cn.dbc")),
];

/// Every message of a DBC file.
#[derive(Clone, Debug)]
pub struct Database {
    /// The file's name, for messages to people.
    pub file: String,
    messages: Vec<Message>,
    warnings: Vec<DbcError>,
    by_pgn: IdTable,
    by_sender: IdTable,
    by_id: IdTable,
}

impl Database {
    /// Loads the text of a DBC file. Text that is not UTF-8 is read as GBK when it can only be that, else as
    /// Windows-1252, in which most tools write units.
    pub fn parse(file: &str, text: &[u8]) -> Result<Self, DbcError> {
        let mut warnings = Vec::new();
        let messages = compile::messages(&load::checked(file, text)?, &mut warnings)?;
        let table = |key: fn(Matching) -> Option<u32>| {
            let keys = messages.iter().map(|message| key(message.matching));
            IdTable::new(&keys.enumerate().filter_map(|(number, key)| Some((key?, number as u32))).collect::<Vec<_>>())
        };
        let by_pgn = table(|m| if let Matching::Pgn(pgn) = m { Some(pgn.number()) } else { None });
        let by_sender = table(|m| if let Matching::PgnFrom(pgn, from) = m { Some(sender(pgn, from)) } else { None });
        let by_id = table(|m| if let Matching::Exact(id) = m { Some(id.with_flag()) } else { None });
        Ok(Self { file: file.to_owned(), messages, warnings, by_pgn, by_sender, by_id })
    }

    /// A database without a message: nothing is known of a bus but what is said elsewhere.
    pub fn empty(name: &str) -> Self {
        let none = || IdTable::new(&[]);
        Self {
            file: name.to_owned(),
            messages: Vec::new(),
            warnings: Vec::new(),
            by_pgn: none(),
            by_sender: none(),
            by_id: none(),
        }
    }

    /// What is odd in the file, or had to be left out, by line and name.
    pub fn warnings(&self) -> &[DbcError] {
        &self.warnings
    }

    /// A DBC file that comes with the crate, or `None` when there is none of that name. `combine-demo` is a
    /// demonstration machine, not a real one; the others are public decodes that nobody has verified on a machine.
    pub fn bundled(name: &str) -> Option<Result<Self, DbcError>> {
        Self::bundled_text(name).map(|text| Self::parse(&format!("{name}.dbc"), text.as_bytes()))
    }

    /// The text of a bundled DBC file.
    pub fn bundled_text(name: &str) -> Option<&'static str> {
        BUNDLED.iter().find(|(bundled, _)| *bundled == name).map(|(_, text)| *text)
    }

    /// The names of the bundled DBC files.
    pub fn bundled_names() -> impl Iterator<Item = &'static str> {
        BUNDLED.iter().map(|(name, _)| *name)
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
        if let Some(at) = self.by_id.get(id.with_flag()) {
            return Some(at);
        }
        let id = id.j1939()?;
        self.by_sender.get(sender(id.pgn, id.source)).or_else(|| self.by_pgn.get(id.pgn.number()))
    }

    /// The groups that come by fast packet.
    pub fn fast_packets(&self) -> impl Iterator<Item = Pgn> {
        let fast = self.messages.iter().filter(|message| message.transport == Transport::FastPacket);
        fast.filter_map(|message| Some(message.id.j1939()?.pgn))
    }

    /// A message by name.
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }
}

/// Group and sender in one number, of 26 bits.
fn sender(pgn: Pgn, from: SourceAddress) -> u32 {
    pgn.number() << 8 | u32::from(from.0)
}
