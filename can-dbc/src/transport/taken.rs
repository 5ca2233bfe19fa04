//! What an assembler makes of a frame, and how long a message of several frames may be.

use crate::frame::{CanId, Payload};

/// The longest broadcast message, and the longest between two by RTS/CTS: 255 packets of 7 bytes.
pub const LONGEST_BROADCAST: usize = 1785;
/// The longest extended message (ETP) that is followed. The protocol allows 117,440,505 bytes, which carry the object
/// pools of displays; no signal of a DBC file lies so far behind (our choice, so that memory is bounded).
pub const LONGEST_EXTENDED: usize = 65_536;
/// The longest fast-packet message: 6 bytes and 31 times 7.
pub const LONGEST_FAST_PACKET: usize = 223;

/// What became of a frame.
#[derive(Clone, Copy, Debug)]
pub enum Taken<'a> {
    /// It is no part of a longer message: decode it as it is.
    Alone,
    /// It was stored; the message is not complete, or was broken.
    Part,
    /// It completes a message.
    Whole {
        /// The identifier that the message would have in a frame of its own.
        id: CanId,
        /// The message's bytes.
        payload: Payload<'a>,
    },
}
