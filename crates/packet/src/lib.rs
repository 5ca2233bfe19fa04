//! A packet: the seconds of a session, or of a part of it, as one Parquet file, with a signed head.
//!
//! Any Parquet reader opens it: its columns are those of the CSV report, numbers as exact decimals. Nobody can change it
//! unnoticed: the head holds the journal's hash of each minute, and the device's key signs the head. `docs/packet.md`
//! states the format.

mod columns;
mod error;
mod head;
mod pack;
mod pages;
mod read;
mod records;
mod write;

pub use error::{ColumnProblem, PacketError};
pub use head::{FORMAT, Head, VERSION};
pub use pack::{Sealed, device, seal, unsigned};
pub use read::{LARGEST_BYTES, Packet};
pub use records::{About, CalibrationRecord, FindingRecord, PanRecord, PointRecord, points_alone};
pub use write::write;
