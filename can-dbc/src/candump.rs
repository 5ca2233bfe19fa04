//! The log format of `candump -L`: `(1547753403.000000) can0 18EEFF47#4D74300400340220`, one frame a line.
//!
//! The reader is tolerant, because logs come from many hands: one to nine decimals, padded interface names, a trailing
//! `R` or `T`, CRLF, lower-case digits, dots between bytes. What is not a data frame (remote requests, error frames,
//! `DROPCOUNT` lines, rubbish) is counted and never reaches a decoder. Syntax: can-utils, `lib.c` and `candump.c`.

mod reader;
mod syntax;
mod writer;

pub use reader::{LogCounts, Reader};
pub use syntax::{Line, LineError, parse_line};
pub use writer::write_frame;
