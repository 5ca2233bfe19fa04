//! The state of a CAN controller and its interface.

use super::event_kind::BusEventKind;

/// What the controller of an interface can do at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BusState {
    /// Takes part in the traffic; no fault has been reported.
    #[default]
    Active,
    /// An error counter has reached 96.
    Warning,
    /// An error counter has reached 128: the controller may no longer mark errors of others.
    Passive,
    /// The transmit error counter has passed 255: the controller has left the bus.
    BusOff,
    /// The interface has been set down.
    Down,
    /// The interface is no longer there: the adapter was pulled out.
    Gone,
}

impl BusState {
    /// The word in the journal and in the summary: that of the event that led to the state.
    pub const fn word(self) -> &'static str {
        self.entered().word()
    }

    pub(super) const fn entered(self) -> BusEventKind {
        match self {
            Self::Active => BusEventKind::Active,
            Self::Warning => BusEventKind::Warning,
            Self::Passive => BusEventKind::Passive,
            Self::BusOff => BusEventKind::BusOff,
            Self::Down => BusEventKind::Down,
            Self::Gone => BusEventKind::Gone,
        }
    }
}
