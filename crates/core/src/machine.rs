//! From signals to channels: a machine profile (TOML) says which signal of the bus is which quantity, and a
//! [`ChannelBank`] keeps the newest value of each with its age and state.
//!
//! ```text
//! Frame ──► Router (profile × database) ──► ChannelBank ──► Readings (one Reading a channel) ──► Doubts
//! ```

mod bank;
mod channel;
mod doubt;
mod profile;
mod reading;
mod router;
mod source;
mod unit;

pub use bank::{ChannelBank, Ranges, SourceReading};
pub use channel::Channel;
pub use doubt::{Doubt, Doubts};
pub use profile::{Geometry, LossPlates, Profile, Standing, Threshing};
pub use reading::{Reading, ReadingState, Readings};
pub use router::Router;
