//! Sessions as signed packets: made by `grainloss pack`, and by the service itself while it works.

mod packed;
mod packer;
mod sealed;

pub use packer::{Packer, Packing};
pub use sealed::packet;
