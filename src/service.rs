//! Wires the house together: a source of frames at one end, journal, trace and dashboard at the other.
//!
//! ```text
//! FrameSource ──► BusClock ──► Pipeline ──► SecondRow ──► journal queue, trace file, summary
//!                                  └──────► Snapshot ──► watch channel ──► dashboard
//! ```
//!
//! The loop runs on a thread of its own and never waits for disk, screen or network.

mod command_handler;
mod engine;
mod history;
mod lifecycle;
mod link;
mod lock;
mod notify;
mod pace;
mod publish;
mod rate;
mod run;
mod signals;
mod sinks;
mod stored;
mod summary;
mod trace;
mod vitals;

pub use lifecycle::{Lifecycle, OpenedSession, ReloadedSettings, SessionFactory};
pub use link::{LinkError, SocketPlan, default_socket, look, nothing_yet, serve, socket_to_watch, watch_service};
pub use lock::{JournalLock, LockError};
pub use notify::tell_systemd;
pub use pace::{Pacer, Speed};
pub use run::{Outputs, RunError, RunReport, Running, run};
pub use signals::stop_on_signals;
pub use stored::stored as stored_event;
pub use summary::{Summary, SummaryAlarm};
pub use trace::TraceWriter;
