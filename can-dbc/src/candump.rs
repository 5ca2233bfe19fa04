//! What candump writes: its log format `(1547753403.000000) can0 18EEFF47#4D74300400340220`, one frame a line, and its
//! screen format `(1547753403.000000)  can0  18EEFF47   [8]  4D 74 30 04 00 34 02 20`.
//!
//! The parser is tolerant, because logs come from many tools: one to nine decimals, padded interface names, a trailing
//! `R` or `T`, CRLF, lower-case digits, dots between bytes. What is not a data frame (remote requests, error frames,
//! `DROPCOUNT` lines, damaged lines) is recognised and never reaches a decoder. Syntax: can-utils, `lib.c` and `candump.c`.
//! [`log::Reader`](crate::log::Reader) reads whole logs.

mod fast;
mod screen;
mod syntax;
mod writer;

pub use syntax::{Line, parse_line};
pub use writer::write_frame;

pub(crate) use fast::Fast;
pub(crate) use screen::Screen;
