//! What can happen to a bus: the words of the journal, of the summary and of the screen.

/// What can happen to a bus, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BusEventKind {
    /// The interface is no longer there.
    Gone,
    /// The interface was set down.
    Down,
    /// The controller left the bus.
    BusOff,
    /// The queues of the program and of the kernel were full, and frames were lost; the count is theirs.
    Lost,
    /// The buffer of the controller overflowed: it lost frames, an unknown number of them.
    Overrun,
    /// The controller became error-passive.
    Passive,
    /// No node acknowledged a frame that another program of this computer sent.
    NoAck,
    /// An error counter passed the warning level.
    Warning,
    /// Bit, form, stuff or checksum errors.
    BusError,
    /// The transceiver reported a broken or shorted wire.
    Transceiver,
    /// Another program of this computer could not send.
    TxProblem,
    /// The controller was started again after it had left the bus.
    Restarted,
    /// The interface is up again.
    Up,
    /// The interface is there again.
    Back,
    /// The controller is error-active again.
    Active,
}

impl BusEventKind {
    /// Each, the worst first.
    pub const ALL: [Self; 15] = [
        Self::Gone,
        Self::Down,
        Self::BusOff,
        Self::Lost,
        Self::Overrun,
        Self::Passive,
        Self::NoAck,
        Self::Warning,
        Self::BusError,
        Self::Transceiver,
        Self::TxProblem,
        Self::Restarted,
        Self::Up,
        Self::Back,
        Self::Active,
    ];

    /// Its word in the journal and in the summary.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Down => "down",
            Self::BusOff => "bus-off",
            Self::Lost => "lost",
            Self::Overrun => "overrun",
            Self::Passive => "passive",
            Self::NoAck => "no-ack",
            Self::Warning => "warning",
            Self::BusError => "bus-error",
            Self::Transceiver => "transceiver",
            Self::TxProblem => "tx-problem",
            Self::Restarted => "restarted",
            Self::Up => "up",
            Self::Back => "back",
            Self::Active => "active",
        }
    }
}
