//! What became of the messages of several frames.

/// How many messages of several frames were put together, and how many were not and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfers {
    /// Whole messages to everyone (BAM).
    pub broadcasts: u64,
    /// Whole messages to one controller (RTS/CTS).
    pub addressed: u64,
    /// Whole extended messages (ETP).
    pub extended: u64,
    /// Whole fast packets (NMEA 2000).
    pub fast_packets: u64,
    /// Broken: a packet did not come, or not with all its bytes.
    pub lost: u64,
    /// Broken: a packet came twice, and the receiver had not asked for it again.
    pub doubled: u64,
    /// Broken off by sender or receiver.
    pub aborted: u64,
    /// Broken: sender and receiver fell silent for longer than the protocol allows. Seen when the next message begins.
    pub silent: u64,
    /// Broken: the sender began another message before this one was whole.
    pub replaced: u64,
    /// Given up, since more messages were on their way than are followed at a time.
    pub crowded: u64,
    /// On their way when the recording ended.
    pub cut: u64,
    /// Announced, and not followed: longer than [`LONGEST_EXTENDED`](crate::LONGEST_EXTENDED).
    pub too_long: u64,
}

impl Transfers {
    /// Messages that were put together.
    pub const fn whole(&self) -> u64 {
        self.broadcasts + self.addressed + self.extended + self.fast_packets
    }

    /// Messages that were begun and never completed. Those that the end of the recording cut are none of them, nor those
    /// that were not followed.
    pub const fn broken(&self) -> u64 {
        self.lost + self.doubled + self.aborted + self.silent + self.replaced + self.crowded
    }
}
