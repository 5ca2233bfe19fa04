//! What becomes of a record when the disk is too slow.

/// What to do with a record when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Drop the record and count it as lost: a running machine does not wait for the disk.
    Count,
    /// Wait until there is room: for a replay.
    Wait,
}
