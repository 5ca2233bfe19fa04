//! The page of a multiplexer.

/// A page of a multiplexed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// The switch's lowest bit, as in a DBC file; it is little endian.
    pub start: usize,
    /// Its width in bits.
    pub length: usize,
    /// What the switch shows when the field is there.
    pub value: u64,
}
