//! Everything that knows bits: CAN frames, J1939 identifiers, candump logs, DBC files.
//!
//! The way through the crate is the way of the data: a [`log::Reader`] turns a log into [`Frame`]s, a
//! [`Database`] (loaded from a DBC file, checked and compiled) finds the [`Message`] of a frame, and each of its
//! [`Signal`]s turns the payload into a [`Value`]: a number with a [`State`], because a sensor that says
//! "not available" has not said zero.
//!
//! ```
//! use grainloss_can::{Database, State, candump::{self, Line}};
//!
//! let database = Database::bundled("combine-demo").unwrap().unwrap();
//! let Ok(Line::Frame { frame, .. }) = candump::parse_line(b"(1.0) can0 18FFE381#000F8624ED174A01") else { panic!() };
//! let message = database.message_of(frame.id).unwrap();
//! let value = message.signal("FeedRate").unwrap().decode(&frame);
//! assert_eq!((message.name.as_str(), value.physical, value.state), ("FEEDER", 9.35, State::Valid));
//! ```
//!
//! Nothing here opens a socket or reads a clock.

pub mod candump;
mod compile;
mod database;
pub mod digits;
mod dm1;
mod frame;
mod id_table;
mod j1939;
mod load;
pub mod log;
mod message;
mod rows;
mod signal;
mod transport;

pub use database::Database;
pub use dm1::{Flash, Lamp, Lamps, TroubleCode, TroubleCodes, WarningLamp};
pub use frame::{CanId, FdFlags, Frame, MAX_PAYLOAD, Payload};
pub use j1939::{J1939Id, Pgn, SourceAddress};
pub use load::{DbcError, DbcProblem, SignalFault};
pub use message::{Matching, Message, Transport};
pub use rows::{Clean, RowFormat, Rows};
pub use signal::{ByteOrder, CodeRule, Kind, Pages, Signal, State, Value};
pub use transport::{Assembler, LONGEST_BROADCAST, LONGEST_EXTENDED, LONGEST_FAST_PACKET, Taken, Transfers};
