//! From signals to channels: a machine profile (TOML) says which signal of the bus is which quantity, and a
//! [`ChannelBank`] keeps the newest value of each with its age and state.
//!
//! ```text
//! Frame ──► Router (profile × database) ──► ChannelBank ──► Readings (one Reading a channel) ──► ConsistencyCheck
//! ```

mod bank;
mod channel;
mod consistency;
mod profile;
mod reading;
mod router;
mod source;
mod stuck;
mod trouble;
mod unit;

pub use bank::{ChannelBank, Ranges, SourceReading};
pub use channel::Channel;
pub use consistency::{ConsistencyCheck, Inconsistency};
pub use profile::{Geometry, LossPlates, Profile, ProfileStatus, Threshing};
pub use reading::{Reading, ReadingState, Readings};
pub use router::Router;
pub(crate) use stuck::StuckSignals;
pub use trouble::{ActiveTrouble, ControllerLamps, LampLight, Trouble, TroubleNews};
