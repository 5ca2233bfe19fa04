//! A route: from the frames that carry a signal to one source of a channel.

use std::ops::Range;

use grainloss_can::{CanId, Payload, Pgn, Signal, Value};

use super::condition::Condition;
use crate::machine::profile::source::Combine;

/// Which frames a source comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A message of the database, by its place there.
    Message(usize),
    /// A group that the profile describes.
    Group(Pgn),
    /// An identifier that the profile describes.
    Id(CanId),
}

/// Where a decoded signal goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The value of a source.
    Value,
    /// The free-running counter of a source: its modulus, and what one count is in the channel's unit times seconds.
    Counter(u64, f64),
    /// Whether the source's sensor is in order.
    Status,
}

/// One signal on its way to one source of a channel.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub condition: Condition,
    pub signal: Signal,
    pub source: usize,
    pub target: Target,
}

/// The sources of one channel, most trusted first, and how they make one value.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChannelSources {
    pub sources: Range<usize>,
    pub combine: Option<Combine>,
}

impl Route {
    /// Reads the route's signal, when the payload is one that holds it.
    #[inline]
    pub fn decode(&self, id: CanId, interface: impl Fn(usize) -> bool, payload: Payload<'_>) -> Option<Value> {
        self.condition.holds(id, interface, payload).then(|| self.signal.decode(payload))
    }
}
