//! A DBC file, loaded, checked and compiled: from a frame's identifier to its message and signals.

use std::mem;
use std::ops::Range;

use crate::compile;
use crate::frame::{CanId, Payload};
use crate::id_table::IdTable;
use crate::j1939::{Pgn, SourceAddress};
use crate::load::{self, DbcError};
use crate::message::{Matching, Message, Transport};
use crate::signal::{Plan, Signal, Value};

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
    /// The file's name, for messages.
    pub file: String,
    messages: Vec<Message>,
    /// Of the signals of all messages, one after the other, and which of them are each message's.
    plans: Vec<Plan>,
    planned: Vec<Range<usize>>,
    warnings: Vec<DbcError>,
    by_pgn: IdTable,
    by_sender: IdTable,
    by_id: IdTable,
}

impl Database {
    /// Loads the text of a DBC file. Text that is not UTF-8 is read as GB 18030 when most of it looks like Chinese, else
    /// as Windows-1252, in which most tools write units. A signal or message that cannot be decoded is left out and
    /// stands in [`warnings`](Self::warnings).
    ///
    /// # Errors
    ///
    /// Where the text is not a DBC file, or has an identifier that CAN does not have: file, line and what was expected.
    pub fn parse(file: &str, text: &[u8]) -> Result<Self, DbcError> {
        let mut warnings = Vec::new();
        let messages = compile::messages(&load::checked(file, text)?, &mut warnings);
        let table = |key: fn(Matching) -> Option<u32>| {
            let keys = messages.iter().map(|message| key(message.matching));
            IdTable::new(&keys.enumerate().filter_map(|(number, key)| Some((key?, number as u32))).collect::<Vec<_>>())
        };
        let by_pgn = table(|m| if let Matching::Pgn(pgn) = m { Some(pgn.number()) } else { None });
        let by_sender = table(|m| if let Matching::PgnFrom(pgn, from) = m { Some(sender(pgn, from)) } else { None });
        let by_id = table(|m| if let Matching::Exact(id) = m { Some(id.with_flag()) } else { None });
        let plans = messages.iter().flat_map(|message| &message.signals).map(Signal::plan).collect();
        let planned = messages.iter().scan(0, |begin, message| {
            let end = *begin + message.signals.len();
            Some(mem::replace(begin, end)..end)
        });
        let planned = planned.collect();
        Ok(Self { file: file.to_owned(), messages, plans, planned, warnings, by_pgn, by_sender, by_id })
    }

    /// A database without a message: nothing is known of a bus but what is said elsewhere.
    pub fn empty(name: &str) -> Self {
        let none = || IdTable::new(&[]);
        Self {
            file: name.to_owned(),
            messages: Vec::new(),
            plans: Vec::new(),
            planned: Vec::new(),
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
    /// demonstration machine, not a real one; the others are public decodes that have not been verified on a machine.
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
    #[inline]
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

    /// Hands every signal that this payload of a message holds to `take`: its place in the message, and its value. `index`
    /// is the message's position in [`messages`](Self::messages); there are none beyond them. The same as
    /// [`Message::holds`] and [`Signal::decode`] one by one, and quicker.
    #[inline]
    #[allow(clippy::explicit_counter_loop, reason = "a third quicker than `enumerate`")]
    pub fn decode<'a>(&self, index: usize, payload: impl Into<Payload<'a>>, mut take: impl FnMut(usize, Value)) {
        let payload = payload.into();
        let Some(planned) = self.planned.get(index) else { return };
        let message = &self.messages[index];
        let (padded, len) = (payload.padded(), payload.len());
        let mut place = 0;
        for plan in &self.plans[planned.clone()] {
            if plan.is_ordinary() {
                take(place, Signal::decode_ordinary(plan, || &message.signals[place], padded, len));
            } else if message.holds(&message.signals[place], payload) {
                take(place, message.signals[place].decode(payload));
            }
            place += 1;
        }
    }

    /// A message of the same parameter group, in a file whose messages all stand for one identifier only. When frames are in
    /// no message but have one of these, the file probably is one of J1939 that does not say so.
    pub fn of_same_group(&self, id: CanId) -> Option<&Message> {
        let pgn = id.j1939()?.pgn;
        if self.messages.iter().any(|message| !matches!(message.matching, Matching::Exact(_))) {
            return None;
        }
        self.messages.iter().find(|message| message.id.j1939().is_some_and(|id| id.pgn == pgn))
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
#[inline]
fn sender(pgn: Pgn, from: SourceAddress) -> u32 {
    pgn.number() << 8 | u32::from(from.0)
}
