//! The heart of grainloss: signals become channels, channels become an estimate of the grain that is lost, the estimate
//! becomes alarms and advice. Pure: no I/O, no clock, no thread; the same frames give the same bytes.
//!
//! ```text
//! frames ──► machine ──► harvest ──► advice ──► record
//!            channels    loss, ±     alarms     the row of a second
//! ```
//!
//! [`pipeline::Pipeline`] runs all of it, ten steps a second of bus time.

#![forbid(unsafe_code)]

pub mod advice;
pub mod clock;
pub mod data_file;
pub mod harvest;
pub mod machine;
pub mod math;
pub mod pan_sample;
pub mod params;
pub mod pipeline;
pub mod record;
pub mod time;
