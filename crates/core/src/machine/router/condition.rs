//! Which of the frames with one identifier a source means: sender, destination, interface, opcode, multiplexer page.

use grainloss_can::{CanId, Pages, Payload, Signal};

/// A byte that must have a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Byte {
    /// Which byte, from 0.
    pub at: usize,
    pub mask: u8,
    pub value: u8,
}

/// Everything that must hold; an empty one always does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    /// Any of these senders; all, if there is none.
    pub from: Vec<u8>,
    pub to: Option<u8>,
    /// A place in the router's list of interfaces.
    pub interface: Option<usize>,
    pub bytes: Vec<Byte>,
    /// The switches above the signal, each with the pages that it must show.
    pub pages: Vec<(Signal, Pages)>,
}

impl Condition {
    #[inline]
    pub fn holds(&self, id: CanId, is_interface: impl Fn(usize) -> bool, payload: Payload<'_>) -> bool {
        let j1939 = id.j1939();
        (self.from.is_empty() || j1939.is_some_and(|id| self.from.contains(&id.source.0)))
            && (self.to.is_none() || j1939.is_some_and(|id| id.destination == self.to))
            && self.interface.is_none_or(is_interface)
            && self.bytes.iter().all(|byte| payload.bytes().get(byte.at).is_some_and(|b| b & byte.mask == byte.value))
            && self.pages.iter().all(|(switch, pages)| switch.shows(pages, payload))
    }
}
