//! CAN logs of any kind that technicians have, through one [`Reader`].
//!
//! The format is recognised by the content, never by the file's name ([`Format`]). What can be read is read; everything else
//! is counted, and the first problem is stored with its place ([`LogCounts`]). Only data frames come out: remote requests
//! and error frames are counted, and never reach a decoder.
//!
//! Times are absolute where the log says when it began; where it does not, they begin at 1970 and
//! [`Reader::undated`] says so. Dates without a time zone are read as UTC.

mod asc;
mod blf;
mod blf_object;
mod busmaster;
mod clx;
pub(crate) mod counts;
mod csv;
mod cursor;
pub(crate) mod date;
mod encoding;
pub(crate) mod fields;
mod foreign;
mod format;
mod gvret;
mod input;
mod interfaces;
mod mdf;
mod pcap;
mod reader;
pub(crate) mod record;
mod text;
mod trc;
mod write;

pub use counts::{LogCounts, LogProblem, Place};
pub use foreign::Foreign;
pub use format::{Format, READABLE};
pub use interfaces::Interfaces;
pub use reader::Reader;
pub use write::{AscWriter, BlfWriter};
