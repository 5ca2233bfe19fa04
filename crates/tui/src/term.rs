//! The terminal of this process: set up and restored, what it can show, a clock, and the devices that make sounds.

pub(crate) mod capabilities;
pub(crate) mod clock;
pub(crate) mod sound;
pub(crate) mod terminal;
