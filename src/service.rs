//! Wires the house together: a source of frames at one end, journal, trace and dashboard at the other.
//!
//! ```text
//! FrameSource ──► BusClock ──► Pipeline ──► SecondRow ──► journal queue, trace file, summary
//!                                  └──────► Snapshot ──► watch channel ──► dashboard
//! ```
//!
//! The loop runs on a thread of its own and never waits for disk, screen or network.

mod pace;
mod pipeline;
mod rate;
mod run;
mod signals;
mod stored;
mod summary;
mod trace;
mod vitals;

pub use pace::{Pacer, Speed};
pub use pipeline::{FrameCounts, Output, Pipeline};
pub use run::{Outputs, RunError, RunReport, Running, run};
pub use signals::stop_on_signals;
pub use stored::stored as stored_event;
pub use summary::{Summary, SummaryAlarm};
pub use trace::TraceWriter;
