//! Frames as a log of another program: Vector ASC and BLF. (candump: [`write_frame`](crate::candump::write_frame).)
//!
//! Layouts as python-can 4.6 and Vector's programs read them. Times count from the first frame's, cut to milliseconds, which is
//! as fine as both formats date a log; a frame that is earlier gets that time, and is counted. Interfaces are channels in the
//! order in which their first frame came, from 1.

mod asc;
mod blf;
mod start;

pub use asc::AscWriter;
pub use blf::BlfWriter;
